// A flash sale in the browser: planned by an operator, awaited, prepared, won and paid; and lost, until somebody does not pay.
import type { Page } from '@playwright/test'
import { expect, test, type Mall, type Person } from '../mall'

interface Sale {
  id: string
  item: string
  title: string
  product: string
  price_fen: number
}

/** A session with one variant, reviewed and seen by shoppers; it begins in so many minutes of the mall's clock. */
async function plan(mall: Mall, words: string, minutes: number, quota: number): Promise<Sale> {
  const token = await mall.operator()
  const spu = await mall.find(words)
  const sku = spu.skus.find((one: { price_fen: number }) => one.price_fen > 1000)
  const now = Date.parse((await mall.ok('GET', '/api/v1/clock')).now)
  const at = (after: number) => new Date(now + after * 60_000).toISOString()
  const title = `${words}专场 ${now}`
  const price_fen = Math.floor(sku.price_fen / 2)
  const activities = '/api/v1/admin/seckill/activities'
  const { id } = await mall.ok('POST', activities, { token, body: { title, starts_at: at(minutes), ends_at: at(minutes + 120) } })
  const item = await mall.ok('POST', `${activities}/${id}/items`, { token, key: crypto.randomUUID(), body: { sku_id: sku.id, price_fen, quota, limit: 1 } })
  await mall.ok('POST', `${activities}/${id}/submit`, { token, body: {} })
  await mall.ok('POST', `${activities}/${id}/approve`, { token, body: {} })
  await expect.poll(async () => (await mall.api('GET', `/api/v1/seckill/items/${item.id}`)).status).toBe(200)
  return { id, item: item.id, title, product: spu.title, price_fen }
}

/** Claims over the API, as somebody else does it meanwhile; gives the ticket. */
async function claims(mall: Mall, person: Person, sale: Sale, address_id: string): Promise<string> {
  const token = person.tokens.access_token
  const { pass } = await mall.ok('POST', '/api/v1/seckill/passes', { token, body: { item_id: sale.item, qty: 1, address_id, captcha: await mall.captcha() } })
  return (await mall.ok('POST', '/api/v1/seckill/claims', { token, body: { pass } })).ticket
}
const ticketOf = (mall: Mall, person: Person, ticket: string) => mall.ok('GET', `/api/v1/seckill/tickets/${ticket}`, { token: person.tokens.access_token })

