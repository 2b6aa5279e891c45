import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { i18n } from '@/text'
import Page from './Page.vue'

const pending = { order_id: '7', sku_id: '70', spu_id: '700', title: '马丁靴', specs: [], received_at: '2026-11-20T08:00:00Z' }
const own = (id: string, more = {}) => ({ ...pending, id, score: 5, text: '很好', pictures: [], anonymous: false, created_at: '2026-11-20T08:00:00Z', hidden: false, automatic: false, may_follow_up: false, ...more })

let wrapper: VueWrapper
let asked: string[] = []
async function open(path: string, written: unknown[] = []): Promise<void> {
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url)
    asked.push(url.pathname + url.search)
    return Response.json({ items: url.pathname.endsWith('/pending') ? [pending] : written })
  })
  const blank = { template: '<i />' }
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/reviews', name: 'reviews', component: Page },
      { path: '/reviews/write/:order/:sku', name: 'review-write', component: blank },
      { path: '/reviews/:id/follow-up', name: 'review-follow-up', component: blank },
      { path: '/:rest(.*)*', component: blank },
    ],
  })
  await router.push(path)
  wrapper = mount({ template: '<RouterView />' }, { global: { plugins: [router, i18n, createPinia()] } })
  await flushPromises()
}

describe('own reviews', () => {
  beforeEach(() => (asked = []))
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('lists what waits, of one order when it is asked for, and all of it again', async () => {
    await open('/reviews?order_id=7')
    expect(asked).toEqual(['/api/v1/reviews/pending?order_id=7'])
    expect(wrapper.find('.pending a.button').attributes('href')).toBe('/reviews/write/7/70')
    await wrapper.find('.scope button').trigger('click')
    await flushPromises()
    expect(asked.at(-1)).toBe('/api/v1/reviews/pending')
    expect(wrapper.find('.scope').exists()).toBe(false)
  })

  it('reads the other tab when it is first shown, and only then', async () => {
    await open('/reviews')
    for (const tab of ['written', 'pending', 'written']) {
      await wrapper.find(`#tab-${tab}`).trigger('click')
      await flushPromises()
    }
    expect(asked).toEqual(['/api/v1/reviews/pending', '/api/v1/reviews'])
  })

  it('offers a follow-up only where the mall allows one, and says what is hidden', async () => {
    await open('/reviews?tab=written', [own('1', { may_follow_up: true }), own('2', { hidden: true })])
    const links = wrapper.findAll('article').map(one => one.find('a.button').exists())
    expect(links).toEqual([true, false])
    expect(wrapper.findAll('article')[0]!.find('a.button').attributes('href')).toBe('/reviews/1/follow-up')
    expect(wrapper.findAll('article')[1]!.text()).toContain('仅自己可见')
  })
})
