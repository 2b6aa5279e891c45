// The mall's time: a countdown on a phone whose clock is wrong would lie.
import { computed, onScopeDispose, ref, toValue, type ComputedRef, type MaybeRefOrGetter, type Ref } from 'vue'
import { call, mall } from '@/mall'

let offsetMs = 0
let asked: Promise<void> | null = null
const ASK_AGAIN_MS = 60_000
let askedAt = 0

async function ask(): Promise<void> {
  const from = Date.now()
  try {
    const { now } = await call(mall.GET('/api/v1/clock'))
    const to = Date.now()
    offsetMs = Date.parse(now) - (from + to) / 2
    askedAt = to
  } catch {
    // The phone's own clock has to do.
    askedAt = Date.now()
  }
}

/** Milliseconds of the mall's clock. */
export function mallNow(): number {
  return Date.now() + offsetMs
}

/** Answers may be some seconds old: only more than that means that the phone's clock was set, or that it slept. */
const DRIFT_MS = 4000
const ASK_APART_MS = 3_000

/** The mall named its time in an answer: when ours is far from it, it is asked for anew. */
export function heard(now: string): void {
  if (Math.abs(Date.parse(now) - mallNow()) >= DRIFT_MS && Date.now() - askedAt >= ASK_APART_MS) checkClock()
}

/** The mall and this page disagree about the time: asks anew. */
export function checkClock(): void {
  asked ??= ask().finally(() => (asked = null))
}

/** The mall's time, moving: for what changes at a moment, and not only counts down to it. */
export function useMallNow(everyMs = 500): Readonly<Ref<number>> {
  const now = ref(mallNow())
  if (Date.now() - askedAt > ASK_AGAIN_MS) checkClock()
  const timer = window.setInterval(() => (now.value = mallNow()), everyMs)
  onScopeDispose(() => window.clearInterval(timer))
  return now
}

/** Seconds left until a time (RFC 3339), counted by the mall's clock; 0 when it has passed, null without a time. */
export function useCountdown(until: MaybeRefOrGetter<string | null | undefined>): ComputedRef<number | null> {
  const tick = ref(mallNow())
  if (Date.now() - askedAt > ASK_AGAIN_MS) asked ??= ask().finally(() => (asked = null))
  const timer = window.setInterval(() => (tick.value = mallNow()), 500)
  onScopeDispose(() => window.clearInterval(timer))
  return computed(() => {
    const time = toValue(until)
    return time ? Math.max(0, Math.ceil((Date.parse(time) - tick.value) / 1000)) : null
  })
}

/** `29:59`, `1:02:03` */
export function clockText(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`
}

/** A moment as shoppers read it: `11-22 21:38`, with the year when it is another one. */
export function moment(at: string): string {
  const date = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const year = date.getFullYear() === new Date(mallNow()).getFullYear() ? '' : `${date.getFullYear()}-`
  return `${year}${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}
