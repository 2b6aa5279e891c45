// What is in the cart, where it goes and what that costs. The total is the mall's, for the address that is shown.
import { computed, shallowRef } from 'vue'
import type { AddressShown, CartView, Quote } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { useAddresses } from '@/parts/addresses'
import { useLoad } from '@/parts/load'
import { useSession } from '@/session'
import { useLines } from './useLines'

interface Shown {
  cart: CartView
  quote: Quote | null
  /** The quote's freight is that of the address. */
  forAddress: boolean
}

export function useCart() {
  const session = useSession()
  const chosen = shallowRef<AddressShown | null>(null)
  const addresses = useAddresses()
  const address = computed(() => addresses.items.value.find(one => one.id === chosen.value?.id) ?? addresses.standard.value)

  const loaded = useLoad<Shown>(async () => {
    const [cart] = await Promise.all([call(mall.GET('/api/v1/cart')), addresses.state.value === 'ready' ? null : addresses.load()])
    session.cartCount = cart.count
    if (!cart.quote || !address.value) return { cart, quote: cart.quote ?? null, forAddress: false }
    try {
      const quote = await call(mall.POST('/api/v1/orders/quote', { body: { source: { kind: 'cart' }, address_id: address.value.id } }))
      return { cart, quote, forAddress: true }
    } catch (error) {
      if (!isFault(error)) throw error
      // Freight of a near province until it is known better; placing the order compares and asks.
      return { cart, quote: cart.quote, forAddress: false }
    }
  })

  const cart = computed(() => loaded.data.value?.cart ?? null)
  const quote = computed(() => loaded.data.value?.quote ?? null)
  const lines = useLines({
    shown: () => cart.value,
    show: next => {
      if (loaded.data.value) loaded.data.value = { ...loaded.data.value, cart: next }
    },
    reload: loaded.load,
  })

  const checked = computed(() => cart.value?.lines.filter(line => line.checked) ?? [])
  const pieces = computed(() => checked.value.reduce((sum, line) => sum + line.qty, 0))
  const allChecked = computed(() => checked.value.length > 0 && checked.value.length === cart.value?.lines.length)
  /** Rules that would apply with a little more. */
  const near = computed(() => quote.value?.rules.filter(rule => !rule.applied && (rule.missing_fen ?? 0) > 0) ?? [])

  async function sendTo(where: AddressShown): Promise<void> {
    chosen.value = where
    await addresses.load()
    await loaded.load()
  }
  /** Another tab, another page or another day may have changed both. */
  async function refresh(): Promise<void> {
    await addresses.load()
    await loaded.load()
  }

  return {
    state: loaded.state,
    error: loaded.error,
    cart,
    quote,
    forAddress: computed(() => loaded.data.value?.forAddress ?? false),
    addresses,
    address,
    lines,
    checked,
    pieces,
    allChecked,
    near,
    load: loaded.load,
    refresh,
    sendTo,
  }
}
