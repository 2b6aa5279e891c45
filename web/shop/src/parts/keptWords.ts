import { words } from '@/text'

export default words(
  {
    dropped: '降 {amount}',
    unlisted: '已下架',
    choose: '选择 {title}',
    removeOne: '删除 {title}',
    chooseAll: '全选',
    removeChosen: '删除（{n}）',
    removeSure: '删除选中的 {n} 件商品？',
    removed: '已删除 {n} 件',
    manage: '管理',
  },
  {
    dropped: '{amount} less',
    unlisted: 'No longer sold',
    choose: 'Choose {title}',
    removeOne: 'Delete {title}',
    chooseAll: 'All',
    removeChosen: 'Delete ({n})',
    removeSure: 'Delete the {n} chosen? | Delete the {n} chosen?',
    removed: '{n} deleted',
    manage: 'Edit',
  },
)
