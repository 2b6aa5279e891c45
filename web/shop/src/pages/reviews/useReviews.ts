// What the shopper may still review, and what they wrote.
import { ref } from 'vue'
import { call, mall } from '@/mall'
import { useEndless } from '@/parts/load'

export const TABS = ['pending', 'written'] as const
export type Tab = (typeof TABS)[number]

export function useReviews(first: Tab, orderId: () => string | undefined) {
  const tab = ref<Tab>(first)
  const pending = useEndless(cursor => call(mall.GET('/api/v1/reviews/pending', { params: { query: { cursor, order_id: orderId() } } })))
  const written = useEndless(cursor => call(mall.GET('/api/v1/reviews', { params: { query: { cursor } } })))
  const read = new Set<Tab>()
  /** Shows a tab; it is read when it is shown for the first time. */
  async function show(which: Tab): Promise<void> {
    tab.value = which
    if (read.has(which)) return
    read.add(which)
    await (which === 'pending' ? pending : written).restart()
  }
  return { tab, pending, written, show }
}
