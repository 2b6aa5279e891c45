// Pictures over the whole screen, to swipe and zoom. Loaded when the first one is opened.
import { nextTick } from 'vue'
import { i18n } from '@/text'
import { pictureUrl } from './picture'

/** Keys of the mall's pictures, or addresses of what this browser has itself (`blob:`). */
export async function preview(pictures: readonly string[], at = 0): Promise<void> {
  const [{ showImagePreview }] = await Promise.all([import('vant/es/image-preview'), import('vant/es/image-preview/style')])
  const before = document.activeElement
  const shown = showImagePreview({
    images: pictures.map(one => (/^(blob:|\/)/.test(one) ? one : pictureUrl(one, 1200))),
    startPosition: at,
    closeable: true,
    closeOnPopstate: true,
    onClose() {
      window.removeEventListener('keydown', onKey)
      if (before instanceof HTMLElement) before.focus({ preventScroll: true })
    },
  })
  function onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') shown?.close()
  }
  window.addEventListener('keydown', onKey)
  // Vant names neither the dialog nor its button.
  await nextTick()
  const dialog = document.querySelector('.van-image-preview')
  dialog?.setAttribute('aria-label', i18n.global.t('common.pictures'))
  dialog?.querySelector('[role="button"]')?.setAttribute('aria-label', i18n.global.t('common.close'))
}
