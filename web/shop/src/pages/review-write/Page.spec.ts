import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { i18n } from '@/text'
import Page from './Page.vue'
import { lengthOf } from './useReviewWrite'

const pending = { order_id: '7', sku_id: '70', spu_id: '700', title: '马丁靴', specs: [{ name: '鞋码', value: '37' }], received_at: '2026-11-20T08:00:00Z' }
const own = { ...pending, id: '9', score: 5, text: '很好', pictures: [], anonymous: false, created_at: '2026-11-20T08:00:00Z', hidden: false, automatic: false, may_follow_up: true }

interface Seen {
  method: string
  path: string
  key: string | null
  body: unknown
}
let seen: Seen[] = []
let wrapper: VueWrapper
type Answers = (seen: Seen) => unknown

async function open(path: string, answers: Answers = () => undefined): Promise<void> {
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url)
    const text = request.method === 'GET' ? '' : await request.text()
    const one: Seen = { method: request.method, path: url.pathname, key: request.headers.get('Idempotency-Key'), body: text ? JSON.parse(text) : null }
    seen.push(one)
    const answer = await answers(one)
    if (answer instanceof Response) return answer
    if (answer !== undefined) return Response.json(answer)
    if (one.method === 'POST') return Response.json(own, { status: 201 })
    return Response.json({ items: one.path.endsWith('/pending') ? [pending] : [own] })
  })
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/reviews/write/:order/:sku', name: 'review-write', component: Page, props: true },
      { path: '/reviews/:id/follow-up', name: 'review-follow-up', component: Page, props: true },
      { path: '/reviews', name: 'reviews', component: { template: '<i />' } },
      { path: '/:rest(.*)*', component: { template: '<i />' } },
    ],
  })
  await router.push(path)
  wrapper = mount({ template: '<RouterView />' }, { global: { plugins: [router, i18n, createPinia()] }, attachTo: document.body })
  await flushPromises()
}
const posts = () => seen.filter(one => one.method === 'POST')
const submit = () => wrapper.find('.bottom-bar button').trigger('click')
const alerts = () => wrapper.findAll('[role=alert]').map(one => one.text())

describe('writing a review', () => {
  beforeEach(() => {
    seen = []
    sessionStorage.clear()
    setActivePinia(createPinia())
  })
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('asks for a score before it sends anything', async () => {
    await open('/reviews/write/7/70')
    await submit()
    expect(alerts()).toContain('请先为商品打分')
    expect(posts()).toHaveLength(0)
    await wrapper.findAll('input[type=radio]')[3]!.setValue(true)
    expect(alerts()).toEqual([])
  })

  it('refuses more than 500 characters, counted as people count', async () => {
    expect(lengthOf('好😀')).toBe(2)
    await open('/reviews/write/7/70')
    await wrapper.findAll('input[type=radio]')[4]!.setValue(true)
    await wrapper.find('textarea').setValue('😀'.repeat(501))
    await submit()
    expect(alerts()).toContain('最多 500 个字')
    expect(posts()).toHaveLength(0)
    await wrapper.find('textarea').setValue('😀'.repeat(500))
    await submit()
    await flushPromises()
    expect(posts()).toHaveLength(1)
  })

  it('is sent once however often the button is tapped, then thanks', async () => {
    let answer: (response: Response) => void = () => {}
    await open('/reviews/write/7/70', one => (one.method === 'POST' ? new Promise<Response>(done => (answer = done)) : undefined))
    await wrapper.findAll('input[type=radio]')[4]!.setValue(true)
    await wrapper.find('textarea').setValue('  很好  ')
    await Promise.all([submit(), submit(), submit()])
    await flushPromises()
    expect(posts()).toHaveLength(1)
    expect(posts()[0]).toMatchObject({ path: '/api/v1/reviews', body: { order_id: '7', sku_id: '70', score: 5, text: '很好', pictures: [], anonymous: false } })
    expect(wrapper.find('.bottom-bar button').attributes('disabled')).toBeDefined()
    answer(Response.json(own, { status: 201 }))
    await flushPromises()
    expect(wrapper.text()).toContain('评价成功')
    expect(wrapper.text()).toContain('马丁靴')
  })

  it('keeps its key when nobody answered', async () => {
    let first = true
    await open('/reviews/write/7/70', one => {
      if (one.method !== 'POST' || !first) return undefined
      first = false
      throw new TypeError('no network')
    })
    await wrapper.findAll('input[type=radio]')[4]!.setValue(true)
    await submit()
    await flushPromises()
    await submit()
    await flushPromises()
    expect(posts()).toHaveLength(2)
    expect(posts()[0]!.key).toBeTruthy()
    expect(posts()[1]!.key).toBe(posts()[0]!.key)
    expect(wrapper.text()).toContain('评价成功')
  })

  it('shows what the mall refuses beside its field', async () => {
    const errors = [{ pointer: '/text', code: 'readable', message: '含有不能显示的字符' }]
    await open('/reviews/write/7/70', one => (one.method === 'POST' ? Response.json({ code: 'invalid', status: 422, title: '填写的内容有误', request_id: '', errors }, { status: 422 }) : undefined))
    await wrapper.findAll('input[type=radio]')[0]!.setValue(true)
    await submit()
    await flushPromises()
    expect(wrapper.find('#text-wrong').text()).toBe('含有不能显示的字符')
  })

  it('says so when there is nothing to review any more', async () => {
    await open('/reviews/write/7/71')
    expect(wrapper.text()).toContain('这件商品现在不能评价')
    expect(wrapper.find('.bottom-bar').exists()).toBe(false)
  })

  it('a follow-up needs words, and asks for no score', async () => {
    await open('/reviews/9/follow-up')
    expect(wrapper.find('input[type=radio]').exists()).toBe(false)
    await submit()
    expect(alerts()).toContain('请填写追评内容')
    await wrapper.find('textarea').setValue('用了一个月，很结实')
    await submit()
    await flushPromises()
    expect(posts()).toMatchObject([{ path: '/api/v1/reviews/9/follow-up', body: { text: '用了一个月，很结实', pictures: [] } }])
  })
})
