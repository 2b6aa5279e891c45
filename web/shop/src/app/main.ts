import '@/design/tokens.css'
import '@/design/base.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { i18n } from '@/text'
import { applyTheme } from '@/app/settings'
import App from './App.vue'
import { router } from './router'

applyTheme()
const app = createApp(App).use(createPinia()).use(i18n).use(router)
/** How long what the server drew may keep the app waiting. */
const DRAWN_WITHIN_MS = 1000

/** The first picture is seen before the app takes its place: on a slow phone mounting takes longer than the picture. */
async function drawn(): Promise<void> {
  const picture = document.querySelector<HTMLImageElement>('.boot-banner img')
  if (!picture) return
  const late = new Promise<void>(done => window.setTimeout(done, DRAWN_WITHIN_MS))
  const seen = picture.decode().then(() => new Promise<void>(done => requestAnimationFrame(() => window.setTimeout(done))))
  await Promise.race([seen.catch(() => undefined), late])
}

// Mounting waits for the page: what the server drew stays until there is something better.
Promise.all([router.isReady(), drawn()]).then(() => app.mount('#app'))
