import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { KeepAlive, defineComponent, h, ref } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Fault } from '@/mall'
import { usePoll, type Poll } from './poll'

let page: VueWrapper
const shown = ref(true)
let seen: DocumentVisibilityState = 'visible'
function look(how: DocumentVisibilityState): void {
  seen = how
  document.dispatchEvent(new Event('visibilitychange'))
}
function poll(ask: () => Promise<number | null>): Poll {
  let made!: Poll
  const Asking = defineComponent({ setup: () => ((made = usePoll(ask, 1000)), () => h('i')) })
  page = mount({ render: () => h(KeepAlive, () => (shown.value ? h(Asking) : null)) })
  return made
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const busy = (after: number | null) => new Fault({ code: 'seckill_busy', status: 503, title: '', request_id: '', errors: [] }, after)

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => seen)
  seen = 'visible'
  shown.value = true
})
afterEach(() => {
  page.unmount()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

it('asks again after the pause it was told, and no more once there is nothing left to ask', async () => {
  const pauses = [1000, 3000, null]
  const ask = vi.fn(async () => pauses.shift() ?? null)
  poll(ask).start()
  await pass(999)
  expect(ask).toHaveBeenCalledTimes(1)
  await pass(1)
  expect(ask).toHaveBeenCalledTimes(2)
  await pass(3000)
  expect(ask).toHaveBeenCalledTimes(3)
  await pass(60_000)
  expect(ask).toHaveBeenCalledTimes(3)
})

it('is silent while nobody looks, and asks at once when somebody does', async () => {
  const ask = vi.fn(async () => 1000)
  poll(ask).start()
  await flushPromises()
  look('hidden')
  await pass(60_000)
  expect(ask).toHaveBeenCalledTimes(1)
  look('visible')
  await flushPromises()
  expect(ask).toHaveBeenCalledTimes(2)
})

it('does not begin before it is told to, and never asks twice at once', async () => {
  const ask = vi.fn(() => new Promise<number>(() => {}))
  const { start } = poll(ask)
  look('visible')
  expect(ask).not.toHaveBeenCalled()
  start()
  start()
  look('visible')
  expect(ask).toHaveBeenCalledTimes(1)
})

it('asks more slowly while nobody answers, and keeps the pause that the mall names', async () => {
  const ask = vi.fn(async (): Promise<number> => Promise.reject(Fault.network()))
  const { start, failing } = poll(ask)
  start()
  await flushPromises()
  expect(failing.value).toBe(true)
  await pass(1700)
  expect(ask).toHaveBeenCalledTimes(2)
  await pass(1700)
  expect(ask).toHaveBeenCalledTimes(2)
  ask.mockRejectedValueOnce(busy(20)).mockResolvedValue(1000)
  await pass(1300)
  expect(ask).toHaveBeenCalledTimes(3)
  await pass(19_800)
  expect(ask).toHaveBeenCalledTimes(3)
  await pass(200)
  expect(ask).toHaveBeenCalledTimes(4)
  expect(failing.value).toBe(false)
})

it('is silent while the page is put away', async () => {
  const ask = vi.fn(async () => 1000)
  poll(ask).start()
  await flushPromises()
  shown.value = false
  await pass(60_000)
  expect(ask).toHaveBeenCalledTimes(1)
  shown.value = true
  await flushPromises()
  expect(ask).toHaveBeenCalledTimes(2)
})

it('ends with the page', async () => {
  const ask = vi.fn(async () => 1000)
  poll(ask).start()
  await flushPromises()
  page.unmount()
  await pass(60_000)
  look('visible')
  expect(ask).toHaveBeenCalledTimes(1)
})
