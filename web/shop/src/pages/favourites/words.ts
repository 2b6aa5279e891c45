import { words } from '@/text'

export default words(
  { title: '我的收藏', none: '还没有收藏商品', noneHint: '在商品页点一下爱心，降价了这里能看到' },
  { title: 'Favourites', none: 'No favourites yet', noneHint: 'Tap the heart on a product and see here when it gets cheaper' },
)
