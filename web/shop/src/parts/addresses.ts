// A shopper's addresses, as lists and sheets show them.
import { computed, type ComputedRef } from 'vue'
import type { AddressPlain, AddressShown } from '@shangpin/api'
import { call, mall } from '@/mall'
import { useLoad, type Loaded } from './load'

export interface Addresses extends Pick<Loaded<unknown>, 'state' | 'error' | 'load'> {
  /** The default one first, then the newest. */
  items: ComputedRef<AddressShown[]>
  /** The one that an order goes to unless another is chosen. */
  standard: ComputedRef<AddressShown | null>
}

/** Reads the shopper's addresses; `load()` starts it and repeats it. */
export function useAddresses(): Addresses {
  const list = useLoad(async () => {
    const { items } = await call(mall.GET('/api/v1/addresses'))
    return [...items].sort((a, b) => Number(b.is_default) - Number(a.is_default))
  })
  const items = computed(() => list.data.value ?? [])
  return { items, standard: computed(() => items.value[0] ?? null), state: list.state, error: list.error, load: list.load }
}

type Region = Pick<AddressShown | AddressPlain, 'province' | 'city' | 'district'>

/** `浙江省杭州市西湖区`, `北京市朝阳区`: a municipality is not named twice. */
export function regionLine(of: Region, between = ''): string {
  return [of.province, of.city === of.province ? '' : of.city, of.district].filter(Boolean).join(between)
}

/** Region and street in one line. */
export function addressLine(of: Region & { detail: string }): string {
  return `${regionLine(of)}${of.detail}`
}
