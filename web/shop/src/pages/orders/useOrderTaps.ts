// The buttons of an order: asks first, does it, says what came of it.
import { useRouter } from 'vue-router'
import { isFault } from '@/mall'
import { sure } from '@/parts/sure'
import { complain, toast } from '@/parts/toast'
import { useSession } from '@/session'
import { useWords } from '@/text'
import own from './actionWords'
import { useOrderActions } from './useOrderActions'

export function useOrderTaps(host: Parameters<typeof useOrderActions>[0]) {
  const router = useRouter()
  const session = useSession()
  const { t } = useWords(own)
  const actions = useOrderActions(host)

  async function cancel(id: string): Promise<void> {
    if (!(await sure({ message: t('cancelAsk'), yes: t('cancel'), no: t('cancelNo') }))) return
    try {
      if (await actions.cancel(id)) toast(t('cancelled'))
    } catch (error) {
      if (isFault(error, 'already_paid')) toast(t('paidMeanwhile'))
      else complain(error)
    }
  }
  async function receive(id: string): Promise<void> {
    if (!(await sure({ message: t('receiveAsk'), yes: t('receive'), no: t('receiveNo') }))) return
    try {
      if (await actions.receive(id)) toast(t('received'))
    } catch (error) {
      complain(error)
    }
  }
  async function again(id: string): Promise<void> {
    try {
      const all = await actions.again(id)
      void session.countCart()
      if (!all) return
      toast(t('againDone'))
      await router.push({ name: 'cart' })
    } catch (error) {
      complain(error)
    }
  }
  return { busy: actions.busy, leftOut: actions.leftOut, cancel, receive, again }
}
