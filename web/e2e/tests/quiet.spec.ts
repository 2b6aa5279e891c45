// Every page: opens without an error in the console, has no serious finding of axe, and does not scroll sideways; in both
// languages, light and dark, on a phone, a small phone and a desk. The pictures are kept for people to look at.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import { expect, test, type Mall, type Person } from '../mall'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SHOTS = 'pages'
mkdirSync(SHOTS, { recursive: true })

/** One thing of each kind, so that every page has something to show. */
async function life(mall: Mall, person: Person): Promise<Record<string, string>> {
  const token = person.tokens.access_token
  const mug = await mall.find('马克杯')
  const quilt = await mall.find('四件套')
  const done = await mall.received(person, mug.skus[0].id)
  const address_id = (await mall.ok('GET', '/api/v1/addresses', { token })).items[0].id
  const source = { kind: 'buy_now', lines: [{ sku_id: quilt.skus[0].id, qty: 1 }] }
  const open = await mall.ok('POST', '/api/v1/orders', { token, key: crypto.randomUUID(), body: { source, address_id, pay_channel: 'demo' } })
  for (const spu of [mug, quilt]) {
    await mall.ok('POST', '/api/v1/cart/lines', { token, key: crypto.randomUUID(), body: { sku_id: spu.skus[0].id, qty: 2 } })
    await mall.ok('PUT', `/api/v1/favourites/${spu.id}`, { token })
    await mall.ok('PUT', `/api/v1/footprints/${spu.id}`, { token })
  }
  await expect.poll(async () => (await mall.ok('GET', '/api/v1/reviews/pending', { token })).items.length).toBe(1)
  return { spu: mug.id, sku: mug.skus[0].id, done: done.id, open: open.id, address: address_id }
}

const PAGES: [name: string, path: string][] = [
  ['home', '/'],
  ['categories', '/categories'],
  ['search', '/search'],
  ['list', '/list?q=杯'],
  ['list-empty', '/list?q=qqzzxx'],
  ['detail', '/spu/{spu}'],
  ['spu-reviews', '/spu/{spu}/reviews'],
  ['cart', '/cart'],
  ['pay', '/pay/{open}'],
  ['pay-result', '/pay/result?order={done}'],
  ['orders', '/orders'],
  ['order-open', '/orders/{open}'],
  ['order-done', '/orders/{done}'],
  ['reviews', '/reviews'],
  ['review-write', '/reviews/write/{done}/{sku}'],
  ['me', '/me'],
  ['profile', '/me/profile'],
  ['security', '/me/security'],
  ['devices', '/me/devices'],
  ['settings', '/me/settings'],
  ['addresses', '/me/addresses'],
  ['address-new', '/me/addresses/new'],
  ['address', '/me/addresses/{address}'],
  ['favourites', '/me/favourites'],
  ['footprints', '/me/footprints'],
  ['not-found', '/no/such/page'],
]

const LOOKS = [
  { name: 'phone', width: 390, height: 844, language: 'zh-CN', scheme: 'light' },
  { name: 'phone-dark', width: 390, height: 844, language: 'zh-CN', scheme: 'dark' },
  { name: 'phone-en', width: 390, height: 844, language: 'en', scheme: 'light' },
  { name: 'small', width: 360, height: 640, language: 'zh-CN', scheme: 'light' },
  { name: 'desk', width: 1440, height: 900, language: 'zh-CN', scheme: 'light' },
] as const

async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  // Below the fold a list may still wait to be scrolled to.
  const waiting = () => [...document.querySelectorAll('.bone, .spin')].filter(one => one.getBoundingClientRect().top < window.innerHeight).length
  await expect.poll(() => page.evaluate(waiting)).toBe(0)
}

async function checked(page: Page, name: string): Promise<void> {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: { run: (root: Document, options: object) => Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }).axe.run(document, {})
    return violations
      .filter(one => one.impact === 'serious' || one.impact === 'critical')
      .map(one => `${one.id}: ${one.nodes.map(node => `${node.html.slice(0, 160)} — ${node.failureSummary?.slice(0, 200)}`).slice(0, 3).join(' | ')}`)
  })
  expect.soft(found, `axe on ${name}`).toEqual([])
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect.soft(wider, `${name} scrolls sideways`).toBeLessThanOrEqual(0)
}

/** Letters where a Chinese page should have none: words of ours, not names of things. */
const ENGLISH = /\b(the|your|please|loading|error|order|cart|sign in|undefined|null|NaN|common\.)\b/i
const CHINESE_FRAME = /加载|购物车|我的|订单|地址|登录|设置/

for (const look of LOOKS) {
  test(`every page, ${look.name}`, async ({ mall, page, enter, allow }) => {
    test.setTimeout(300_000)
    allow(/status of 404.*no\/such\/page/)
    const person = await mall.newcomer()
    const ids = await life(mall, person)
    await enter(page, person)
    await page.addInitScript(language => localStorage.setItem('mall.language', language), look.language)
    await page.emulateMedia({ colorScheme: look.scheme })
    await page.setViewportSize({ width: look.width, height: look.height })
    for (const [name, path] of PAGES) {
      await page.goto(path.replace(/\{(\w+)\}/g, (_, key: string) => ids[key] ?? ''))
      await settled(page)
      await page.screenshot({ path: `${SHOTS}/${look.name}-${name}.png` })
      await checked(page, `${look.name} ${name}`)
      const text = await page.locator('body').innerText()
      if (look.language === 'zh-CN') expect.soft(text.match(ENGLISH)?.[0], `English on ${name}`).toBeUndefined()
      else expect.soft((await page.locator('header, nav, h1, button').allInnerTexts()).join(' ').match(CHINESE_FRAME)?.[0], `Chinese on ${name}`).toBeUndefined()
    }
  })
}
