import { expect, test } from 'vitest'
import { cardAction, dayOf, hourOf, isFinal, lostWord, momentOf, phaseOf, secondsTo, sessionToShow, takenPercent, turnOf } from './sale'

const at = (text: string) => Date.parse(text)
const morning = { starts_at: '2026-11-23T02:00:00Z', ends_at: '2026-11-23T04:00:00Z', state: 'upcoming' as const }

test('the mall’s clock decides where a session stands, not the answer that is some seconds old', () => {
  expect(phaseOf(morning, at('2026-11-23T01:59:59.999Z'))).toBe('upcoming')
  expect(phaseOf(morning, at('2026-11-23T02:00:00Z'))).toBe('running')
  expect(phaseOf({ ...morning, state: 'running' }, at('2026-11-23T04:00:00Z'))).toBe('ended')
  expect(phaseOf({ ...morning, state: 'paused' }, at('2026-11-23T03:00:00Z'))).toBe('paused')
  expect(phaseOf({ ...morning, state: 'ended' }, at('2026-11-23T03:00:00Z'))).toBe('ended')
  expect(turnOf(morning, 'upcoming')).toBe(morning.starts_at)
  expect(turnOf(morning, 'running')).toBe(morning.ends_at)
})

test('what the mall calls begun has begun, even when this page could not ask for the time', () => {
  expect(phaseOf({ ...morning, state: 'running' }, at('2026-11-23T01:59:50Z'))).toBe('running')
})

test('a started second counts whole, and nothing counts below zero', () => {
  expect(secondsTo('2026-11-23T02:00:00Z', at('2026-11-23T01:59:58.100Z'))).toBe(2)
  expect(secondsTo('2026-11-23T02:00:00Z', at('2026-11-23T02:00:00Z'))).toBe(0)
  expect(secondsTo('2026-11-23T02:00:00Z', at('2026-11-23T03:00:00Z'))).toBe(0)
})

test('a card says what can be done', () => {
  const card = { phase: 'upcoming' as const, left: 5, soon: false, reminded: false }
  expect(cardAction(card)).toBe('remind')
  expect(cardAction({ ...card, reminded: true })).toBe('reminded')
  expect(cardAction({ ...card, reminded: true, soon: true })).toBe('look')
  expect(cardAction({ ...card, phase: 'running' })).toBe('go')
  expect(cardAction({ ...card, phase: 'running', left: 0 })).toBe('gone')
  expect(cardAction({ ...card, phase: 'paused' })).toBe('paused')
  expect(cardAction({ ...card, phase: 'ended' })).toBe('ended')
})

test('the bar is full only when nothing is left', () => {
  expect(takenPercent({ quota: 1000, left: 1000 })).toBe(0)
  expect(takenPercent({ quota: 1000, left: 999 })).toBe(1)
  expect(takenPercent({ quota: 1000, left: 1 })).toBe(99)
  expect(takenPercent({ quota: 1000, left: 0 })).toBe(100)
})

test('the page opens with what runs, else with what comes next', () => {
  const one = (id: string, phase: 'running' | 'upcoming' | 'ended' | 'paused') => ({ session: { id }, phase })
  const all = [one('1', 'running'), one('2', 'upcoming')]
  expect(sessionToShow(all, '')?.session.id).toBe('1')
  expect(sessionToShow(all, '2')?.session.id).toBe('2')
  expect(sessionToShow([one('0', 'ended'), one('2', 'upcoming')], '9')?.session.id).toBe('2')
  expect(sessionToShow([], '')).toBeNull()
})

test('days and hours are the mall’s', () => {
  const now = at('2026-11-23T15:30:00Z')
  expect(dayOf('2026-11-23T15:59:00Z', now)).toBe('today')
  expect(dayOf('2026-11-23T16:00:00Z', now)).toBe('tomorrow')
  expect(dayOf('2026-11-25T16:00:00Z', now)).toBe('later')
  expect(hourOf('2026-11-23T16:00:00Z')).toBe('00:00')
  expect(momentOf('2026-11-23T15:59:00Z', now)).toBe('23:59')
  expect(momentOf('2026-11-24T12:00:00Z', now)).toBe('11-24 20:00')
})

test('a ticket that came to nothing says why, in words that we have', () => {
  expect(lostWord('barred')).toBe('barred')
  expect(lostWord('something_new')).toBe('unknown')
  expect(lostWord(null)).toBe('unknown')
  expect((['queued', 'won', 'paid', 'failed'] as const).map(isFinal)).toEqual([false, false, true, true])
})
