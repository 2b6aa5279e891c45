import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sure } from '@/parts/sure'
import { openPage, refusal, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'

vi.mock('@/parts/sure', () => ({ sure: vi.fn(async () => true) }))
const address = (id: string, is_default = false) => ({ id, name: `张${id}`, phone: '138****8000', province: '北京市', city: '北京市', district: '朝阳区', detail: '望京***', tag: '家', is_default })
const plain = { id: '2', name: '张三', phone: '13800138000', province: '北京市', city: '北京市', district: '朝阳区', detail: '望京街 10 号', tag: '家', is_default: false }
let wrapper: VueWrapper
let seen: Asked[] = []
async function open(answers: Answers): Promise<void> {
  seen = stubMall({ 'GET addresses': { items: [address('1', true), address('2')] }, ...answers })
  ;({ wrapper } = await openPage([{ path: '/me/addresses', component: Page }], '/me/addresses'))
}

describe('addresses', () => {
  beforeEach(() => {
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
    vi.mocked(sure).mockReset().mockResolvedValue(true)
  })
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('show one default, and a municipality once', async () => {
    await open({})
    expect(wrapper.findAll('[aria-pressed=true]')).toHaveLength(1)
    expect(wrapper.find('.where').text()).toBe('北京市朝阳区望京***')
  })
  it('make another the default one without writing the masked text back', async () => {
    await open({ 'GET addresses/2/plain': plain, 'PUT addresses/2': address('2', true) })
    await wrapper.findAll('.default')[1]!.trigger('click')
    await flushPromises()
    expect(seen.find(one => one.what === 'PUT addresses/2')!.body).toMatchObject({ name: '张三', phone: '13800138000', detail: '望京街 10 号', tag: '家', is_default: true })
    expect(seen.at(-1)!.what).toBe('GET addresses')
  })
  it('go only after a question', async () => {
    await open({ 'DELETE addresses/1': null })
    vi.mocked(sure).mockResolvedValueOnce(false)
    const remove = () => wrapper.findAll('.acts')[0]!.findAll('button')[1]!.trigger('click')
    await remove()
    await flushPromises()
    expect(seen.some(one => one.what.startsWith('DELETE'))).toBe(false)
    await remove()
    await flushPromises()
    expect(seen.at(-2)!.what).toBe('DELETE addresses/1')
  })
  it('lead to the first one when there are none, and can be tried again', async () => {
    await open({ 'GET addresses': (_: Asked, n: number) => (n === 1 ? refusal('busy', 503) : { items: [] }) })
    await wrapper.find('.state .button').trigger('click')
    await flushPromises()
    expect(wrapper.find('.state a').attributes('href')).toBe('/me/addresses/new')
  })
})
