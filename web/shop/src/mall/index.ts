// The mall as this app speaks to it. Pages import `mall` and `call`, nothing else talks to the network.
import { createMall, type TokenKeeper, type Tokens } from '@shangpin/api'
import { kept, language } from '@/app/settings'

export { call, Fault, isFault } from '@shangpin/api'

const TOKENS = 'mall.tokens'
const DEVICE = 'mall.device'

let inMemory: Tokens | null = null
const listeners = new Set<(tokens: Tokens | null) => void>()

function parse(text: string | null): Tokens | null {
  try {
    const tokens = text ? (JSON.parse(text) as Partial<Tokens>) : null
    return tokens?.access_token && tokens.refresh_token ? { access_token: tokens.access_token, refresh_token: tokens.refresh_token } : null
  } catch {
    return null
  }
}

export const keeper: TokenKeeper = {
  read: () => parse(kept.read(TOKENS)) ?? inMemory,
  write(tokens) {
    inMemory = tokens
    kept.write(TOKENS, tokens && JSON.stringify({ access_token: tokens.access_token, refresh_token: tokens.refresh_token }))
    listeners.forEach(tell => tell(tokens))
  },
  alone: run => (navigator.locks ? (navigator.locks.request('mall.refresh', run) as ReturnType<typeof run>) : run()),
}

/** Tells when tokens come or go, in this tab or another one. */
export function onTokens(tell: (tokens: Tokens | null) => void): void {
  listeners.add(tell)
}

window.addEventListener('storage', event => {
  if (event.key !== TOKENS) return
  inMemory = null
  const tokens = parse(event.newValue)
  listeners.forEach(tell => tell(tokens))
})

function readDevice(): string {
  const known = kept.read(DEVICE)
  if (known) return known
  const id = crypto.randomUUID()
  kept.write(DEVICE, id)
  return id
}

/** Names this browser to the mall: the list of devices, and the lock-out that follows a device. */
export const deviceId = readDevice()

let signedOut: () => void = () => {}
/** What happens when the mall no longer knows the shopper. */
export function whenSignedOut(run: () => void): void {
  signedOut = run
}

export const mall = createMall({
  baseUrl: '',
  keeper,
  deviceId,
  language: () => language.value,
  signedOut: () => signedOut(),
})
