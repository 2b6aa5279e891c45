import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import type { FrontNode } from '@shangpin/api'
import { i18n } from '@/text'
import { categoriesOf, groupsOf, linkTo, readTree } from './tree'
import CategoriesPage from './Page.vue'

const node = (id: string, name: string, children: FrontNode[] = [], more: Partial<FrontNode> = {}): FrontNode => ({ id, name, flag: 'none', categories: [`9${id}`], children, ...more })
const tree = [
  node('1', '居家', [node('11', '床品', [node('111', '枕头'), node('112', '被子')]), node('12', '灯')]),
  node('2', '新品', [node('21', '穿搭新品', [], { flag: 'new' })], { flag: 'new' }),
]
let answers: (() => Response)[] = []
let asked = 0
let router: Router
let page: VueWrapper | null = null
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

async function open(path: string): Promise<void> {
  const other = { template: '<p>other</p>' }
  router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', component: other },
      { path: '/categories', name: 'categories', component: CategoriesPage },
      { path: '/list', name: 'list', component: other },
      { path: '/search', component: other },
    ],
  })
  await router.push(path)
  page = mount({ template: '<RouterView v-slot="{ Component }"><KeepAlive><component :is="Component" /></KeepAlive></RouterView>' }, { global: { plugins: [router, i18n] } })
  await flushPromises()
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  window.scrollTo = vi.fn() as typeof window.scrollTo
  asked = 0
  answers = []
  vi.stubGlobal('fetch', (request: Request) => {
    if (request.url.includes('/search')) return Promise.resolve(json({ items: [], total: 0, loosened: false }))
    asked++
    return Promise.resolve((answers.shift() ?? (() => json({ items: tree })))())
  })
})
afterEach(async () => {
  page?.unmount()
  page = null
  vi.setSystemTime(Date.now() + 10 * 60_000)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('shows what belongs to the chosen one and keeps the choice in the address and over a visit elsewhere', async () => {
  vi.setSystemTime(Date.now() + 60 * 60_000)
  await open('/categories')
  expect(page!.text()).toContain('枕头')
  await page!.findAll('.rail button')[1]!.trigger('click')
  await flushPromises()
  expect(page!.text()).toContain('穿搭新品')
  expect(page!.text()).not.toContain('枕头')
  expect(router.currentRoute.value.query).toEqual({ at: '2' })

  await router.push('/list')
  await router.push('/categories')
  await flushPromises()
  expect(page!.find('[aria-current]').text()).toBe('新品')
})

it('begins with the first when the address names one that is gone', async () => {
  vi.setSystemTime(Date.now() + 2 * 60 * 60_000)
  await open('/categories?at=77')
  expect(page!.find('[aria-current]').text()).toBe('居家')
})

it('can be tried again after a failure', async () => {
  vi.setSystemTime(Date.now() + 3 * 60 * 60_000)
  answers = [() => json({ code: 'busy', title: '人太多了', status: 503 }, 503)]
  await open('/categories')
  await page!.find('[role=alert] button').trigger('click')
  await flushPromises()
  expect(page!.text()).toContain('枕头')
})

it('reads the tree once a minute for all pages', async () => {
  vi.setSystemTime(Date.now() + 4 * 60 * 60_000)
  await Promise.all([readTree(), readTree()])
  expect(asked).toBe(1)
  vi.setSystemTime(Date.now() + 61_000)
  await readTree()
  expect(asked).toBe(2)
})

it('knows what stands behind a node and where it leads', () => {
  expect(categoriesOf(tree[0]!)).toEqual(['91', '911', '9111', '9112', '912'])
  expect(linkTo(tree[0]!)).toEqual({ name: 'list', query: { front: '1' } })
  expect(linkTo(tree[1]!)).toEqual({ name: 'list', query: { new: '1', front: '2' } })
  expect(linkTo(node('3', '秒杀', [], { flag: 'seckill' }))).toEqual({ name: 'seckill' })
  expect(groupsOf(tree[0]!).map(group => [group.node?.name ?? null, group.tiles.map(one => one.name)])).toEqual([
    [null, ['灯']],
    ['床品', ['枕头', '被子']],
  ])
})
