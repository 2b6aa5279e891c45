import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { i18n } from '@/text'
import Page from './Page.vue'

const sku = (id: string, colour: string, price_fen: number) => ({ id, code: id, specs: [{ name: '颜色', value: colour }], price_fen, list_price_fen: 20000 })
const spu = {
  id: '9', version: 1, title: '马丁靴', subtitle: '', unit: '双', gallery: ['p/1'], details: [], categories: [], attributes: [], flags: [], listed_at: '2026-11-01T00:00:00Z',
  axes: [{ name: '颜色', values: ['黑', '白'] }],
  skus: [sku('91', '黑', 9900), sku('92', '白', 12900)],
}
const live = { id: '9', promotions: [], sales: 12, skus: [{ id: '91', price_fen: 9900, in_stock: true }, { id: '92', price_fen: 12900, in_stock: true, left: 3 }] }

let wrapper: VueWrapper
let router: Router
let calls: string[] = []
async function open(answers: Record<string, unknown> = {}): Promise<void> {
  const known: Record<string, unknown> = {
    'GET /api/v1/spus/9': spu,
    'GET /api/v1/spus/9/live': live,
    'GET /api/v1/promotions/freight': { title: '满 88.00 元包邮', base_fen: 1000, free_from_fen: 8800, far_extra_fen: 0, far_provinces: [] },
    'GET /api/v1/spus/9/reviews/summary': { count: 0, average_tenths: 0, good_percent: 0, scores: [0, 0, 0, 0, 0], with_pictures: 0, with_follow_up: 0 },
    'GET /api/v1/spus/9/reviews': { items: [] },
    'GET /api/v1/search': { items: [], total: 0 },
    ...answers,
  }
  vi.stubGlobal('fetch', async (request: Request) => {
    const what = `${request.method} ${new URL(request.url).pathname}`
    calls.push(what)
    const answer = known[what]
    if (answer === undefined) return Response.json({ code: 'not_found', status: 404, title: '没有找到', request_id: '' }, { status: 404 })
    return answer instanceof Response ? answer.clone() : Response.json(answer)
  })
  router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/spu/:id', name: 'spu', component: Page, props: true }, { path: '/sign-in', name: 'sign-in', component: { template: '<i />' } }, { path: '/:rest(.*)*', name: 'list', component: { template: '<i />' } }] })
  await router.push('/spu/9')
  wrapper = mount({ template: '<RouterView />' }, { global: { plugins: [router, i18n, createPinia()] }, attachTo: document.body })
  await flushPromises()
}
const sheet = () => document.querySelector('.sheet')!
const value = (name: string) => [...sheet().querySelectorAll<HTMLButtonElement>('.value')].find(one => one.textContent?.trim() === name)!

describe('a product', () => {
  beforeEach(() => {
    calls = []
    localStorage.clear()
    sessionStorage.clear()
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  })
  afterEach(() => {
    wrapper.unmount()
    document.body.innerHTML = ''
    vi.unstubAllGlobals()
  })

  it('leads to the flash sale that its chosen variant is in, else to the one that costs least, while it is not over', async () => {
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
    const sale = (id: string, sku_id: string, price_fen: number, ends: number) => ({ id, sku_id, spu_id: '9', title: '马丁靴', specs: [], price_fen, list_price_fen: 9900, quota: 9, left: 9, limit: 1, session: { id: '1', title: '', starts_at: at(-9), ends_at: at(ends), state: 'running' } })
    const strip = () => wrapper.find('.strip')
    await open({ 'GET /api/v1/seckill/of-spu/9': { items: [sale('5', '91', 6900, 9), sale('6', '92', 5900, 9), sale('7', '91', 100, -1)] } })
    expect(strip().attributes('href')).toBe('/seckill/items/6')
    expect(strip().text()).toContain('¥59')
    await wrapper.find('.tappable button').trigger('click')
    value('黑').click()
    await flushPromises()
    expect(strip().attributes('href')).toBe('/seckill/items/5')
    wrapper.unmount()
    await open({ 'GET /api/v1/seckill/of-spu/9': { items: [] } })
    expect(strip().exists()).toBe(false)
  })

  it('shows the lowest price, and that of the variant once one is chosen; nothing is read for it', async () => {
    await open()
    expect(wrapper.find('.summary .price').text()).toContain('¥99')
    await wrapper.find('.tappable button').trigger('click')
    await flushPromises()
    const before = calls.length
    value('白').click()
    await flushPromises()
    expect(wrapper.find('.summary .price').text()).toContain('¥129')
    expect(wrapper.find('.summary').text()).toContain('仅剩 3 件')
    expect(calls).toHaveLength(before)
  })

  it('greys a variant that is gone and says why', async () => {
    await open({ 'GET /api/v1/spus/9/live': { ...live, skus: [live.skus[0], { ...live.skus[1], in_stock: false, left: null }] } })
    await wrapper.find('.tappable button').trigger('click')
    await flushPromises()
    expect(value('白').disabled).toBe(true)
    expect(value('白').getAttribute('aria-label')).toBe('白，暂时缺货')
    // The only one left is chosen by itself.
    expect(value('黑').getAttribute('aria-pressed')).toBe('true')
  })

  it('cannot be bought when nothing is left', async () => {
    await open({ 'GET /api/v1/spus/9/live': { ...live, skus: live.skus.map(one => ({ ...one, in_stock: false })) } })
    const ways = wrapper.findAll('.buy-bar .ways button')
    expect(ways.map(one => [one.text(), one.attributes('disabled') !== undefined])).toEqual([['暂时缺货', true]])
  })

  it('leads a stranger to the sign-in page and back', async () => {
    await open()
    await wrapper.find('.buy-bar button[aria-pressed]').trigger('click')
    await flushPromises()
    expect(router.currentRoute.value.fullPath).toBe('/sign-in?to=/spu/9')
    expect(calls.some(one => one.startsWith('PUT'))).toBe(false)
  })

  it('that is not sold says so and leads on', async () => {
    await open({ 'GET /api/v1/spus/9': undefined })
    expect(wrapper.text()).toContain('商品不存在或已下架')
    expect(wrapper.find('.buy-bar').exists()).toBe(false)
  })

  it('that cannot be read right now can be asked for again', async () => {
    await open({ 'GET /api/v1/spus/9': Response.json({ code: 'unavailable', status: 503, title: '服务繁忙', request_id: 'r1' }, { status: 503 }) })
    expect(wrapper.text()).toContain('服务繁忙')
    const before = calls.filter(one => one === 'GET /api/v1/spus/9').length
    await wrapper.find('[role=alert] button').trigger('click')
    await flushPromises()
    expect(calls.filter(one => one === 'GET /api/v1/spus/9')).toHaveLength(before + 1)
  })
})
