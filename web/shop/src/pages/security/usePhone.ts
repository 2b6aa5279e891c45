import { computed, ref, shallowRef, watch } from 'vue'
import type { Profile } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { useCaptcha } from '@/parts/captcha'
import { fieldCodes } from '@/parts/fieldCodes'
import { ownPhone } from '@/parts/ownPhone'
import { isPhone } from '@/parts/phone'
import { useSmsCode } from '@/parts/smsCode'
import { useProof } from './useProof'

export type PhoneTrouble = '' | 'phoneBad' | 'phoneTaken' | 'samePhone'

export function usePhone(profile: Profile) {
  const proof = useProof(profile, 'change_phone')
  const phone = ref('')
  const code = ref('')
  const captcha = useCaptcha()
  const sms = useSmsCode({ purpose: 'change_phone', phone: () => phone.value, captcha })
  const phoneTrouble = ref<PhoneTrouble>('')
  const codeTrouble = ref<'' | 'codeBad' | 'codeWrong'>('')
  const fault = shallowRef<unknown>(null)
  const busy = ref(false)
  watch(phone, () => (phoneTrouble.value = ''))
  watch(code, () => (codeTrouble.value = ''))
  const dirty = computed(() => phone.value !== '' || proof.password.value !== '')

  function check(): boolean {
    phoneTrouble.value = !isPhone(phone.value) ? 'phoneBad' : proof.way.value === 'code' && phone.value === proof.phone.value ? 'samePhone' : ''
    return !phoneTrouble.value
  }
  async function ask(): Promise<void> {
    codeTrouble.value = ''
    if (check()) await sms.send()
  }

  function refused(error: unknown): void {
    const codes = fieldCodes(error)
    if (isFault(error, 'phone_taken')) phoneTrouble.value = 'phoneTaken'
    else if (codes['/phone']) phoneTrouble.value = 'phoneBad'
    else if (codes['/password']) proof.troubles.value.password = 'oldWrong'
    // The mall does not say which of the codes was wrong.
    else if (isFault(error, 'code_wrong')) codeTrouble.value = 'codeWrong'
    else {
      if (!isFault(error)) console.error(error)
      fault.value = error
    }
  }

  /** True when the account has moved to the new phone. */
  async function save(): Promise<boolean> {
    const [proven, sound] = [proof.complete(), check()]
    codeTrouble.value = code.value.length === 6 ? '' : 'codeBad'
    if (busy.value || !proven || !sound || codeTrouble.value) return false
    busy.value = true
    fault.value = null
    const by = proof.way.value === 'code' ? { old_code: proof.code.value } : { password: proof.password.value }
    try {
      await call(mall.PUT('/api/v1/users/me/phone', { body: { phone: phone.value, code: code.value, ...by } }))
      ownPhone.keep(phone.value)
      phone.value = code.value = proof.password.value = ''
      return true
    } catch (error) {
      refused(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { proof, phone, code, captcha, sms, phoneTrouble, codeTrouble, fault, busy, dirty, ask, save }
}
