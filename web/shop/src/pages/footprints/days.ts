// Footprints under the day on which they were left, in the shopper's own time zone. Pure.
import type { KeptSpu } from '@shangpin/api'

export interface Day {
  year: number
  month: number
  day: number
  /** Days before today: 0 is today. */
  ago: number
  items: KeptSpu[]
}

const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

export function byDay(items: readonly KeptSpu[], nowMs: number): Day[] {
  const days: Day[] = []
  const today = midnight(new Date(nowMs))
  for (const item of items) {
    const date = new Date(item.at)
    const last = days.at(-1)
    if (last && last.year === date.getFullYear() && last.month === date.getMonth() + 1 && last.day === date.getDate()) last.items.push(item)
    // Rounded: a day of summer time has 23 or 25 hours.
    else days.push({ year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate(), ago: Math.round((today - midnight(date)) / 86_400_000), items: [item] })
  }
  return days
}
