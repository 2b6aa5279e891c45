import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { i18n } from '@/text'
import HomePage from './Page.vue'
import { FRESH_MS, sectionsToShow, shopLink } from './useHome'

const card = (title: string) => ({ spu_id: '5', title, subtitle: '', picture: null, price_fen: 100, list_price_fen: 100, in_stock: true, sales: 3, flags: [] })
const home = (title: string) => ({
  banners: [{ id: '1', picture: 'b/1', title: '换季 · 上新', link: '/list?new=1' }],
  shortcuts: [{ id: '1', name: '居家', link: '/list?front=3' }],
  sections: [
    { id: '9', kind: 'recommended', title: '为你推荐', subtitle: '', items: [], brands: [] },
    { id: '1', kind: 'new', title: '新品首发', subtitle: '', items: [card(title)], brands: [] },
    { id: '2', kind: 'picks', title: '空的', subtitle: '', items: [], brands: [] },
  ],
})
let answers: (() => Response)[] = []
let asked: string[] = []
let page: VueWrapper
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

async function open(): Promise<void> {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', name: 'list', component: HomePage }] })
  await router.push('/')
  page = mount({ template: '<RouterView v-slot="{ Component }"><KeepAlive><component :is="Component" /></KeepAlive></RouterView>' }, { global: { plugins: [router, i18n] } })
  await flushPromises()
}
function inDocument(text: string): void {
  const script = document.createElement('script')
  script.type = 'application/json'
  script.id = 'mall-home'
  script.textContent = text
  document.body.append(script)
}

beforeEach(() => {
  answers = []
  asked = []
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(new URL(request.url, 'http://mall.test').pathname)
    const answer = answers.shift()
    return answer ? Promise.resolve(answer()) : new Promise(() => {})
  })
})
afterEach(() => {
  page?.unmount()
  document.getElementById('mall-home')?.remove()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('shows what came with the document and asks for nothing', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: performance.timeOrigin + 1000 })
  inDocument(JSON.stringify(home('随页面来的')))
  await open()
  expect(page.text()).toContain('随页面来的')
  expect(asked).toEqual([])
})

it('shows an older one at once and quietly reads the new one', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: performance.timeOrigin + FRESH_MS + 1000 })
  inDocument(JSON.stringify(home('旧的')))
  await open()
  expect(page.text()).toContain('旧的')
  expect(asked).toEqual(['/api/v1/home'])
  page.unmount()
  answers = [() => json(home('新的'))]
  await open()
  expect(page.text()).toContain('新的')
})

it('keeps what it shows when the quiet reading fails', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: performance.timeOrigin + FRESH_MS + 1000 })
  inDocument(JSON.stringify(home('旧的')))
  answers = [() => json({ code: 'busy', title: '忙', status: 503 }, 503)]
  await open()
  expect(page.text()).toContain('旧的')
  expect(page.find('[role=alert]').exists()).toBe(false)
})

it.each(['{"banners":', 'null', '{"banners":[]}'])('asks when what came with the document is not whole: %s', async text => {
  inDocument(text)
  answers = [() => json(home('问来的'))]
  await open()
  expect(asked).toEqual(['/api/v1/home'])
  expect(page.text()).toContain('问来的')
})

it('shows the flash sale that runs, counted down by the clock, and asks for the next one when it is over', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: performance.timeOrigin + 1000 })
  const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
  const sale = (title: string, from: number, to: number) => ({ id: '8', title, starts_at: at(from), ends_at: at(to), items: [{ item_id: '81', spu_id: '5', title: '杯子', picture: null, price_fen: 2900, usual_price_fen: 5900 }] })
  inDocument(JSON.stringify({ ...home('一件'), seckill: sale('早场', 1, 4) }))
  answers = [() => new Response(null, { status: 503 }), () => json({ ...home('一件'), seckill: sale('午场', 60, 120) })]
  await open()
  const strip = () => page.find('.sale')
  expect(strip().text()).toContain('距开抢')
  expect(strip().find('li a').attributes('href')).toBe('/seckill/items/81')
  expect(strip().text()).toContain('¥59')
  vi.advanceTimersByTime(1500)
  await flushPromises()
  expect(strip().text()).toContain('距结束')
  vi.advanceTimersByTime(3000)
  await flushPromises()
  expect(asked.filter(path => path === '/api/v1/home')).toHaveLength(1)
  expect(strip().text()).toContain('午场')
})

it('has no strip when there is no flash sale', async () => {
  answers = [() => json(home('一件'))]
  await open()
  expect(page.find('.sale').exists()).toBe(false)
})

it('says what failed and can be tried again', async () => {
  answers = [() => json({ code: 'busy', title: '人太多了', status: 503 }, 503), () => json(home('第二次'))]
  await open()
  expect(page.find('[role=alert]').text()).toContain('人太多了')
  await page.find('[role=alert] button').trigger('click')
  await flushPromises()
  expect(page.text()).toContain('第二次')
})

it('leaves out empty sections and puts the endless one last', () => {
  expect(sectionsToShow(home('x') as Parameters<typeof sectionsToShow>[0]).map(one => one.kind)).toEqual(['new', 'recommended'])
})

it('stays inside the shop, and a search leads to what is found', () => {
  expect(shopLink('/spu/12')).toBe('/spu/12')
  expect(shopLink('/search?q=茶')).toBe('/list?q=茶')
  expect(shopLink('/search?x=1&q=茶')).toBe('/list?x=1&q=茶')
  expect(shopLink('/search')).toBe('/search')
  expect(shopLink('/search?q=')).toBe('/search?q=')
  for (const bad of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '', null]) expect(shopLink(bad)).toBe('/')
})
