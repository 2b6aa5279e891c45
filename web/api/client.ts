// The one place that knows how to speak to the mall: language, tokens, one refresh for all waiting calls, faults.
// Must never know a page.
import createClient, { type Client, type Middleware } from 'openapi-fetch'
import { Fault } from './fault'
import type { paths, TokenPair } from './schema'

/** A pair of tokens as it is kept. */
export type Tokens = Pick<TokenPair, 'access_token' | 'refresh_token'>

/** Where tokens are kept: shared by all tabs of a browser. */
export interface TokenKeeper {
  read(): Tokens | null
  write(tokens: Tokens | null): void
  /** Runs alone among all tabs, so that two of them never refresh at once. */
  alone<T>(run: () => Promise<T>): Promise<T>
}

export interface MallOptions {
  baseUrl: string
  keeper: TokenKeeper
  /** Names this browser in the list of devices; the same as at sign-in. */
  deviceId: string
  /** `zh-CN` or `en`. */
  language(): string
  /** The mall no longer knows the shopper: tokens are gone. */
  signedOut(): void
  fetch?: typeof fetch
}

export type Mall = Client<paths>

const REFRESH = '/api/v1/sessions/refresh'
const withoutToken = new Set([REFRESH])

export function createMall(options: MallOptions): Mall {
  const send = options.fetch ?? ((request: Request) => fetch(request))
  const client = createClient<paths>({ baseUrl: options.baseUrl, fetch: (request: Request) => send(request).catch(() => Promise.reject(Fault.network())) })
  const copies = new WeakMap<Request, Request>()
  let refreshing: Promise<Tokens | null> | null = null

  const middleware: Middleware = {
    onRequest({ request, schemaPath }) {
      request.headers.set('Accept-Language', options.language())
      const tokens = options.keeper.read()
      if (tokens && !withoutToken.has(schemaPath)) {
        request.headers.set('Authorization', `Bearer ${tokens.access_token}`)
        // A body can be read once; the copy is for the second try.
        copies.set(request, request.clone())
      }
      return request
    },
    async onResponse({ request, response, schemaPath }) {
      const sent = request.headers.get('Authorization')
      if (response.status !== 401 || !sent || withoutToken.has(schemaPath)) return response
      // Signing in with a wrong password is a 401 too, and no reason to refresh.
      if (schemaPath === '/api/v1/sessions' && request.method === 'POST') return response
      const tokens = await fresh(sent)
      const copy = copies.get(request)
      if (!tokens || !copy) return response
      copy.headers.set('Authorization', `Bearer ${tokens.access_token}`)
      return send(copy).catch(() => Promise.reject(Fault.network()))
    },
  }
  client.use(middleware)

  /** Tokens newer than those a call was refused with; null when the shopper has to sign in again. */
  function fresh(refused: string): Promise<Tokens | null> {
    refreshing ??= options.keeper
      .alone(async () => {
        const kept = options.keeper.read()
        if (!kept) return null
        // Another tab was faster.
        if (`Bearer ${kept.access_token}` !== refused) return kept
        const { data, response } = await client.POST(REFRESH, {
          body: { refresh_token: kept.refresh_token, device_id: options.deviceId },
        })
        if (data) {
          options.keeper.write(data)
          return data
        }
        // Only a clear refusal ends the session; a busy mall does not.
        if (response.status !== 401) return null
        options.keeper.write(null)
        options.signedOut()
        return null
      })
      .finally(() => {
        refreshing = null
      })
    return refreshing
  }

  return client
}

/** The answer's body; a refusal or silence is thrown as a `Fault`. */
export async function call<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer
  if (!response.ok) throw Fault.of(response, error)
  return data as T
}
