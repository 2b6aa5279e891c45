import { ref } from 'vue'
import { complain } from '@/parts/toast'
import { useSession } from '@/session'

export function useSettings() {
  const session = useSession()
  const busy = ref(false)

  /** True when the shopper is signed out. */
  async function leave(): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      await session.leave()
      return true
    } catch (error) {
      complain(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { session, busy, leave }
}
