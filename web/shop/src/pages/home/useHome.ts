// What the home page shows: what came with the document, kept fresh without anybody noticing.
import { onActivated, onBeforeUnmount, onDeactivated, onMounted } from 'vue'
import type { Home, HomeSection } from '@shangpin/api'
import { call, mall } from '@/mall'
import { useLoad, type Loaded } from '@/parts/load'

/** Older than this it is read again when somebody looks. */
export const FRESH_MS = 60_000

/** The page's data as the server put it into the document; null when it is absent or not whole. */
export function homeInDocument(): Home | null {
  const text = document.getElementById('mall-home')?.textContent
  if (!text) return null
  try {
    const home = JSON.parse(text) as Partial<Home> | null
    const whole = Array.isArray(home?.banners) && Array.isArray(home.shortcuts) && Array.isArray(home.sections)
    return whole ? (home as Home) : null
  } catch {
    return null
  }
}

/** Where an operator's link leads: always inside the shop, and a search leads to what is found and not to the field. */
export function shopLink(link: string | null | undefined): string {
  if (!link || !/^\/(?![/\\])/.test(link)) return '/'
  return link.replace(/^\/search\?(?=(?:.*&)?q=[^&])/, '/list?')
}

/** Sections that have something to show; what grows without end comes last. */
export function sectionsToShow(home: Home | null): HomeSection[] {
  const sections = home?.sections ?? []
  const grows = sections.filter(one => one.kind === 'recommended').slice(0, 1)
  return [...sections.filter(one => one.kind !== 'recommended' && (one.items.length > 0 || one.brands.length > 0)), ...grows]
}

export interface HomeData extends Loaded<Home> {
  /** Reads again when it has grown old; quiet when that fails and there is something to show. */
  freshen(): Promise<void>
}

export function useHome(): HomeData {
  const home = useLoad(() => call(mall.GET('/api/v1/home')))
  const given = homeInDocument()
  let readAt = 0
  if (given) {
    home.data.value = given
    home.state.value = 'ready'
    readAt = performance.timeOrigin
  }

  let running: Promise<void> | null = null
  function load(): Promise<void> {
    running ??= home
      .load()
      .then(() => {
        if (home.error.value === null) readAt = Date.now()
      })
      .finally(() => {
        running = null
      })
    return running
  }
  async function freshen(): Promise<void> {
    if (Date.now() - readAt > FRESH_MS) await load()
  }

  let shown = true
  const look = () => {
    if (shown && document.visibilityState === 'visible') void freshen()
  }
  onMounted(() => document.addEventListener('visibilitychange', look))
  onBeforeUnmount(() => document.removeEventListener('visibilitychange', look))
  onActivated(() => {
    shown = true
    look()
  })
  onDeactivated(() => {
    shown = false
  })
  void freshen()

  return { ...home, load, freshen }
}
