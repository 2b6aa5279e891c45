// The shopper's orders by state, and how many wait for something.
import { ref, shallowRef, watch } from 'vue'
import type { OrderCounts, OrderDetail, OrderSummary } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { useEndless } from '@/parts/load'
import { useSession } from '@/session'

export const TABS = ['all', 'unpaid', 'paid', 'shipped', 'refunded'] as const
export type Tab = (typeof TABS)[number]
export type Badges = Partial<OrderCounts> & { review?: number }

const FIRST_LINES = 4
const PAGE = 20

/** The short form of an order, as lists hold it. */
function summaryOf(order: OrderDetail): OrderSummary {
  const { id, number, user_id, kind, state, cancel_reason, payment, created_at, pay_by, lines, amounts } = order
  return {
    id, number, user_id, kind, state, cancel_reason, payment, created_at, pay_by,
    payable_fen: amounts.payable_fen,
    lines: lines.slice(0, FIRST_LINES),
    line_count: lines.length,
    qty: lines.reduce((sum, line) => sum + line.qty, 0),
  }
}

function belongs(order: OrderSummary, tab: Tab): boolean {
  if (tab === 'all') return true
  if (tab === 'refunded') return order.payment === 'refunded' || order.payment === 'part_refunded'
  return order.state === tab
}

export function useOrders(first: Tab) {
  const session = useSession()
  const tab = ref<Tab>(first)
  const badges = shallowRef<Badges>({})
  /** The order that was opened: it may come back changed. */
  let opened: string | null = null

  const list = useEndless(cursor => {
    const which = tab.value === 'all' ? {} : tab.value === 'refunded' ? { refunded: true } : { state: tab.value }
    return call(mall.GET('/api/v1/orders', { params: { query: { ...which, cursor, limit: PAGE } } }))
  })

  /** Badges are no reason for an error. */
  async function count(): Promise<void> {
    const [orders, reviews] = await Promise.allSettled([
      call(mall.GET('/api/v1/orders/counts')),
      call(mall.GET('/api/v1/reviews/counts')),
    ])
    badges.value = {
      ...(orders.status === 'fulfilled' ? orders.value : {}),
      ...(reviews.status === 'fulfilled' ? { review: reviews.value.pending } : {}),
    }
  }

  async function restart(): Promise<void> {
    await Promise.all([list.restart(), count()])
  }

  function show(next: Tab): void {
    if (next === tab.value) return
    tab.value = next
    list.items.value = []
    void restart()
  }

  /** An order as it is now: shown so, or gone from this tab. */
  function put(order: OrderDetail): void {
    const now = summaryOf(order)
    list.items.value = list.items.value.flatMap(one => (one.id !== order.id ? one : belongs(now, tab.value) ? now : []))
    void count()
  }

  async function reread(id: string): Promise<void> {
    try {
      put(await call(mall.GET('/api/v1/orders/{id}', { params: { path: { id } } })))
    } catch (error) {
      if (!isFault(error)) throw error
    }
  }

  /** Looked at again: a long list keeps its place and only the opened order is read anew; a short one is read whole. */
  async function comeBack(): Promise<void> {
    const id = opened
    opened = null
    if (list.items.value.length <= PAGE) await restart()
    else await Promise.all([id ? reread(id) : null, count()])
  }

  // Another shopper must not see the orders of the one before.
  watch(() => session.signedIn, () => (list.items.value = []))

  return { tab, badges, list, restart, show, put, reread, comeBack, open: (id: string) => (opened = id) }
}
