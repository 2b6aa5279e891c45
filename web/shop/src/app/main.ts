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
// Mounting waits for the page: what the server drew stays until there is something better.
router.isReady().then(() => app.mount('#app'))
