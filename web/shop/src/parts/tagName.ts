// The labels that the form offers are kept in Chinese, as all data; they are shown in the shopper's language.
import { useWords } from '@/text'
import addressWords from './addressWords'

export const TAGS = ['家', '公司', '学校'] as const
const WORDS = { 家: 'home', 公司: 'work', 学校: 'school' } as const

export function useTagName(): (tag: string) => string {
  const { t } = useWords(addressWords)
  return tag => (tag in WORDS ? t(WORDS[tag as keyof typeof WORDS]) : tag)
}
