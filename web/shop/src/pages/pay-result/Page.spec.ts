import type { VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openPage, refusal, SILENCE, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'
import { PAUSES_S } from './usePayResult'

const order = (state: string) => ({ id: '9', state, amounts: { payable_fen: 12300, paid_fen: 0, refunded_fen: 0 } })
const payment = (state: string, kept_fen = 0) => ({ payment: '1', state, kept_fen, refunded_fen: 0 })

let wrapper: VueWrapper
let seen: Asked[] = []
async function open(answers: Answers): Promise<void> {
  seen = stubMall({ 'GET orders/9': order('unpaid'), 'GET search': { items: [] }, ...answers })
  ;({ wrapper } = await openPage([{ path: '/pay/result', name: 'pay-result', component: Page }], '/pay/result?order=9'))
}
const asked = () => seen.filter(one => one.what === 'GET orders/9/payment')
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000)
const title = () => wrapper.find('.result h2').text()

describe('the result of a payment', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  })
  afterEach(() => {
    wrapper.unmount()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('asks the channel at once and again with growing pauses, until the money is there, and then no more', async () => {
    await open({ 'GET orders/9/payment': (_: Asked, n: number) => payment(n < 4 ? 'paying' : 'paid', 12300) })
    expect(asked()).toHaveLength(1)
    expect(asked()[0]!.query.get('ask')).toBe('true')
    expect(title()).toBe('正在确认支付结果')
    await pass(1)
    expect(asked()).toHaveLength(2)
    await pass(1)
    expect(asked()).toHaveLength(2)
    await pass(1)
    expect(asked()).toHaveLength(3)
    await pass(3)
    expect(title()).toBe('支付成功')
    expect(wrapper.find('.result').text()).toContain('¥123')
    await pass(120)
    expect(asked()).toHaveLength(4)
  })

  it('stops after about a minute, says so honestly, and asks again when told to', async () => {
    await open({ 'GET orders/9/payment': (_: Asked, n: number) => (n <= PAUSES_S.length + 1 ? SILENCE : payment('paid', 12300)) })
    await pass(PAUSES_S.reduce((sum, s) => sum + s))
    expect(asked()).toHaveLength(PAUSES_S.length + 1)
    expect(title()).toContain('查不到结果')
    await pass(300)
    expect(asked()).toHaveLength(PAUSES_S.length + 1)
    await wrapper.find('.actions button').trigger('click')
    await pass(0)
    expect(title()).toBe('支付成功')
  })

  it('leads to pay again when the attempt is closed or has failed, and the order still waits', async () => {
    for (const state of ['closed', 'unpaid']) {
      await open({ 'GET orders/9/payment': payment(state) })
      expect(wrapper.find('.actions a').attributes('href')).toBe('/pay/9')
      await pass(60)
      expect(asked()).toHaveLength(1)
      wrapper.unmount()
    }
    await open({ 'GET orders/9/payment': payment('closed') })
  })

  it('tells an order that is gone, and money that goes back, from one that is paid', async () => {
    await open({ 'GET orders/9': order('cancelled'), 'GET orders/9/payment': payment('closed') })
    expect(title()).toBe('订单已关闭')
    wrapper.unmount()
    await open({ 'GET orders/9': order('cancelled'), 'GET orders/9/payment': payment('paid', 12300) })
    expect(title()).toBe('款项将原路退回')
  })

  it('has never been paid: says so and leads to pay', async () => {
    await open({ 'GET orders/9/payment': refusal('not_found', 404) })
    expect(title()).toBe('订单还没有付款')
    expect(wrapper.find('.actions a').text()).toBe('去支付')
  })
})
