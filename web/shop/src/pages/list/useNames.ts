// Names of what a list is narrowed by. The address has only numbers; the answers bring the names along.
import { shallowReactive, watch, type Ref } from 'vue'
import type { CategoryNode, SearchFacets } from '@shangpin/api'
import { call, mall } from '@/mall'

export function useNames(facets: Ref<SearchFacets>, category: Ref<string | null>) {
  const names = shallowReactive(new Map<string, string>())
  let asked = false
  watch(
    facets,
    ({ brands, categories }) => {
      for (const one of brands) names.set(`b${one.id}`, one.name)
      for (const one of categories) names.set(`c${one.id}`, one.name)
    },
    { immediate: true },
  )

  // A chosen category is not among those below it: after a reload only the tree knows what it is called.
  async function readCategories(): Promise<void> {
    if (asked) return
    asked = true
    try {
      const walk = (nodes: CategoryNode[]): void =>
        nodes.forEach(node => {
          names.set(`c${node.id}`, node.name)
          walk(node.children)
        })
      walk(await call(mall.GET('/api/v1/categories')))
    } catch {
      // The chip says "category" instead; it works all the same.
      asked = false
    }
  }
  watch(category, id => id && !names.has(`c${id}`) && void readCategories(), { immediate: true })

  return { brand: (id: string) => names.get(`b${id}`), category: (id: string) => names.get(`c${id}`) }
}
