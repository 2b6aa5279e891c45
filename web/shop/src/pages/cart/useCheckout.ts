// What the cart's page does with an outcome: asks, names the line, leads on.
import { ref } from 'vue'
import { useRouter } from 'vue-router'
import type { PlaceOrder } from '@shangpin/api'
import { leaveTo } from '@/parts/leave'
import { yuan } from '@/parts/money'
import { sure } from '@/parts/sure'
import { complain, sentence, toast } from '@/parts/toast'
import { useWords } from '@/text'
import type { useCart } from './useCart'
import { reasonOf } from './useLines'
import { useSettle, type Outcome } from './useSettle'
import own from './words'

export function useCheckout(cart: ReturnType<typeof useCart>) {
  const router = useRouter()
  const { t } = useWords(own)
  const { busy, silent, settle } = useSettle()
  /** The line that stood in the way. */
  const blamed = ref<string | null>(null)

  async function send(body: PlaceOrder): Promise<void> {
    blamed.value = null
    const outcome = await settle(body)
    if (outcome) await react(outcome, body)
  }

  async function react(outcome: Outcome, body: PlaceOrder): Promise<void> {
    if (outcome.kind === 'placed') {
      const { order, payAt, fault } = outcome
      // Back from the channel leads to the order's payment, not to a cart that is empty by now.
      await router.push({ name: 'pay', params: { id: order.id } })
      if (payAt) leaveTo(payAt)
      else if (fault) toast(t('payLater', { why: sentence(fault) }))
      return
    }
    if (outcome.kind === 'price') {
      const { quote, was } = outcome
      void cart.load()
      const yes = await sure({
        title: t('priceTitle'),
        message: t('priceAsk', { was: yuan(was ?? quote.payable_fen), now: yuan(quote.payable_fen) }),
        yes: t('priceYes'),
        no: t('priceNo'),
      })
      if (yes) await send({ ...body, expected_payable_fen: quote.payable_fen })
      return
    }
    await cart.load()
    if (outcome.kind === 'line') {
      const line = cart.lines.of(outcome.sku)
      const note = reasonOf(outcome.fault, 0)
      line.note = note.kind === 'short' ? { kind: 'lack', available: note.available } : note
      blamed.value = outcome.sku
      complain(outcome.fault)
    } else if (outcome.kind === 'refused') {
      await refused(outcome.fault)
    }
  }

  async function refused(fault: Extract<Outcome, { kind: 'refused' }>['fault']): Promise<void> {
    if (fault.code === 'cart_empty') return toast(t('emptyNow'))
    if (fault.code === 'too_many_unpaid') {
      const yes = await sure({ title: t('unpaidTitle'), message: t('unpaidAsk'), yes: t('unpaidYes') })
      if (yes) await router.push({ name: 'orders', query: { tab: 'unpaid' } })
      return
    }
    if (fault.fields.some(field => field.pointer === '/address_id')) {
      toast(t('addressGone'))
      return cart.refresh()
    }
    complain(fault)
  }

  return { busy, silent, blamed, send }
}
