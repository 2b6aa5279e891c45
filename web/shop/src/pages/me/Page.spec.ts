import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keeper } from '@/mall'
import { openPage, refusal, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'

const profile = { id: '1', nickname: '小明', gender: 'unknown', phone: '138****8000', has_password: true, created_at: '2026-11-22T00:00:00Z' }
let wrapper: VueWrapper
let seen: Asked[] = []
async function open(answers: Answers, signedIn = true): Promise<void> {
  keeper.write(signedIn ? { access_token: 'a', refresh_token: 'r' } : null)
  seen = stubMall({ 'GET search': { items: [] }, ...answers })
  ;({ wrapper } = await openPage([{ path: '/me', component: Page }, { path: '/sign-in', name: 'sign-in', component: { template: '<i />' } }], '/me'))
}
const badges = () => wrapper.findAll('.orders li').map(one => one.find('.badge').exists() && one.find('.badge').text())

describe('the page of the shopper', () => {
  beforeEach(() => vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} })))
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
    keeper.write(null)
  })

  it('works signed out: asks for nothing of a shopper and leads to the sign-in page', async () => {
    await open({}, false)
    expect(seen.map(one => one.what)).toEqual(['GET search'])
    expect(wrapper.find('.who').attributes('href')).toBe('/sign-in?to=/me')
  })
  it('shows what waits', async () => {
    await open({ 'GET users/me': profile, 'GET orders/counts': { unpaid: 2, paid: 0, shipped: 120, received: 4 }, 'GET reviews/counts': { pending: 3 } })
    expect(wrapper.find('.name').text()).toBe('小明')
    expect(badges()).toEqual(['2', false, '99+', '3', false])
  })
  it('does without badges that do not come', async () => {
    await open({ 'GET users/me': profile, 'GET orders/counts': { unpaid: 1, paid: 0, shipped: 0, received: 0 }, 'GET reviews/counts': refusal('busy', 503) })
    expect(badges()).toEqual(['1', false, false, false, false])
  })
  it('offers to try again when the profile does not come', async () => {
    await open({ 'GET users/me': (_: Asked, n: number) => (n === 1 ? refusal('busy', 503) : profile) })
    await wrapper.find('.head button').trigger('click')
    await flushPromises()
    expect(wrapper.find('.name').text()).toBe('小明')
  })
})
