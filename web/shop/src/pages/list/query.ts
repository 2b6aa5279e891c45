// The whole state of a list stands in its address: what it lists, and what it is narrowed by. Both ways, and nothing else.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { operations } from '@shangpin/api'
import { yuan } from '@/parts/money'

export const SORTS = ['relevance', 'sales', 'newest', 'price_asc', 'price_desc'] as const
export type Sort = (typeof SORTS)[number]

/** What the shopper narrowed it by. */
export interface Filters {
  /** A category below the listed one. */
  within: string | null
  brands: string[]
  /** `name:value` */
  attrs: string[]
  min: number | null
  max: number | null
  inStock: boolean
}

/** What is listed, as a link says it; narrowing never changes it. */
export interface Listed {
  q: string
  front: string | null
  category: string | null
  brand: string[]
  fresh: boolean
  title: string
}

export interface Asked extends Listed, Filters {
  sort: Sort
}

export const NO_FILTERS: Filters = { within: null, brands: [], attrs: [], min: null, max: null, inStock: false }

type Value = LocationQuery[string] | undefined
const all = (value: Value): string[] => (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string')
const one = (value: Value): string => all(value)[0] ?? ''
const isId = (text: string) => /^\d{1,19}$/.test(text)
const ids = (value: Value): string[] => [...new Set(all(value).filter(isId))].slice(0, 50)
const id = (value: Value): string | null => ids(value)[0] ?? null
const HIGHEST_FEN = 100_000_000_000
const fen = (value: Value): number | null => {
  const text = one(value)
  return /^\d{1,12}$/.test(text) && Number(text) <= HIGHEST_FEN ? Number(text) : null
}

/** The lower one first, whichever way round they were written. */
export function priceRange(a: number | null, b: number | null): { min: number | null; max: number | null } {
  return a !== null && b !== null && a > b ? { min: b, max: a } : { min: a, max: b }
}

/** A range as shoppers read it: up to 49.99 is "up to 50". */
export function rangeLabel(min: number | null, max: number | null, above: (n: string) => string): string {
  if (max === null) return above(yuan(min ?? 0))
  return `${yuan(min ?? 0)}–${yuan(max % 100 === 99 ? max + 1 : max).slice(1)}`
}

export function readQuery(query: LocationQuery): Asked {
  const sort = one(query.sort)
  return {
    q: one(query.q).replace(/\s+/g, ' ').trim().slice(0, 100),
    front: id(query.front),
    category: id(query.category),
    brand: ids(query.brand),
    fresh: one(query.new) === '1',
    title: one(query.title).trim().slice(0, 40),
    within: id(query.within),
    brands: ids(query.by),
    attrs: [...new Set(all(query.attr).filter(text => /^[^:]+:./.test(text) && text.length <= 200))].slice(0, 20),
    ...priceRange(fen(query.min), fen(query.max)),
    inStock: one(query.stock) === '1',
    sort: SORTS.find(known => known === sort) ?? 'relevance',
  }
}

/** Only what is set, so that an address stays short. */
export function writeQuery(asked: Asked): LocationQueryRaw {
  const query: LocationQueryRaw = {
    q: asked.q,
    front: asked.front,
    category: asked.category,
    brand: asked.brand,
    new: asked.fresh ? '1' : null,
    title: asked.title,
    within: asked.within,
    by: asked.brands,
    attr: asked.attrs,
    min: asked.min?.toString(),
    max: asked.max?.toString(),
    stock: asked.inStock ? '1' : null,
    sort: asked.sort === 'relevance' ? null : asked.sort,
  }
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)))
}

/** The same question has the same key, in whatever order its parts were chosen. The title is no part of the question. */
export function keyOf(asked: Asked): string {
  const { title: _, ...question } = asked
  return JSON.stringify({ ...question, brand: [...asked.brand].sort(), brands: [...asked.brands].sort(), attrs: [...asked.attrs].sort() })
}

/** What is listed, without what narrows it. */
export function listedKey({ q, front, category, brand, fresh }: Asked): string {
  return JSON.stringify([q, front, category, [...brand].sort(), fresh])
}

export function filtersOf({ within, brands, attrs, min, max, inStock }: Asked): Filters {
  return { within, brands, attrs, min, max, inStock }
}

/** How many filters are chosen; a price range is one. */
export function filterCount(filters: Filters): number {
  const { within, brands, attrs, min, max, inStock } = filters
  return Number(within !== null) + brands.length + attrs.length + Number(min !== null || max !== null) + Number(inStock)
}

export type SearchQuery = NonNullable<operations['search_products']['parameters']['query']>

/** As the search asks for it. `categories` and `fresh` come from the front category, when that is what is listed. */
export function searchQuery(asked: Asked, front: { categories: string[]; fresh: boolean } | null): SearchQuery {
  const categories = asked.within ? [asked.within] : front ? front.categories : asked.category ? [asked.category] : []
  const brands = asked.brands.length ? asked.brands : asked.brand
  return {
    q: asked.q || undefined,
    category: categories.length ? categories : undefined,
    brand: brands.length ? brands : undefined,
    attr: asked.attrs.length ? asked.attrs : undefined,
    price_min_fen: asked.min ?? undefined,
    price_max_fen: asked.max ?? undefined,
    in_stock: asked.inStock || undefined,
    new: asked.fresh || front?.fresh || undefined,
    sort: asked.sort === 'relevance' ? undefined : asked.sort,
  }
}
