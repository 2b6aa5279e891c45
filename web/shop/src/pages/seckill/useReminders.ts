// Which pieces a shopper wants to be told of before they can be bought.
import { reactive } from 'vue'
import { call, isFault, mall } from '@/mall'
import { useSession } from '@/session'

export function useReminders() {
  const session = useSession()
  const wanted = reactive(new Set<string>())
  const busy = reactive(new Set<string>())

  /** Those that are set already; a list that does not come is no reason for an error. */
  async function load(): Promise<void> {
    if (!session.signedIn) return wanted.clear()
    try {
      const { items } = await call(mall.GET('/api/v1/seckill/reminders'))
      wanted.clear()
      items.forEach(id => wanted.add(id))
    } catch (error) {
      if (!isFault(error)) throw error
    }
  }

  /** Sets it or takes it back; says how it is then, or null when one is on its way already. */
  async function toggle(item_id: string): Promise<boolean | null> {
    if (busy.has(item_id)) return null
    const on = !wanted.has(item_id)
    busy.add(item_id)
    try {
      const params = { params: { path: { item_id } } }
      await call(on ? mall.PUT('/api/v1/seckill/reminders/{item_id}', params) : mall.DELETE('/api/v1/seckill/reminders/{item_id}', params))
      if (on) wanted.add(item_id)
      else wanted.delete(item_id)
      return on
    } finally {
      busy.delete(item_id)
    }
  }
  return { wanted, busy, load, toggle }
}
