// Who is signed in, and what waits for them.
import { ref, shallowRef, watch } from 'vue'
import { call, isFault, mall } from '@/mall'
import { useReturn } from '@/parts/back'
import { useSession } from '@/session'

export interface Waiting {
  unpaid: number
  paid: number
  shipped: number
  review: number
}
const NONE: Waiting = { unpaid: 0, paid: 0, shipped: 0, review: 0 }

export function useMe() {
  const session = useSession()
  const waiting = ref<Waiting>({ ...NONE })
  const error = shallowRef<unknown>(null)

  /** A badge is no reason for an error: what does not come stays as it was. */
  async function count(): Promise<void> {
    const [orders, reviews] = await Promise.allSettled([call(mall.GET('/api/v1/orders/counts')), call(mall.GET('/api/v1/reviews/counts'))])
    if (!session.signedIn) return
    if (orders.status === 'fulfilled') {
      const { unpaid, paid, shipped } = orders.value
      Object.assign(waiting.value, { unpaid, paid, shipped })
    }
    if (reviews.status === 'fulfilled') waiting.value.review = reviews.value.pending
  }

  async function load(): Promise<void> {
    if (!session.signedIn) {
      waiting.value = { ...NONE }
      return
    }
    void count()
    try {
      error.value = null
      await session.load()
    } catch (cause) {
      if (!isFault(cause)) throw cause
      error.value = cause
    }
  }
  watch(() => session.signedIn, load, { immediate: true })
  useReturn(() => session.signedIn && void count())

  return { session, waiting, error, load }
}
