// What became of a claim: asked as often as the mall likes while somebody looks, until nothing changes any more.
import { computed, onMounted } from 'vue'
import type { SeckillTicket } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { isFinal } from '@/pages/seckill/sale'
import { useReturn } from '@/parts/back'
import { heard, useCountdown } from '@/parts/clock'
import { useLoad } from '@/parts/load'
import { usePoll } from '@/parts/poll'

/** An order that waits for money changes by its shopper's hand, or when its time is over: no need to hurry. */
export const WON_MS = 5_000
const LEAST_MS = 500

export function useTicket(ticket: string) {
  const load = useLoad<SeckillTicket>(() => call(mall.GET('/api/v1/seckill/tickets/{ticket}', { params: { path: { ticket } } })))
  const item = useLoad(async () => {
    const answer = await call(mall.GET('/api/v1/seckill/items/{id}', { params: { path: { id: load.data.value?.item_id ?? '' } } }))
    heard(answer.now)
    return answer
  })
  const now = computed(() => load.data.value)
  const left = useCountdown(() => (now.value?.state === 'won' ? now.value.pay_until : null))

  const poll = usePoll(async () => {
    await load.load()
    if (load.error.value) throw load.error.value
    const claim = now.value
    // What it was for: when the session is over nobody knows any more, and the page does without.
    if (!item.data.value && !isFault(item.error.value, 'not_found')) void item.load()
    return !claim || isFinal(claim.state) ? null : Math.max(claim.state === 'won' ? WON_MS : LEAST_MS, claim.poll_ms)
  }, 1_000)
  onMounted(poll.start)
  // Back from paying: it may be settled.
  useReturn(() => now.value?.state === 'won' && poll.start())

  return { ticket: now, item: item.data, state: load.state, error: load.error, left, failing: poll.failing, start: poll.start }
}
