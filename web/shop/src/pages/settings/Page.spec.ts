import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { language, theme } from '@/app/settings'
import { keeper } from '@/mall'
import { openPage, SILENCE, stubMall, type Answers } from '@/parts/testing'
import Page from './Page.vue'

vi.mock('@/parts/sure', () => ({ sure: vi.fn(async () => true) }))
let wrapper: VueWrapper
async function open(answers: Answers = {}, signedIn = true): Promise<void> {
  keeper.write(signedIn ? { access_token: 'a', refresh_token: 'r' } : null)
  stubMall(answers)
  ;({ wrapper } = await openPage([{ path: '/me/settings', component: Page }], '/me/settings'))
}

describe('settings', () => {
  beforeEach(() => vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} })))
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
    keeper.write(null)
    language.value = 'zh-CN'
    theme.value = 'auto'
  })

  it('change the language and the theme at once', async () => {
    await open({}, false)
    await wrapper.find('input[value=en]').setValue(true)
    await flushPromises()
    expect(wrapper.find('h1').text()).toBe('Settings')
    await wrapper.find('input[value=dark]').setValue(true)
    await flushPromises()
    expect(document.documentElement.dataset.theme).toBe('dark')
    expect(wrapper.find('.leave').exists()).toBe(false)
  })
  it('sign out', async () => {
    await open({ 'DELETE sessions/current': null })
    await wrapper.find('.leave').trigger('click')
    await flushPromises()
    expect(keeper.read()).toBeNull()
  })
  it('do not look signed out when nobody answered', async () => {
    await open({ 'DELETE sessions/current': SILENCE })
    await wrapper.find('.leave').trigger('click')
    await flushPromises()
    expect(keeper.read()).not.toBeNull()
    expect(wrapper.find('.leave').attributes('aria-busy')).toBe('false')
  })
})
