// A tap that must have one effect, however often it is made.
import { ref, type Ref } from 'vue'
import { isFault } from '@/mall'

export interface Once<A, R> {
  /** Runs; while it runs, another tap joins it instead of starting again. */
  run(argument: A): Promise<R>
  busy: Ref<boolean>
}

/**
 * Gives an action its idempotency key. The key stays the same, over reloads too, until the mall has answered: after silence the
 * same request goes out with the same key, so that nothing happens twice. Another request (`argument`) gets another key.
 *
 * `name` tells intentions apart: `place-order`, `pay-order`.
 */
export function useOnce<A, R>(name: string, act: (key: string, argument: A) => Promise<R>): Once<A, R> {
  const busy = ref(false)
  let running: Promise<R> | null = null
  const place = `mall.once.${name}`

  function keyFor(argument: A): string {
    const body = JSON.stringify(argument ?? null)
    try {
      const kept = JSON.parse(sessionStorage.getItem(place) ?? 'null') as { body: string; key: string } | null
      if (kept?.body === body) return kept.key
    } catch {
      // Unreadable: a new key, which is what a first try gets.
    }
    const key = crypto.randomUUID()
    sessionStorage.setItem(place, JSON.stringify({ body, key }))
    return key
  }

  async function once(argument: A): Promise<R> {
    busy.value = true
    try {
      const answer = await act(keyFor(argument), argument)
      sessionStorage.removeItem(place)
      return answer
    } catch (error) {
      if (isFault(error) && !error.unanswered) sessionStorage.removeItem(place)
      throw error
    } finally {
      busy.value = false
      running = null
    }
  }

  return { busy, run: argument => (running ??= once(argument)) }
}
