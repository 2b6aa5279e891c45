// What was searched for on this phone. It never leaves it.
import { ref, type Ref } from 'vue'
import { kept } from '@/app/settings'

const PLACE = 'mall.searched'
export const MOST = 20
const LONGEST = 100

function read(): string[] {
  try {
    const list: unknown = JSON.parse(kept.read(PLACE) ?? '[]')
    return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string' && one !== '').slice(0, MOST) : []
  } catch {
    return []
  }
}

/** As words are compared and sent: one blank between, none around, not too long. */
export function tidy(words: string): string {
  return words.replace(/\s+/g, ' ').trim().slice(0, LONGEST).trim()
}

const searched = ref(read())
function keep(list: string[]): void {
  searched.value = list
  kept.write(PLACE, list.length ? JSON.stringify(list) : null)
}
const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

export interface SearchHistory {
  /** Latest first. */
  searched: Ref<readonly string[]>
  /** Moves it to the front, or puts it there. */
  remember(words: string): void
  forget(words: string): void
  forgetAll(): void
}

/** Reads what is kept: another tab may have searched in between. */
export function useSearchHistory(): SearchHistory {
  searched.value = read()
  return {
    searched,
    remember(words) {
      const now = tidy(words)
      if (now) keep([now, ...read().filter(one => !same(one, now))].slice(0, MOST))
    },
    forget: words => keep(read().filter(one => one !== words)),
    forgetAll: () => keep([]),
  }
}
