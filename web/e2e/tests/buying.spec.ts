// Money in the browser: a purchase from the first page to the paid order, one that fails, one that is interrupted.
import type { Page } from '@playwright/test'
import { expect, test, type Mall } from '../mall'

async function signInByCode(page: Page, mall: Mall, phone: string): Promise<void> {
  await page.getByRole('textbox', { name: '手机号' }).fill(phone)
  await page.getByRole('button', { name: '获取验证码' }).click()
  await expect(page.getByText(/\d+ ?秒|\d+s/).first()).toBeVisible()
  await page.getByRole('textbox', { name: '验证码' }).fill(await mall.codeFor(phone))
  await page.getByRole('button', { name: /^登录/ }).click()
}

async function payAtCashier(page: Page): Promise<void> {
  await page.waitForURL(/\/cashier\//)
  await page.getByRole('button', { name: '支付', exact: true }).click()
  await page.waitForURL(/\/pay\/result/)
  await expect(page.getByRole('heading', { name: '支付成功' })).toBeVisible()
}

/** In the sheet of a product: the first value of each kind that may be had, then on. */
async function chooseAndBuy(page: Page): Promise<void> {
  await page.getByRole('button', { name: '立即购买' }).click()
  const sheet = page.getByRole('dialog', { name: '选择规格' })
  const axes = sheet.locator('fieldset')
  await expect(axes.first()).toBeVisible()
  for (const axis of await axes.all()) await axis.locator('button:not([disabled])').first().click()
  await sheet.getByRole('button', { name: '立即购买' }).click()
}

test('somebody new finds a mug, signs in on the way, writes an address and pays', async ({ mall, page }) => {
  const phone = mall.newPhone()
  await page.goto('/')
  await page.getByRole('link', { name: /搜索/ }).first().click()
  const field = page.getByRole('searchbox').or(page.getByRole('textbox', { name: /搜索/ })).first()
  await field.fill('马克杯')
  await field.press('Enter')
  await page.waitForURL(/\/list\?/)
  await page.locator('a[href^="/spu/"]').first().click()
  await page.waitForURL(/\/spu\//)
  const product = page.url()
  await chooseAndBuy(page)

  await page.waitForURL(/\/sign-in/)
  await signInByCode(page, mall, phone)
  await page.waitForURL(product)

  await chooseAndBuy(page)
  await page.getByRole('button', { name: '请选择收货地址' }).click()
  await page.getByRole('button', { name: '新增收货地址' }).click()
  await page.getByLabel('粘贴整段地址，自动识别').fill(`李小红 ${phone} 浙江省杭州市西湖区文三路 478 号华星时代广场 1201`)
  await page.getByRole('button', { name: '识别并填入' }).click()
  await expect(page.getByRole('textbox', { name: '收货人' })).toHaveValue('李小红')
  await expect(page.getByText('浙江省 杭州市 西湖区')).toBeVisible()
  await page.getByRole('button', { name: '保存地址' }).click()
  await expect(page.getByText(/运费/).last()).toBeVisible()
  await page.getByRole('button', { name: '提交订单' }).click()
  await payAtCashier(page)
  await page.getByRole('link', { name: '查看订单' }).click()
  await page.waitForURL(/\/orders\/\d+/)
  await expect(page.getByText('待发货').first()).toBeVisible()
})

test('the last piece is bought by somebody else while the sheet is open: said plainly, nothing is ordered', async ({ mall, page, enter, allow }) => {
  allow(/status of 409/)
  const [me, other] = [await mall.newcomer(), await mall.newcomer()]
  await mall.moveIn(me)
  const address_id = await mall.moveIn(other)
  const spu = await mall.find('台灯')
  const operator = await mall.operator()
  // One variant is left with one piece, the others with none.
  for (const [i, sku] of spu.skus.entries()) {
    await mall.ok('POST', `/api/v1/admin/stock/${sku.id}/count`, { token: operator, key: crypto.randomUUID(), body: { available: i === 0 ? 1 : 0, reason: '盘点' } })
  }
  await enter(page, me)
  await page.goto(`/spu/${spu.id}`)
  // Only one can be had, so it is chosen already.
  await page.getByRole('button', { name: '立即购买' }).click()
  const place = page.getByRole('button', { name: '提交订单' })
  await expect(place).toBeEnabled()

  const source = { kind: 'buy_now', lines: [{ sku_id: spu.skus[0].id, qty: 1 }] }
  await mall.ok('POST', '/api/v1/orders', { token: other.tokens.access_token, key: crypto.randomUUID(), body: { source, address_id, pay_channel: 'demo' } })
  await place.click()
  await expect(page.getByText('来晚了，这个规格刚刚卖完')).toBeVisible()
  await expect(page.getByRole('button', { name: '暂时缺货' }).first()).toBeDisabled()
  const mine = await mall.ok('GET', '/api/v1/orders', { token: me.tokens.access_token })
  expect(mine.items).toEqual([])
})

test('the session ends while paying: sign in, come back to the same order, pay it once', async ({ mall, page, enter, allow }) => {
  allow(/status of 401/)
  const me = await mall.newcomer()
  const address_id = await mall.moveIn(me)
  const spu = await mall.find('马克杯')
  const source = { kind: 'buy_now', lines: [{ sku_id: spu.skus[0].id, qty: 1 }] }
  const token = me.tokens.access_token
  const order = await mall.ok('POST', '/api/v1/orders', { token, key: crypto.randomUUID(), body: { source, address_id, pay_channel: 'demo' } })
  await enter(page, me)
  await page.goto(`/pay/${order.id}`)
  const pay = page.getByRole('button', { name: /确认支付/ })
  await expect(pay).toBeEnabled()
  await mall.ok('DELETE', '/api/v1/sessions/current', { token })
  await pay.click()
  await page.waitForURL(/\/sign-in/)
  await expect(page.getByText('登录已过期，请重新登录')).toBeVisible()
  // The house sends one code a minute to a phone.
  await mall.pass('61s')
  await signInByCode(page, mall, me.phone)
  await page.waitForURL(`**/pay/${order.id}`)
  await page.getByRole('button', { name: /确认支付/ }).dblclick()
  await payAtCashier(page)
  const token2 = JSON.parse((await page.evaluate(() => localStorage.getItem('mall.tokens')))!).access_token
  const paid = await mall.ok('GET', `/api/v1/orders/${order.id}`, { token: token2 })
  expect([paid.state, paid.amounts.paid_fen]).toEqual(['paid', paid.amounts.payable_fen])
})

test('an access token that ended is renewed without a word', async ({ mall, page, enter, allow }) => {
  allow(/status of 401/)
  const me = await mall.newcomer()
  await enter(page, me)
  await mall.pass('31m')
  await page.goto('/me/devices')
  await expect(page.getByText('本机')).toBeVisible()
  const tokens = JSON.parse((await page.evaluate(() => localStorage.getItem('mall.tokens')))!)
  expect(tokens.access_token).not.toBe(me.tokens.access_token)
})
