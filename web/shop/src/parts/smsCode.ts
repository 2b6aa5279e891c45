// Asking for a code by text message, and waiting until the next one may be asked for.
import { computed, onScopeDispose, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Purpose } from '@shangpin/api'
import { call, Fault, isFault, mall } from '@/mall'
import type { CaptchaTask } from './captcha'
import { complain } from './toast'

/** When each phone may get its next code, by this browser's clock: the wait goes on when the page is left and opened again. */
const gates = reactive(new Map<string, number>())

export interface SmsCode {
  /** Seconds until the next code; 0 when one can be asked for. */
  wait: ComputedRef<number>
  busy: Ref<boolean>
  /** A code has been sent to this phone by this page. */
  sent: Ref<boolean>
  /** Why the last one was not sent; the captcha's refusals are the captcha's. */
  fault: ShallowRef<Fault | null>
  send(): Promise<boolean>
}

export function useSmsCode(options: { purpose: Purpose; phone: () => string; captcha: CaptchaTask }): SmsCode {
  const now = ref(Date.now())
  const busy = ref(false)
  const sent = ref(false)
  const fault = shallowRef<Fault | null>(null)
  const timer = window.setInterval(() => (now.value = Date.now()), 500)
  onScopeDispose(() => window.clearInterval(timer))

  // What was said of one number does not hold for the next.
  watch(options.phone, () => {
    sent.value = false
    fault.value = null
  })

  const wait = computed(() => Math.max(0, Math.ceil(((gates.get(options.phone()) ?? 0) - now.value) / 1000)))
  function shut(phone: string, seconds: number): void {
    now.value = Date.now()
    gates.set(phone, now.value + seconds * 1000)
  }

  async function send(): Promise<boolean> {
    if (busy.value || wait.value) return false
    const extra = options.captcha.value()
    if (!extra) return false
    const phone = options.phone()
    busy.value = true
    fault.value = null
    try {
      const answer = await call(mall.POST('/api/v1/sms-codes', { body: { phone, purpose: options.purpose, ...extra } }))
      shut(phone, answer.resend_after_s)
      sent.value = true
      options.captcha.done()
      return true
    } catch (error) {
      if (options.captcha.took(error, () => void send())) return false
      if (!isFault(error)) complain(error)
      else {
        fault.value = error
        if (error.code === 'sms_too_soon' && error.retryAfter) shut(phone, error.retryAfter)
      }
      return false
    } finally {
      busy.value = false
    }
  }

  return { wait, busy, sent, fault, send }
}
