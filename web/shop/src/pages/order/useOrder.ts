// One order, whole: what comes next, what happened, and what is left to review.
import { computed, ref, watch } from 'vue'
import type { OrderDetail, OrderEvent } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { useCountdown } from '@/parts/clock'
import { useLoad } from '@/parts/load'

const STEPS = ['unpaid', 'paid', 'shipped', 'received'] as const
/** Steps of the house that tell a shopper nothing. */
const INWARD: OrderEvent[] = ['recorded']

export function useOrder(id: string) {
  const { data: order, state, error, load: read } = useLoad(() => call(mall.GET('/api/v1/orders/{id}', { params: { path: { id } } })))
  /** Lines that wait for a review; null while it is not known. */
  const unreviewed = ref<number | null>(null)
  const left = useCountdown(() => (order.value?.state === 'unpaid' ? order.value.pay_by : null))
  const late = computed(() => left.value === 0)

  async function load(): Promise<void> {
    await read()
    await countReviews()
  }
  async function countReviews(): Promise<void> {
    if (order.value?.state !== 'received') return
    try {
      const page = await call(mall.GET('/api/v1/reviews/pending', { params: { query: { order_id: id, limit: 50 } } }))
      unreviewed.value = page.items.length
    } catch (error) {
      // The way to the reviews stays open; that page says what is wrong.
      if (!isFault(error)) throw error
    }
  }
  function put(now: OrderDetail): void {
    order.value = now
    void countReviews()
  }
  watch(late, now => {
    if (now) void load()
  })

  const steps = computed(() => {
    const now = order.value
    if (!now || now.state === 'cancelled' || now.state === 'placing') return []
    const reached = now.state === 'done' ? STEPS.length - 1 : STEPS.indexOf(now.state)
    return STEPS.map((name, i) => ({ name, reached: i <= reached, at: timeOf(name === 'unpaid' ? 'placed' : name) }))
  })
  const timeline = computed(() => [...(order.value?.timeline ?? [])].filter(one => !INWARD.includes(one.what)).reverse())

  function timeOf(what: OrderEvent): string | null {
    return order.value?.timeline.find(one => one.what === what)?.at ?? null
  }

  return { order, state, error, load, put, left, late, steps, timeline, timeOf, unreviewed }
}
