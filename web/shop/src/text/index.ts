// Words in two languages. A page keeps its own words beside it (`words.ts`); what many pages say stands in `common.ts`.
import { createI18n } from 'vue-i18n'
import { watch } from 'vue'
import { language } from '@/app/settings'
import { common } from './common'

export const i18n = createI18n({
  legacy: false,
  locale: language.value,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': { common: common.zh }, en: { common: common.en } },
})
watch(language, value => {
  i18n.global.locale.value = value
})

const translate = i18n.global.t as unknown as (key: string, params: unknown) => string

/** A page's words: both languages have the same keys, or it does not compile. */
export function words<Zh extends Record<string, string>>(zh: Zh, en: { [K in keyof Zh]: string }): Own<Zh> {
  return { zh, en }
}

type Own<Zh extends Record<string, string>> = { zh: Zh; en: { [K in keyof Zh]: string } }
const spaces = new WeakMap<object, string>()
let lastSpace = 0

/** Each set of words has a space of its own: a component may use several, and what several components use is kept once. */
function spaceOf(own: Own<Record<string, string>>): string {
  let space = spaces.get(own)
  if (!space) {
    space = `own${++lastSpace}`
    spaces.set(own, space)
    i18n.global.mergeLocaleMessage('zh-CN', { [space]: own.zh })
    i18n.global.mergeLocaleMessage('en', { [space]: own.en })
  }
  return space
}

/**
 * `t('key', {n: 2})` from the page's own words, `c('key')` from those that all pages share.
 * Placeholders are `{n}`; a plural is `one item | {n} items` with `t('key', n)`.
 */
export function useWords<Zh extends Record<string, string>>(own: Own<Zh>) {
  const space = spaceOf(own as Own<Record<string, string>>)
  type Params = Record<string, unknown>
  return {
    t: (key: keyof Zh & string, params?: Params | number): string => translate(`${space}.${key}`, params ?? {}),
    c: (key: keyof typeof common.zh, params?: Params): string => translate(`common.${key}`, params ?? {}),
  }
}

/** Only the shared words. */
export function useCommon() {
  return { c: (key: keyof typeof common.zh, params: Record<string, unknown> = {}): string => translate(`common.${key}`, params) }
}
