import { flushPromises, type VueWrapper } from '@vue/test-utils'
import type { Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sure } from '@/parts/sure'
import { openPage, refusal, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'

vi.mock('@/parts/sure', () => ({ sure: vi.fn(async () => true) }))

const bought = (sku_id: string) => ({ id: sku_id, sku_id, spu_id: '7', title: `商品${sku_id}`, specs: [], unit: '件', unit_price_fen: 5000, qty: 2 })
const order = (id: string, state: string, more = {}) => ({
  id, number: id, state, payment: state === 'unpaid' ? 'unpaid' : 'paid', payable_fen: 10000, created_at: '2026-11-20T08:00:00Z',
  pay_by: state === 'unpaid' ? new Date(Date.now() + 600_000).toISOString() : undefined, lines: [bought('70')], line_count: 1, qty: 2, ...more,
})
const whole = (id: string, state: string, more = {}) => ({ ...order(id, state), amounts: { payable_fen: 10000 }, ...more })

let wrapper: VueWrapper
let router: Router
let seen: Asked[] = []
async function open(path: string, answers: Answers = {}): Promise<void> {
  seen = stubMall({
    'GET orders': { items: [order('1', 'unpaid'), order('2', 'shipped')] },
    'GET orders/counts': { unpaid: 1, paid: 0, shipped: 120, received: 4 },
    'GET reviews/counts': { pending: 3 },
    'GET cart': { lines: [], invalid: [], count: 0 },
    ...answers,
  })
  ;({ wrapper, router } = await openPage([{ path: '/orders', name: 'orders', component: Page }], path))
}
const asked = (what: string) => seen.filter(one => one.what === what)
const cards = () => wrapper.findAll('article')
const press = async (card: number, name: string) => {
  await cards()[card]!.findAll('button').find(one => one.text() === name)!.trigger('click')
  await flushPromises()
}

describe('orders', () => {
  beforeEach(() => {
    sessionStorage.clear()
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
    vi.mocked(sure).mockResolvedValue(true)
  })
  afterEach(() => {
    wrapper.unmount()
    vi.clearAllMocks()
    vi.unstubAllGlobals()
  })

  it('asks for what the tab names, and puts numbers on tabs that wait for something', async () => {
    await open('/orders?tab=refunded')
    expect(asked('GET orders')[0]!.query.get('refunded')).toBe('true')
    expect(wrapper.findAll('.tab').map(one => one.text())).toEqual(['全部', '待付款1', '待发货', '待收货99+', '待评价3', '退款'])
    await router.replace('/orders?tab=unpaid')
    await flushPromises()
    expect(asked('GET orders').at(-1)!.query.get('state')).toBe('unpaid')
    expect(asked('GET orders').at(-1)!.query.get('refunded')).toBeNull()
  })

  it('cancels after a yes, and the order leaves the tab that it no longer belongs to', async () => {
    await open('/orders?tab=unpaid', { 'GET orders': { items: [order('1', 'unpaid')] }, 'POST orders/1/cancel': whole('1', 'cancelled') })
    vi.mocked(sure).mockResolvedValueOnce(false)
    await press(0, '取消订单')
    expect(asked('POST orders/1/cancel')).toHaveLength(0)
    await press(0, '取消订单')
    expect(asked('POST orders/1/cancel')).toHaveLength(1)
    expect(cards()).toHaveLength(0)
  })

  it('marks an order that was won in a flash sale, also after it changed', async () => {
    await open('/orders', { 'GET orders': { items: [order('1', 'unpaid', { kind: 'seckill' }), order('2', 'shipped', { kind: 'usual' })] }, 'POST orders/1/cancel': whole('1', 'cancelled', { kind: 'seckill' }) })
    const marks = () => cards().map(one => one.find('.tag.sale').exists())
    expect(marks()).toEqual([true, false])
    await press(0, '取消订单')
    expect(marks()).toEqual([true, false])
  })

  it('shows an order as it is when it was paid while being cancelled', async () => {
    await open('/orders', { 'POST orders/1/cancel': refusal('already_paid', 409), 'GET orders/1': whole('1', 'paid') })
    await press(0, '取消订单')
    expect(cards()[0]!.find('h2').text()).toBe('待发货')
  })

  it('buys again what can be bought, each line with a key of its own, and names the rest', async () => {
    await open('/orders', {
      'GET orders/2': whole('2', 'shipped', { lines: [bought('70'), bought('71'), bought('72')] }),
      'POST cart/lines': (one: Asked) => {
        const { sku_id } = one.body as { sku_id: string }
        if (sku_id === '71') return refusal('out_of_stock', 409, { sku_id, available: 1 })
        return sku_id === '72' ? refusal('off_shelf', 409, { sku_id }) : { sku_id, qty: 2, count: 1 }
      },
    })
    await press(1, '再次购买')
    expect(asked('POST cart/lines').map(one => one.body)).toEqual(['70', '71', '72'].map(sku_id => ({ sku_id, qty: 2 })))
    expect(new Set(asked('POST cart/lines').map(one => one.key)).size).toBe(3)
    const sheet = document.querySelector('.sheet')!
    expect(sheet.textContent).toContain('有 2 种商品没有加入购物车')
    expect([...sheet.querySelectorAll('li .why')].map(one => one.textContent)).toEqual(['库存不足，仅剩 1 件', '已下架'])
    expect(router.currentRoute.value.name).toBe('orders')
  })
})
