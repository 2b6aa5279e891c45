import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sure } from '@/parts/sure'
import { openPage, refusal, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'

vi.mock('@/parts/sure', () => ({ sure: vi.fn(async () => true) }))
const device = (id: string, current = false) => ({ id, device_name: `Chrome · ${id}`, ip: '1.2.*.*', last_seen_at: '2026-11-22T00:00:00Z', created_at: '2026-11-21T00:00:00Z', current })
let wrapper: VueWrapper
let seen: Asked[] = []
async function open(answers: Answers): Promise<void> {
  seen = stubMall({ 'GET sessions': { items: [device('a'), device('b', true)] }, ...answers })
  ;({ wrapper } = await openPage([{ path: '/me/devices', component: Page }, { path: '/me/security', name: 'security', component: { template: '<i />' } }], '/me/devices'))
}
const end = async () => {
  await wrapper.find('li .button').trigger('click')
  await flushPromises()
}

describe('devices', () => {
  beforeEach(() => {
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
    vi.mocked(sure).mockReset().mockResolvedValue(true)
  })
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('shows this one first, which cannot be ended here', async () => {
    await open({})
    const rows = wrapper.findAll('li')
    expect(rows[0]!.text()).toContain('本机')
    expect(rows[0]!.find('button').exists()).toBe(false)
  })
  it('ends another one after a question', async () => {
    await open({ 'DELETE sessions/a': null })
    vi.mocked(sure).mockResolvedValueOnce(false)
    await end()
    expect(seen.some(one => one.what.startsWith('DELETE'))).toBe(false)
    await end()
    expect(wrapper.findAll('li')).toHaveLength(1)
  })
  it('keeps it in the list when it could not be ended', async () => {
    await open({ 'DELETE sessions/a': refusal('busy', 503) })
    await end()
    expect(wrapper.findAll('li')).toHaveLength(2)
  })
})
