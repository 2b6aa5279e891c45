import { ref } from 'vue'
import type { SessionShown } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { useLoad } from '@/parts/load'
import { complain } from '@/parts/toast'

export function useDevices() {
  const list = useLoad(async () => {
    const { items } = await call(mall.GET('/api/v1/sessions'))
    return [...items].sort((a, b) => Number(b.current) - Number(a.current))
  })
  /** The one that is being signed out. */
  const ending = ref<string | null>(null)

  async function end(session: SessionShown): Promise<boolean> {
    if (ending.value) return false
    ending.value = session.id
    try {
      await call(mall.DELETE('/api/v1/sessions/{id}', { params: { path: { id: session.id } } }))
    } catch (error) {
      // Gone already is what was wanted.
      if (!isFault(error, 'not_found')) {
        complain(error)
        return false
      }
    } finally {
      ending.value = null
    }
    list.data.value = (list.data.value ?? []).filter(one => one.id !== session.id)
    return true
  }
  return { ...list, ending, end }
}
