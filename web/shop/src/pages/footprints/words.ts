import { words } from '@/text'

export default words(
  {
    title: '浏览足迹',
    none: '还没有浏览记录',
    noneHint: '看过的商品会留在这里',
    today: '今天',
    yesterday: '昨天',
    day: '{m}月{d}日',
    dayOfYear: '{y}年{m}月{d}日',
    clear: '清空',
    clearSure: '清空全部浏览足迹？清空后不能恢复。',
    cleared: '已清空',
  },
  {
    title: 'Footprints',
    none: 'Nothing seen yet',
    noneHint: 'Products that you look at stay here',
    today: 'Today',
    yesterday: 'Yesterday',
    day: '{m}/{d}',
    dayOfYear: '{y}-{m}-{d}',
    clear: 'Clear',
    clearSure: 'Clear all footprints? They cannot be brought back.',
    cleared: 'Cleared',
  },
)
