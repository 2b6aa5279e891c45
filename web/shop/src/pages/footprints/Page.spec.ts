import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sure } from '@/parts/sure'
import { openPage, refusal, stubMall, type Answers, type Asked } from '@/parts/testing'
import { byDay } from './days'
import Page from './Page.vue'

vi.mock('@/parts/sure', () => ({ sure: vi.fn(async () => true) }))
const NOW = new Date(2026, 10, 22, 12).getTime()
const spu = (spu_id: string, at: Date, more = {}) => ({ spu_id, title: `商品${spu_id}`, price_fen: 9900, list_price_fen: 9900, listed: true, price_then_fen: 9900, at: at.toISOString(), ...more })
const seenItems = [spu('1', new Date(2026, 10, 22, 0, 5)), spu('2', new Date(2026, 10, 21, 23, 55)), spu('3', new Date(2026, 10, 1)), spu('4', new Date(2025, 11, 31))]

let wrapper: VueWrapper
let seen: Asked[] = []
async function open(answers: Answers): Promise<void> {
  seen = stubMall(answers)
  ;({ wrapper } = await openPage([{ path: '/me/footprints', component: Page }], '/me/footprints'))
}

describe('footprints', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
    vi.mocked(sure).mockResolvedValue(true)
  })
  afterEach(() => {
    wrapper?.unmount()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('stand under their days, newest first', async () => {
    await open({ 'GET footprints': { items: seenItems } })
    expect(wrapper.findAll('h2').map(one => one.text())).toEqual(['今天', '昨天', '11月1日', '2025年12月31日'])
    expect(wrapper.findAll('section')[1]!.text()).toContain('商品2')
  })
  it('says what became cheaper, and greys what is no longer sold', async () => {
    await open({ 'GET footprints': { items: [spu('1', new Date(NOW), { price_then_fen: 12950 }), spu('2', new Date(NOW), { listed: false, price_then_fen: 12900 })] } })
    expect(wrapper.find('.tag.jade').text()).toBe('降 ¥30.50')
    expect(wrapper.findAll('.tag.jade')).toHaveLength(1)
    expect(wrapper.find('.gone').text()).toContain('已下架')
  })
  it('are all cleared after a question', async () => {
    let cleared = false
    await open({ 'GET footprints': () => ({ items: cleared ? [] : seenItems }), 'DELETE footprints': () => ((cleared = true), null) })
    await wrapper.find('.actions button').trigger('click')
    vi.mocked(sure).mockResolvedValueOnce(false)
    await wrapper.find('.bottom-bar .line').trigger('click')
    await flushPromises()
    expect(cleared).toBe(false)
    await wrapper.find('.bottom-bar .line').trigger('click')
    await flushPromises()
    expect(cleared).toBe(true)
    expect(wrapper.text()).toContain('还没有浏览记录')
  })
  it('takes out the chosen ones, and keeps those that were refused', async () => {
    await open({ 'GET footprints': { items: seenItems }, 'DELETE footprints/1': null, 'DELETE footprints/2': refusal('busy', 503) })
    await wrapper.find('.actions button').trigger('click')
    const ticks = wrapper.findAll('.tick input')
    await ticks[0]!.trigger('change')
    await ticks[1]!.trigger('change')
    await wrapper.find('.bottom-bar .main').trigger('click')
    await flushPromises()
    expect(seen.filter(one => one.what.startsWith('DELETE')).map(one => one.what)).toEqual(['DELETE footprints/1', 'DELETE footprints/2'])
    expect(wrapper.text()).not.toContain('商品1')
    expect(wrapper.text()).toContain('商品2')
    expect(wrapper.find('.bottom-bar .main').text()).toContain('1')
  })
  it('are grouped by the local day', () => {
    expect(byDay(seenItems, NOW).map(day => [day.ago, day.items.length])).toEqual([[0, 1], [1, 1], [21, 1], [326, 1]])
  })
})
