import { words } from '@/text'

export default words(
  { title: '页面走丢了', hint: '链接可能写错了，或者页面已经下架', find: '搜一搜' },
  { title: 'Page not found', hint: 'The link may be wrong, or the page is no longer here', find: 'Search' },
)
