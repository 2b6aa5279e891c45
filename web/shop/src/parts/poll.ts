// Asks again and again while somebody looks: not while the page is hidden or put away, and slower while nobody answers.
import { onActivated, onDeactivated, onScopeDispose, ref, type Ref } from 'vue'
import { isFault } from '@/mall'
import { online } from './online'

const LONGEST_MS = 30_000
const SLOWER = 1.7

export interface Poll {
  /** Asks now, and from now on. */
  start(): void
  /** The last question was not answered. */
  failing: Ref<boolean>
}

/**
 * `ask` gives the milliseconds until the next question, or null when there is nothing left to ask. A refusal or silence is asked again,
 * each time after a longer pause; a pause that the mall names is kept. A crowd must not ask in step: pauses are spread a little.
 */
export function usePoll(ask: () => Promise<number | null>, firstPauseMs: number): Poll {
  const failing = ref(false)
  let timer: number | undefined
  let asking = false
  let wanted = false
  let here = true
  let misses = 0

  const looked = () => here && wanted && document.visibilityState === 'visible'
  function later(ms: number): void {
    if (looked()) timer = window.setTimeout(() => void turn(), ms * (0.9 + Math.random() * 0.2))
  }
  async function turn(): Promise<void> {
    window.clearTimeout(timer)
    if (asking || !looked()) return
    asking = true
    let pause: number | null = null
    try {
      pause = await ask()
      misses = 0
      failing.value = false
      if (pause === null) wanted = false
    } catch (error) {
      if (!isFault(error)) {
        wanted = false
        throw error
      }
      misses += 1
      failing.value = true
      pause = Math.max(Math.min(firstPauseMs * SLOWER ** misses, LONGEST_MS), (error.retryAfter ?? 0) * 1000)
    } finally {
      asking = false
    }
    if (pause !== null) later(pause)
  }
  function look(): void {
    if (looked()) void turn()
    else window.clearTimeout(timer)
  }
  const back = () => online.value && look()

  document.addEventListener('visibilitychange', look)
  window.addEventListener('online', back)
  onActivated(() => {
    here = true
    look()
  })
  onDeactivated(() => {
    here = false
    look()
  })
  onScopeDispose(() => {
    wanted = false
    window.clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
    window.removeEventListener('online', back)
  })
  return {
    failing,
    start() {
      wanted = true
      void turn()
    },
  }
}
