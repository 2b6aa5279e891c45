import { flushPromises, type VueWrapper } from '@vue/test-utils'
import type { Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keeper } from '@/mall'
import { checkClock } from '@/parts/clock'
import { openPage, refusal, SILENCE, stubMall, type Answers, type Asked } from '@/parts/testing'
import Page from './Page.vue'

// The phone is two hours behind the mall.
const PHONE = Date.parse('2026-11-23T10:00:00Z')
const MALL = PHONE + 2 * 3_600_000
const at = (seconds: number) => new Date(MALL + seconds * 1000).toISOString()
const PLACE = 'mall.seckill.pass.5'

let starts = 120
let left = 3
let state: string | null = null
const now = () => new Date(Date.now() + 2 * 3_600_000).toISOString()
const session = () => ({ id: '1', title: '晚场', starts_at: at(starts), ends_at: at(starts + 3600), state: state ?? (Date.parse(now()) >= Date.parse(at(starts)) ? 'running' : 'upcoming') })
const item = () => ({
  id: '5', session: session(), sku_id: '70', spu_id: '7', title: '马克杯', subtitle: '', specs: [{ name: '颜色', value: '白' }], picture: null,
  price_fen: 2900, list_price_fen: 5900, quota: 10, limit: 2, now: now(), left, in_line: 0,
})
const spu = { id: '7', version: 1, title: '马克杯', subtitle: '', unit: '件', gallery: ['p/1'], details: [], categories: [], attributes: [], flags: [], axes: [], skus: [], listed_at: at(0) }
const address = { id: '9', name: '王*', phone: '139****0000', province: '浙江省', city: '杭州市', district: '西湖区', detail: '文三路', is_default: true }
const quote = { lines: [], rules: [], goods_fen: 2900, discount_fen: 0, freight_fen: 800, freight_discount_fen: 0, payable_fen: 3700 }
const pass = () => ({ pass: 'sealed', expires_at: new Date(Date.parse(now()) + 600_000).toISOString(), quote })
const ticket = { ticket: '5-1-0-7-3-1.sig', item_id: '5', qty: 1, state: 'queued', place: 3, poll_ms: 1000 }

let wrapper: VueWrapper
let router: Router
let seen: Asked[] = []
const asked = (what: string) => seen.filter(one => one.what === what)
const wait = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000)
const button = () => wrapper.find('.main-button')
const sheet = () => document.querySelector<HTMLElement>('.sheet')!
const act = () => sheet().querySelector<HTMLButtonElement>('.act')!

async function open(answers: Answers = {}): Promise<void> {
  seen = stubMall({
    'GET clock': () => ({ now: now() }),
    'GET seckill/items/5': item,
    'GET seckill/items/5/live': () => ({ now: now(), state: session().state, left, in_line: 0 }),
    'GET seckill/reminders': { items: [] },
    'GET spus/7': spu,
    'GET addresses': { items: [address] },
    'POST captchas': (_: Asked, n: number) => ({ id: `c${n}`, svg: '<svg/>', expires_at: at(600) }),
    'POST seckill/passes': pass,
    'POST seckill/claims': ticket,
    ...answers,
  })
  checkClock()
  await flushPromises()
  ;({ wrapper, router } = await openPage(
    [
      { path: '/seckill/items/:id', component: Page, props: true },
      { path: '/seckill/tickets/:ticket', name: 'seckill-ticket', component: { template: '<i />' } },
      { path: '/sign-in', name: 'sign-in', component: { template: '<i />' } },
    ],
    '/seckill/items/5',
  ))
  await wait(0.2)
}
/** A pass that was made before the page was loaded again. */
function prepared(): void {
  sessionStorage.setItem(PLACE, JSON.stringify({ ...pass(), qty: 1, address: { name: '王*', phone: '139****0000', line: '浙江省杭州市西湖区文三路' } }))
}
async function type(text: string): Promise<void> {
  const field = sheet().querySelector<HTMLInputElement>('.captcha input')!
  field.value = text
  field.dispatchEvent(new Event('input'))
  await flushPromises()
}
async function press(): Promise<void> {
  await button().trigger('click')
  await vi.dynamicImportSettled()
  await flushPromises()
}

