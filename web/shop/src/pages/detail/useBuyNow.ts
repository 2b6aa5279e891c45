// One variant, bought past the cart: the price is the mall's quote, and the order is placed at that price or not at all.
import { computed, ref, shallowRef, watch } from 'vue'
import type { AddressShown, Channel, Quote } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { useOnce } from '@/parts/once'

export interface Pick {
  sku_id: string
  qty: number
}

export type PlaceOutcome =
  | { kind: 'pay'; url: string }
  /** The order stands and waits for money, but paying could not begin. */
  | { kind: 'placed'; orderId: string; error: unknown }
  | { kind: 'priceChanged'; was: number; now: number }
  | { kind: 'outOfStock'; available: number }
  | { kind: 'tooManyUnpaid' }
  | { kind: 'gone' }

function isQuote(value: unknown): value is Quote {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Quote>).payable_fen === 'number'
}

export function useBuyNow(pick: () => Pick | null) {
  const address = shallowRef<AddressShown | null>(null)
  const channel = ref<Channel | null>(null)
  const remark = ref('')
  const quote = shallowRef<Quote | null>(null)
  const quoting = ref(false)
  const quoteError = shallowRef<unknown>(null)
  let turn = 0

  /** What it costs, sent to the chosen address. An older answer never replaces a newer one. */
  async function ask(): Promise<void> {
    const line = pick()
    if (!line) return
    const mine = ++turn
    quoting.value = true
    quoteError.value = null
    try {
      const body = { source: { kind: 'buy_now' as const, lines: [line] }, ...(address.value && { address_id: address.value.id }) }
      const answer = await call(mall.POST('/api/v1/orders/quote', { body }))
      if (mine === turn) quote.value = answer
    } catch (error) {
      if (mine !== turn) return
      quote.value = null
      quoteError.value = error
    } finally {
      if (mine === turn) quoting.value = false
    }
  }
  watch(
    () => [pick()?.sku_id, pick()?.qty, address.value?.id],
    () => void ask(),
    { immediate: true },
  )

  const placing = useOnce('place-order', (key, body: Parameters<typeof place>[0]) => place(body, key))
  function place(body: { line: Pick; address_id: string; pay_channel: Channel; remark: string; expected_payable_fen: number }, key: string) {
    const { line, ...rest } = body
    const source = { kind: 'buy_now' as const, lines: [line] }
    return call(mall.POST('/api/v1/orders', { params: { header: { 'Idempotency-Key': key } }, body: { ...rest, source } }))
  }
  const paying = useOnce('pay-order', (key, wish: { id: string; channel: Channel }) =>
    call(mall.POST('/api/v1/orders/{id}/pay', { params: { path: { id: wish.id }, header: { 'Idempotency-Key': key } }, body: { channel: wish.channel } })),
  )
  const busy = computed(() => placing.busy.value || paying.busy.value)
  const ready = computed(() => pick() !== null && address.value !== null && channel.value !== null && quote.value !== null && !quoting.value)

  /** Places and begins to pay. What the page has to say something about is an outcome; everything else is thrown. */
  async function submit(): Promise<PlaceOutcome> {
    const [line, at, by, price] = [pick(), address.value, channel.value, quote.value]
    if (!line || !at || !by || !price) throw new Error('submitted before it was ready')
    let order
    try {
      order = await placing.run({ line, address_id: at.id, pay_channel: by, remark: remark.value.trim(), expected_payable_fen: price.payable_fen })
    } catch (error) {
      if (isFault(error, 'price_changed') && isQuote(error.problem.quote)) {
        quote.value = error.problem.quote
        return { kind: 'priceChanged', was: price.payable_fen, now: error.problem.quote.payable_fen }
      }
      if (isFault(error, 'out_of_stock')) return { kind: 'outOfStock', available: Number(error.problem.available ?? 0) }
      if (isFault(error, 'too_many_unpaid')) return { kind: 'tooManyUnpaid' }
      if (isFault(error, 'off_shelf')) return { kind: 'gone' }
      throw error
    }
    try {
      return { kind: 'pay', url: (await paying.run({ id: order.id, channel: by })).redirect_url }
    } catch (error) {
      return { kind: 'placed', orderId: order.id, error }
    }
  }

  return { address, channel, remark, quote, quoting, quoteError, ask, busy, ready, submit }
}
