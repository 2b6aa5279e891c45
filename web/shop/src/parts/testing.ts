// For specs only: a mall that answers as told, and a page mounted in front of it.
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { createMemoryHistory, createRouter, type RouteRecordRaw, type Router } from 'vue-router'
import { vi } from 'vitest'
import { i18n } from '@/text'

export interface Asked {
  /** `PATCH cart/lines/70` */
  what: string
  query: URLSearchParams
  key: string | null
  // Bodies differ from call to call; specs compare them with what they expect.
  body: unknown
}
export type Answers = Record<string, unknown>

export const SILENCE = Symbol('nobody answers')

export function refusal(code: string, status: number, more: object = {}): Response {
  return Response.json({ code, status, title: code, request_id: 'r1', ...more }, { status })
}

/** Answers by `METHOD path`; a function is asked with the request and how often it came. What is not told is not found. */
export function stubMall(answers: Answers): Asked[] {
  const seen: Asked[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url)
    const text = await request.text()
    const one: Asked = {
      what: `${request.method} ${url.pathname.replace('/api/v1/', '')}`,
      query: url.searchParams,
      key: request.headers.get('Idempotency-Key'),
      body: text ? JSON.parse(text) : null,
    }
    seen.push(one)
    const told = answers[one.what]
    const answer: unknown = typeof told === 'function' ? await told(one, seen.filter(other => other.what === one.what).length) : told
    if (answer === SILENCE) throw new TypeError('failed to fetch')
    if (answer === undefined) return refusal('not_found', 404)
    if (answer instanceof Response) return answer.clone()
    return answer === null ? new Response(null, { status: 204 }) : Response.json(answer)
  })
  return seen
}

export async function openPage(routes: RouteRecordRaw[], path: string): Promise<{ wrapper: VueWrapper; router: Router }> {
  const blank = { template: '<i />' }
  const elsewhere = ['home', 'list', 'cart', 'pay', 'pay-result', 'orders', 'order', 'reviews']
    .filter(name => !routes.some(route => route.name === name))
    .map(name => ({ path: `/${name}/:id?`, name, component: blank }))
  const router = createRouter({ history: createMemoryHistory(), routes: [...routes, ...elsewhere, { path: '/:rest(.*)*', component: blank }] })
  await router.push(path)
  const wrapper = mount({ template: '<RouterView />' }, { global: { plugins: [router, i18n, createPinia()] }, attachTo: document.body })
  await flushPromises()
  return { wrapper, router }
}
