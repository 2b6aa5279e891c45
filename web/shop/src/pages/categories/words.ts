import { words } from '@/text'

export default words(
  {
    title: '全部分类',
    rail: '一级分类',
    allOf: '全部{name}',
    more: '查看全部',
    best: '大家都在买',
    nothing: '分类正在整理，先去首页看看',
  },
  {
    title: 'Categories',
    rail: 'Departments',
    allOf: 'All of {name}',
    more: 'See all',
    best: 'Best sellers',
    nothing: 'Categories are being arranged. Have a look at the home page',
  },
)
