import { flushPromises, type VueWrapper } from '@vue/test-utils'
import type { Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openPage, refusal, stubMall, type Answers, type Asked } from '@/parts/testing'
import { toasts } from '@/parts/toast'
import Page from './Page.vue'

const profile = { id: '1', nickname: '小明', gender: 'unknown', phone: '138****8000', has_password: true, created_at: '2026-11-22T00:00:00Z' }
let wrapper: VueWrapper
let router: Router
let seen: Asked[] = []
async function open(answers: Answers, path = '/me/security?set=password', has_password = true): Promise<void> {
  seen = stubMall({ 'GET users/me': { ...profile, has_password }, 'POST sms-codes': { expires_at: '', resend_after_s: 60 }, ...answers })
  ;({ wrapper, router } = await openPage([{ path: '/me/security', name: 'security', component: Page }], path))
}
const errors = () => wrapper.findAll('.error').map(one => one.text())
const fill = (autocomplete: string, text: string, i = 0) => wrapper.findAll(`input[autocomplete=${autocomplete}]`)[i]!.setValue(text)
async function save(): Promise<void> {
  await wrapper.find('form').trigger('submit')
  await flushPromises()
}

describe('password and phone', () => {
  beforeEach(() => {
    toasts.value = []
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  })
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('changes a password with the old one, and says what happened elsewhere', async () => {
    await open({ 'PUT users/me/password': null })
    await fill('current-password', 'old-secret')
    await fill('new-password', 'new-secret-7')
    await fill('new-password', 'new-secret-7', 1)
    await save()
    expect(seen.find(one => one.what.startsWith('PUT'))!.body).toEqual({ old_password: 'old-secret', new_password: 'new-secret-7' })
    expect(toasts.value.at(-1)?.text).toBe('密码已更新，其他设备已退出登录')
    expect(wrapper.find('form').exists()).toBe(false)
  })
  it('checks before it asks the mall', async () => {
    await open({})
    await fill('new-password', 'short')
    await fill('new-password', 'other', 1)
    await save()
    expect(errors()).toEqual(['请输入当前密码', '密码需要 8–128 个字符', '两次输入的密码不一致'])
    expect(seen.some(one => one.what.startsWith('PUT'))).toBe(false)
  })
  it.each([
    ['a wrong old password', refusal('invalid', 422, { errors: [{ pointer: '/old_password', code: 'wrong', message: 'x' }] }), '当前密码不对'],
    ['a common one', refusal('password_weak', 422, { errors: [{ pointer: '/new_password', code: 'common', message: 'x' }] }), '这个密码太常见，容易被猜到，请换一个'],
    ['one with the phone in it', refusal('password_weak', 422, { errors: [{ pointer: '/new_password', code: 'personal', message: 'x' }] }), '密码里不要包含手机号或用户名'],
  ])('says beside the field: %s', async (_, answer, words) => {
    await open({ 'PUT users/me/password': answer })
    await fill('current-password', 'old-secret')
    await fill('new-password', 'password1')
    await fill('new-password', 'password1', 1)
    await save()
    expect(errors()).toEqual([words])
  })
  it('sends a code only to the own phone, and goes on to where a forgetful shopper wanted to be', async () => {
    await open({ 'PUT users/me/password': null }, '/me/security?set=password&to=/cart', false)
    await fill('tel', '13900138001')
    await wrapper.find('.ask').trigger('click')
    expect(errors()).toEqual(['与绑定的手机号 138****8000 不一致'])
    await fill('tel', '13800138000')
    await wrapper.find('.ask').trigger('click')
    await flushPromises()
    expect(seen.at(-1)).toMatchObject({ what: 'POST sms-codes', body: { phone: '13800138000', purpose: 'reset' } })
    await fill('one-time-code', '123456')
    await fill('new-password', 'new-secret-7')
    await fill('new-password', 'new-secret-7', 1)
    await save()
    expect(seen.find(one => one.what.startsWith('PUT'))!.body).toEqual({ code: '123456', new_password: 'new-secret-7' })
    expect(router.currentRoute.value.path).toBe('/cart')
  })
  it('says that a new phone belongs to somebody', async () => {
    await open({ 'PUT users/me/phone': refusal('phone_taken', 409) }, '/me/security?set=phone')
    await fill('current-password', 'old-secret')
    await fill('tel', '13900138009')
    await fill('one-time-code', '654321')
    await save()
    expect(seen.find(one => one.what.startsWith('PUT'))!.body).toEqual({ phone: '13900138009', code: '654321', password: 'old-secret' })
    expect(errors()).toEqual(['这个手机号已经注册了别的账号'])
  })
})
