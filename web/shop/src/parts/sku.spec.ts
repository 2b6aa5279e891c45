import { describe, expect, it } from 'vitest'
import type { Live } from '@shangpin/api'
import { cheapest, choiceOf, most, possibilities, settle, skuOf, soldOut, tap, type Variants } from './sku'

/** Red S, red M, blue S; there is no blue M. */
const shirt: Variants = {
  axes: [
    { name: '颜色', values: ['红', '蓝'] },
    { name: '尺码', values: ['S', 'M'] },
  ],
  skus: [
    ['1', '红', 'S', 100],
    ['2', '红', 'M', 120],
    ['3', '蓝', 'S', 90],
  ].map(([id, colour, size, price]) => ({
    id: String(id),
    code: `C${id}`,
    specs: [
      { name: '颜色', value: String(colour) },
      { name: '尺码', value: String(size) },
    ],
    price_fen: Number(price),
    list_price_fen: 200,
  })),
}
function live(left: Record<string, number | null>): Live {
  return {
    id: '9',
    promotions: [],
    sales: 0,
    skus: shirt.skus.map(sku => ({ id: sku.id, price_fen: sku.price_fen, in_stock: left[sku.id] !== 0, left: left[sku.id] ?? null })),
  }
}
function standings(choice: Record<string, string>, now: Live | null = live({})): string {
  return possibilities(shirt, now, choice)
    .flatMap(axis => axis.values.map(one => `${one.value}:${one.standing}`))
    .join(' ')
}

describe('what can be chosen', () => {
  it('all that exists in any combination is open while nothing is chosen', () => {
    expect(standings({})).toBe('红:open 蓝:open S:open M:open')
  })
  it('a value without a variant for the other choices is absent, on its own axis others stay open', () => {
    expect(standings({ 颜色: '蓝' })).toBe('红:open 蓝:open S:open M:absent')
    expect(standings({ 尺码: 'M' })).toBe('红:open 蓝:absent S:open M:open')
  })
  it('a value whose variants are gone is sold out, and only for these choices', () => {
    const now = live({ 1: 0 })
    expect(standings({}, now)).toBe('红:open 蓝:open S:open M:open')
    expect(standings({ 颜色: '红' }, now)).toBe('红:open 蓝:open S:soldOut M:open')
    expect(standings({ 尺码: 'S' }, now)).toBe('红:soldOut 蓝:open S:open M:open')
  })
  it('is all open while stock is not known', () => {
    expect(standings({ 颜色: '红' }, null)).toBe('红:open 蓝:open S:open M:open')
    expect(soldOut(shirt, null)).toBe(false)
  })
  it('a variant that the live answer does not name cannot be bought', () => {
    const now = { ...live({}), skus: live({}).skus.slice(0, 1) }
    expect(standings({ 颜色: '红' }, now)).toBe('红:open 蓝:soldOut S:open M:soldOut')
  })
})

describe('choosing', () => {
  it('takes the only value left by itself', () => {
    expect(tap(shirt, live({}), {}, '颜色', '蓝')).toEqual({ 颜色: '蓝', 尺码: 'S' })
    expect(tap(shirt, live({ 1: 0 }), {}, '颜色', '红')).toEqual({ 颜色: '红', 尺码: 'M' })
  })
  it('never takes what does not go together, and a second tap takes back', () => {
    const blue = { 颜色: '蓝', 尺码: 'S' }
    expect(tap(shirt, live({}), blue, '尺码', 'M')).toBe(blue)
    expect(tap(shirt, live({}), blue, '颜色', '蓝')).toEqual({ 尺码: 'S' })
  })
  it('a product in one variant is chosen from the start, sold out too', () => {
    const one: Variants = { axes: [{ name: '规格', values: ['单本'] }], skus: [{ ...shirt.skus[0]!, specs: [{ name: '规格', value: '单本' }] }] }
    expect(settle(one, live({ 1: 0 }), {})).toEqual({ 规格: '单本' })
    const bare: Variants = { axes: [], skus: [{ ...shirt.skus[0]!, specs: [] }] }
    expect(skuOf(bare, settle(bare, live({}), {}))?.id).toBe('1')
  })
  it('names a variant only when every axis is chosen', () => {
    expect(skuOf(shirt, { 颜色: '红' })).toBeNull()
    expect(skuOf(shirt, { 颜色: '红', 尺码: 'M' })?.id).toBe('2')
    expect(skuOf(shirt, { 颜色: '蓝', 尺码: 'M' })).toBeNull()
    expect(choiceOf(shirt, '3')).toEqual({ 颜色: '蓝', 尺码: 'S' })
    expect(choiceOf(shirt, 'none')).toEqual({})
  })
})

describe('prices and quantities', () => {
  it('the cheapest is the cheapest that can be bought', () => {
    expect(cheapest(shirt, live({}))).toMatchObject({ sku: { id: '3' }, several: true })
    expect(cheapest(shirt, live({ 3: 0 }))).toMatchObject({ sku: { id: '1' }, several: true })
    expect(cheapest(shirt, live({ 1: 0, 2: 0, 3: 0 }))?.sku.id).toBe('3')
  })
  it('asks for no more than is left', () => {
    expect([most(live({ 1: 4 }), '1'), most(live({ 1: 0 }), '1'), most(live({}), '1'), most(null, '1')]).toEqual([4, 0, 999, 999])
  })
})
