import { flushPromises, type VueWrapper } from '@vue/test-utils'
import type { Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keeper } from '@/mall'
import { openPage, refusal, SILENCE, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'
import { EMPTY_MS, RUNNING_MS } from './useSessions'

const NOW = Date.parse('2026-11-23T04:00:00Z')
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString()
const piece = (id: string, more = {}) => ({ id, sku_id: `7${id}`, spu_id: '7', title: `商品${id}`, specs: [{ name: '颜色', value: '白' }], picture: null, price_fen: 2900, list_price_fen: 5900, quota: 100, left: 17, limit: 2, ...more })
const running = { id: '1', title: '午场', starts_at: at(-60), ends_at: at(30), state: 'running', items: [piece('11'), piece('12', { left: 0 })] }
const evening = { id: '2', title: '晚场', starts_at: at(480), ends_at: at(600), state: 'upcoming', items: [piece('21'), piece('22')] }
const tomorrow = { id: '3', title: '明日', starts_at: at(1440), ends_at: at(1500), state: 'upcoming', items: [piece('31')] }

let wrapper: VueWrapper
let router: Router
let seen: Asked[] = []
const asked = (what: string) => seen.filter(one => one.what === what)
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const rows = () => wrapper.findAll('article')
const press = async (row: number) => {
  await rows()[row]!.find('.button').trigger('click')
  await flushPromises()
}
async function open(path = '/seckill', answers: Answers = {}): Promise<void> {
  seen = stubMall({
    'GET clock': () => ({ now: new Date().toISOString() }),
    'GET seckill/sessions': () => ({ now: new Date().toISOString(), items: [running, evening, tomorrow] }),
    'GET seckill/reminders': { items: ['22'] },
    ...answers,
  })
  ;({ wrapper, router } = await openPage(
    [
      { path: '/seckill', name: 'seckill', component: Page },
      { path: '/sign-in', name: 'sign-in', component: { template: '<i />' } },
    ],
    path,
  ))
}

describe('the sessions of a flash sale', () => {
  beforeEach(() => {
    keeper.write({ access_token: 'a', refresh_token: 'r' })
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    vi.stubGlobal('scrollTo', () => {})
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'], now: NOW })
  })
  afterEach(() => {
    wrapper.unmount()
    vi.restoreAllMocks()
    vi.useRealTimers()
    vi.unstubAllGlobals()
    keeper.write(null)
  })

  it('opens with what runs: how far it is taken and until when', async () => {
    await open()
    expect(wrapper.findAll('.tabs button').map(one => one.text())).toEqual(['11:00抢购中', '20:00即将开始', '12:00明日开抢'])
    expect(wrapper.find('[aria-current]').text()).toContain('11:00')
    expect(wrapper.find('.count').text()).toContain('00:30:00')
    expect(rows()[0]!.text()).toContain('已抢 83%')
    expect(rows().map(one => one.find('.button').text())).toEqual(['马上抢', '已抢光'])
  })

  it('keeps the chosen session in the address', async () => {
    await open('/seckill?session=2')
    expect(wrapper.find('[aria-current]').text()).toContain('20:00')
    await wrapper.findAll('.tabs button')[2]!.trigger('click')
    await flushPromises()
    expect(router.currentRoute.value.query.session).toBe('3')
    expect(rows()[0]!.text()).toContain('商品31')
  })

  it('sets a reminder and takes one back', async () => {
    await open('/seckill?session=2', { 'PUT seckill/reminders/21': null, 'DELETE seckill/reminders/22': null })
    expect(rows().map(one => one.find('.button').text())).toEqual(['提醒我', '已预约'])
    await press(0)
    await press(1)
    expect(rows().map(one => one.find('.button').text())).toEqual(['已预约', '提醒我'])
  })

  it('asks who is not signed in to sign in first', async () => {
    keeper.write(null)
    await open('/seckill?session=2')
    await press(0)
    expect(router.currentRoute.value.query.to).toBe('/seckill?session=2')
    expect(asked('GET seckill/reminders')).toHaveLength(0)
  })

  it('follows the sale while somebody looks, and is silent while nobody does', async () => {
    await open()
    await pass(RUNNING_MS)
    expect(asked('GET seckill/sessions')).toHaveLength(2)
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    document.dispatchEvent(new Event('visibilitychange'))
    await pass(10 * RUNNING_MS)
    expect(asked('GET seckill/sessions')).toHaveLength(2)
  })

  it('begins by the clock, without waiting for the next answer', async () => {
    await open('/seckill?session=2', { 'GET seckill/sessions': { now: at(0), items: [{ ...evening, starts_at: at(0.05) }] } })
    expect(rows()[0]!.find('.button').text()).toBe('去准备')
    await pass(3500)
    expect(rows()[0]!.find('.button').text()).toBe('马上抢')
  })

  it('keeps what it shows when nobody answers, and says that it may be old', async () => {
    await open('/seckill', { 'GET seckill/sessions': (_: Asked, n: number) => (n === 1 ? { now: at(0), items: [running] } : SILENCE) })
    await pass(RUNNING_MS)
    expect(rows()).toHaveLength(2)
    expect(wrapper.find('.rule').text()).toContain('可能不是最新进度')
  })

  it('says that there is no sale, and looks again from time to time', async () => {
    await open('/seckill', { 'GET seckill/sessions': (_: Asked, n: number) => ({ now: at(0), items: n === 1 ? [] : [running] }) })
    expect(wrapper.text()).toContain('暂时没有秒杀场次')
    await pass(EMPTY_MS)
    expect(rows()).toHaveLength(2)
  })

  it('can be tried again after a failure', async () => {
    await open('/seckill', { 'GET seckill/sessions': (_: Asked, n: number) => (n === 1 ? refusal('busy', 503) : { now: at(0), items: [running] }) })
    await wrapper.find('[role=alert] button').trigger('click')
    await flushPromises()
    expect(rows()).toHaveLength(2)
  })
})
