import { flushPromises } from '@vue/test-utils'
import { effectScope, ref, type EffectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AddressShown } from '@shangpin/api'
import { useBuyNow } from './useBuyNow'

const quoted = (payable_fen: number) => ({ lines: [], rules: [], goods_fen: payable_fen, discount_fen: 0, freight_fen: 0, freight_discount_fen: 0, payable_fen })
const address = { id: '5', name: '林**', phone: '139****0003', province: '浙江省', city: '杭州市', district: '西湖区', detail: '文三路', is_default: true } as AddressShown
const problem = (code: string, status: number, more = {}) => Response.json({ code, status, title: '', request_id: '', ...more }, { status })

interface Seen {
  path: string
  key: string | null
  body: { expected_payable_fen?: number; address_id?: string; source?: { lines: { qty: number }[] } }
}
let seen: Seen[] = []
let scope: EffectScope
const qty = ref(1)

/** A buy-now sheet with everything chosen, at a mall that answers as told. */
async function opened(answers: Record<string, (one: Seen, n: number) => unknown> = {}) {
  const counts: Record<string, number> = {}
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/v1/', '')
    const one: Seen = { path, key: request.headers.get('Idempotency-Key'), body: JSON.parse(await request.text()) as Seen['body'] }
    seen.push(one)
    counts[path] = (counts[path] ?? 0) + 1
    const answer = (await answers[path]?.(one, counts[path])) ?? (path === 'orders/quote' ? quoted(9900) : path === 'orders' ? { id: '77' } : { redirect_url: '/cashier/x', payment_id: '1', attempt_id: '1' })
    return answer instanceof Response ? answer : Response.json(answer)
  })
  const buying = scope.run(() => useBuyNow(() => ({ sku_id: '70', qty: qty.value })))!
  buying.address.value = address
  buying.channel.value = 'demo'
  await flushPromises()
  return buying
}
const asked = (path: string) => seen.filter(one => one.path === path)

describe('buying now', () => {
  beforeEach(() => {
    seen = []
    qty.value = 1
    sessionStorage.clear()
    scope = effectScope()
  })
  afterEach(() => {
    scope.stop()
    vi.unstubAllGlobals()
  })

  it('places at the quoted price and goes to pay', async () => {
    const buying = await opened()
    expect(asked('orders/quote').at(-1)!.body.address_id).toBe('5')
    expect(await buying.submit()).toEqual({ kind: 'pay', url: '/cashier/x' })
    expect(asked('orders')[0]!.body).toMatchObject({ address_id: '5', expected_payable_fen: 9900, source: { lines: [{ sku_id: '70', qty: 1 }] } })
  })

  it('places one order for two taps', async () => {
    const buying = await opened()
    await Promise.all([buying.submit(), buying.submit()])
    expect(asked('orders')).toHaveLength(1)
    expect(asked('orders/77/pay')).toHaveLength(1)
  })

  it('shows a new price and places at that one only when it is submitted again', async () => {
    const buying = await opened({ orders: (_, n) => (n === 1 ? problem('price_changed', 409, { quote: quoted(10900) }) : undefined) })
    expect(await buying.submit()).toEqual({ kind: 'priceChanged', was: 9900, now: 10900 })
    expect(buying.quote.value?.payable_fen).toBe(10900)
    expect(asked('orders')).toHaveLength(1)
    expect((await buying.submit()).kind).toBe('pay')
    expect(asked('orders')[1]!.body.expected_payable_fen).toBe(10900)
    expect(asked('orders')[1]!.key).not.toBe(asked('orders')[0]!.key)
  })

  it('tells refusals apart', async () => {
    const refusals = [problem('out_of_stock', 409, { sku_id: '70', available: 2 }), problem('too_many_unpaid', 409, { limit: 20 }), problem('off_shelf', 409)]
    const buying = await opened({ orders: (_, n) => refusals[n - 1] ?? problem('address_limit', 409) })
    expect(await buying.submit()).toEqual({ kind: 'outOfStock', available: 2 })
    expect(await buying.submit()).toEqual({ kind: 'tooManyUnpaid' })
    expect(await buying.submit()).toEqual({ kind: 'gone' })
    await expect(buying.submit()).rejects.toMatchObject({ code: 'address_limit' })
  })

  it('an order that stands is not placed again because paying could not begin', async () => {
    const buying = await opened({ 'orders/77/pay': () => problem('channel_failed', 503) })
    expect(await buying.submit()).toMatchObject({ kind: 'placed', orderId: '77', error: { code: 'channel_failed' } })
  })

  it('never shows the price of a quantity that is no longer chosen', async () => {
    const answers: ((r: unknown) => void)[] = []
    const buying = await opened({ 'orders/quote': one => (one.body.source!.lines[0]!.qty === 1 ? undefined : new Promise(done => answers.push(done))) })
    qty.value = 2
    await flushPromises()
    expect(buying.ready.value).toBe(false)
    qty.value = 3
    await flushPromises()
    answers[1]!(quoted(29700))
    await flushPromises()
    answers[0]!(quoted(19800))
    await flushPromises()
    expect(buying.quote.value?.payable_fen).toBe(29700)
    expect(buying.ready.value).toBe(true)
  })
})
