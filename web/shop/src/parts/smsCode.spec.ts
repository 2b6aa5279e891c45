import { effectScope, ref } from 'vue'
import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useCaptcha } from './captcha'
import { useSmsCode } from './smsCode'
import { refusal, stubMall, type Answers } from './testing'

const sent = { expires_at: '2026-11-22T22:05:00Z', resend_after_s: 60 }
const late = (code: string, seconds: number) => Response.json({ code, status: 429, title: code, request_id: 'r' }, { status: 429, headers: { 'Retry-After': String(seconds) } })
let last = 13_900_000_000

function start(answers: Answers) {
  const seen = stubMall(answers)
  const phone = ref(String(++last))
  const scope = effectScope()
  const open = () => scope.run(() => useSmsCode({ purpose: 'login', phone: () => phone.value, captcha: useCaptcha() }))!
  return { seen, phone, scope, open, sms: open() }
}

describe('asking for a code', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('counts down to the next one and refuses to ask before', async () => {
    const { sms, seen, scope } = start({ 'POST sms-codes': sent })
    expect(sms.wait.value).toBe(0)
    expect(await sms.send()).toBe(true)
    expect(sms.wait.value).toBe(60)
    await vi.advanceTimersByTimeAsync(59_000)
    expect(sms.wait.value).toBe(1)
    expect(await sms.send()).toBe(false)
    expect(seen).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(sms.wait.value).toBe(0)
    expect(await sms.send()).toBe(true)
    expect(seen).toHaveLength(2)
    scope.stop()
  })
  it('goes on counting on a page that is opened again, but not for another phone', async () => {
    const { sms, phone, open, scope } = start({ 'POST sms-codes': sent })
    await sms.send()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(open().wait.value).toBe(40)
    phone.value = String(++last)
    expect(sms.wait.value).toBe(0)
    scope.stop()
  })
  it('waits as long as the mall says when it was too soon', async () => {
    const { sms, scope } = start({ 'POST sms-codes': () => late('sms_too_soon', 42) })
    expect(await sms.send()).toBe(false)
    expect(sms.fault.value?.code).toBe('sms_too_soon')
    expect(sms.wait.value).toBe(42)
    expect(sms.sent.value).toBe(false)
    scope.stop()
  })
  it('does not count after the last code of the day, and forgets the fault with the phone', async () => {
    const { sms, phone, scope } = start({ 'POST sms-codes': () => late('sms_day_limit', 40_000) })
    await sms.send()
    expect(sms.fault.value?.code).toBe('sms_day_limit')
    expect(sms.wait.value).toBe(0)
    phone.value = String(++last)
    await flushPromises()
    expect(sms.fault.value).toBeNull()
    scope.stop()
  })
  it('sends one message for two taps', async () => {
    const { sms, seen, scope } = start({ 'POST sms-codes': sent })
    await Promise.all([sms.send(), sms.send()])
    expect(seen).toHaveLength(1)
    scope.stop()
  })
  it('leaves a refusal about the captcha to the captcha', async () => {
    const { sms, scope } = start({ 'POST sms-codes': refusal('captcha_required', 403), 'POST captchas': { id: 'c', svg: '<svg/>', expires_at: '' } })
    expect(await sms.send()).toBe(false)
    expect(sms.fault.value).toBeNull()
    scope.stop()
  })
})
