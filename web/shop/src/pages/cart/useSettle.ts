// From the cart to the order. There is no page between: what can go wrong is told apart here and asked about by the page.
import { ref, shallowRef } from 'vue'
import type { OrderDetail, PlaceOrder, Quote } from '@shangpin/api'
import { call, isFault, mall, type Fault } from '@/mall'
import { useOnce } from '@/parts/once'
import { usePay } from '@/parts/paying'

export type Outcome =
  /** The order stands. With a way to pay, or the reason why there is none yet. */
  | { kind: 'placed'; order: OrderDetail; payAt: string | null; fault: Fault | null }
  /** Nothing was placed: another price by now. */
  | { kind: 'price'; was: number | null; quote: Quote }
  /** Nothing was placed: too few, or none for sale, of this variant. */
  | { kind: 'line'; sku: string; fault: Fault }
  /** Nobody answered; the order may stand. */
  | { kind: 'silent' }
  | { kind: 'refused'; fault: Fault }

export function useSettle() {
  const place = useOnce('place-order', (key, body: PlaceOrder) =>
    call(mall.POST('/api/v1/orders', { params: { header: { 'Idempotency-Key': key } }, body })),
  )
  const pay = usePay()
  const busy = ref(false)
  /** What was sent without an answer: sent again as it was, it has the same key. */
  const silent = shallowRef<PlaceOrder | null>(null)

  /** Places the order and begins to pay it; null when that is going on already. */
  async function settle(body: PlaceOrder): Promise<Outcome | null> {
    if (busy.value) return null
    busy.value = true
    try {
      const order = await place.run(body)
      silent.value = null
      return await begin(order)
    } catch (error) {
      if (!isFault(error)) throw error
      silent.value = error.unanswered ? body : null
      return refusal(error, body)
    } finally {
      busy.value = false
    }
  }

  async function begin(order: OrderDetail): Promise<Outcome> {
    try {
      return { kind: 'placed', order, payAt: await pay.start(order.id, order.pay_channel), fault: null }
    } catch (error) {
      if (!isFault(error)) throw error
      return { kind: 'placed', order, payAt: null, fault: error }
    }
  }

  return { busy, silent, settle }
}

function refusal(fault: Fault, body: PlaceOrder): Outcome {
  if (fault.unanswered) return { kind: 'silent' }
  const { quote, sku_id } = fault.problem
  if (fault.code === 'price_changed' && quote && typeof quote === 'object') {
    return { kind: 'price', was: body.expected_payable_fen ?? null, quote: quote as Quote }
  }
  if ((fault.code === 'out_of_stock' || fault.code === 'off_shelf') && typeof sku_id === 'string') {
    return { kind: 'line', sku: sku_id, fault }
  }
  return { kind: 'refused', fault }
}
