import type { LocationQuery } from 'vue-router'
import { describe, expect, it } from 'vitest'
import { filterCount, keyOf, listedKey, NO_FILTERS, priceRange, rangeLabel, readQuery, searchQuery, writeQuery, type Asked } from './query'

const full: Asked = {
  q: '保温杯 大',
  front: '31',
  category: '9007199254740993001',
  brand: ['1'],
  fresh: true,
  title: '居家 & 生活',
  within: '12',
  brands: ['7', '118107131785249792'],
  attrs: ['颜色:奶白', '容量:500ml:大'],
  min: 0,
  max: 9999,
  inStock: true,
  sort: 'price_desc',
}
/** Through a real address, as the browser keeps it. */
function throughAddress(asked: Asked): LocationQuery {
  const address = new URLSearchParams()
  for (const [name, value] of Object.entries(writeQuery(asked))) for (const one of [value].flat()) address.append(name, String(one))
  const query: Record<string, string | string[]> = {}
  for (const name of new Set(address.keys())) {
    const values = address.getAll(name)
    query[name] = values.length > 1 ? values : (values[0] ?? '')
  }
  return query
}

describe('the address of a list', () => {
  it('keeps everything, both ways', () => {
    expect(readQuery(throughAddress(full))).toEqual(full)
  })

  it('says nothing about what is not set', () => {
    const empty = readQuery({})
    expect(writeQuery(empty)).toEqual({})
    expect(readQuery(throughAddress(empty))).toEqual(empty)
    expect(writeQuery({ ...empty, q: '茶', inStock: true })).toEqual({ q: '茶', stock: '1' })
  })

  it('survives addresses written by anybody', () => {
    const odd = readQuery({
      q: ['  a   b  ', 'c'],
      category: '1; drop',
      brand: ['5', '5', 'x', null],
      attr: ['颜色', ':白', '颜色:', '颜色:白'],
      min: '900',
      max: '100',
      sort: 'cheapest',
      stock: 'yes',
      front: '-1',
    })
    expect(odd).toMatchObject({ q: 'a b', category: null, brand: ['5'], attrs: ['颜色:白'], min: 100, max: 900, sort: 'relevance', inStock: false, front: null })
    expect(readQuery({ min: '1e3', max: '-5' })).toMatchObject({ min: null, max: null })
  })

  it('is the same question in whatever order it was chosen, and another one with another filter', () => {
    const turned = { ...full, brands: [...full.brands].reverse(), attrs: [...full.attrs].reverse(), title: 'other words' }
    expect(keyOf(turned)).toBe(keyOf(full))
    expect(keyOf({ ...full, sort: 'sales' })).not.toBe(keyOf(full))
    expect(keyOf({ ...full, inStock: false })).not.toBe(keyOf(full))
  })

  it('lists the same while it is only narrowed', () => {
    expect(listedKey({ ...full, ...NO_FILTERS, sort: 'sales' })).toBe(listedKey(full))
    expect(listedKey({ ...full, q: '茶' })).not.toBe(listedKey(full))
  })
})

describe('the question to the search', () => {
  it('asks for what stands behind a front category, and for less when it is narrowed', () => {
    const asked = { ...readQuery({ front: '31' }), inStock: true }
    const front = { categories: ['4', '5'], fresh: false }
    expect(searchQuery(asked, front)).toEqual({ category: ['4', '5'], in_stock: true })
    expect(searchQuery({ ...asked, within: '5' }, front).category).toEqual(['5'])
    expect(searchQuery(asked, { categories: [], fresh: true })).toEqual({ new: true, in_stock: true })
  })

  it('prefers chosen brands to the listed one', () => {
    const asked = readQuery({ brand: '1' })
    expect(searchQuery(asked, null).brand).toEqual(['1'])
    expect(searchQuery({ ...asked, brands: ['2'] }, null).brand).toEqual(['2'])
  })
})

it('counts a price range once', () => {
  expect(filterCount({ ...NO_FILTERS, min: 100, max: 900, attrs: ['a:b', 'c:d'] })).toBe(3)
  expect(filterCount(NO_FILTERS)).toBe(0)
})

it('reads ranges as shoppers do', () => {
  const above = (n: string) => `${n}+`
  expect(rangeLabel(5000, 9999, above)).toBe('¥50–100')
  expect(rangeLabel(null, 1250, above)).toBe('¥0–12.50')
  expect(rangeLabel(200000, null, above)).toBe('¥2000+')
  expect(priceRange(900, 100)).toEqual({ min: 100, max: 900 })
})
