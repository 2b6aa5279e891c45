// The ways to pay that are open; asked for once and kept, because they hardly ever change while somebody shops.
import { shallowRef } from 'vue'
import type { PayChannel } from '@shangpin/api'
import { language, type Language } from '@/app/settings'
import { call, mall } from '@/mall'

const known = shallowRef<{ language: Language; items: PayChannel[] } | null>(null)
let asking: Promise<PayChannel[]> | null = null

/** The open channels, in the order in which they are offered; their names are in the shopper's language. */
export async function payChannels(): Promise<PayChannel[]> {
  const now = language.value
  if (known.value?.language === now) return known.value.items
  asking ??= call(mall.GET('/api/v1/pay-channels'))
    .then(({ items }) => {
      // None open is for a moment only: asked again next time.
      known.value = items.length ? { language: now, items } : null
      return items
    })
    .finally(() => (asking = null))
  return asking
}
