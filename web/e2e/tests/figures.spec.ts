// What a first visit costs on a slow phone. Sizes and shifts are checked; times are printed, because a test that waits for a
// clock on a busy machine proves nothing (`make vitals` gives them with a release build).
import { gzipSync } from 'node:zlib'
import { expect, test } from '../mall'

/** "Fast 3G" of the lighthouse family: 1.6 Mbit/s down, 750 kbit/s up, 150 ms round trip. */
const LINE = { offline: false, latency: 150, downloadThroughput: (1_600_000 / 8) | 0, uploadThroughput: (750_000 / 8) | 0 }
const SCRIPT_LIMIT_BYTES = 150 * 1024
const SHIFT_LIMIT = 0.05

test('the first page is small, steady and soon there', async ({ page }) => {
  const scripts: Promise<number>[] = []
  page.on('response', response => {
    if (response.url().endsWith('.js')) scripts.push(response.body().then(body => gzipSync(body).length))
  })
  const browser = await page.context().newCDPSession(page)
  await browser.send('Network.enable')
  await browser.send('Network.emulateNetworkConditions', LINE)
  await browser.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.addInitScript(() => {
    const seen = { lcp: 0, what: '', shift: 0 }
    Object.assign(window, { vitals: seen })
    new PerformanceObserver(list => {
      for (const entry of list.getEntries() as (PerformanceEntry & { element?: Element; url?: string })[]) {
        seen.lcp = entry.startTime
        seen.what = `${entry.element?.tagName ?? ''} ${entry.url ?? ''}`
      }
    }).observe({ type: 'largest-contentful-paint', buffered: true })
    new PerformanceObserver(list => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) seen.shift += entry.value
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto('/')
  await expect(page.getByRole('link', { name: /¥|已售/ }).first()).toBeVisible({ timeout: 30_000 })
  await page.waitForLoadState('networkidle')
  const vitals = await page.evaluate(() => (window as unknown as { vitals: { lcp: number; what: string; shift: number } }).vitals)
  const bytes = (await Promise.all(scripts)).reduce((sum, n) => sum + n, 0)
  console.log(
    `first page: JavaScript ${(bytes / 1024).toFixed(1)} KB gzipped · LCP ${Math.round(vitals.lcp)} ms (${vitals.what}) · layout shift ${vitals.shift.toFixed(4)}`,
  )
  expect(bytes).toBeLessThanOrEqual(SCRIPT_LIMIT_BYTES)
  expect(vitals.shift).toBeLessThanOrEqual(SHIFT_LIMIT)
})
