import { isFault } from '@/mall'

/** What is wrong with which field, by pointer: `{ '/phone': 'shape' }`. The page says it in its own words. */
export function fieldCodes(error: unknown): Record<string, string> {
  return isFault(error) ? Object.fromEntries(error.fields.map(field => [field.pointer, field.code])) : {}
}
