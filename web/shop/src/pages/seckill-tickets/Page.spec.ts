import type { VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openPage, stubMall, type Answers } from '@/parts/testing'
import Page from './Page.vue'

const ticket = (n: number, state: string, more = {}) => ({ ticket: `5-1-0-${n}-3-1.sig`, item_id: '5', qty: 2, state, poll_ms: 1000, title: `商品${n}`, picture: null, price_fen: 2900, at: '2026-11-23T12:00:00Z', ...more })
let wrapper: VueWrapper
async function open(answers: Answers): Promise<void> {
  stubMall({ 'GET clock': () => ({ now: new Date().toISOString() }), ...answers })
  ;({ wrapper } = await openPage(
    [
      { path: '/seckill/tickets', component: Page },
      { path: '/seckill/tickets/:ticket', name: 'seckill-ticket', component: { template: '<i />' } },
    ],
    '/seckill/tickets',
  ))
}
beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  vi.stubGlobal('IntersectionObserver', class { observe() {} unobserve() {} disconnect() {} })
})
afterEach(() => {
  wrapper.unmount()
  vi.unstubAllGlobals()
})

it('shows how each claim stands, with the time that is left to pay', async () => {
  const pay_until = new Date(Date.now() + 200_000).toISOString()
  await open({ 'GET seckill/tickets': { items: [ticket(1, 'won', { order_id: '9', pay_until }), ticket(2, 'queued', { place: 8 }), ticket(3, 'failed', { reason: 'sold_out' })] } })
  expect(wrapper.findAll('.state').map(one => one.text())).toEqual(['待付款', '排队中', '没有抢到'])
  expect(wrapper.findAll('.note').map(one => one.text())).toEqual([expect.stringMatching(/^03:(20|19) 内付款$/), '前面还有 8 人'])
  expect(wrapper.find('li a').attributes('href')).toBe('/seckill/tickets/5-1-0-1-3-1.sig')
})

it('leads who has claimed nothing to the sale', async () => {
  await open({ 'GET seckill/tickets': { items: [] } })
  expect(wrapper.find('.state a').attributes('href')).toBe('/seckill')
})
