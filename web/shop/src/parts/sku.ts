// Which variants can still be chosen. Pure: what a product is, what is there right now, and what is chosen so far.
import type { DetailBody, DetailSku, Live, LiveSku } from '@shangpin/api'

/** Axis → value; an axis without a value is not chosen yet. */
export type Choice = Readonly<Record<string, string>>

/** `absent`: there is no such variant; `soldOut`: there is, and none of it is left. */
export type Standing = 'open' | 'soldOut' | 'absent'

export interface AxisValue {
  value: string
  chosen: boolean
  standing: Standing
}

export interface AxisShown {
  name: string
  values: AxisValue[]
}

export type Variants = Pick<DetailBody, 'axes' | 'skus'>

/** Most pieces of one variant that the mall takes in one go. */
export const MOST_PIECES = 999

function has(sku: DetailSku, axis: string, value: string): boolean {
  return sku.specs.some(spec => spec.name === axis && spec.value === value)
}

export function liveOf(live: Live | null, skuId: string | null | undefined): LiveSku | null {
  return live?.skus.find(sku => sku.id === skuId) ?? null
}

/** Before anything is known about stock all is open: the mall says no where it must. */
export function inStock(live: Live | null, skuId: string): boolean {
  return live === null || liveOf(live, skuId)?.in_stock === true
}

/** Nothing of the product can be bought. */
export function soldOut(spu: Variants, live: Live | null): boolean {
  return spu.skus.every(sku => !inStock(live, sku.id))
}

/** The variant that a choice names; null while an axis is open. */
export function skuOf(spu: Variants, choice: Choice): DetailSku | null {
  const complete = spu.axes.every(axis => choice[axis.name] !== undefined)
  if (!complete) return null
  return spu.skus.find(sku => spu.axes.every(axis => has(sku, axis.name, choice[axis.name]!))) ?? null
}

export function choiceOf(spu: Variants, skuId: string | null | undefined): Choice {
  const sku = spu.skus.find(one => one.id === skuId)
  if (!sku) return {}
  const known = new Set(spu.axes.map(axis => axis.name))
  return Object.fromEntries(sku.specs.filter(spec => known.has(spec.name)).map(spec => [spec.name, spec.value]))
}

function standing(spu: Variants, live: Live | null, choice: Choice, axis: string, value: string): Standing {
  const matching = spu.skus.filter(
    sku => has(sku, axis, value) && spu.axes.every(other => other.name === axis || choice[other.name] === undefined || has(sku, other.name, choice[other.name]!)),
  )
  if (matching.length === 0) return 'absent'
  return matching.some(sku => inStock(live, sku.id)) ? 'open' : 'soldOut'
}

/** Every value of every axis, and whether it goes together with what is chosen on the other axes. */
export function possibilities(spu: Variants, live: Live | null, choice: Choice): AxisShown[] {
  return spu.axes.map(axis => ({
    name: axis.name,
    values: axis.values.map(value => ({
      value,
      chosen: choice[axis.name] === value,
      standing: standing(spu, live, choice, axis.name, value),
    })),
  }))
}

/** Chooses on each open axis the value that is the only one possible, until nothing follows any more. */
export function settle(spu: Variants, live: Live | null, choice: Choice): Choice {
  let settled = choice
  for (let again = true; again; ) {
    again = false
    for (const axis of possibilities(spu, live, settled)) {
      if (settled[axis.name] !== undefined) continue
      const existing = axis.values.filter(one => one.standing !== 'absent')
      const open = existing.filter(one => one.standing === 'open')
      // A product in one variant shows it, sold out or not.
      const only = open.length === 1 ? open[0] : existing.length === 1 ? existing[0] : undefined
      if (!only) continue
      settled = { ...settled, [axis.name]: only.value }
      again = true
    }
  }
  return settled
}

/** A tap on a value: chooses it, or takes it back. What it does not go together with is never chosen. */
export function tap(spu: Variants, live: Live | null, choice: Choice, axis: string, value: string): Choice {
  if (choice[axis] === value) return Object.fromEntries(Object.entries(choice).filter(([name]) => name !== axis))
  if (standing(spu, live, choice, axis, value) !== 'open') return choice
  return settle(spu, live, { ...choice, [axis]: value })
}

/** Price of one as it is right now. */
export function priceOf(live: Live | null, sku: DetailSku): number {
  return liveOf(live, sku.id)?.price_fen ?? sku.price_fen
}

/** The cheapest variant that can be bought (or the cheapest at all), and whether others cost more. */
export function cheapest(spu: Variants, live: Live | null): { sku: DetailSku; several: boolean } | null {
  const open = spu.skus.filter(sku => inStock(live, sku.id))
  const among = open.length ? open : spu.skus
  const first = among[0]
  if (!first) return null
  const sku = among.reduce((low, one) => (priceOf(live, one) < priceOf(live, low) ? one : low), first)
  return { sku, several: among.some(one => priceOf(live, one) !== priceOf(live, sku)) }
}

/** How many may be asked for: what is left where the mall says it. */
export function most(live: Live | null, skuId: string | null | undefined): number {
  const sku = liveOf(live, skuId)
  if (!sku) return MOST_PIECES
  return sku.in_stock ? Math.min(sku.left ?? MOST_PIECES, MOST_PIECES) : 0
}

/** `咖啡 / 37` */
export function specWords(specs: readonly { value: string }[]): string {
  return specs.map(spec => spec.value).join(' / ')
}
