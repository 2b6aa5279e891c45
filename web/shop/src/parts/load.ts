// Loading, once or page after page. A page shows `state` through <StateBlock>.
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export type LoadState = 'loading' | 'ready' | 'failed'

export interface Loaded<T> {
  data: ShallowRef<T | null>
  state: Ref<LoadState>
  error: ShallowRef<unknown>
  /** Reads (again). What is shown stays until the new answer is there; an older answer never replaces a newer one. */
  load(): Promise<void>
}

export function useLoad<T>(read: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null)
  const state = ref<LoadState>('loading')
  const error = shallowRef<unknown>(null)
  let turn = 0
  async function load(): Promise<void> {
    const mine = ++turn
    if (data.value === null) state.value = 'loading'
    try {
      const answer = await read()
      if (mine !== turn) return
      data.value = answer
      error.value = null
      state.value = 'ready'
    } catch (cause) {
      if (mine !== turn) return
      error.value = cause
      if (data.value === null) state.value = 'failed'
    }
  }
  return { data, state, error, load }
}

export interface Endless<T> {
  items: ShallowRef<T[]>
  state: Ref<LoadState>
  error: ShallowRef<unknown>
  /** There is no next page. */
  ended: Ref<boolean>
  /** The next page is on its way. */
  more: Ref<boolean>
  /** Starts anew from the first page. */
  restart(): Promise<void>
  /** Reads the next page; again after a failure. */
  next(): Promise<void>
}

/** A list that grows page by page while the shopper scrolls (see <EndlessFoot>). */
export function useEndless<T>(read: (cursor: string | undefined) => Promise<{ items: T[]; next?: string | null }>): Endless<T> {
  const items = shallowRef<T[]>([])
  const state = ref<LoadState>('loading')
  const error = shallowRef<unknown>(null)
  const ended = ref(false)
  const more = ref(false)
  let cursor: string | undefined
  let turn = 0
  async function page(first: boolean): Promise<void> {
    const mine = ++turn
    more.value = true
    error.value = null
    try {
      const answer = await read(first ? undefined : cursor)
      if (mine !== turn) return
      items.value = first ? answer.items : [...items.value, ...answer.items]
      cursor = answer.next ?? undefined
      ended.value = cursor === undefined
      state.value = 'ready'
    } catch (cause) {
      if (mine !== turn) return
      error.value = cause
      if (first) state.value = 'failed'
    } finally {
      if (mine === turn) more.value = false
    }
  }
  onScopeDispose(() => turn++)
  return {
    items,
    state,
    error,
    ended,
    more,
    async restart() {
      if (items.value.length === 0) state.value = 'loading'
      await page(true)
    },
    async next() {
      if (more.value || ended.value || state.value !== 'ready') return
      await page(false)
    },
  }
}
