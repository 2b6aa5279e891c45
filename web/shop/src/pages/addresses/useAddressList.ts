// The shopper's addresses with what can be done to each.
import { ref } from 'vue'
import type { AddressBody, AddressShown } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { useAddresses } from '@/parts/addresses'
import { complain } from '@/parts/toast'

export function useAddressList() {
  const list = useAddresses()
  /** The one that is being changed; others wait. */
  const busy = ref<string | null>(null)

  async function change(id: string, act: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = id
    try {
      await act()
      await list.load()
      return true
    } catch (error) {
      complain(error)
      // Deleted elsewhere: show what is there.
      if (isFault(error, 'not_found')) await list.load()
      return false
    } finally {
      busy.value = null
    }
  }

  return {
    ...list,
    busy,
    remove: ({ id }: AddressShown) => change(id, () => call(mall.DELETE('/api/v1/addresses/{id}', { params: { path: { id } } }))),
    /** An address is replaced whole, so it is read in plain first: the shown one is masked. */
    makeDefault: ({ id }: AddressShown) =>
      change(id, async () => {
        const params = { path: { id } }
        const { name, phone, province, city, district, detail, tag } = await call(mall.GET('/api/v1/addresses/{id}/plain', { params }))
        const body: AddressBody = { name, phone, province, city, district, detail, tag: tag ?? null, is_default: true }
        await call(mall.PUT('/api/v1/addresses/{id}', { params, body }))
      }),
  }
}
