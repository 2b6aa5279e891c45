// The sessions that can be seen, which one is looked at, and how far each piece is taken: read anew while somebody looks.
import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { call, mall } from '@/mall'
import { heard, useMallNow } from '@/parts/clock'
import { useLoad } from '@/parts/load'
import { usePoll } from '@/parts/poll'
import { phaseOf, sessionToShow } from './sale'

/** Pauses between questions: while something is sold, before that, and while there is nothing. */
export const RUNNING_MS = 6_000
export const UPCOMING_MS = 20_000
export const EMPTY_MS = 60_000

export function useSessions() {
  const route = useRoute()
  const router = useRouter()
  const now = useMallNow()
  const sessions = useLoad(async () => {
    const answer = await call(mall.GET('/api/v1/seckill/sessions'))
    heard(answer.now)
    return answer.items
  })
  const list = computed(() => (sessions.data.value ?? []).map(session => ({ session, phase: phaseOf(session, now.value) })))

  const poll = usePoll(async () => {
    await sessions.load()
    if (sessions.error.value) throw sessions.error.value
    if (list.value.some(one => one.phase === 'running')) return RUNNING_MS
    return list.value.length ? UPCOMING_MS : EMPTY_MS
  }, RUNNING_MS)

  // Stands in the address, so that it is still chosen after a reload or on the way back.
  const chosen = ref('')
  watch(
    () => (route.name === 'seckill' ? route.query.session : undefined),
    id => {
      if (typeof id === 'string') chosen.value = id
    },
    { immediate: true },
  )
  const shown = computed(() => sessionToShow(list.value, chosen.value))
  function choose(id: string): void {
    if (shown.value?.session.id === id) return
    chosen.value = id
    void router.replace({ name: 'seckill', query: { session: id } })
    window.scrollTo({ top: 0 })
  }

  // A session that has begun shows its progress at once, and one that has ended makes room.
  watch(
    () => list.value.map(one => `${one.session.id} ${one.phase}`).join(),
    (_, before) => before && poll.start(),
  )

  return { list, shown, now, choose, state: sessions.state, error: sessions.error, failing: poll.failing, start: poll.start }
}
