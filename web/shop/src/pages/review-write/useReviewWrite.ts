// One review, or the follow-up of one: what it is about, what is wrong with it still, and sending it once.
import { computed, ref } from 'vue'
import type { OwnReview, PendingReview, Spec } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { useLoad } from '@/parts/load'
import { useOnce } from '@/parts/once'

export const TEXT_MOST = 500
export const PICTURES_MOST = 9
const NEXT_SHOWN = 3
/** As many pages of the own list as are looked through for the review that is followed up. */
const PAGES_MOST = 10

export type About = { kind: 'review'; orderId: string; skuId: string } | { kind: 'followUp'; reviewId: string }

export interface Item {
  spu_id: string
  title: string
  specs: Spec[]
  picture?: string | null
  /** What is followed up. */
  review?: OwnReview
}

export type Mistake = 'needScore' | 'needText' | 'tooLong' | 'uploading' | 'notUploaded'

/** Characters as people count them: a smiley is one. */
export function lengthOf(text: string): number {
  return [...text].length
}

async function find<T>(read: (cursor?: string) => Promise<{ items: T[]; next?: string | null }>, is: (one: T) => boolean): Promise<T | null> {
  let cursor: string | undefined
  for (let page = 0; page < PAGES_MOST; page++) {
    const { items, next } = await read(cursor)
    const found = items.find(is)
    if (found) return found
    if (!next) return null
    cursor = next
  }
  return null
}

export function useReviewWrite(about: About) {
  const item = useLoad(async (): Promise<{ item: Item | null }> => {
    if (about.kind === 'review') {
      const found = await find<PendingReview>(
        cursor => call(mall.GET('/api/v1/reviews/pending', { params: { query: { order_id: about.orderId, cursor, limit: 50 } } })),
        one => one.sku_id === about.skuId,
      )
      return { item: found }
    }
    const found = await find<OwnReview>(
      cursor => call(mall.GET('/api/v1/reviews', { params: { query: { cursor, limit: 50 } } })),
      one => one.id === about.reviewId,
    )
    return { item: found?.may_follow_up ? { ...found, review: found } : null }
  })

  const score = ref(0)
  const text = ref('')
  const pictures = ref<string[]>([])
  const anonymous = ref(false)
  const uploading = ref(false)
  const notUploaded = ref(false)
  /** Mistakes are shown once somebody tried to send. */
  const tried = ref(false)
  const done = ref<OwnReview | null>(null)
  const next = ref<PendingReview[]>([])
  const refused = ref<unknown>(null)

  const mistakes = computed<Mistake[]>(() => {
    const all: Mistake[] = []
    if (about.kind === 'review' && score.value === 0) all.push('needScore')
    if (about.kind === 'followUp' && text.value.trim() === '') all.push('needText')
    if (lengthOf(text.value) > TEXT_MOST) all.push('tooLong')
    if (uploading.value) all.push('uploading')
    else if (notUploaded.value) all.push('notUploaded')
    return all
  })
  const dirty = computed(() => !done.value && (score.value > 0 || text.value !== '' || pictures.value.length > 0))

  const writing = useOnce('write-review', (key, body: { score: number; text: string; pictures: string[]; anonymous: boolean }) => {
    const header = { 'Idempotency-Key': key }
    if (about.kind === 'review') return call(mall.POST('/api/v1/reviews', { params: { header }, body: { order_id: about.orderId, sku_id: about.skuId, ...body } }))
    const follow = { text: body.text, pictures: body.pictures }
    return call(mall.POST('/api/v1/reviews/{id}/follow-up', { params: { path: { id: about.reviewId }, header }, body: follow }))
  })

  /** Sends; false when something has to be mended first. A refusal stays in `refused` and is thrown. */
  async function submit(): Promise<boolean> {
    tried.value = true
    if (mistakes.value.length) return false
    refused.value = null
    try {
      done.value = await writing.run({ score: score.value, text: text.value.trim(), pictures: pictures.value, anonymous: anonymous.value })
    } catch (error) {
      refused.value = error
      throw error
    }
    await readNext()
    return true
  }

  /** Other items that wait; thanks are given without them too. */
  async function readNext(): Promise<void> {
    try {
      next.value = (await call(mall.GET('/api/v1/reviews/pending', { params: { query: { limit: NEXT_SHOWN } } }))).items
    } catch (error) {
      if (!isFault(error)) throw error
    }
  }

  return { item, score, text, pictures, anonymous, uploading, notUploaded, tried, mistakes, dirty, done, next, refused, busy: writing.busy, submit }
}
