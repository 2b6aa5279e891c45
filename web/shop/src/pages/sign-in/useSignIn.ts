// Signing in by code (which registers on the way) or by password.
import { computed, ref, shallowRef, watch } from 'vue'
import type { CreateSession } from '@shangpin/api'
import { call, deviceId, isFault, mall, type Fault } from '@/mall'
import { useSession } from '@/session'
import { useCaptcha } from '@/parts/captcha'
import { mallNow, moment } from '@/parts/clock'
import { ownPhone } from '@/parts/ownPhone'
import { isPhone } from '@/parts/phone'
import { useSmsCode } from '@/parts/smsCode'
import { deviceName } from './device'

export type Way = 'code' | 'password'
/** What is wrong, as the page says it. */
export type Trouble = '' | 'phoneBad' | 'codeBad' | 'codeWrong' | 'accountEmpty' | 'passwordEmpty' | 'credentialsWrong'

export function useSignIn(entered: (way: Way) => unknown) {
  const session = useSession()
  const way = ref<Way>('code')
  const phone = ref('')
  const code = ref('')
  const account = ref('')
  const password = ref('')
  const busy = ref(false)
  const troubles = ref<{ phone: Trouble; code: Trouble; account: Trouble; password: Trouble }>({ phone: '', code: '', account: '', password: '' })
  /** What belongs to no field. */
  const fault = shallowRef<Fault | unknown>(null)
  const captcha = useCaptcha()
  const sms = useSmsCode({ purpose: 'login', phone: () => phone.value, captcha })

  // What is being mended is not complained about any more.
  watch(phone, () => (troubles.value.phone = ''))
  // (The code is emptied when it was wrong, which mends nothing.)
  watch(code, now => now && (troubles.value.code = ''))
  watch(account, () => (troubles.value.account = troubles.value.password = ''))
  watch(password, () => (troubles.value.password = ''))
  watch(way, () => {
    fault.value = null
    troubles.value = { phone: '', code: '', account: '', password: '' }
    captcha.done()
  })

  /** Until when signing in is refused, where the mall said so. */
  const lockedUntil = computed(() => {
    const cause = fault.value
    return isFault(cause, 'login_locked') && cause.retryAfter ? moment(new Date(mallNow() + cause.retryAfter * 1000).toISOString()) : ''
  })

  async function ask(): Promise<void> {
    troubles.value.phone = isPhone(phone.value) ? '' : 'phoneBad'
    troubles.value.code = ''
    if (!troubles.value.phone) await sms.send()
  }

  function complete(): boolean {
    const now = troubles.value
    if (way.value === 'code') {
      now.phone = isPhone(phone.value) ? '' : 'phoneBad'
      now.code = code.value.length === 6 ? '' : 'codeBad'
      return !now.phone && !now.code
    }
    now.account = account.value.trim() ? '' : 'accountEmpty'
    now.password = password.value ? '' : 'passwordEmpty'
    return !now.account && !now.password
  }

  function refused(error: unknown): void {
    if (captcha.took(error, () => void submit())) return
    if (isFault(error, 'code_wrong')) {
      troubles.value.code = 'codeWrong'
      code.value = ''
    } else if (isFault(error, 'credentials_wrong')) troubles.value.password = 'credentialsWrong'
    else if (isFault(error, 'invalid') && error.fields.some(field => field.pointer.endsWith('/phone'))) troubles.value.phone = 'phoneBad'
    else {
      if (!isFault(error)) console.error(error)
      fault.value = error
    }
  }

  async function submit(): Promise<void> {
    if (busy.value || !complete()) return
    const extra = captcha.value()
    if (!extra) return
    const login: CreateSession['login'] =
      way.value === 'code' ? { kind: 'code', phone: phone.value, code: code.value } : { kind: 'password', account: account.value.trim(), password: password.value }
    busy.value = true
    fault.value = null
    try {
      const answer = await call(mall.POST('/api/v1/sessions', { body: { login, device: { id: deviceId, name: deviceName(navigator.userAgent) }, ...extra } }))
      captcha.done()
      ownPhone.keep(way.value === 'code' ? phone.value : account.value.trim())
      session.enter(answer)
      await entered(way.value)
    } catch (error) {
      refused(error)
    } finally {
      busy.value = false
    }
  }

  return { way, phone, code, account, password, busy, troubles, fault, lockedUntil, captcha, sms, ask, submit }
}
