// Changing lines of the cart. Nothing is shown before the mall has said yes; of quick taps on one line the last number counts.
import { reactive, ref } from 'vue'
import type { CartView } from '@shangpin/api'
import { call, isFault, mall, type Fault } from '@/mall'

/** Why a line is not as it was asked to be. */
export type Note =
  | { kind: 'short'; available: number }
  /** Asked for when ordering: too few for the quantity that stands. */
  | { kind: 'lack'; available: number }
  | { kind: 'off_shelf' }
  | { kind: 'other'; fault: Fault; wanted: number }

interface Line {
  /** The number asked for last and not yet sent. */
  wanted: number | null
  busy: boolean
  note: Note | null
}

export interface LinesHost {
  /** The cart as it is shown. */
  shown(): CartView | null
  /** Shows another cart, as far as the mall has said so. */
  show(cart: CartView): void
  /** Reads the cart again; does not throw. */
  reload(): Promise<void>
}

export function reasonOf(fault: Fault, wanted: number): Note {
  if (fault.code === 'off_shelf') return { kind: 'off_shelf' }
  const available = fault.problem.available
  if (fault.code === 'out_of_stock' && typeof available === 'number') return { kind: 'short', available }
  return { kind: 'other', fault, wanted }
}

export function useLines(host: LinesHost) {
  const known = reactive(new Map<string, Line>())
  /** Changes on their way: the total is not the last word until they are through. */
  const under = ref(0)

  function of(sku: string): Line {
    if (!known.has(sku)) known.set(sku, { wanted: null, busy: false, note: null })
    return known.get(sku)!
  }

  function alter(change: (line: CartView['lines'][number]) => CartView['lines'][number] | null): void {
    const cart = host.shown()
    if (!cart) return
    host.show({ ...cart, lines: cart.lines.flatMap(line => change(line) ?? []) })
  }

  async function during<T>(run: () => Promise<T>): Promise<T> {
    under.value++
    try {
      return await run()
    } finally {
      await host.reload()
      under.value--
    }
  }

  /** Another quantity. While one is on its way, the latest wish waits; those between are never sent. */
  async function change(sku: string, qty: number): Promise<void> {
    const line = of(sku)
    line.wanted = qty
    if (line.busy) return
    line.busy = true
    try {
      // A tap while the cart is read again begins another round.
      while (line.wanted !== null) await during(() => sendAll(sku, line))
    } finally {
      line.busy = false
    }
    const stands = host.shown()?.lines.find(one => one.sku_id === sku)?.qty
    // Silence that turns out to have been a yes.
    if (line.note?.kind === 'other' && line.note.wanted === stands) line.note = null
  }

  async function sendAll(sku: string, line: Line): Promise<void> {
    while (line.wanted !== null) {
      const wanted = line.wanted
      line.wanted = null
      await send(sku, line, wanted)
    }
  }

  async function send(sku: string, line: Line, qty: number): Promise<void> {
    try {
      const answer = await call(mall.PATCH('/api/v1/cart/lines/{sku_id}', { params: { path: { sku_id: sku } }, body: { qty, checked: null } }))
      line.note = null
      alter(one => (one.sku_id === sku ? { ...one, qty: answer.qty } : one))
    } catch (error) {
      if (!isFault(error)) throw error
      line.note = reasonOf(error, qty)
    }
  }

  /** Selects lines, or not. */
  async function tick(skus: string[], checked: boolean): Promise<void> {
    await during(async () => {
      await call(mall.POST('/api/v1/cart/check', { body: { checked, skus } }))
      alter(one => (skus.includes(one.sku_id) ? { ...one, checked } : one))
    })
  }

  /** Takes lines out; gives how many could not be. */
  async function remove(skus: string[]): Promise<number> {
    let failed = 0
    let last: unknown = null
    await during(async () => {
      for (const sku of skus) {
        try {
          await call(mall.DELETE('/api/v1/cart/lines/{sku_id}', { params: { path: { sku_id: sku } } }))
          alter(one => (one.sku_id === sku ? null : one))
          known.delete(sku)
        } catch (error) {
          if (!isFault(error)) throw error
          failed++
          last = error
        }
      }
    })
    if (failed === 1 && skus.length === 1) throw last
    return failed
  }

  async function clearInvalid(): Promise<void> {
    await during(() => call(mall.DELETE('/api/v1/cart/invalid')))
  }

  return { of, under, change, tick, remove, clearInvalid }
}
