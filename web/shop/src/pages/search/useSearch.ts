// What the search page knows and does.
import { computed, ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { call, mall } from '@/mall'
import { useLoad } from '@/parts/load'
import { tidy, useSearchHistory } from './history'
import { useSuggestions } from './useSuggestions'

export function useSearch() {
  const route = useRoute()
  const router = useRouter()
  const before = typeof route.query.typed === 'string' ? tidy(route.query.typed) : ''
  const field = ref(before)
  const history = useSearchHistory()
  const suggestions = useSuggestions(field)
  // What others search for is a gift: when it does not come, nobody misses it.
  const hot = useLoad(() => call(mall.GET('/api/v1/search/hot')))
  void hot.load()

  // A link with words in it is a search, not a field to be filled.
  const linked = typeof route.query.q === 'string' ? tidy(route.query.q) : ''
  if (linked) void router.replace({ name: 'list', query: { q: linked } })

  async function search(words: string): Promise<void> {
    const q = tidy(words)
    if (!q) return
    history.remember(q)
    const to = { name: 'list', query: { q } }
    // Searching again from a list of results takes the place of the field, so that "back" is one step.
    const back: unknown = window.history.state?.back
    if (typeof back === 'string' && back.startsWith('/list')) await router.replace(to)
    else await router.push(to)
  }

  return {
    field,
    history,
    suggestions,
    hotWords: computed(() => hot.data.value?.items.map(one => one.words) ?? []),
    search,
  }
}