describe('a piece of a flash sale', () => {
  beforeEach(() => {
    sessionStorage.clear()
    keeper.write({ access_token: 'a', refresh_token: 'r' })
    ;[starts, left, state] = [120, 3, null]
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'], now: PHONE })
  })
  afterEach(() => {
    wrapper.unmount()
    document.body.innerHTML = ''
    vi.restoreAllMocks()
    vi.useRealTimers()
    vi.unstubAllGlobals()
    keeper.write(null)
  })

  it('counts down by the mall’s clock, opens by itself and claims nothing by itself', async () => {
    prepared()
    await open()
    expect(button().text()).toContain('已备好')
    expect(button().text()).toContain('02:00')
    await wait(119)
    expect(button().text()).toContain('已备好')
    await wait(1)
    expect(button().text()).toContain('立即抢购')
    await wait(60)
    expect(asked('POST seckill/claims')).toHaveLength(0)
  })

  it('sets a reminder long before the start, and takes it back', async () => {
    starts = 3600
    await open({ 'PUT seckill/reminders/5': null, 'DELETE seckill/reminders/5': null })
    expect(button().text()).toContain('提醒我')
    await press()
    expect(button().text()).toContain('已预约提醒')
    await press()
    expect(button().text()).toContain('提醒我')
    expect(seen.filter(one => one.what.includes('reminders/5')).map(one => one.what)).toEqual(['PUT seckill/reminders/5', 'DELETE seckill/reminders/5'])
  })

  it('leads who is not signed in to the sign-in page and back', async () => {
    keeper.write(null)
    await open()
    await press()
    expect(router.currentRoute.value.query.to).toBe('/seckill/items/5')
  })

  it('is prepared before the start: captcha, address and number make a pass with its price, which survives a reload', async () => {
    await open()
    await press()
    const more = sheet().querySelectorAll<HTMLButtonElement>('.stepper button')[1]!
    more.click()
    more.click()
    await flushPromises()
    await type('AC34')
    expect(asked('POST seckill/passes').map(one => one.body)).toEqual([{ item_id: '5', qty: 2, address_id: '9', captcha: { id: 'c1', answer: 'AC34' } }])
    expect(sheet().textContent).toContain('¥37')
    expect(act().getAttribute('aria-disabled')).toBe('true')
    act().click()
    await flushPromises()
    expect(asked('POST seckill/claims')).toHaveLength(0)
    wrapper.unmount()
    await open()
    expect(button().text()).toContain('已备好')
  })

  it('sends one claim however often it is tapped, and goes to its ticket', async () => {
    starts = -10
    prepared()
    let answer = (_: unknown) => {}
    await open({ 'POST seckill/claims': () => new Promise(done => (answer = done)) })
    await button().trigger('click')
    await button().trigger('click')
    answer(ticket)
    await flushPromises()
    expect(asked('POST seckill/claims').map(one => one.body)).toEqual([{ pass: 'sealed' }])
    expect(router.currentRoute.value.params.ticket).toBe(ticket.ticket)
    expect(sessionStorage.getItem(PLACE)).toBeNull()
  })

  it('keeps the pass when the mall is busy, waits the seconds it was told, and sends the same pass by the next tap only', async () => {
    starts = -10
    prepared()
    await open({ 'POST seckill/claims': (_: Asked, n: number) => (n === 1 ? Response.json({ code: 'seckill_busy', status: 503, title: '忙' }, { status: 503, headers: { 'Retry-After': '3' } }) : ticket) })
    await press()
    expect(act().textContent).toContain('3 秒后可再试')
    act().click()
    await wait(4)
    expect(asked('POST seckill/claims')).toHaveLength(1)
    act().click()
    await flushPromises()
    expect(asked('POST seckill/claims').map(one => one.body)).toEqual([{ pass: 'sealed' }, { pass: 'sealed' }])
    expect(router.currentRoute.value.params.ticket).toBe(ticket.ticket)
  })

  it('after silence the same pass goes out again', async () => {
    starts = -10
    prepared()
    await open({ 'POST seckill/claims': (_: Asked, n: number) => (n === 1 ? SILENCE : ticket) })
    await press()
    expect(sheet().querySelector('[role=alert]')!.textContent).toContain('不会重复抢购')
    act().click()
    await flushPromises()
    expect(new Set(asked('POST seckill/claims').map(one => JSON.stringify(one.body))).size).toBe(1)
    expect(router.currentRoute.value.params.ticket).toBe(ticket.ticket)
  })

  it('says at the captcha that it was wrong, draws another one, and takes the next answer', async () => {
    starts = -10
    await open({ 'POST seckill/passes': (_: Asked, n: number) => (n === 1 ? refusal('captcha_wrong', 422) : pass()) })
    await press()
    await type('XXXX')
    expect(sheet().querySelector('.captcha [role=alert]')!.textContent).toContain('图形验证码不对')
    expect(asked('POST captchas')).toHaveLength(2)
    await type('AC34')
    expect(asked('POST seckill/passes')[1]!.body).toMatchObject({ captcha: { id: 'c2', answer: 'AC34' } })
    expect(act().textContent).toContain('立即抢购')
  })

  it.each([
    [refusal('seckill_not_open', 409, { opens_at: at(-180) }), '起可以提前准备'],
    [refusal('seckill_barred', 403), '取消了 3 次'],
    [refusal('seckill_limited', 409, { limit: 1 }), '每人最多 1 件'],
    [refusal('not_found', 404, { errors: [{ pointer: '/address_id', code: 'not_found', message: '' }] }), '请重新选择'],
  ])('says in the sheet why there is no pass', async (answer, words) => {
    await open({ 'POST seckill/passes': answer })
    await press()
    await type('AC34')
    expect(sheet().querySelector('.trouble')!.textContent).toContain(words)
  })

  it('asks for a new captcha when the pass has expired', async () => {
    starts = -10
    prepared()
    await open({ 'POST seckill/claims': refusal('pass_expired', 409) })
    await press()
    expect(sheet().querySelector('.trouble')!.textContent).toContain('验证已过期')
    expect(sheet().querySelector('.captcha input')).not.toBeNull()
    expect(sessionStorage.getItem(PLACE)).toBeNull()
  })

  it('is gone when nothing is left, and comes back by itself when somebody did not pay', async () => {
    ;[starts, left] = [-10, 0]
    await open()
    expect(button().text()).toContain('已抢光')
    expect(button().attributes('aria-disabled')).toBe('true')
    left = 1
    await wait(3)
    expect(button().text()).toContain('立即抢购')
  })

  it('asks how it stands only while somebody looks', async () => {
    starts = -10
    await open()
    const live = () => asked('GET seckill/items/5/live').length
    await wait(5.1)
    expect(live()).toBe(3)
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    document.dispatchEvent(new Event('visibilitychange'))
    await wait(120)
    expect(live()).toBe(3)
  })

  it('says that a pause is a pause, and leads on from a session that is over', async () => {
    ;[starts, state] = [-10, 'paused']
    await open()
    expect(button().text()).toContain('本场暂停')
    wrapper.unmount()
    await open({ 'GET seckill/items/5': refusal('not_found', 404) })
    expect(wrapper.text()).toContain('这个商品不在秒杀中')
  })
})
