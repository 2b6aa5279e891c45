// A product: what it is (cached), what it is right now, what shoppers say, and what can be done with it here.
import { computed, ref, shallowRef, watch } from 'vue'
import { call, isFault, mall } from '@/mall'
import { useLoad } from '@/parts/load'
import { useOnce } from '@/parts/once'
import { choiceOf, cheapest, most, priceOf, settle, skuOf, soldOut, type Choice } from '@/parts/sku'
import { useSession } from '@/session'

const FIRST_REVIEWS = 2

export function useDetail(id: string) {
  const session = useSession()
  const path = { id }
  const spu = useLoad(() => call(mall.GET('/api/v1/spus/{id}', { params: { path } })))
  const live = useLoad(() => call(mall.GET('/api/v1/spus/{id}/live', { params: { path } })))
  const freight = useLoad(() => call(mall.GET('/api/v1/promotions/freight')))
  const reviews = useLoad(async () => {
    const [summary, first] = await Promise.all([
      call(mall.GET('/api/v1/spus/{id}/reviews/summary', { params: { path } })),
      call(mall.GET('/api/v1/spus/{id}/reviews', { params: { path, query: { limit: FIRST_REVIEWS } } })),
    ])
    return { summary, first: first.items }
  })

  /** Which of its variants are in a flash sale; a banner is no reason for an error. */
  const sales = useLoad(async () => (await call(mall.GET('/api/v1/seckill/of-spu/{spu_id}', { params: { path: { spu_id: id } } }))).items)

  /** It went off the shelf while it was looked at. */
  const gone = ref(false)
  const absent = computed(() => gone.value || isFault(spu.error.value, 'not_found'))

  const choice = shallowRef<Choice>({})
  const qty = ref(1)
  const sku = computed(() => (spu.data.value ? skuOf(spu.data.value, choice.value) : null))
  const max = computed(() => Math.max(1, most(live.data.value, sku.value?.id)))
  const noneLeft = computed(() => spu.data.value !== null && soldOut(spu.data.value, live.data.value))
  /** What the price stands for: the chosen variant, or the cheapest while none is. */
  const priced = computed(() => {
    if (!spu.data.value) return null
    const low = cheapest(spu.data.value, live.data.value)
    const shown = sku.value ?? low?.sku
    if (!shown) return null
    return { fen: priceOf(live.data.value, shown), was: shown.list_price_fen, from: !sku.value && low?.several === true }
  })
  watch(max, now => qty.value > now && (qty.value = now))

  function choose(skuId: string): void {
    if (spu.data.value) choice.value = choiceOf(spu.data.value, skuId)
  }

  const favourite = ref(false)
  watch(live.data, now => now && (favourite.value = now.favourite === true))
  const favouring = ref(false)
  /** Says how it is now; shown at once, taken back when the mall says no. */
  async function toggleFavourite(): Promise<boolean> {
    const wanted = !favourite.value
    favourite.value = wanted
    favouring.value = true
    try {
      const params = { params: { path: { spu_id: id } } }
      await call(wanted ? mall.PUT('/api/v1/favourites/{spu_id}', params) : mall.DELETE('/api/v1/favourites/{spu_id}', params))
      return wanted
    } catch (error) {
      favourite.value = !wanted
      throw error
    } finally {
      favouring.value = false
    }
  }

  const adding = useOnce('add-cart', async (key, line: { sku_id: string; qty: number }) => {
    const added = await call(mall.POST('/api/v1/cart/lines', { params: { header: { 'Idempotency-Key': key } }, body: line }))
    session.cartCount = added.count
    return added
  })

  /** After a refusal: what is shown follows the mall. */
  function follow(error: unknown): void {
    if (isFault(error, 'off_shelf', 'not_found')) gone.value = true
    else if (isFault(error, 'out_of_stock')) void live.load()
  }
  async function addToCart(skuId: string, n: number): Promise<void> {
    try {
      await adding.run({ sku_id: skuId, qty: n })
    } catch (error) {
      follow(error)
      throw error
    }
  }

  async function leaveFootprint(): Promise<void> {
    if (!session.signedIn) return
    try {
      await call(mall.PUT('/api/v1/footprints/{spu_id}', { params: { path: { spu_id: id } } }))
    } catch (error) {
      // Nobody asked for it: a footprint that is not left is no news.
      if (!isFault(error)) throw error
    }
  }

  async function load(): Promise<void> {
    gone.value = false
    void freight.load()
    void reviews.load()
    void sales.load()
    await Promise.all([spu.load(), live.load()])
    if (!spu.data.value) return
    if (Object.keys(choice.value).length === 0) choice.value = settle(spu.data.value, live.data.value, {})
    await leaveFootprint()
  }

  return { spu, live, freight, reviews, sales, absent, gone, choice, sku, qty, max, noneLeft, priced, choose, favourite, favouring, toggleFavourite, adding: adding.busy, addToCart, follow, load }
}

export type Detail = ReturnType<typeof useDetail>
