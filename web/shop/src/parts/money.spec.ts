import { describe, expect, it } from 'vitest'
import { amountSold, yuan, yuanParts } from './money'

describe('money', () => {
  it.each([
    [0, '¥0'],
    [1, '¥0.01'],
    [10, '¥0.10'],
    [9900, '¥99'],
    [129905, '¥1299.05'],
    [-250, '-¥2.50'],
    [9007199254740991, '¥90071992547409.91'],
  ])('%d fen is %s', (fen, text) => expect(yuan(fen)).toBe(text))

  it('has its decimals apart', () => expect(yuanParts(4905)).toEqual(['49', '.05']))

  it('counts sales as shoppers read them', () => {
    expect(amountSold(9999)).toBe('9999')
    expect(amountSold(10_000)).toBe('1万+')
    expect(amountSold(23_456)).toBe('2.3万+')
    expect(amountSold(23_456, true)).toBe('23k+')
  })
})
