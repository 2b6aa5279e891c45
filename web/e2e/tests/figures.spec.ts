// What a first visit costs on a slow phone. Sizes and shifts are checked; times are printed, because a test that waits for a
// clock on a busy machine proves nothing (`make vitals` gives them with a release build).
import { gzipSync } from 'node:zlib'
import type { Browser } from '@playwright/test'
import { expect, test } from '../mall'

/** "Fast 3G" of the lighthouse family: 1.6 Mbit/s down, 750 kbit/s up, 150 ms round trip. */
const LINE = { offline: false, latency: 150, downloadThroughput: (1_600_000 / 8) | 0, uploadThroughput: (750_000 / 8) | 0 }
const SCRIPT_LIMIT_BYTES = 150 * 1024
const SHIFT_LIMIT = 0.05

const VISITS = 5

interface Visit {
  bytes: number
  lcp: number
  what: string
  shift: number
}

/** A first visit: nothing is kept from the one before. */
async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: 'zh-CN' })
  const page = await context.newPage()
  const scripts: Promise<number>[] = []
  page.on('response', response => {
    if (response.url().endsWith('.js')) scripts.push(response.body().then(body => gzipSync(body).length))
  })
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', LINE)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.addInitScript(() => {
    const seen = { lcp: 0, what: '', shift: 0 }
    Object.assign(window, { vitals: seen })
    new PerformanceObserver(list => {
      for (const entry of list.getEntries() as (PerformanceEntry & { url?: string })[]) {
        seen.lcp = entry.startTime
        seen.what = new URL(entry.url || '/words', location.href).pathname
      }
    }).observe({ type: 'largest-contentful-paint', buffered: true })
    new PerformanceObserver(list => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) seen.shift += entry.value
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(url)
  await expect(page.getByRole('link', { name: /¥|已售/ }).first()).toBeVisible({ timeout: 30_000 })
  await page.waitForLoadState('networkidle')
  const vitals = await page.evaluate(() => (window as unknown as { vitals: Omit<Visit, 'bytes'> }).vitals)
  const bytes = (await Promise.all(scripts)).reduce((sum, n) => sum + n, 0)
  await context.close()
  return { ...vitals, bytes }
}

test('the first page is small, steady and soon there', async ({ mall, browser }) => {
  // The demo draws a picture when it is asked for the first time; a shop has files.
  await fetch(`${mall.url}/`)
  for (const width of [400, 800, 1200]) await fetch(`${mall.url}/media/${width}/b/1.jpg`)
  const visits: Visit[] = []
  for (let i = 0; i < VISITS; i++) visits.push(await visit(browser, mall.url))
  const times = visits.map(one => Math.round(one.lcp)).sort((a, b) => a - b)
  const [bytes, shift] = [Math.max(...visits.map(one => one.bytes)), Math.max(...visits.map(one => one.shift))]
  console.log(
    `first page: JavaScript ${(bytes / 1024).toFixed(1)} KB gzipped · LCP median ${times[VISITS >> 1]} ms of ${times.join(', ')} (${visits[0]!.what}) · layout shift ${shift.toFixed(4)}`,
  )
  expect(bytes).toBeLessThanOrEqual(SCRIPT_LIMIT_BYTES)
  expect(shift).toBeLessThanOrEqual(SHIFT_LIMIT)
})
