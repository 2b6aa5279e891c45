// One short sentence over the page, read aloud by screen readers, gone after a moment.
import { shallowRef } from 'vue'
import { isFault } from '@/mall'
import { i18n } from '@/text'

const SHOWN_MS = 2600
let last = 0
export const toasts = shallowRef<{ id: number; text: string }[]>([])

export function toast(text: string): void {
  const id = ++last
  toasts.value = [...toasts.value.filter(one => one.text !== text), { id, text }].slice(-2)
  window.setTimeout(() => (toasts.value = toasts.value.filter(one => one.id !== id)), SHOWN_MS)
}

/** What a failure is called in front of a shopper: the mall's own sentence where there is one. */
export function sentence(error: unknown): string {
  const { t } = i18n.global
  if (!isFault(error)) return t('common.unknown')
  if (error.status === 0) return t(navigator.onLine ? 'common.network' : 'common.offline')
  // The words of a field's refusal are for programs; where it matters, a page says them in its own.
  return error.message || t(error.status === 503 ? 'common.busy' : 'common.unknown')
}

/** Shows a failure; what is no failure of the mall is a bug of ours and goes to the console as well. */
export function complain(error: unknown): void {
  if (!isFault(error)) console.error(error)
  toast(sentence(error))
}
