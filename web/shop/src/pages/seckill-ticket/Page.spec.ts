import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { online } from '@/parts/online'
import { openPage, SILENCE, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'
import { WON_MS } from './useTicket'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const ID = '5-1-0-7-3-1.s_g-'
const ticket = (state: string, more = {}) => ({ ticket: ID, item_id: '5', qty: 1, state, poll_ms: 1000, ...more })
const session = { id: '1', title: '晚场', starts_at: new Date(NOW - 1000).toISOString(), ends_at: new Date(NOW + 9e6).toISOString(), state: 'running' }
const item = { id: '5', session, sku_id: '70', spu_id: '7', title: '马克杯', subtitle: '', specs: [], picture: null, price_fen: 2900, list_price_fen: 5900, quota: 10, limit: 2, now: session.starts_at, left: 0, in_line: 0 }

let wrapper: VueWrapper
let seen: Asked[] = []
async function open(answers: Answers): Promise<void> {
  seen = stubMall({ 'GET clock': () => ({ now: new Date().toISOString() }), 'GET seckill/items/5': item, 'GET search': { items: [] }, ...answers })
  ;({ wrapper } = await openPage([{ path: '/seckill/tickets/:ticket', component: Page, props: true }], `/seckill/tickets/${ID}`))
}
const asked = () => seen.filter(one => one.what === `GET seckill/tickets/${ID}`).length
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000)
const title = () => wrapper.find('h2').text()
const ways = () => wrapper.findAll('.actions a').map(one => one.attributes('href'))

describe('a ticket', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'], now: NOW })
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
  })
  afterEach(() => {
    wrapper.unmount()
    online.value = true
    vi.restoreAllMocks()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('stands in line and asks as often as the mall likes, until it has won', async () => {
    await open({ [`GET seckill/tickets/${ID}`]: (_: Asked, n: number) => (n === 1 ? ticket('queued', { place: 1240, poll_ms: 4000 }) : n === 2 ? ticket('queued', { place: 0 }) : ticket('won', { order_id: '9', pay_until: new Date(NOW + 300_000).toISOString() })) })
    expect(wrapper.text()).toContain('前面还有 1240 人')
    await pass(3.9)
    expect(asked()).toBe(1)
    await pass(0.2)
    expect(wrapper.text()).toContain('轮到你了')
    await pass(1.1)
    expect(title()).toBe('抢到了！')
    expect(wrapper.find('.clock').text()).toMatch(/^04:5\d$/)
    expect(ways()[0]).toBe('/pay/9')
  })

  it('stops asking while hidden, and once nothing can change', async () => {
    let state = 'queued'
    await open({ [`GET seckill/tickets/${ID}`]: () => ticket(state, { place: 3 }) })
    const visible = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    document.dispatchEvent(new Event('visibilitychange'))
    await pass(60)
    expect(asked()).toBe(1)
    visible.mockReturnValue('visible')
    state = 'paid'
    document.dispatchEvent(new Event('visibilitychange'))
    await flushPromises()
    expect(title()).toBe('已付款，抢购成功')
    await pass(60)
    expect(asked()).toBe(2)
  })

  it('stops offering to pay when the time is over, and asks what became of the order', async () => {
    await open({ [`GET seckill/tickets/${ID}`]: (_: Asked, n: number) => (n < 5 ? ticket('won', { order_id: '9', pay_until: new Date(NOW + 2_000).toISOString() }) : ticket('cancelled', { order_id: '9' })) })
    await pass(2.5)
    expect(title()).toBe('付款时间已到')
    expect(ways()).not.toContain('/pay/9')
    await pass((WON_MS / 1000) * 4)
    expect(title()).toBe('名额已释放')
    expect(ways()[0]).toBe('/seckill/items/5')
  })

  it.each([
    ['limited', {}, '超过限购数量', '/seckill'],
    ['failed', { reason: 'sold_out' }, '有人未付款会回流', '/seckill/items/5'],
    ['failed', { reason: 'address' }, '换一个地址再抢', '/seckill/items/5'],
    ['failed', { reason: 'lost' }, '可以再抢', '/seckill/items/5'],
    ['failed', { reason: 'barred' }, '不能再参加本场秒杀', '/seckill'],
    ['failed', { reason: 'off_shelf' }, '商品已下架', '/seckill'],
    ['failed', { reason: 'something_new' }, '可以再试一次', '/seckill/items/5'],
  ])('says why nothing came of it and leads on: %s %o', async (state, more, words, way) => {
    await open({ [`GET seckill/tickets/${ID}`]: ticket(state, more) })
    expect(wrapper.find('.result').text()).toContain(words)
    expect(ways()[0]).toBe(way)
  })

  it('does without the product when the session is over', async () => {
    await open({ [`GET seckill/tickets/${ID}`]: ticket('failed', { reason: 'sold_out' }), 'GET seckill/items/5': undefined })
    expect(wrapper.find('.goods').exists()).toBe(false)
    expect(ways()[0]).toBe('/seckill')
  })

  it('keeps what it shows when nobody answers, and says so', async () => {
    await open({ [`GET seckill/tickets/${ID}`]: (_: Asked, n: number) => (n === 2 ? SILENCE : ticket('queued', { place: 3 })) })
    await pass(1.1)
    expect(wrapper.find('.trouble').text()).toContain('正在重试')
    expect(wrapper.text()).toContain('前面还有 3 人')
    online.value = false
    await flushPromises()
    expect(wrapper.find('.trouble').text()).toContain('排队不会丢')
    online.value = true
    await pass(3)
    expect(wrapper.find('.trouble').exists()).toBe(false)
  })

  it('of somebody else is not found', async () => {
    await open({})
    expect(wrapper.text()).toContain('没有找到这次抢购')
  })
})
