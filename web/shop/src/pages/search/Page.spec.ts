import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { i18n } from '@/text'
import SearchPage from './Page.vue'
import { MOST, useSearchHistory } from './history'
import { PAUSE_MS, pieces } from './useSuggestions'

interface Asked {
  q: string
  signal: AbortSignal
  answer(...texts: string[]): Promise<void>
}
let asked: Asked[] = []
let router: Router
let page: VueWrapper
const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } })

async function open(path = '/search'): Promise<void> {
  const other = { template: '<p>other</p>' }
  router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', name: 'home', component: other },
      { path: '/search', name: 'search', component: SearchPage },
      { path: '/list', name: 'list', component: other },
    ],
  })
  await router.push(path)
  page = mount({ template: '<RouterView />' }, { global: { plugins: [router, i18n] }, attachTo: document.body })
  await flushPromises()
}
async function type(text: string): Promise<void> {
  await page.find('input').setValue(text)
}
async function pause(ms = PAUSE_MS): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
}
const shown = () => page.findAll('nav li').map(one => one.text())

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  localStorage.clear()
  useSearchHistory().forgetAll()
  vi.stubGlobal('fetch', (request: Request) => {
    const url = new URL(request.url, 'http://mall.test')
    if (url.pathname === '/api/v1/search/hot') return Promise.resolve(json({ items: [{ words: '保温杯' }] }))
    return new Promise<Response>(resolve => {
      asked.push({
        q: url.searchParams.get('q') ?? '',
        signal: request.signal,
        async answer(...texts) {
          resolve(json({ items: texts.map(text => ({ text, kind: 'words' })) }))
          await vi.advanceTimersByTimeAsync(0)
        },
      })
    })
  })
})
afterEach(() => {
  page?.unmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('suggestions', () => {
  it('wait for a pause in typing', async () => {
    await open()
    await type('电')
    await pause(PAUSE_MS - 1)
    await type('电动')
    await pause(PAUSE_MS - 1)
    expect(asked).toHaveLength(0)
    await pause(1)
    expect(asked.map(one => one.q)).toEqual(['电动'])
  })

  it('abort the older question, and never show its answer', async () => {
    await open()
    await type('电')
    await pause()
    await type('茶')
    expect(asked[0]!.signal.aborted).toBe(true)
    await pause()
    await asked[1]!.answer('茶壶')
    await asked[0]!.answer('电饭煲')
    expect(shown()).toEqual(['茶壶'])
  })

  it('are gone with the words that they were for', async () => {
    await open()
    await type('茶')
    await pause()
    await asked[0]!.answer('茶壶')
    await type('')
    expect(page.text()).not.toContain('茶壶')
    expect(page.text()).toContain('保温杯')
  })

  it('show which part was typed', () => {
    expect(pieces('Aiko 手冲壶', 'AI')).toEqual([{ text: 'Ai', hit: true }, { text: 'ko 手冲壶', hit: false }])
    expect(pieces('被子', 'bei')).toEqual([{ text: '被子', hit: false }])
  })
})

describe('searching', () => {
  it('leads to the list and is remembered', async () => {
    await open()
    await type('  手冲   壶 ')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(router.currentRoute.value.fullPath).toBe(`/list?q=${encodeURIComponent('手冲')}+${encodeURIComponent('壶')}`)
    expect(useSearchHistory().searched.value).toEqual(['手冲 壶'])
  })

  it('does nothing without words', async () => {
    await open()
    await type('   ')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(router.currentRoute.value.name).toBe('search')
  })

  it('takes a link with words for a search', async () => {
    await open('/search?q=茶')
    expect(router.currentRoute.value).toMatchObject({ name: 'list', query: { q: '茶' } })
  })
})

describe('what was searched for', () => {
  it('is kept latest first, each once, twenty at most, over reloads', () => {
    const { remember } = useSearchHistory()
    for (let i = 1; i <= MOST + 3; i++) remember(`词${i}`)
    remember(' 词5 ')
    remember('Tea')
    remember('tea')
    remember('   ')
    const now = useSearchHistory().searched.value
    expect(now).toHaveLength(MOST)
    expect(now.slice(0, 3)).toEqual(['tea', '词5', '词23'])
    expect(JSON.parse(localStorage.getItem('mall.searched') ?? '')).toEqual(now)
  })

  it('survives what it cannot read', () => {
    localStorage.setItem('mall.searched', '{"a":')
    expect(useSearchHistory().searched.value).toEqual([])
    localStorage.setItem('mall.searched', '["茶", 3, null, ""]')
    expect(useSearchHistory().searched.value).toEqual(['茶'])
  })

  it('is deleted one by one, and all after a question', async () => {
    const { remember } = useSearchHistory()
    for (const one of ['杯', '茶', '灯']) remember(one)
    await open()
    expect(page.text()).toContain('最近搜索')
    await page.find('[aria-label="管理"]').trigger('click')
    await page.find('[aria-label="删除“茶”"]').trigger('click')
    expect(useSearchHistory().searched.value).toEqual(['灯', '杯'])

    const all = () => page.findAll('button').find(one => one.text() === '全部删除')!
    await all().trigger('click')
    await vi.advanceTimersByTimeAsync(50)
    document.querySelector<HTMLElement>('.van-dialog__cancel')!.click()
    await vi.advanceTimersByTimeAsync(500)
    expect(useSearchHistory().searched.value).toHaveLength(2)
    await all().trigger('click')
    await vi.advanceTimersByTimeAsync(50)
    document.querySelector<HTMLElement>('.van-dialog__confirm')!.click()
    await vi.advanceTimersByTimeAsync(500)
    expect(useSearchHistory().searched.value).toEqual([])
    expect(page.text()).not.toContain('最近搜索')
  })
})
