import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { i18n } from '@/text'
import NotFoundPage from './Page.vue'

it('says so and leads on', async () => {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: NotFoundPage }] })
  await router.push('/nowhere')
  const page = mount(NotFoundPage, { global: { plugins: [router, i18n] } })
  expect(page.find('h1').text()).toBe('页面走丢了')
  expect(page.findAll('.ways a').map(one => one.attributes('href'))).toEqual(['/', '/search'])
})
