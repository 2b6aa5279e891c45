// The rules of what a flash sale shows. Pure: the mall's time comes in as a number.
import type { SeckillCardView, SeckillReason, SeckillState, SeckillTicketState } from '@shangpin/api'

export type Phase = 'upcoming' | 'running' | 'paused' | 'ended'

/** What a session needs to tell its phase; on the home page nothing is known of pauses. */
export interface Times {
  starts_at: string
  ends_at: string
  state?: SeckillState | 'ended'
}

/** Where a session stands at a moment of the mall's clock. The answer may be some seconds old, the clock is not; but what has begun has begun. */
export function phaseOf(of: Times, nowMs: number): Phase {
  if (of.state === 'ended' || nowMs >= Date.parse(of.ends_at)) return 'ended'
  if (of.state === 'paused') return 'paused'
  return of.state === 'running' || nowMs >= Date.parse(of.starts_at) ? 'running' : 'upcoming'
}

/** The time to count down to: the start, then the end. */
export function turnOf(of: Times, phase: Phase): string {
  return phase === 'upcoming' ? of.starts_at : of.ends_at
}

/** Whole seconds until a moment; 0 when it has passed. */
export function secondsTo(at: string, nowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(at) - nowMs) / 1000))
}

/** How much is taken, whole percent; never 100 while some is left, never 0 when some is gone. */
export function takenPercent(of: Pick<SeckillCardView, 'quota' | 'left'>): number {
  const gone = Math.max(0, of.quota - of.left)
  if (gone === 0) return 0
  return of.left > 0 ? Math.min(99, Math.max(1, Math.floor((gone * 100) / of.quota))) : 100
}

/** So long before the start passes may be asked for. */
export const PREPARE_MS = 5 * 60_000

export type CardAction = 'go' | 'gone' | 'look' | 'remind' | 'reminded' | 'paused' | 'ended'

/** What a card of a session offers. Minutes before the start it is too late to be reminded, and time to get ready. */
export function cardAction(of: { phase: Phase; left: number; soon: boolean; reminded: boolean }): CardAction {
  if (of.phase === 'ended' || of.phase === 'paused') return of.phase
  if (of.phase === 'running') return of.left > 0 ? 'go' : 'gone'
  if (of.soon) return 'look'
  return of.reminded ? 'reminded' : 'remind'
}

/** The session to open with: the chosen one, else what runs, else what comes next. */
export function sessionToShow<S extends { session: { id: string }; phase: Phase }>(sessions: S[], chosen: string): S | null {
  const by = (test: (one: S) => boolean) => sessions.find(test)
  return by(one => one.session.id === chosen) ?? by(one => one.phase === 'running') ?? by(one => one.phase === 'paused') ?? by(one => one.phase === 'upcoming') ?? sessions[0] ?? null
}

// A session of 20:00 is called so wherever somebody is.
const inMall = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-CA', { ...options, timeZone: 'Asia/Shanghai', hourCycle: 'h23' })
const hours = inMall({ hour: '2-digit', minute: '2-digit' })
const days = inMall({ year: 'numeric', month: '2-digit', day: '2-digit' })

/** `10:00` */
export function hourOf(at: string): string {
  return hours.format(new Date(at))
}
/** Which day a session is on, seen from now. */
export function dayOf(at: string, nowMs: number): 'today' | 'tomorrow' | 'later' {
  const day = days.format(Date.parse(at))
  if (day === days.format(nowMs)) return 'today'
  return day === days.format(nowMs + 86_400_000) ? 'tomorrow' : 'later'
}
/** `11-25` */
export function dateOf(at: string): string {
  return days.format(new Date(at)).slice(5)
}
/** `20:00` today, `11-25 20:00` on another day. */
export function momentOf(at: string, nowMs: number): string {
  return dayOf(at, nowMs) === 'today' ? hourOf(at) : `${dateOf(at)} ${hourOf(at)}`
}

const REASONS = ['barred', 'address', 'off_shelf', 'lost', 'sold_out'] as const

/** The word for why nothing came of a ticket. */
export function lostWord(reason: SeckillReason | string | null | undefined): SeckillReason | 'unknown' {
  return REASONS.find(one => one === reason) ?? 'unknown'
}

/** Nothing will change any more by itself. */
export function isFinal(state: SeckillTicketState): boolean {
  return state !== 'queued' && state !== 'won'
}
