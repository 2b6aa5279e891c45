// Starts to pay an order. The same attempt however often it is tapped, and after silence too.
import type { Channel } from '@shangpin/api'
import { call, mall } from '@/mall'
import { useOnce } from './once'

export function usePay() {
  const { busy, run } = useOnce('pay-order', (key, wish: { order: string; channel: Channel }) =>
    call(
      mall.POST('/api/v1/orders/{id}/pay', {
        params: { path: { id: wish.order }, header: { 'Idempotency-Key': key } },
        body: { channel: wish.channel },
      }),
    ),
  )
  return {
    busy,
    /** Where the shopper goes to pay. */
    start: async (order: string, channel: Channel): Promise<string> => (await run({ order, channel })).redirect_url,
  }
}
