import { expect, test } from '../mall'

test('the shop opens', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveTitle(/尚品商城/)
})
