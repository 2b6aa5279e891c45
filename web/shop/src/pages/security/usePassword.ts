import { computed, ref, shallowRef, watch } from 'vue'
import type { Profile } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { fieldCodes } from '@/parts/fieldCodes'
import { useProof, type ProofWay } from './useProof'

export type FreshTrouble = '' | 'length' | 'common' | 'pattern' | 'personal'

export function usePassword(profile: Profile, first?: ProofWay) {
  const proof = useProof(profile, 'reset', first)
  const fresh = ref('')
  const again = ref('')
  const freshTrouble = ref<FreshTrouble>('')
  const againTrouble = ref<'' | 'different'>('')
  const fault = shallowRef<unknown>(null)
  const busy = ref(false)
  watch(fresh, () => (freshTrouble.value = ''))
  watch([fresh, again], () => (againTrouble.value = ''))
  const dirty = computed(() => fresh.value !== '' || proof.password.value !== '')

  function complete(): boolean {
    const proven = proof.complete()
    const chars = [...fresh.value].length
    freshTrouble.value = chars < 8 || chars > 128 ? 'length' : ''
    againTrouble.value = again.value === fresh.value ? '' : 'different'
    return proven && !freshTrouble.value && !againTrouble.value
  }

  function refused(error: unknown): void {
    const codes = fieldCodes(error)
    const about = codes['/new_password']
    if (about) freshTrouble.value = about === 'common' || about === 'pattern' || about === 'personal' ? about : 'length'
    else if (codes['/old_password']) proof.troubles.value.password = 'oldWrong'
    else if (isFault(error, 'code_wrong')) proof.troubles.value.code = 'codeWrong'
    else if (isFault(error, 'password_weak')) freshTrouble.value = 'common'
    else {
      if (!isFault(error)) console.error(error)
      fault.value = error
    }
  }

  /** True when the password is set. */
  async function save(): Promise<boolean> {
    if (busy.value || !complete()) return false
    busy.value = true
    fault.value = null
    const by = proof.way.value === 'code' ? { code: proof.code.value } : { old_password: proof.password.value }
    try {
      await call(mall.PUT('/api/v1/users/me/password', { body: { ...by, new_password: fresh.value } }))
      fresh.value = again.value = proof.password.value = ''
      return true
    } catch (error) {
      refused(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { proof, fresh, again, freshTrouble, againTrouble, fault, busy, dirty, save }
}
