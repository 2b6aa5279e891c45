// Who changes a password or a phone proves first to be the owner: by the password, or by a code to the phone of the account.
import { ref } from 'vue'
import type { Profile, Purpose } from '@shangpin/api'
import { useCaptcha } from '@/parts/captcha'
import { ownPhone } from '@/parts/ownPhone'
import { fitsMask } from '@/parts/phone'
import { useSmsCode } from '@/parts/smsCode'

export type ProofWay = 'password' | 'code'
export type ProofTrouble = '' | 'oldEmpty' | 'oldWrong' | 'ownPhoneBad' | 'codeBad' | 'codeWrong'

export function useProof(profile: Profile, purpose: Purpose, first?: ProofWay) {
  const way = ref<ProofWay>(first ?? (profile.has_password ? 'password' : 'code'))
  const password = ref('')
  // The mall shows the number masked; a code to it has to name it whole.
  const phone = ref(ownPhone.fitting(profile.phone))
  const code = ref('')
  const troubles = ref<{ password: ProofTrouble; phone: ProofTrouble; code: ProofTrouble }>({ password: '', phone: '', code: '' })
  const captcha = useCaptcha()
  const sms = useSmsCode({ purpose, phone: () => phone.value, captcha })
  const right = () => fitsMask(phone.value, profile.phone)

  return {
    way,
    password,
    phone,
    code,
    troubles,
    captcha,
    sms,
    async ask(): Promise<void> {
      troubles.value.phone = right() ? '' : 'ownPhoneBad'
      troubles.value.code = ''
      if (right()) await sms.send()
    },
    complete(): boolean {
      const byCode = way.value === 'code'
      troubles.value = {
        password: !byCode && !password.value ? 'oldEmpty' : '',
        phone: byCode && !right() ? 'ownPhoneBad' : '',
        code: byCode && code.value.length !== 6 ? 'codeBad' : '',
      }
      return Object.values(troubles.value).every(one => !one)
    },
  }
}
export type Proof = ReturnType<typeof useProof>
