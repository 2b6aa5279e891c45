import { flushPromises, type VueWrapper } from '@vue/test-utils'
import type { Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sure } from '@/parts/sure'
import { openPage, refusal, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'

vi.mock('@/parts/sure', () => ({ sure: vi.fn(async () => true) }))
const plain = { id: '5', name: '张三', phone: '13800138000', province: '浙江省', city: '杭州市', district: '西湖区', detail: '文三路 1 号', is_default: false }
let wrapper: VueWrapper
let router: Router
let seen: Asked[] = []
async function open(answers: Answers): Promise<void> {
  seen = stubMall(answers)
  ;({ wrapper, router } = await openPage([{ path: '/me/addresses/:id', component: Page, props: true }], '/me/addresses/5'))
}

describe('editing an address', () => {
  beforeEach(() => {
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
    vi.mocked(sure).mockReset().mockResolvedValue(true)
  })
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('begins with the whole text, not the masked one', async () => {
    await open({ 'GET addresses/5/plain': plain })
    expect(seen.map(one => one.what)).toEqual(['GET addresses/5/plain'])
    expect(wrapper.find<HTMLInputElement>('input[type=tel]').element.value).toBe('138 0013 8000')
  })
  it('asks before changes are lost, and not after they are saved', async () => {
    await open({ 'GET addresses/5/plain': plain, 'PUT addresses/5': plain })
    await wrapper.find('input[autocomplete=name]').setValue('李四')
    vi.mocked(sure).mockResolvedValueOnce(false)
    await router.push('/cart')
    expect(router.currentRoute.value.path).toBe('/me/addresses/5')
    await wrapper.find('form').trigger('submit')
    await flushPromises()
    expect(router.currentRoute.value.path).toBe('/me/addresses')
    expect(sure).toHaveBeenCalledTimes(1)
  })
  it('says that it is not there', async () => {
    await open({ 'GET addresses/5/plain': refusal('not_found', 404) })
    expect(wrapper.find('[role=alert]').text()).toContain('页面不存在')
  })
})
