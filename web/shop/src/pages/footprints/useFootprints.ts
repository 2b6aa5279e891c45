import { computed, ref } from 'vue'
import { call, mall } from '@/mall'
import { mallNow } from '@/parts/clock'
import { useKept } from '@/parts/kept'
import { complain } from '@/parts/toast'
import { byDay } from './days'

export function useFootprints() {
  const kept = useKept('footprints')
  const days = computed(() => byDay(kept.list.items.value, mallNow()))
  const clearing = ref(false)

  /** True when all are gone. */
  async function clear(): Promise<boolean> {
    if (clearing.value || kept.busy.value) return false
    clearing.value = true
    try {
      await call(mall.DELETE('/api/v1/footprints'))
      kept.edit(false)
      await kept.list.restart()
      return true
    } catch (error) {
      complain(error)
      return false
    } finally {
      clearing.value = false
    }
  }
  return { kept, days, clearing, clear }
}
