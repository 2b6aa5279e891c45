import { expect, it } from 'vitest'
import { Fault } from '@/mall'
import { barState, waitText } from './bar'
import { troubleOf } from './useClaim'

const of = { phase: 'upcoming' as const, left: 10, soon: false, reminded: false, prepared: false }

it('goes from the reminder over the preparation to the sale', () => {
  expect(barState(of)).toBe('remind')
  expect(barState({ ...of, reminded: true })).toBe('reminded')
  expect(barState({ ...of, reminded: true, soon: true })).toBe('prepare')
  expect(barState({ ...of, soon: true, prepared: true })).toBe('ready')
  expect(barState({ ...of, phase: 'running', prepared: true })).toBe('go')
  expect(barState({ ...of, phase: 'running', left: 0, prepared: true })).toBe('gone')
  expect(barState({ ...of, phase: 'paused', prepared: true })).toBe('paused')
  expect(barState({ ...of, phase: 'ended' })).toBe('ended')
})

it('says how long to wait in the words of the time', () => {
  const t = (key: string, params: Record<string, unknown>) => `${key} ${JSON.stringify(params)}`
  expect(waitText(3, t)).toBe('waitSeconds {"n":3}')
  expect(waitText(90, t)).toBe('waitFor {"time":"01:30"}')
})

it('tells refusals apart by what can be done about them', () => {
  const fault = (code: string, status: number, more: object = {}, after: number | null = null) => new Fault({ code, status, title: '', request_id: '', errors: [], ...more }, after)
  expect(troubleOf(fault('seckill_not_open', 409, { opens_at: '2026-11-23T01:55:00Z' }))).toMatchObject({ kind: 'early', opensAt: '2026-11-23T01:55:00Z' })
  expect(troubleOf(fault('seckill_not_open', 409)).kind).toBe('over')
  expect(troubleOf(fault('seckill_barred', 403)).kind).toBe('barred')
  expect(troubleOf(fault('seckill_limited', 409, { limit: 2 }))).toMatchObject({ kind: 'limited', limit: 2 })
  expect(troubleOf(fault('seckill_sold_out', 409)).kind).toBe('gone')
  expect(troubleOf(fault('not_found', 404, { errors: [{ pointer: '/address_id', code: 'not_found', message: '' }] })).kind).toBe('address')
  expect(troubleOf(fault('seckill_busy', 503, {}, 2)).kind).toBe('busy')
  expect(troubleOf(fault('too_many_requests', 429, {}, 30)).kind).toBe('busy')
  expect(troubleOf(fault('pass_expired', 409)).kind).toBe('expired')
  expect(troubleOf(Fault.network()).kind).toBe('silence')
  expect(troubleOf(fault('internal', 500)).kind).toBe('other')
})
