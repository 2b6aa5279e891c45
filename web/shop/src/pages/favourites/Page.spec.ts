import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openPage, refusal, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'

const spu = (spu_id: string) => ({ spu_id, title: `商品${spu_id}`, price_fen: 9900, list_price_fen: 9900, listed: true, price_then_fen: 9900, at: '2026-11-22T00:00:00Z' })
let wrapper: VueWrapper
let seen: Asked[] = []
async function open(answers: Answers): Promise<void> {
  seen = stubMall(answers)
  ;({ wrapper } = await openPage([{ path: '/me/favourites', component: Page }], '/me/favourites'))
}

describe('favourites', () => {
  beforeEach(() => vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} })))
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('leads on when there are none', async () => {
    await open({ 'GET favourites': { items: [] } })
    expect(wrapper.text()).toContain('还没有收藏商品')
    expect(wrapper.find('.actions button').exists()).toBe(false)
  })
  it('can be loaded again after a failure', async () => {
    await open({ 'GET favourites': (_: Asked, n: number) => (n === 1 ? refusal('busy', 503) : { items: [spu('1')] }) })
    await wrapper.find('.state .button').trigger('click')
    await flushPromises()
    expect(wrapper.text()).toContain('商品1')
  })
  it('leads to a product, but not while they are being chosen', async () => {
    await open({ 'GET favourites': { items: [spu('1')] } })
    expect(wrapper.find('.spu').attributes('href')).toBe('/spu/1')
    await wrapper.find('.actions button').trigger('click')
    expect(wrapper.find('a.spu').exists()).toBe(false)
  })
  it('takes one out that is gone already without complaint', async () => {
    await open({ 'GET favourites': { items: [spu('1'), spu('2')] } })
    await wrapper.find('.remove').trigger('click')
    await flushPromises()
    expect(seen.at(-1)!.what).toBe('DELETE favourites/1')
    expect(wrapper.text()).not.toContain('商品1')
    expect(wrapper.text()).toContain('商品2')
  })
})
