// An order that waits for money: how much, until when, and by which way.
import { computed, ref, watch } from 'vue'
import type { Channel } from '@shangpin/api'
import { call, isFault, mall, type Fault } from '@/mall'
import { useCountdown } from '@/parts/clock'
import { useLoad } from '@/parts/load'
import { usePay as useAttempt } from '@/parts/paying'

export type Payable = 'open' | 'late' | 'paid' | 'closed'

export function usePay(id: string) {
  const channel = ref<Channel | null>(null)
  const cancelling = ref(false)
  const { data: order, state, error, load } = useLoad(() => call(mall.GET('/api/v1/orders/{id}', { params: { path: { id } } })))
  const attempt = useAttempt()
  const left = useCountdown(() => (order.value?.state === 'unpaid' ? order.value.pay_by : null))

  const payable = computed<Payable | null>(() => {
    if (!order.value) return null
    if (order.value.state === 'cancelled') return 'closed'
    if (order.value.state !== 'unpaid' && order.value.state !== 'placing') return 'paid'
    return left.value === 0 ? 'late' : 'open'
  })
  const busy = computed(() => attempt.busy.value || cancelling.value)

  // The way that was chosen with the order is the one that is offered first.
  watch(order, now => {
    if (now) channel.value ??= now.pay_channel
  })
  watch(payable, (now, before) => {
    if (now === 'late' && before === 'open') void load()
  })

  /** Where to pay; what cannot be paid is read again, so that the page says what became of it. */
  async function start(): Promise<string | Fault> {
    try {
      return await attempt.start(id, channel.value!)
    } catch (error) {
      if (!isFault(error)) throw error
      if (isFault(error, 'already_paid', 'order_state', 'not_found')) await load()
      return error
    }
  }

  async function cancel(): Promise<void> {
    cancelling.value = true
    try {
      order.value = await call(mall.POST('/api/v1/orders/{id}/cancel', { params: { path: { id } } }))
    } catch (error) {
      // Paid while it was being cancelled, or silence: the order itself tells.
      await load()
      throw error
    } finally {
      cancelling.value = false
    }
  }

  return { order, state, error, load, channel, left, payable, busy, paying: attempt.busy, start, cancel }
}
