// What shoppers say of a product: the sum of it, and the reviews one kind at a time.
import { computed, ref } from 'vue'
import { call, mall } from '@/mall'
import { useEndless, useLoad } from '@/parts/load'

export const FILTERS = ['all', 'good', 'middle', 'bad', 'picture', 'follow_up'] as const
export type Filter = (typeof FILTERS)[number]

export function asFilter(value: unknown): Filter {
  return FILTERS.find(one => one === value) ?? 'all'
}

export function useSpuReviews(id: string, first: Filter) {
  const filter = ref<Filter>(first)
  const summary = useLoad(() => call(mall.GET('/api/v1/spus/{id}/reviews/summary', { params: { path: { id } } })))
  const list = useEndless(cursor => call(mall.GET('/api/v1/spus/{id}/reviews', { params: { path: { id }, query: { filter: filter.value, cursor } } })))
  /** How many there are of each kind; the mall calls 4 and 5 stars good, 1 and 2 bad. */
  const counts = computed<Record<Filter, number> | null>(() => {
    const sum = summary.data.value
    if (!sum) return null
    const [one = 0, two = 0, three = 0, four = 0, five = 0] = sum.scores
    return { all: sum.count, good: four + five, middle: three, bad: one + two, picture: sum.with_pictures, follow_up: sum.with_follow_up }
  })
  async function choose(which: Filter): Promise<void> {
    if (which === filter.value) return
    filter.value = which
    list.items.value = []
    await list.restart()
  }
  async function load(): Promise<void> {
    await Promise.all([summary.load(), list.restart()])
  }
  return { filter, summary, list, counts, choose, load }
}
