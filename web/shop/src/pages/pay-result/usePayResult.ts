// What became of a payment. The channel is asked until it is known, with growing pauses; after that the shopper asks.
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { OrderDetail, PaymentStatus } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'

/** Seconds between questions: about a minute in all. */
export const PAUSES_S = [1, 2, 3, 5, 8, 10, 15, 15]

export type Result =
  | 'asking'
  /** Asked long enough; nobody knows yet. */
  | 'waiting'
  | 'paid'
  /** Money came that the order could not take. */
  | 'returning'
  | 'returned'
  /** The order is gone. */
  | 'closed'
  /** No attempt is open, and the order still waits. */
  | 'again'
  | 'absent'

export function usePayResult(id: string) {
  const order = shallowRef<OrderDetail | null>(null)
  const payment = shallowRef<PaymentStatus | null>(null)
  const tired = ref(false)
  const asking = ref(false)
  const absent = ref(false)
  /** The last question was not answered. */
  const unreached = ref(false)
  /** Not one attempt was made to pay this order. */
  const untried = ref(false)
  let timer: number | undefined
  let round = 0

  const result = computed<Result>(() => {
    if (absent.value) return 'absent'
    const state = payment.value?.state
    if (state === 'refunded' || state === 'part_refunded') return 'returned'
    if (state === 'paid') return order.value?.state === 'cancelled' ? 'returning' : 'paid'
    if (order.value?.state === 'cancelled') return 'closed'
    if (order.value && (state === 'closed' || state === 'unpaid' || untried.value)) return 'again'
    return tired.value ? 'waiting' : 'asking'
  })
  const known = () => result.value !== 'asking' && result.value !== 'waiting'

  async function readOrder(): Promise<void> {
    try {
      order.value = await call(mall.GET('/api/v1/orders/{id}', { params: { path: { id } } }))
    } catch (error) {
      if (!isFault(error)) throw error
      if (error.code === 'not_found') absent.value = true
    }
  }
  async function readPayment(): Promise<void> {
    try {
      payment.value = await call(mall.GET('/api/v1/orders/{id}/payment', { params: { path: { id }, query: { ask: true } } }))
      untried.value = false
      unreached.value = false
    } catch (error) {
      if (!isFault(error)) throw error
      untried.value = error.code === 'not_found'
      unreached.value = error.unanswered
    }
  }

  /** Asks once. Both are read: the payment knows of the money, the order of what it was for. */
  async function ask(): Promise<void> {
    if (asking.value) return
    asking.value = true
    try {
      await Promise.all([readPayment(), readOrder()])
    } finally {
      asking.value = false
    }
  }

  function stop(): void {
    round++
    window.clearTimeout(timer)
  }

  /** Asks at once and then again and again, until it is known or about a minute is over. */
  async function follow(): Promise<void> {
    stop()
    const mine = round
    tired.value = false
    for (const pause of [0, ...PAUSES_S]) {
      if (pause) await new Promise<void>(resolve => (timer = window.setTimeout(resolve, pause * 1000)))
      if (mine !== round) return
      await ask()
      if (mine !== round || known()) return
    }
    tired.value = true
  }

  onScopeDispose(stop)
  return { order, payment, result, asking, unreached, ask, follow, stop, known }
}
