import { words } from '@/text'

export default words(
  {
    title: '设置',
    language: '语言',
    theme: '外观',
    auto: '跟随系统',
    light: '浅色',
    dark: '深色',
    aboutTitle: '关于',
    about: '尚品商城：好物不贵，日日用心。',
    leave: '退出登录',
    leaving: '正在退出…',
    leaveSure: '退出后，购物车和订单会在下次登录时回来。',
    left: '已退出登录',
  },
  {
    title: 'Settings',
    language: 'Language',
    theme: 'Appearance',
    auto: 'As the system',
    light: 'Light',
    dark: 'Dark',
    aboutTitle: 'About',
    about: 'Shangpin: good things for every day.',
    leave: 'Sign out',
    leaving: 'Signing out…',
    leaveSure: 'Your cart and orders will be back when you sign in again.',
    left: 'Signed out',
  },
)
