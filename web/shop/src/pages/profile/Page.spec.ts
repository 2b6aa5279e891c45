import { flushPromises, type VueWrapper } from '@vue/test-utils'
import type { Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sure } from '@/parts/sure'
import { openPage, refusal, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'

vi.mock('@/parts/sure', () => ({ sure: vi.fn(async () => true) }))
const profile = { id: '1', nickname: '小明', gender: 'unknown', phone: '138****8000', has_password: true, created_at: '2026-11-22T00:00:00Z' }
let wrapper: VueWrapper
let router: Router
let seen: Asked[] = []
async function open(answers: Answers = {}): Promise<void> {
  seen = stubMall({ 'GET users/me': profile, 'PATCH users/me': ({ body }: Asked) => ({ ...profile, ...(body as object) }), ...answers })
  ;({ wrapper, router } = await openPage([{ path: '/me/profile', component: Page }, { path: '/me/security', name: 'security', component: { template: '<i />' } }], '/me/profile'))
}
const nickname = () => wrapper.find('input[autocomplete=nickname]')
const username = () => wrapper.find('input[autocomplete=username]')
async function save(i: number): Promise<void> {
  await wrapper.findAll('main form, form')[i]!.trigger('submit')
  await flushPromises()
}

describe('the profile', () => {
  beforeEach(() => {
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
    vi.mocked(sure).mockReset().mockResolvedValue(true)
  })
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('saves one field by itself', async () => {
    await open()
    expect(wrapper.find('form .button').exists()).toBe(false)
    await nickname().setValue(' 小红 ')
    await save(0)
    expect(seen.at(-1)).toMatchObject({ what: 'PATCH users/me', body: { nickname: '小红' } })
    expect(wrapper.find('form .button').exists()).toBe(false)
  })
  it('says in its own words why a name was refused, until it is changed', async () => {
    await open({ 'PATCH users/me': refusal('invalid', 422, { errors: [{ pointer: '/nickname', code: 'personal', message: 'english' }] }) })
    await nickname().setValue('13800138000')
    await save(0)
    expect(wrapper.find('.error').text()).toBe('昵称会被别人看到，请不要填写手机号')
    await nickname().setValue('小红')
    expect(wrapper.find('.error').exists()).toBe(false)
  })
  it('asks before it takes a user name, which is for good', async () => {
    await open({ 'PATCH users/me': refusal('username_taken', 409) })
    vi.mocked(sure).mockResolvedValueOnce(false)
    await username().setValue('xiaoming')
    await save(1)
    expect(seen.some(one => one.what === 'PATCH users/me')).toBe(false)
    await save(1)
    expect(wrapper.find('.error').text()).toBe('用户名已被使用，请换一个')
  })
  it('does not let what is not saved go without a question', async () => {
    await open()
    await nickname().setValue('小红')
    vi.mocked(sure).mockResolvedValueOnce(false)
    await router.push('/cart')
    expect(router.currentRoute.value.path).toBe('/me/profile')
    await nickname().setValue('小明')
    await router.push('/cart')
    expect(router.currentRoute.value.path).toBe('/cart')
    expect(sure).toHaveBeenCalledTimes(1)
  })
  it('keeps a gender at once', async () => {
    await open()
    await wrapper.findAll('input[name=gender]')[1]!.trigger('change')
    await flushPromises()
    expect(seen.at(-1)!.body).toEqual({ gender: 'female' })
    expect(wrapper.findAll('.gender label')[1]!.classes()).toContain('on')
  })
})
