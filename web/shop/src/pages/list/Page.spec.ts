import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h, KeepAlive } from 'vue'
import { createMemoryHistory, createRouter, RouterView, type Router } from 'vue-router'
import { i18n } from '@/text'
import ListPage from './Page.vue'

interface Asked {
  url: URL
  answer(items: string[], more?: { total?: number; loosened?: boolean }): Promise<void>
  refuse(status: number): Promise<void>
}
let asked: Asked[] = []
const other = { template: '<p>other</p>' }
const tree = { items: [{ id: '31', name: '好眠床品', flag: 'none', categories: ['4'], children: [{ id: '32', name: '枕头', flag: 'none', categories: ['5'], children: [] }] }] }
const item = (title: string) => ({ spu_id: String(title.length), title, subtitle: '', picture: null, price_fen: 100, list_price_fen: 100, in_stock: true, sales: 0, flags: [] })
const facets = {
  categories: [],
  brands: [{ id: '7', name: '云麓', count: 3 }],
  prices: [{ min_fen: 0, max_fen: 4999, count: 2 }],
  attributes: [{ name: '颜色', values: [{ value: '奶白', count: 2 }, { value: '墨绿', count: 1 }] }],
}
const searches = () => asked.filter(one => one.url.pathname === '/api/v1/search')

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}

let router: Router
let page: VueWrapper
async function open(path: string): Promise<void> {
  router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', name: 'home', component: other },
      { path: '/list', name: 'list', component: ListPage },
      { path: '/search', name: 'search', component: other },
      { path: '/spu/:id', name: 'spu', component: other },
    ],
  })
  await router.push(path)
  const app = defineComponent(() => () => h(RouterView, null, { default: ({ Component }: { Component: unknown }) => h(KeepAlive, { include: ['ListPage'] }, [Component ? h(Component as typeof ListPage) : h('i')]) }))
  page = mount(app, { global: { plugins: [router, i18n] }, attachTo: document.body })
  await flushPromises()
}

beforeEach(() => {
  asked = []
  localStorage.clear()
  window.scrollTo = vi.fn() as typeof window.scrollTo
  vi.stubGlobal('fetch', (request: Request) => {
    const url = new URL(request.url, 'http://mall.test')
    if (url.pathname === '/api/v1/front-categories') return Promise.resolve(json(tree))
    if (url.pathname === '/api/v1/search/hot') return Promise.resolve(json({ items: [{ words: '保温杯' }] }))
    return new Promise<Response>(resolve => {
      asked.push({
        url,
        async answer(titles, more = {}) {
          resolve(json({ items: titles.map(item), total: more.total ?? titles.length, loosened: more.loosened ?? false, facets }))
          await flushPromises()
        },
        async refuse(status) {
          resolve(json({ code: 'busy', title: '人太多了', status, request_id: 'abc' }, status))
          await flushPromises()
        },
      })
    })
  })
})
afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})

it('asks what the address says and narrows in place, so that back leaves the list', async () => {
  await open('/')
  await router.push('/list?q=杯&by=7&max=4999')
  await flushPromises()
  const query = searches()[0]!.url.searchParams
  expect([query.get('q'), query.get('brand'), query.get('price_max_fen')]).toEqual(['杯', '7', '4999'])
  await searches()[0]!.answer(['白瓷杯'])
  expect(page.text()).toContain('云麓')

  await page.findAll('.sort-bar > button')[1]!.trigger('click')
  await flushPromises()
  expect(router.currentRoute.value.query).toMatchObject({ q: '杯', by: ['7'], max: '4999', sort: 'sales' })
  expect(searches()[1]!.url.searchParams.get('sort')).toBe('sales')

  router.back()
  await flushPromises()
  await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('home'))
})

it('never shows an older answer over a newer one', async () => {
  await open('/list?q=杯')
  await searches()[0]!.answer(['旧杯子'])
  await page.findAll('.sort-bar > button')[1]!.trigger('click')
  await flushPromises()
  await page.findAll('.sort-bar > button')[2]!.trigger('click')
  await flushPromises()
  const [, bySales, byNewest] = searches()
  await byNewest!.answer(['最新的杯子'])
  await bySales!.answer(['卖得最多的'])
  expect(page.text()).toContain('最新的杯子')
  expect(page.text()).not.toContain('卖得最多的')
})

it('is as it was when one comes back from a product, and asks anew for another question', async () => {
  await open('/list?q=杯')
  await searches()[0]!.answer(['白瓷杯'])
  await router.push('/spu/1')
  await flushPromises()
  expect(page.text()).toBe('other')
  router.back()
  await vi.waitFor(() => expect(page.text()).toContain('白瓷杯'))
  expect(searches()).toHaveLength(1)

  await router.push('/list?q=茶')
  await flushPromises()
  expect(searches()).toHaveLength(2)
  expect(page.text()).not.toContain('白瓷杯')
  await searches()[1]!.answer(['碧螺春'])
  // Back to the first question: its answer is still there.
  router.back()
  await vi.waitFor(() => expect(page.text()).toContain('白瓷杯'))
  expect(searches()).toHaveLength(2)
})

it('keeps what was shown while a filter is on its way, with its chip at once', async () => {
  await open('/list?q=杯')
  await searches()[0]!.answer(['白瓷杯'])
  await router.push({ path: '/list', query: { q: '杯', attr: '颜色:奶白' } })
  await flushPromises()
  expect(page.text()).toContain('白瓷杯')
  expect(page.find('.chosen').text()).toContain('奶白')
  await searches()[1]!.answer(['奶白杯子'])
  expect(page.text()).not.toContain('白瓷杯')
  await page.find('.chosen .chip').trigger('click')
  await flushPromises()
  expect(router.currentRoute.value.query).toEqual({ q: '杯' })
  expect(page.text()).toContain('白瓷杯')
})

it('finds all that stands behind a front category and is called after it', async () => {
  await open('/list?front=31')
  expect(searches()[0]!.url.searchParams.getAll('category')).toEqual(['4', '5'])
  await searches()[0]!.answer(['枕头'])
  expect(page.find('h1').text()).toBe('好眠床品')
})

it('does not list the whole mall for a front category that is gone', async () => {
  await open('/list?front=99')
  expect(searches()).toHaveLength(0)
  expect(page.text()).toContain('这里暂时没有商品')
})

it('says when it had to guess, and offers a way on when there is nothing', async () => {
  await open('/list?q=毛今')
  await searches()[0]!.answer(['毛巾'], { loosened: true })
  expect(page.text()).toContain('没有完全匹配“毛今”的商品')
  await router.push('/list?q=zzz')
  await flushPromises()
  await searches()[1]!.answer([])
  expect(page.text()).toContain('没有找到“zzz”')
  expect(page.text()).toContain('保温杯')
})

it('can be tried again after a failure', async () => {
  await open('/list?q=杯')
  await searches()[0]!.refuse(503)
  await page.find('[role=alert] button').trigger('click')
  await flushPromises()
  await searches()[1]!.answer(['白瓷杯'])
  expect(page.text()).toContain('白瓷杯')
})
