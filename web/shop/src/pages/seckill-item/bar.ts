// What the one button of the page is for.
import type { Phase } from '@/pages/seckill/sale'
import { clockText } from '@/parts/clock'

export type BarState =
  /** Long before the start: a text message may be asked for, or is. */
  | 'remind'
  | 'reminded'
  /** Minutes before the start: everything slow can be done now. */
  | 'prepare'
  /** It is done; nothing is left but to wait for the start. */
  | 'ready'
  | 'go'
  /** All taken; unpaid pieces come back. */
  | 'gone'
  | 'paused'
  | 'ended'

export interface Standing {
  phase: Phase
  left: number
  /** Passes may be had. */
  soon: boolean
  reminded: boolean
  prepared: boolean
}

export function barState(of: Standing): BarState {
  if (of.phase === 'ended' || of.phase === 'paused') return of.phase
  if (of.phase === 'running') return of.left > 0 ? 'go' : 'gone'
  if (of.prepared) return 'ready'
  if (of.soon) return 'prepare'
  return of.reminded ? 'reminded' : 'remind'
}

/** `3 秒后可再试`; what lasts longer is counted in minutes too. */
export function waitText(seconds: number, t: (key: 'waitFor' | 'waitSeconds', params: Record<string, unknown>) => string): string {
  return seconds < 60 ? t('waitSeconds', { n: seconds }) : t('waitFor', { time: clockText(seconds) })
}
