// Suggestions while typing. The timer is the feature: nobody is helped by a question for each letter.
import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { SearchSuggestion } from '@shangpin/api'
import { call, mall } from '@/mall'
import { tidy } from './history'

export const PAUSE_MS = 150

export interface Suggestions {
  items: ShallowRef<SearchSuggestion[]>
  /** What they were asked for. */
  typed: ShallowRef<string>
}

export function useSuggestions(field: Ref<string>): Suggestions {
  const items = shallowRef<SearchSuggestion[]>([])
  const typed = shallowRef('')
  let timer = 0
  let asking: AbortController | null = null

  function stop(): void {
    window.clearTimeout(timer)
    asking?.abort()
    asking = null
  }

  async function ask(q: string): Promise<void> {
    const mine = new AbortController()
    asking = mine
    try {
      const answer = await call(mall.GET('/api/v1/search/suggestions', { params: { query: { q } }, signal: mine.signal }))
      // An answer that was already on its way when the next letter came.
      if (asking !== mine) return
      items.value = answer.items
      typed.value = q
    } catch {
      // A search works without suggestions; older ones would no longer fit what is typed.
      if (asking === mine) items.value = []
    }
  }

  watch(field, text => {
    stop()
    const q = tidy(text)
    if (!q) items.value = []
    else timer = window.setTimeout(() => void ask(q), PAUSE_MS)
  }, { immediate: true })
  onScopeDispose(stop)
  return { items, typed }
}

/** A suggestion in pieces: `hit` is what was typed. */
export function pieces(text: string, typed: string): { text: string; hit: boolean }[] {
  const found = typed ? text.toLowerCase().indexOf(typed.toLowerCase()) : -1
  if (found < 0) return [{ text, hit: false }]
  const end = found + typed.length
  return [
    { text: text.slice(0, found), hit: false },
    { text: text.slice(found, end), hit: true },
    { text: text.slice(end), hit: false },
  ].filter(piece => piece.text !== '')
}
