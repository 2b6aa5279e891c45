import { flushPromises, type VueWrapper } from '@vue/test-utils'
import type { Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { leaveTo } from '@/parts/leave'
import { openPage, refusal, SILENCE, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'

vi.mock('@/parts/leave', () => ({ leaveTo: vi.fn() }))
vi.mock('@/parts/sure', () => ({ sure: vi.fn(async () => true) }))

const inMinutes = (n: number) => new Date(Date.now() + n * 60_000).toISOString()
const order = (more = {}) => ({
  id: '9', number: '1', state: 'unpaid', payment: 'unpaid', pay_by: inMinutes(20), pay_channel: 'demo', lines: [],
  amounts: { payable_fen: 12300 }, ...more,
})
let wrapper: VueWrapper
let router: Router
let seen: Asked[] = []
async function open(answers: Answers = {}): Promise<void> {
  seen = stubMall({
    'GET orders/9': order(),
    'GET clock': () => ({ now: new Date().toISOString() }),
    'GET pay-channels': { items: [{ channel: 'demo', name: '演示' }] },
    'POST orders/9/pay': { redirect_url: '/cashier/x', payment_id: '1', attempt_id: '1' },
    ...answers,
  })
  ;({ wrapper, router } = await openPage([{ path: '/pay/:id', name: 'pay', component: Page, props: true }], '/pay/9'))
}
const asked = (what: string) => seen.filter(one => one.what === what)
const pay = () => wrapper.find('.bottom-bar button').trigger('click')

describe('paying an order', () => {
  beforeEach(() => sessionStorage.clear())
  afterEach(() => {
    wrapper.unmount()
    vi.clearAllMocks()
    vi.unstubAllGlobals()
  })

  // First: channels that were open are remembered.
  it('offers no payment when no channel is open', async () => {
    await open({ 'GET pay-channels': { items: [] } })
    expect(wrapper.find('.channels').text()).toContain('暂时没有可用的支付方式')
    await pay()
    expect(asked('POST orders/9/pay')).toHaveLength(0)
  })

  it('begins one attempt for two taps, and the same one after silence', async () => {
    await open({ 'POST orders/9/pay': (_: Asked, n: number) => (n === 1 ? SILENCE : { redirect_url: '/cashier/x', payment_id: '1', attempt_id: '1' }) })
    await Promise.all([pay(), pay()])
    await flushPromises()
    expect(asked('POST orders/9/pay')).toHaveLength(1)
    expect(leaveTo).not.toHaveBeenCalled()
    await pay()
    await flushPromises()
    const [first, second] = asked('POST orders/9/pay')
    expect(second!.key).toBe(first!.key)
    expect(leaveTo).toHaveBeenCalledWith('/cashier/x')
  })

  it('counts down to the time to pay and takes no payment after it', async () => {
    await open()
    expect(wrapper.find('.left').text()).toMatch(/(20:00|19:5\d)/)
    wrapper.unmount()
    await open({ 'GET orders/9': order({ pay_by: inMinutes(-1) }) })
    expect(wrapper.find('.over').exists()).toBe(true)
    expect(wrapper.find('.bottom-bar').exists()).toBe(false)
  })

  it('goes to the result when it turns out to be paid already', async () => {
    await open({ 'POST orders/9/pay': refusal('already_paid', 409) })
    await pay()
    await flushPromises()
    expect(router.currentRoute.value).toMatchObject({ name: 'pay-result', query: { order: '9' } })
  })

  it('shows what became of an order that was closed meanwhile', async () => {
    await open({
      'GET orders/9': (_: Asked, n: number) => order(n === 1 ? {} : { state: 'cancelled', cancel_reason: 'timeout' }),
      'POST orders/9/pay': refusal('order_state', 409),
    })
    await pay()
    await flushPromises()
    expect(wrapper.text()).toContain('订单已关闭')
  })
})
