import { describe, expect, it, vi } from 'vitest'
import { call, createMall, isFault, type TokenKeeper, type Tokens } from './index'

function house(answer: (request: Request) => Response | Promise<Response>, first: Tokens | null = { access_token: 'old', refresh_token: 'r1' }) {
  let kept = first
  const keeper: TokenKeeper = { read: () => kept, write: tokens => void (kept = tokens), alone: run => run() }
  const signedOut = vi.fn()
  const seen: string[] = []
  const mall = createMall({
    baseUrl: 'http://mall.test',
    keeper,
    deviceId: 'd',
    language: () => 'en',
    signedOut,
    fetch: async input => {
      const request = input as Request
      seen.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get('authorization') ?? '-'}`)
      return answer(request)
    },
  })
  return { mall, keeper, signedOut, seen }
}

const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
const problem = (status: number, code: string): Response => json(status, { title: code, status, code, request_id: 'r', errors: [] })
const isRefresh = (request: Request): boolean => request.url.endsWith('/sessions/refresh')

describe('the client', () => {
  it('refreshes once for all calls that wait, and sends each again with its body', async () => {
    const bodies: string[] = []
    const h = house(async request => {
      if (isRefresh(request)) return json(200, { access_token: 'new', refresh_token: 'r2' })
      if (request.headers.get('authorization') !== 'Bearer new') return problem(401, 'unauthenticated')
      bodies.push(await request.text())
      return json(200, { sku_id: '1', qty: 2, count: 1 })
    })
    await Promise.all([1, 2, 3, 4, 5].map(qty => call(h.mall.POST('/api/v1/cart/lines', { body: { sku_id: '1', qty } }))))
    expect(h.seen.filter(line => line.includes('refresh'))).toHaveLength(1)
    expect(bodies.map(body => (JSON.parse(body) as { qty: number }).qty).sort()).toEqual([1, 2, 3, 4, 5])
    expect(h.keeper.read()).toEqual({ access_token: 'new', refresh_token: 'r2' })
  })

  it('takes the tokens that another tab has fetched meanwhile', async () => {
    const h = house(request => (request.headers.get('authorization') === 'Bearer theirs' ? json(200, { count: 0 }) : problem(401, 'unauthenticated')))
    const asked = call(h.mall.GET('/api/v1/cart'))
    h.keeper.write({ access_token: 'theirs', refresh_token: 'r9' })
    await asked
    expect(h.seen.some(line => line.includes('refresh'))).toBe(false)
  })

  it('signs out when the refresh token is refused, and tells once', async () => {
    const h = house(() => problem(401, 'unauthenticated'))
    const both = await Promise.allSettled([call(h.mall.GET('/api/v1/cart')), call(h.mall.GET('/api/v1/users/me'))])
    expect(both.map(one => one.status === 'rejected' && isFault(one.reason, 'unauthenticated'))).toEqual([true, true])
    expect(h.keeper.read()).toBeNull()
    expect(h.signedOut).toHaveBeenCalledTimes(1)
  })

  it('keeps the session when the mall is busy', async () => {
    const h = house(request => (isRefresh(request) ? problem(503, 'unavailable') : problem(401, 'unauthenticated')))
    await expect(call(h.mall.GET('/api/v1/cart'))).rejects.toMatchObject({ status: 401 })
    expect(h.keeper.read()).not.toBeNull()
    expect(h.signedOut).not.toHaveBeenCalled()
  })

  it('does not take a wrong password for an ended session', async () => {
    const h = house(() => problem(401, 'credentials_wrong'))
    const login = { kind: 'password', account: 'a', password: 'b' } as const
    await expect(call(h.mall.POST('/api/v1/sessions', { body: { login, device: { name: 'x' } } }))).rejects.toMatchObject({ code: 'credentials_wrong' })
    expect(h.seen).toHaveLength(1)
  })

  it('calls silence by its name', async () => {
    const h = house(() => Promise.reject(new TypeError('failed to fetch')), null)
    await expect(call(h.mall.GET('/api/v1/home'))).rejects.toMatchObject({ code: 'network', status: 0, unanswered: true })
  })

  it('carries the data and the waiting time of a refusal', async () => {
    const h = house(() => new Response(JSON.stringify({ title: 'wait', status: 429, code: 'too_many_requests', request_id: 'x', errors: [] }), { status: 429, headers: { 'retry-after': '7', 'content-type': 'application/problem+json' } }), null)
    await expect(call(h.mall.GET('/api/v1/home'))).rejects.toMatchObject({ code: 'too_many_requests', retryAfter: 7, requestId: 'x' })
  })
})
