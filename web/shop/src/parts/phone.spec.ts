import { describe, expect, it } from 'vitest'
import { fitsMask, isPhone, phoneDigits, phoneLook } from './phone'

describe('a phone', () => {
  it.each([
    ['138 0013 8000', '13800138000'],
    ['+86 138-0013-8000', '13800138000'],
    ['008613800138000', '13800138000'],
    ['１３８００１３８０００', '13800138000'],
    ['138001380001', '13800138000'],
    ['86', '86'],
    ['abc', ''],
  ])('%s is kept as %s', (typed, kept) => expect(phoneDigits(typed)).toBe(kept))

  it('is shown 3-4-4, also while it is short', () => {
    expect(['', '138', '1380', '1380013', '13800138', '13800138000'].map(phoneLook)).toEqual(['', '138', '138 0', '138 0013', '138 0013 8', '138 0013 8000'])
  })
  it('has eleven digits of a mobile', () => {
    expect(['13800138000', '12800138000', '1380013800', '23800138000'].map(isPhone)).toEqual([true, false, false, false])
  })
  it('is compared with its mask', () => {
    expect(fitsMask('13800138000', '138****8000')).toBe(true)
    expect(fitsMask('13800138001', '138****8000')).toBe(false)
    expect(fitsMask('1380013800', '138****8000')).toBe(false)
  })
})
