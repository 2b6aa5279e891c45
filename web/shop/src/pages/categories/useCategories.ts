import { computed, onActivated, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useLoad } from '@/parts/load'
import { groupsOf, readTree } from './tree'

export function useCategories() {
  const route = useRoute()
  const router = useRouter()
  const tree = useLoad(() => readTree())
  let running: Promise<void> | null = null
  const load = () => (running ??= tree.load().finally(() => (running = null)))

  // Stands in the address too, so that it is still chosen after a reload.
  const chosen = ref('')
  watch(
    () => (route.name === 'categories' ? route.query.at : undefined),
    at => {
      if (typeof at === 'string') chosen.value = at
    },
    { immediate: true },
  )
  const roots = computed(() => tree.data.value ?? [])
  const root = computed(() => roots.value.find(one => one.id === chosen.value) ?? roots.value[0] ?? null)
  const groups = computed(() => (root.value ? groupsOf(root.value) : []))

  function choose(id: string): void {
    if (root.value?.id === id) return
    chosen.value = id
    void router.replace({ name: 'categories', query: { at: id } })
    window.scrollTo({ top: 0 })
  }

  // The season turns and operators rearrange: quietly read again when somebody comes back.
  onActivated(() => void load())
  void load()
  return { roots, root, groups, choose, state: tree.state, error: tree.error, load }
}
