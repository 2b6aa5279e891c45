// "Are you sure?" — true when the person was.
import { showConfirmDialog } from 'vant'
import 'vant/es/dialog/style'
import { nextTick } from 'vue'
import { i18n } from '@/text'

export async function sure(question: { title?: string; message: string; yes?: string; no?: string }): Promise<boolean> {
  const { t } = i18n.global
  try {
    const answer = showConfirmDialog({
      title: question.title,
      message: question.message,
      confirmButtonText: question.yes ?? t('common.confirm'),
      cancelButtonText: question.no ?? t('common.cancel'),
      closeOnPopstate: true,
    })
    await nextTick()
    name(question.title ?? question.message)
    await answer
    return true
  } catch {
    // Vant rejects when the person chose the other button.
    return false
  }
}

/** Vant points at an element by the dialog's title, not by an id: without this the dialog has no name for screen readers. */
function name(label: string): void {
  document.querySelectorAll('.van-dialog').forEach(dialog => {
    dialog.removeAttribute('aria-labelledby')
    dialog.setAttribute('aria-label', label)
  })
}
