// What a person chose for this browser: language and theme.
import { ref, watch } from 'vue'

export type Language = 'zh-CN' | 'en'
export type Theme = 'auto' | 'light' | 'dark'

const LANGUAGE = 'mall.language'
const THEME = 'mall.theme'

/** Reads and writes that survive a browser which keeps nothing (private mode, full disk). */
export const kept = {
  read(key: string): string | null {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  },
  write(key: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(key)
      else localStorage.setItem(key, value)
    } catch {
      // The page works all the same; it will be forgotten with the tab.
    }
  },
}

export const language = ref<Language>(kept.read(LANGUAGE) === 'en' ? 'en' : 'zh-CN')
export const theme = ref<Theme>((['light', 'dark'] as const).find(t => t === kept.read(THEME)) ?? 'auto')

export function applyTheme(): void {
  const root = document.documentElement
  if (theme.value === 'auto') delete root.dataset.theme
  else root.dataset.theme = theme.value
  root.lang = language.value
}

watch(language, value => {
  kept.write(LANGUAGE, value)
  applyTheme()
})
watch(theme, value => {
  kept.write(THEME, value === 'auto' ? null : value)
  applyTheme()
})
