import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openPage, refusal, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'

vi.mock('@/parts/sure', () => ({ sure: vi.fn(async () => true) }))

const at = '2026-11-20T08:00:00Z'
const order = (state: string, more = {}) => ({
  id: '9', number: '20261120009', state, payment: 'paid', fulfilment: 'none', pay_channel: 'demo', created_at: at, remark: '', parcels: [],
  lines: [{ id: '1', sku_id: '70', spu_id: '7', title: '马丁靴', specs: [], unit: '双', unit_price_fen: 5000, qty: 2 }],
  amounts: { goods_fen: 10000, discount_fen: 0, freight_fen: 0, freight_discount_fen: 0, payable_fen: 10000, paid_fen: 10000, refunded_fen: 0 },
  address: { name: '林**', phone: '139****0003', province: '浙江省', city: '杭州市', district: '西湖区', detail: '文三路 ***' },
  timeline: [{ at, what: 'recorded', state: 'placing', by: 'shopper', note: '' }, { at, what: 'placed', state: 'unpaid', by: 'house', note: '' }, { at, what: 'paid', state: 'paid', by: 'house', note: '' }],
  ...more,
})
let wrapper: VueWrapper
let seen: Asked[] = []
async function open(answers: Answers): Promise<void> {
  seen = stubMall({ 'GET pay-channels': { items: [{ channel: 'demo', name: '演示收银台' }] }, 'GET reviews/pending': { items: [] }, ...answers })
  ;({ wrapper } = await openPage([{ path: '/orders/:id', name: 'order', component: Page, props: true }], '/orders/9'))
}
const buttons = () => wrapper.findAll('.buttons .button').map(one => one.text())

describe('an order', () => {
  beforeEach(() => {
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  })
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('offers in each state what that state allows', async () => {
    for (const [state, offered] of [
      ['unpaid', ['取消订单', '去支付']],
      ['paid', ['再次购买']],
      ['shipped', ['再次购买', '确认收货']],
      ['done', ['再次购买']],
      ['cancelled', ['再次购买']],
    ] as const) {
      await open({ 'GET orders/9': order(state, { pay_by: new Date(Date.now() + 600_000).toISOString() }) })
      expect(buttons()).toEqual(offered)
      wrapper.unmount()
    }
    await open({ 'GET orders/9': order('done') })
  })

  it('is received once confirmed, and asks for a review only while one is open', async () => {
    await open({
      'GET orders/9': (_: Asked, n: number) => order(n === 1 ? 'shipped' : 'received'),
      'POST orders/9/receive': order('received'),
      'GET reviews/pending': (_: Asked, n: number) => ({ items: n === 1 ? [{ sku_id: '70' }] : [] }),
    })
    await wrapper.findAll('.buttons .button')[1]!.trigger('click')
    await flushPromises()
    expect(wrapper.find('.head h2').text()).toBe('交易成功')
    expect(buttons()).toEqual(['再次购买', '评价'])
    expect(seen.filter(one => one.what === 'GET reviews/pending')[0]!.query.get('order_id')).toBe('9')
    document.dispatchEvent(new Event('visibilitychange'))
    await flushPromises()
    expect(buttons()).toEqual(['再次购买'])
  })

  it('shows what went back', async () => {
    await open({
      'GET orders/9': order('cancelled', { payment: 'refunded', cancel_reason: 'operator', amounts: { ...order('paid').amounts, refunded_fen: 10000 }, timeline: [...order('paid').timeline, { at, what: 'refunded', state: 'cancelled', by: 'house', note: '' }] }),
    })
    expect(wrapper.find('.head').text()).toContain('已退款')
    expect(wrapper.find('.head').text()).toContain('¥100 已退回原支付账户')
    expect(wrapper.findAll('.moments li')[0]!.text()).toContain('退款成功')
    expect(wrapper.find('.moments').text()).not.toContain('订单已提交')
  })

  it('says that there is no such order', async () => {
    await open({ 'GET orders/9': refusal('not_found', 404) })
    expect(wrapper.text()).toContain('没有找到这个订单')
    expect(wrapper.find('.bottom-bar').exists()).toBe(false)
  })
})
