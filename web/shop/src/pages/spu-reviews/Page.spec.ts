import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { i18n } from '@/text'
import Page from './Page.vue'

const review = (id: string, more = {}) => ({ id, score: 5, text: `第 ${id} 条`, pictures: [], specs: [], author: { name: '小**花' }, created_at: '2026-11-02T10:00:00Z', automatic: false, ...more })
const summary = { count: 12, average_tenths: 43, good_percent: 83, scores: [1, 0, 1, 4, 6], with_pictures: 3, with_follow_up: 2 }

let wrapper: VueWrapper
let router: Router
let queries: string[] = []
async function open(path: string, lists: Record<string, unknown[]>, sum = summary): Promise<void> {
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url)
    if (url.pathname.endsWith('/summary')) return Response.json(sum)
    queries.push(url.search)
    return Response.json({ items: lists[url.searchParams.get('filter') ?? ''] ?? [] })
  })
  router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/spu/:id/reviews', component: Page, props: true }, { path: '/:rest(.*)*', component: { template: '<i />' } }] })
  await router.push(path)
  wrapper = mount({ template: '<RouterView />' }, { global: { plugins: [router, i18n, createPinia()] } })
  await flushPromises()
}

describe('reviews of a product', () => {
  beforeEach(() => (queries = []))
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('counts every kind: 4 and 5 stars are good, 1 and 2 bad', async () => {
    await open('/spu/9/reviews', { all: [review('1')] })
    expect(wrapper.findAll('.chip').map(one => one.text())).toEqual(['全部 12', '好评 10', '中评 1', '差评 1', '有图 3', '追评 2'])
    expect(wrapper.text()).toContain('4.3')
  })

  it('asks the mall for the chosen kind and keeps it in the address', async () => {
    await open('/spu/9/reviews', { all: [review('1')], bad: [review('2', { score: 1 })] })
    await wrapper.findAll('.chip')[3]!.trigger('click')
    await flushPromises()
    expect(queries.at(-1)).toContain('filter=bad')
    expect(wrapper.findAll('.review').map(one => one.find('.text').text())).toEqual(['第 2 条'])
    expect(router.currentRoute.value.query).toEqual({ filter: 'bad' })
  })

  it('opens at the kind that the address names', async () => {
    await open('/spu/9/reviews?filter=picture', { picture: [review('3')] })
    expect(queries[0]).toContain('filter=picture')
    expect(wrapper.find('.chip[aria-pressed=true]').text()).toBe('有图 3')
  })

  it('names what was not written by anybody', async () => {
    await open('/spu/9/reviews', { all: [review('4', { automatic: true, text: '' }), review('5', { text: '', reply: { text: '谢谢', created_at: '2026-11-02T10:00:00Z' }, follow_up: { text: '追', pictures: [], created_at: '2026-11-07T10:00:00Z' } })] })
    const [default_, bare] = wrapper.findAll('.review').map(one => one.text())
    expect(default_).toContain('系统默认好评')
    expect(default_).not.toContain('没有填写')
    expect(bare).toContain('此用户没有填写文字评价')
    expect(bare).toContain('5 天后追评')
    expect(bare).toContain('商家回复')
  })

  it('has words for a product that nobody reviewed', async () => {
    await open('/spu/9/reviews', {}, { ...summary, count: 0, scores: [0, 0, 0, 0, 0] })
    expect(wrapper.text()).toContain('还没有评价')
    expect(wrapper.find('.chip').exists()).toBe(false)
  })
})
