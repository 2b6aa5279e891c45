// A piece of a session: what it is (once), how it stands (again and again while somebody looks), and the product behind it.
import { computed, shallowRef, watch } from 'vue'
import type { SeckillLive } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { PREPARE_MS, phaseOf, secondsTo, turnOf } from '@/pages/seckill/sale'
import { heard, useMallNow } from '@/parts/clock'
import { useLoad } from '@/parts/load'
import { usePoll } from '@/parts/poll'

/** Exact to a tenth of a second: nobody should be late because of the page. */
const TICK_MS = 100
export const RUNNING_MS = 2_500
export const SOON_MS = 5_000
export const EARLY_MS = 20_000

export function useItem(id: string) {
  const now = useMallNow(TICK_MS)
  const params = { params: { path: { id } } }
  const item = useLoad(async () => {
    const answer = await call(mall.GET('/api/v1/seckill/items/{id}', params))
    heard(answer.now)
    return answer
  })
  const spu = useLoad(() => call(mall.GET('/api/v1/spus/{id}', { params: { path: { id: item.data.value?.spu_id ?? '' } } })))
  const live = shallowRef<SeckillLive | null>(null)
  const absent = computed(() => isFault(item.error.value, 'not_found') && !item.data.value)

  const times = computed(() => (item.data.value ? { ...item.data.value.session, state: live.value?.state ?? item.data.value.session.state } : null))
  const phase = computed(() => (times.value ? phaseOf(times.value, now.value) : null))
  const left = computed(() => live.value?.left ?? item.data.value?.left ?? 0)
  const inLine = computed(() => live.value?.in_line ?? item.data.value?.in_line ?? 0)
  const soon = computed(() => times.value !== null && Date.parse(times.value.starts_at) - now.value <= PREPARE_MS)
  /** Seconds to the start, and once it has begun to the end. */
  const seconds = computed(() => (times.value && phase.value ? secondsTo(turnOf(times.value, phase.value), now.value) : 0))

  const poll = usePoll(async () => {
    try {
      live.value = await call(mall.GET('/api/v1/seckill/items/{id}/live', params))
      heard(live.value.now)
    } catch (error) {
      // It went offline for good.
      if (!isFault(error, 'not_found') || !item.data.value) throw error
      live.value = { now: item.data.value.now, state: 'ended', left: 0, in_line: 0 }
    }
    if (phase.value === 'ended') return null
    if (phase.value === 'running') return RUNNING_MS
    return phase.value === 'paused' || soon.value ? SOON_MS : EARLY_MS
  }, RUNNING_MS)
  // From the start on it is asked more often, without waiting for the end of a long pause.
  watch(phase, (_, before) => before && poll.start())

  const siteTitle = document.title
  watch(item.data, now => (document.title = now ? now.title : siteTitle))

  async function load(): Promise<void> {
    await item.load()
    if (!item.data.value) return
    poll.start()
    if (!spu.data.value) await spu.load()
  }
  return { item, spu, live, absent, phase, left, inLine, soon, seconds, failing: poll.failing, look: poll.start, load, siteTitle }
}

export type PieceOnPage = ReturnType<typeof useItem>
