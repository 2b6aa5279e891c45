// The list of products that an address asks for. Answers are kept per question, so that "back" finds what was there.
import { computed, effectScope, shallowRef, watch, type ShallowRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { SearchFacets, SearchItem } from '@shangpin/api'
import { call, mall } from '@/mall'
import { categoriesOf, findNode, readTree } from '@/pages/categories/tree'
import { useSearchHistory } from '@/pages/search/history'
import { useEndless, type Endless } from '@/parts/load'
import { filtersOf, keyOf, listedKey, NO_FILTERS, readQuery, searchQuery, writeQuery, type Asked, type Filters, type Sort } from './query'

export const PAGE = 20
/** Questions whose answers are kept, and for how long: prices move. */
const MOST_KEPT = 8
const KEPT_MS = 10 * 60_000

export interface Head {
  total: number
  loosened: boolean
  facets: SearchFacets
}

/** The answer to one question. */
export interface Found {
  asked: Asked
  list: Endless<SearchItem>
  head: ShallowRef<Head | null>
  /** Name of the front category, when one is listed. */
  name: ShallowRef<string>
  at: number
}

const NO_FACETS: SearchFacets = { categories: [], brands: [], prices: [], attributes: [] }

export function useList() {
  const route = useRoute()
  const router = useRouter()
  const { remember } = useSearchHistory()
  const scope = effectScope()
  const kept = new Map<string, Found>()

  function find(asked: Asked): Found {
    const head = shallowRef<Head | null>(null)
    const name = shallowRef('')
    async function read(cursor: string | undefined): Promise<{ items: SearchItem[]; next?: string | null }> {
      let front: { categories: string[]; fresh: boolean } | null = null
      if (asked.front) {
        const node = findNode(await readTree(), asked.front)
        name.value = node?.name ?? ''
        const categories = node ? categoriesOf(node) : []
        front = { categories, fresh: node?.flag === 'new' }
        // Behind this one stands nothing (any more): without a category the search would answer with the whole mall.
        if (!asked.within && !categories.length && !front.fresh) {
          head.value = { total: 0, loosened: false, facets: NO_FACETS }
          return { items: [] }
        }
      }
      const page = await call(mall.GET('/api/v1/search', { params: { query: { ...searchQuery(asked, front), limit: PAGE, cursor } } }))
      if (cursor === undefined) head.value = { total: page.total, loosened: page.loosened, facets: page.facets ?? NO_FACETS }
      return page
    }
    const list = scope.run(() => useEndless(read))
    if (!list) throw new Error('the page is gone')
    return { asked, list, head, name, at: Date.now() }
  }

  /** The kept answer, when it is young enough; else a new one to be filled. Least recently used ones go. */
  function foundFor(asked: Asked): Found {
    const key = keyOf(asked)
    const known = kept.get(key)
    kept.delete(key)
    const found = known && Date.now() - known.at < KEPT_MS ? known : find(asked)
    kept.set(key, found)
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break
      kept.delete(oldest)
    }
    return found
  }

  /** What the address asks for now. */
  const asked = shallowRef(readQuery(route.query))
  /** What is on the screen: the answer before, until the new one is there. */
  const shown = shallowRef<Found>(foundFor(asked.value))
  const pending = shallowRef(false)
  let current = shown.value

  async function show(next: Asked): Promise<void> {
    const found = foundFor(next)
    current = found
    const { list } = found
    const other = listedKey(shown.value.asked) !== listedKey(next)
    if (other || list.state.value === 'ready' || shown.value.list.state.value !== 'ready') shown.value = found
    pending.value = list.state.value !== 'ready'
    if (other && next.q) remember(next.q)
    if (list.state.value !== 'ready') await list.restart()
    if (current !== found) return
    shown.value = found
    pending.value = false
  }

  function ask(next: Asked): void {
    const same = keyOf(next) === keyOf(asked.value)
    asked.value = next
    if (!same) void show(next)
  }

  // While the list is put away, other pages' addresses are none of its business.
  watch(
    () => (route.name === 'list' ? route.fullPath : null),
    path => path !== null && ask(readQuery(route.query)),
  )
  if (asked.value.q) remember(asked.value.q)
  void show(asked.value)

  /** Narrowing and sorting stay on the same step of "back". */
  function change(patch: Partial<Filters & { sort: Sort }>): void {
    const next = { ...asked.value, ...patch }
    ask(next)
    void router.replace({ name: 'list', query: writeQuery(next) })
  }

  return {
    asked,
    shown,
    pending,
    filters: computed(() => filtersOf(asked.value)),
    change,
    clear: () => change(NO_FILTERS),
    retry: () => shown.value.list.restart(),
  }
}
