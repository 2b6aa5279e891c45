import { flushPromises, type VueWrapper } from '@vue/test-utils'
import type { Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keeper } from '@/mall'
import { openPage, refusal, SILENCE, stubMall, type Answers, type Asked } from '@/parts/testing'
import { deviceName } from './device'
import Page from './Page.vue'

const user = { id: '1', nickname: '小明', gender: 'unknown', phone: '138****8000', has_password: false, created_at: '2026-11-22T00:00:00Z' }
const entered = { access_token: 'a', refresh_token: 'r', access_expires_at: '', refresh_expires_at: '', user }
let wrapper: VueWrapper
let router: Router
let seen: Asked[] = []
let phones = 13_700_000_000

async function open(answers: Answers, path = '/sign-in?to=/cart'): Promise<void> {
  let pictures = 0
  seen = stubMall({
    'POST sms-codes': { expires_at: '', resend_after_s: 60 },
    'POST captchas': () => ({ id: `c${++pictures}`, svg: `<svg xmlns="http://www.w3.org/2000/svg" id="p${pictures}"/>`, expires_at: '' }),
    ...answers,
  })
  const blank = { template: '<i />' }
  ;({ wrapper, router } = await openPage([{ path: '/sign-in', name: 'sign-in', component: Page }, { path: '/me/security', name: 'security', component: blank }], path))
}
const asked = (what: string) => seen.filter(one => one.what === what)
const errors = () => wrapper.findAll('.error').map(one => one.text())
async function byCode(code = '123456'): Promise<void> {
  await wrapper.find('input[type=tel]').setValue(String(++phones))
  await wrapper.find('input[autocomplete=one-time-code]').setValue(code)
  await send()
}
async function byPassword(password = 'secret-1'): Promise<void> {
  await wrapper.findAll('[role=tab]')[1]!.trigger('click')
  await wrapper.find('input[autocomplete=username]').setValue('xiaoming')
  await wrapper.find('input[autocomplete=current-password]').setValue(password)
  await send()
}
async function send(): Promise<void> {
  await wrapper.find('form').trigger('submit')
  await flushPromises()
}