/** Opens the sheet and types what is drawn in its picture; the price comes by itself. */
async function verify(page: Page, mall: Mall, button: string): Promise<void> {
  const drawn = page.waitForResponse(one => new URL(one.url()).pathname === '/api/v1/captchas' && one.ok())
  await page.getByRole('button', { name: new RegExp(`^${button}`) }).click()
  const { id } = await (await drawn).json()
  await page.getByRole('textbox', { name: '图形验证码' }).fill(await mall.readCaptcha(id))
  await expect(page.getByText(/已备好.*内有效/)).toBeVisible()
}
async function payAtCashier(page: Page): Promise<void> {
  await page.getByRole('link', { name: '立即付款' }).click()
  await page.getByRole('button', { name: /确认支付/ }).click()
  await page.waitForURL(/\/cashier\//)
  await page.getByRole('button', { name: '支付', exact: true }).click()
  await page.waitForURL(/\/pay\/result/)
  await expect(page.getByRole('heading', { name: '支付成功' })).toBeVisible()
}

test('a sale is awaited, prepared, won with one of two taps, and paid', async ({ mall, page, enter }) => {
  const me = await mall.newcomer()
  await mall.moveIn(me)
  const sale = await plan(mall, '马克杯', 8, 3)
  await enter(page, me)

  await page.goto(`/seckill?session=${sale.id}`)
  await expect(page.getByText('距本场开始')).toBeVisible()
  await page.getByRole('link', { name: sale.product }).click()
  await page.waitForURL(`**/seckill/items/${sale.item}`)
  await expect(page.getByRole('timer')).toContainText(/00:0[78]:\d\d/)
  await page.getByRole('button', { name: /^提醒我/ }).click()
  await expect(page.getByRole('button', { name: /^已预约提醒/ })).toBeVisible()

  await mall.pass('4m')
  await page.reload()
  await verify(page, mall, '提前准备')
  const sheet = page.getByRole('dialog', { name: '提前准备' })
  await expect(sheet.getByText('运费')).toBeVisible()
  await expect(sheet.getByRole('button', { name: /后开抢$/ })).toBeDisabled()
  await sheet.getByRole('button', { name: '关闭' }).click()
  await expect(page.getByRole('button', { name: /^已备好/ })).toBeVisible()

  await mall.pass('1m')
  const told = async () => (await mall.ok('GET', '/dev/mailbox.json')).items.some((one: { to: string; text?: string }) => one.to === me.phone && JSON.stringify(one).includes(sale.title))
  await expect.poll(told).toBe(true)
  await mall.pass('3m')
  // What was prepared is still there after a reload.
  await page.reload()
  const claimed: string[] = []
  page.on('request', one => void (one.method() === 'POST' && one.url().endsWith('/seckill/claims') && claimed.push(one.postData() ?? '')))
  await page.getByRole('button', { name: /^立即抢购.*一键提交/ }).dblclick()
  await page.waitForURL(/\/seckill\/tickets\//)
  await expect(page.getByRole('heading', { name: '抢到了！' })).toBeVisible()
  expect(claimed).toHaveLength(1)

  await payAtCashier(page)
  await page.getByRole('link', { name: '查看订单' }).click()
  await expect(page.getByRole('heading', { name: /待发货.*秒杀/ })).toBeVisible()
  const mine = await mall.ok('GET', '/api/v1/seckill/tickets', { token: me.tokens.access_token })
  expect(mine.items.map((one: { state: string; item_id: string }) => [one.item_id, one.state])).toEqual([[sale.item, 'paid']])
  await page.goto('/seckill/tickets')
  await expect(page.getByText('抢购成功')).toBeVisible()
})

test('who comes too late sees it gone, and wins the piece that an unpaid winner lost', async ({ mall, page, enter }) => {
  const [first, me] = [await mall.newcomer(), await mall.newcomer()]
  const address_id = await mall.moveIn(first)
  await mall.moveIn(me)
  const sale = await plan(mall, '台灯', 1, 1)
  await mall.pass('61s')
  const theirs = await claims(mall, first, sale, address_id)
  await expect.poll(async () => (await ticketOf(mall, first, theirs)).state).toBe('won')

  await enter(page, me)
  await page.goto(`/seckill/items/${sale.item}`)
  await expect(page.getByRole('button', { name: /^已抢光.*可能回流/ })).toBeDisabled()
  await mall.pass('5m1s')
  await expect.poll(async () => (await ticketOf(mall, first, theirs)).state, { timeout: 20_000 }).toBe('cancelled')

  // It comes back on the open page, by itself.
  await expect(page.getByRole('button', { name: /^立即抢购/ })).toBeEnabled({ timeout: 20_000 })
  await verify(page, mall, '立即抢购')
  await page.getByRole('dialog').getByRole('button', { name: '立即抢购' }).click()
  await expect(page.getByRole('heading', { name: '抢到了！' })).toBeVisible()
  await page.getByRole('link', { name: '立即付款' }).click()
  await page.waitForURL(/\/pay\/\d+/)
})

test('the last piece goes while the sheet is open: said in place, and the pass stays', async ({ mall, page, enter, allow }) => {
  allow(/status of 409/)
  const [other, me] = [await mall.newcomer(), await mall.newcomer()]
  const address_id = await mall.moveIn(other)
  await mall.moveIn(me)
  const sale = await plan(mall, '四件套', 1, 1)
  await mall.pass('61s')
  await enter(page, me)
  await page.goto(`/seckill/items/${sale.item}`)
  await verify(page, mall, '立即抢购')
  // The page does not look while this happens.
  await page.route('**/live', () => {})
  await claims(mall, other, sale, address_id)
  await page.getByRole('dialog').getByRole('button', { name: '立即抢购' }).click()
  await expect(page.getByRole('alert').filter({ hasText: '已抢光' })).toBeVisible()
  await expect(page.getByText(/已备好.*内有效/)).toBeVisible()
  const mine = await mall.ok('GET', '/api/v1/seckill/tickets', { token: me.tokens.access_token })
  expect(mine.items).toEqual([])
})
