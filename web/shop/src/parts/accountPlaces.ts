/** The pages of an account, in the order of the menu on a desk. */
export const ACCOUNT_PLACES = [
  { to: '/me', icon: 'person', word: 'overview' },
  { to: '/orders', icon: 'sheet', word: 'orders' },
  { to: '/reviews', icon: 'chat', word: 'reviews' },
  { to: '/seckill/tickets', icon: 'bolt', word: 'seckill' },
  { to: '/me/favourites', icon: 'heart', word: 'favourites' },
  { to: '/me/footprints', icon: 'foot', word: 'footprints' },
  { to: '/me/addresses', icon: 'pin', word: 'addresses' },
  { to: '/me/profile', icon: 'edit', word: 'profile' },
  { to: '/me/security', icon: 'shield', word: 'security' },
  { to: '/me/devices', icon: 'device', word: 'devices' },
  { to: '/me/settings', icon: 'gear', word: 'settings' },
] as const
