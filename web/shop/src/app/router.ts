import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { keeper } from '@/mall'

declare module 'vue-router' {
  interface RouteMeta {
    /** Only for who is signed in; others are led to the sign-in page and come back. */
    shopper?: boolean
    /** Shows the tab bar on a phone. */
    tab?: boolean
  }
}

// The home page is in the first load: it is what most people open. Every other page comes when it is asked for.
import HomePage from '@/pages/home/Page.vue'

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: HomePage, meta: { tab: true } },
  { path: '/categories', name: 'categories', component: () => import('@/pages/categories/Page.vue'), meta: { tab: true } },
  { path: '/search', name: 'search', component: () => import('@/pages/search/Page.vue') },
  { path: '/list', name: 'list', component: () => import('@/pages/list/Page.vue') },
  { path: '/spu/:id(\\d+)', name: 'spu', component: () => import('@/pages/detail/Page.vue'), props: true },
  { path: '/spu/:id(\\d+)/reviews', name: 'spu-reviews', component: () => import('@/pages/spu-reviews/Page.vue'), props: true },
  { path: '/seckill', name: 'seckill', component: () => import('@/pages/seckill/Page.vue') },
  { path: '/seckill/items/:id(\\d+)', name: 'seckill-item', component: () => import('@/pages/seckill-item/Page.vue'), props: true },
  { path: '/seckill/tickets', name: 'seckill-tickets', component: () => import('@/pages/seckill-tickets/Page.vue'), meta: { shopper: true } },
  { path: '/seckill/tickets/:ticket([\\w.~-]+)', name: 'seckill-ticket', component: () => import('@/pages/seckill-ticket/Page.vue'), props: true, meta: { shopper: true } },
  { path: '/cart', name: 'cart', component: () => import('@/pages/cart/Page.vue'), meta: { tab: true, shopper: true } },
  { path: '/pay/result', name: 'pay-result', component: () => import('@/pages/pay-result/Page.vue'), meta: { shopper: true } },
  { path: '/pay/:id(\\d+)', name: 'pay', component: () => import('@/pages/pay/Page.vue'), props: true, meta: { shopper: true } },
  { path: '/orders', name: 'orders', component: () => import('@/pages/orders/Page.vue'), meta: { shopper: true } },
  { path: '/orders/:id(\\d+)', name: 'order', component: () => import('@/pages/order/Page.vue'), props: true, meta: { shopper: true } },
  { path: '/reviews', name: 'reviews', component: () => import('@/pages/reviews/Page.vue'), meta: { shopper: true } },
  { path: '/reviews/write/:order(\\d+)/:sku(\\d+)', name: 'review-write', component: () => import('@/pages/review-write/Page.vue'), props: true, meta: { shopper: true } },
  { path: '/reviews/:id(\\d+)/follow-up', name: 'review-follow-up', component: () => import('@/pages/review-write/Page.vue'), props: true, meta: { shopper: true } },
  { path: '/sign-in', name: 'sign-in', component: () => import('@/pages/sign-in/Page.vue') },
  { path: '/me', name: 'me', component: () => import('@/pages/me/Page.vue'), meta: { tab: true } },
  { path: '/me/profile', name: 'profile', component: () => import('@/pages/profile/Page.vue'), meta: { shopper: true } },
  { path: '/me/security', name: 'security', component: () => import('@/pages/security/Page.vue'), meta: { shopper: true } },
  { path: '/me/devices', name: 'devices', component: () => import('@/pages/devices/Page.vue'), meta: { shopper: true } },
  { path: '/me/settings', name: 'settings', component: () => import('@/pages/settings/Page.vue') },
  { path: '/me/addresses', name: 'addresses', component: () => import('@/pages/addresses/Page.vue'), meta: { shopper: true } },
  { path: '/me/addresses/new', name: 'address-new', component: () => import('@/pages/address/Page.vue'), meta: { shopper: true } },
  { path: '/me/addresses/:id(\\d+)', name: 'address', component: () => import('@/pages/address/Page.vue'), props: true, meta: { shopper: true } },
  { path: '/me/favourites', name: 'favourites', component: () => import('@/pages/favourites/Page.vue'), meta: { shopper: true } },
  { path: '/me/footprints', name: 'footprints', component: () => import('@/pages/footprints/Page.vue'), meta: { shopper: true } },
  { path: '/:rest(.*)*', name: 'not-found', component: () => import('@/pages/not-found/Page.vue') },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  // Back returns to the same place; a new page begins at its top; a change of the query (a filter) stays where it is.
  scrollBehavior(to, from, saved) {
    if (saved) return saved
    return to.path === from.path ? false : { top: 0 }
  },
})

router.beforeEach(to => {
  if (to.meta.shopper && !keeper.read()) return { name: 'sign-in', query: { to: to.fullPath } }
})

/** A path inside the shop, or home: nobody is sent to another site by a link that looks like ours. */
export function insidePath(path: unknown): string {
  return typeof path === 'string' && /^\/(?![/\\])/.test(path) ? path : '/'
}