describe('signing in', () => {
  beforeEach(() => keeper.write(null))
  afterEach(() => {
    wrapper?.unmount()
    vi.unstubAllGlobals()
    keeper.write(null)
  })

  it('goes back to where somebody wanted to be', async () => {
    await open({ 'POST sessions': entered })
    await byCode()
    expect(asked('POST sessions')[0]!.body).toMatchObject({ login: { kind: 'code', phone: String(phones), code: '123456' } })
    expect(router.currentRoute.value.path).toBe('/cart')
    expect(keeper.read()?.access_token).toBe('a')
  })
  it('does not go to another site', async () => {
    await open({ 'POST sessions': entered }, '/sign-in?to=//evil.example')
    await byCode()
    expect(router.currentRoute.value.fullPath).toBe('/')
  })
  it('says beside the fields what is missing, and asks nobody', async () => {
    await open({})
    await send()
    expect(errors()).toEqual(['请输入正确的 11 位手机号', '请输入 6 位验证码'])
    await wrapper.find('.ask').trigger('click')
    expect(seen).toHaveLength(0)
  })
  it('keeps saying that a code was wrong until a new one is typed', async () => {
    await open({ 'POST sessions': refusal('code_wrong', 422) })
    await byCode()
    expect(errors()).toEqual(['验证码错误或已失效，请重新输入'])
    expect(wrapper.find<HTMLInputElement>('input[autocomplete=one-time-code]').element.value).toBe('')
    await wrapper.find('input[autocomplete=one-time-code]').setValue('1')
    expect(errors()).toEqual([])
  })
  it('says a wrong password beside the password and keeps the account', async () => {
    await open({ 'POST sessions': refusal('credentials_wrong', 401) })
    await byPassword()
    expect(errors()).toEqual(['账号或密码错误'])
    expect(wrapper.find<HTMLInputElement>('input[autocomplete=username]').element.value).toBe('xiaoming')
    expect(asked('POST sessions/refresh')).toHaveLength(0)
  })
  it('says until when it is locked, and offers the other way', async () => {
    vi.setSystemTime(new Date(2026, 10, 22, 22, 0, 0))
    await open({ 'POST sessions': Response.json({ code: 'login_locked', status: 429, title: '', request_id: '' }, { status: 429, headers: { 'Retry-After': '7200' } }) })
    await byPassword()
    expect(wrapper.find('.problem').text()).toContain('11-23 00:00')
    await wrapper.find('.problem button').trigger('click')
    expect(wrapper.findAll('[role=tab]')[0]!.attributes('aria-selected')).toBe('true')
    expect(wrapper.find('.problem').exists()).toBe(false)
    vi.useRealTimers()
  })
  it('can be tried again after silence', async () => {
    await open({ 'POST sessions': (_: Asked, n: number) => (n === 1 ? SILENCE : entered) })
    await byCode()
    expect(wrapper.find('.problem').text()).toBe('网络不给力，请重试')
    await send()
    expect(router.currentRoute.value.path).toBe('/cart')
  })
  it('leads who forgot the password by a code to setting a new one, and on', async () => {
    await open({ 'POST sessions': entered })
    await wrapper.findAll('[role=tab]')[1]!.trigger('click')
    await wrapper.find('.two button').trigger('click')
    expect(wrapper.text()).toContain('之后就可以设置新密码')
    await byCode()
    expect(router.currentRoute.value.name).toBe('security')
    expect(router.currentRoute.value.query).toEqual({ set: 'password', to: '/cart' })
  })

  describe('with a captcha', () => {
    const wants = (right: string) => ({ body }: Asked) => {
      const { captcha } = body as { captcha?: { id: string; answer: string } }
      if (!captcha) return refusal('captcha_required', 403)
      return captcha.answer === right ? { expires_at: '', resend_after_s: 60 } : refusal('captcha_wrong', 422)
    }
    const picture = () => decodeURIComponent(wrapper.find('.picture img').attributes('src') ?? '')
    const answer = async (text: string) => {
      await wrapper.findAll('.field').find(field => field.find('.picture').exists())!.find('input').setValue(text)
      await flushPromises()
    }
    async function ask(): Promise<void> {
      await wrapper.find('input[type=tel]').setValue(String(++phones))
      await wrapper.find('.ask').trigger('click')
      await flushPromises()
    }

    it('shows it only when it is asked for, and sends the code once it is answered', async () => {
      await open({ 'POST sms-codes': wants('K7mP') })
      expect(wrapper.find('.picture').exists()).toBe(false)
      await ask()
      expect(picture()).toContain('id="p1"')
      await answer('K7mP')
      expect(asked('POST sms-codes')[1]!.body).toMatchObject({ captcha: { id: 'c1', answer: 'K7mP' } })
      expect(wrapper.find('.picture').exists()).toBe(false)
      expect(wrapper.find('.ask').text()).toContain('60')
    })
    it('shows another picture after a wrong answer', async () => {
      await open({ 'POST sms-codes': wants('K7mP') })
      await ask()
      await answer('aaaa')
      expect(errors()).toEqual(['图形验证码不对，已换一张新的'])
      expect(picture()).toContain('id="p2"')
      await answer('K7mP')
      expect(asked('POST sms-codes').at(-1)!.body).toMatchObject({ captcha: { id: 'c2' } })
    })
    it('asks for an answer before it sends again', async () => {
      await open({ 'POST sms-codes': wants('K7mP') })
      await ask()
      await wrapper.find('.ask').trigger('click')
      expect(errors()).toEqual(['请先输入图中的字符'])
      expect(asked('POST sms-codes')).toHaveLength(1)
    })
    it('takes a new picture when the password was wrong, because each works once', async () => {
      await open({
        'POST sessions': ({ body }: Asked) => ((body as { captcha?: unknown }).captcha ? refusal('credentials_wrong', 401) : refusal('captcha_required', 403)),
      })
      await byPassword()
      await answer('K7mP')
      expect(errors()).toEqual(['账号或密码错误'])
      expect(picture()).toContain('id="p2"')
      expect(asked('POST sessions')).toHaveLength(2)
    })
    it('can be renewed', async () => {
      await open({ 'POST sms-codes': wants('K7mP') })
      await ask()
      await wrapper.find('.picture').trigger('click')
      await flushPromises()
      expect(picture()).toContain('id="p2"')
    })
  })
})

describe('the name of a device', () => {
  it.each([
    ['Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36', 'Chrome · Android'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49', '微信 · iPhone'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1', 'Safari · iPhone'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0', 'Edge · Windows'],
    ['curl/8', 'Browser'],
  ])('%s', (agent, name) => expect(deviceName(agent)).toBe(name))
})
