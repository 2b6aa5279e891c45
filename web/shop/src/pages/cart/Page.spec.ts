import { flushPromises, type VueWrapper } from '@vue/test-utils'
import type { Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { leaveTo } from '@/parts/leave'
import { sure } from '@/parts/sure'
import { openPage, refusal, SILENCE, stubMall, type Answers, type Asked } from '@/parts/testing'
import { toasts } from '@/parts/toast'
import Page from './Page.vue'

vi.mock('@/parts/leave', () => ({ leaveTo: vi.fn() }))
vi.mock('@/parts/sure', () => ({ sure: vi.fn(async () => true) }))

const line = (sku_id: string, more = {}) => ({
  sku_id, spu_id: '7', code: sku_id, title: `商品${sku_id}`, specs: [{ name: '颜色', value: '黑' }], unit: '件',
  unit_price_fen: 5000, list_price_fen: 6000, price_at_add_fen: 5000, qty: 1, checked: true, available: 50, ...more,
})
const quote = (payable_fen: number) => ({
  lines: [], goods_fen: payable_fen, discount_fen: 0, freight_fen: 1000, freight_discount_fen: 1000, payable_fen,
  rules: [{ rule: 'freight', title: '满 88 元包邮', applied: true, amount_fen: 1000, reason: '' }],
})
const address = { id: '5', name: '林**', phone: '139****0003', province: '浙江省', city: '杭州市', district: '西湖区', detail: '文三路', is_default: true }

let wrapper: VueWrapper
let router: Router
let seen: Asked[] = []
async function open(answers: Answers = {}, lines = [line('70'), line('71')]): Promise<void> {
  seen = stubMall({
    'GET cart': { lines, invalid: [], count: lines.length, quote: quote(10000) },
    'GET addresses': { items: [address] },
    'GET pay-channels': { items: [{ channel: 'demo', name: '演示' }] },
    'GET search': { items: [] },
    'POST orders/quote': quote(10000),
    'POST orders': { id: '900', pay_channel: 'demo' },
    'POST orders/900/pay': { redirect_url: '/cashier/x', payment_id: '1', attempt_id: '1' },
    ...answers,
  })
  ;({ wrapper, router } = await openPage([{ path: '/cart', name: 'cart', component: Page }], '/cart'))
}
const asked = (what: string) => seen.filter(one => one.what === what)
const settle = () => wrapper.find('.settle-bar .go').trigger('click')
const more = (i = 0) => wrapper.findAll('.line')[i]!.findAll('.stepper button')[1]!
const shownQty = (i = 0) => wrapper.findAll<HTMLInputElement>('.line input')[i]!.element.value

describe('the cart', () => {
  beforeEach(() => {
    sessionStorage.clear()
    toasts.value = []
    vi.mocked(sure).mockResolvedValue(true)
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  })
  afterEach(() => {
    wrapper.unmount()
    vi.clearAllMocks()
    vi.unstubAllGlobals()
  })

  it('keeps the number and says why when a quantity is refused', async () => {
    await open({ 'PATCH cart/lines/70': refusal('out_of_stock', 409, { sku_id: '70', available: 3 }) })
    const field = wrapper.find<HTMLInputElement>('.line input')
    await field.setValue('9')
    await field.trigger('change')
    await flushPromises()
    expect(asked('PATCH cart/lines/70')[0]!.body).toMatchObject({ qty: 9 })
    expect(shownQty()).toBe('1')
    expect(wrapper.find('.line .why').text()).toContain('3')
    expect(wrapper.findAll('.line')[1]!.find('.why').exists()).toBe(false)
  })

  it('ends quick taps in the last number and shows none that the mall has not accepted', async () => {
    const waiting: (() => void)[] = []
    await open({ 'PATCH cart/lines/70': (one: Asked) => new Promise(done => waiting.push(() => done({ sku_id: '70', qty: (one.body as { qty: number }).qty, count: 2 }))) })
    for (let i = 0; i < 4; i++) await more().trigger('click')
    await flushPromises()
    expect(shownQty()).toBe('1')
    expect(asked('PATCH cart/lines/70').map(one => (one.body as { qty: number }).qty)).toEqual([2])
    waiting[0]!()
    await flushPromises()
    expect(shownQty()).toBe('2')
    waiting[1]!()
    await flushPromises()
    expect(asked('PATCH cart/lines/70').map(one => (one.body as { qty: number }).qty)).toEqual([2, 5])
    // The cart is read again after the last of them: what it says stands.
    expect(seen.at(-1)!.what).toBe('POST orders/quote')
  })

  it('takes the total from the quote for the address, and places the order at it', async () => {
    await open({ 'POST orders/quote': quote(11000) })
    expect(asked('POST orders/quote')[0]!.body).toEqual({ source: { kind: 'cart' }, address_id: '5' })
    expect(wrapper.find('.settle-bar .sum').text()).toContain('110')
    await settle()
    await flushPromises()
    expect(asked('POST orders')[0]!.body).toMatchObject({ address_id: '5', expected_payable_fen: 11000, pay_channel: 'demo' })
    expect(router.currentRoute.value.fullPath).toBe('/pay/900')
    expect(leaveTo).toHaveBeenCalledWith('/cashier/x')
  })

  it('places one order for two taps, and sends the same key after silence', async () => {
    await open({ 'POST orders': (_: Asked, n: number) => (n === 1 ? SILENCE : { id: '900', pay_channel: 'demo' }) })
    await Promise.all([settle(), settle()])
    await flushPromises()
    expect(asked('POST orders')).toHaveLength(1)
    expect(wrapper.find('.silent').text()).toContain('可能已经提交成功')
    await wrapper.find('.silent button').trigger('click')
    await flushPromises()
    const [first, second] = asked('POST orders')
    expect(second).toEqual(first)
    expect(first!.key).toMatch(/.{20,}/)
    expect(asked('POST orders/900/pay')).toHaveLength(1)
    expect(leaveTo).toHaveBeenCalledOnce()
  })

  it('can send again though the cart has been emptied by the order that was not heard of', async () => {
    let placed = false
    await open({
      'GET cart': () => (placed ? { lines: [], invalid: [], count: 0 } : { lines: [line('70')], invalid: [], count: 1, quote: quote(5000) }),
      'POST orders': (_: Asked, n: number) => {
        placed = true
        return n === 1 ? SILENCE : { id: '900', pay_channel: 'demo' }
      },
    })
    await settle()
    await flushPromises()
    await wrapper.find('.silent button').trigger('click')
    await flushPromises()
    expect(asked('POST orders').map(one => one.key)).toEqual(Array(2).fill(asked('POST orders')[0]!.key))
    expect(router.currentRoute.value.fullPath).toBe('/pay/900')
  })

  it('shows the old and the new total when the price changed, and orders at the new one only after a yes', async () => {
    const answers = { 'POST orders': (_: Asked, n: number) => (n === 1 ? refusal('price_changed', 409, { quote: quote(12300) }) : { id: '900', pay_channel: 'demo' }) }
    await open(answers)
    await settle()
    await flushPromises()
    expect(vi.mocked(sure).mock.calls[0]![0].message).toMatch(/¥100 .*¥123/)
    const [first, second] = asked('POST orders')
    expect(second!.body).toMatchObject({ expected_payable_fen: 12300 })
    expect(second!.key).not.toBe(first!.key)
    wrapper.unmount()

    vi.mocked(sure).mockResolvedValue(false)
    await open(answers)
    await settle()
    await flushPromises()
    expect(asked('POST orders')).toHaveLength(1)
    expect(leaveTo).toHaveBeenCalledOnce()
  })

  it('names the line of which there are too few, and reads the cart again', async () => {
    await open({ 'POST orders': refusal('out_of_stock', 409, { sku_id: '71', available: 2 }) })
    const before = asked('GET cart').length
    await settle()
    await flushPromises()
    expect(wrapper.findAll('.line')[0]!.find('.why').exists()).toBe(false)
    expect(wrapper.findAll('.line')[1]!.find('.why').text()).toContain('2')
    expect(asked('GET cart').length).toBe(before + 1)
  })

  it('asks for an address before it sends anything', async () => {
    await open({ 'GET addresses': { items: [] } })
    expect(wrapper.find('.address').text()).toContain('还没有收货地址')
    await settle()
    await flushPromises()
    expect(asked('POST orders')).toHaveLength(0)
    expect(toasts.value.at(-1)?.text).toBe('请先选择收货地址')
  })

  it('leads to the payment of an order that could be placed but not paid yet', async () => {
    await open({ 'POST orders/900/pay': refusal('channel_failed', 503) })
    await settle()
    await flushPromises()
    expect(router.currentRoute.value.fullPath).toBe('/pay/900')
    expect(leaveTo).not.toHaveBeenCalled()
  })
})
