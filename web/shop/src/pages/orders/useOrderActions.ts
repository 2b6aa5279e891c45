// What a shopper may do with an order. The order as it is afterwards goes to the page that shows it.
import { ref, shallowRef } from 'vue'
import type { OrderDetail, OrderedLine } from '@shangpin/api'
import { call, isFault, mall, type Fault } from '@/mall'
import { useOnce } from '@/parts/once'

export type Action = 'cancel' | 'receive' | 'again'

/** A line that could not be bought again, and why. */
export interface LeftOut {
  line: OrderedLine
  fault: Fault
}

export function useOrderActions(host: {
  /** The order as it is now. */
  changed(order: OrderDetail): void
  /** It is not as it was thought to be: it is to be read again. */
  stale(id: string): void | Promise<void>
}) {
  /** The order something is being done with, and what. */
  const busy = ref<{ id: string; what: Action } | null>(null)
  const leftOut = shallowRef<{ lines: LeftOut[]; added: number } | null>(null)

  async function doing<T>(id: string, what: Action, run: () => Promise<T>): Promise<T | null> {
    if (busy.value) return null
    busy.value = { id, what }
    try {
      return await run()
    } catch (error) {
      if (isFault(error)) await host.stale(id)
      throw error
    } finally {
      busy.value = null
    }
  }

  async function cancel(id: string): Promise<OrderDetail | null> {
    return doing(id, 'cancel', async () => {
      const order = await call(mall.POST('/api/v1/orders/{id}/cancel', { params: { path: { id } } }))
      host.changed(order)
      return order
    })
  }

  async function receive(id: string): Promise<OrderDetail | null> {
    return doing(id, 'receive', async () => {
      const order = await call(mall.POST('/api/v1/orders/{id}/receive', { params: { path: { id } } }))
      host.changed(order)
      return order
    })
  }

  const adding = useOnce('order-again', async (key, id: string) => {
    const { lines } = await call(mall.GET('/api/v1/orders/{id}', { params: { path: { id } } }))
    const refused: LeftOut[] = []
    for (const line of lines) {
      try {
        // A key for each line: tried again after silence, none is put in twice.
        await call(
          mall.POST('/api/v1/cart/lines', {
            params: { header: { 'Idempotency-Key': `${key}:${line.sku_id}` } },
            body: { sku_id: line.sku_id, qty: line.qty },
          }),
        )
      } catch (error) {
        if (!isFault(error) || error.unanswered || error.status === 401) throw error
        refused.push({ line, fault: error })
      }
    }
    return { lines: refused, added: lines.length - refused.length }
  })

  /** Puts the order's lines into the cart; true when all are in it. */
  async function again(id: string): Promise<boolean> {
    const outcome = await doing(id, 'again', () => adding.run(id))
    leftOut.value = outcome?.lines.length ? outcome : null
    return outcome !== null && outcome.lines.length === 0
  }

  return { busy, leftOut, cancel, receive, again }
}
