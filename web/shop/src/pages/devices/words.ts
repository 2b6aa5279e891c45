import { words } from '@/text'

export default words(
  {
    title: '登录设备',
    intro: '最多同时登录 5 台设备。看到不认识的设备，请让它退出，并修改密码。',
    current: '本机',
    seen: '最近使用 {time}',
    since: '登录于 {time}',
    end: '退出',
    endOne: '让 {name} 退出登录',
    endSure: '让“{name}”退出登录？那台设备需要重新登录才能使用。',
    ended: '已让它退出登录',
    password: '修改密码',
  },
  {
    title: 'Devices',
    intro: 'Up to 5 devices can be signed in. If you do not know one, sign it out and change your password.',
    current: 'This device',
    seen: 'Last used {time}',
    since: 'Signed in {time}',
    end: 'Sign out',
    endOne: 'Sign out {name}',
    endSure: 'Sign out “{name}”? It will have to sign in again.',
    ended: 'Signed out',
    password: 'Change password',
  },
)
