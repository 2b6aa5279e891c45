// Products that a shopper keeps, on purpose (favourites) or by walking past (footprints): a list that grows, and taking out.
import { computed, onActivated, ref } from 'vue'
import type { KeptSpu } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { useEndless } from './load'
import { complain } from './toast'

export type KeptKind = 'favourites' | 'footprints'
const PAGE = 20
const MOST = 100

const reads = {
  favourites: (query: { cursor?: string; limit: number }) => call(mall.GET('/api/v1/favourites', { params: { query } })),
  footprints: (query: { cursor?: string; limit: number }) => call(mall.GET('/api/v1/footprints', { params: { query } })),
}
const removals = {
  favourites: (spu_id: string) => call(mall.DELETE('/api/v1/favourites/{spu_id}', { params: { path: { spu_id } } })),
  footprints: (spu_id: string) => call(mall.DELETE('/api/v1/footprints/{spu_id}', { params: { path: { spu_id } } })),
}

/** How much cheaper it has become since it was kept, in fen; 0 when it has not. The mall's two prices, compared. */
export function dropped(spu: KeptSpu): number {
  return spu.listed ? Math.max(0, spu.price_then_fen - spu.price_fen) : 0
}

export function useKept(kind: KeptKind) {
  let first = PAGE
  const list = useEndless(cursor => reads[kind]({ ...(cursor && { cursor }), limit: cursor ? PAGE : first }))
  const editing = ref(false)
  const chosen = ref<ReadonlySet<string>>(new Set())
  const busy = ref(false)
  const all = computed(() => list.items.value.length > 0 && list.items.value.every(spu => chosen.value.has(spu.spu_id)))

  // Shown again after a product's page, where it may have been taken out: as much is read anew as was there.
  let shown = false
  onActivated(() => {
    if (shown) {
      first = Math.min(MOST, Math.max(PAGE, list.items.value.length))
      void list.restart()
    }
    shown = true
  })

  function choose(id: string): void {
    const next = new Set(chosen.value)
    if (!next.delete(id)) next.add(id)
    chosen.value = next
  }
  function chooseAll(): void {
    chosen.value = all.value ? new Set() : new Set(list.items.value.map(spu => spu.spu_id))
  }
  function edit(on: boolean): void {
    editing.value = on
    chosen.value = new Set()
  }

  /** Takes some out, one after the other; answers how many are gone. */
  async function remove(ids: readonly string[]): Promise<number> {
    if (busy.value) return 0
    busy.value = true
    let gone = 0
    try {
      for (const id of ids) {
        await removals[kind](id).catch(error => {
          // Gone already is what was wanted.
          if (!isFault(error, 'not_found')) throw error
        })
        list.items.value = list.items.value.filter(spu => spu.spu_id !== id)
        gone++
      }
    } catch (error) {
      complain(error)
    } finally {
      busy.value = false
      chosen.value = new Set([...chosen.value].filter(id => list.items.value.some(spu => spu.spu_id === id)))
      if (!list.items.value.length) {
        editing.value = false
        if (!list.ended.value) void list.restart()
      }
    }
    return gone
  }

  return { list, editing, chosen, busy, all, choose, chooseAll, edit, remove }
}
export type Kept = ReturnType<typeof useKept>
