import { words } from '@/text'

export default words(
  {
    stars: '{n} 分，满分 5 分',
    automatic: '系统默认好评',
    noWords: '此用户没有填写文字评价',
    sameDay: '收到评价后当天追评',
    daysAfter: '{n} 天后追评',
    reply: '商家回复',
    picture: '评价图片 {n}，点击放大',
    anonymous: '匿名用户',
  },
  {
    stars: '{n} out of 5 stars',
    automatic: 'Rated by default',
    noWords: 'Rated without words',
    sameDay: 'Followed up the same day',
    daysAfter: 'Followed up a day later | Followed up {n} days later',
    reply: 'Reply from the shop',
    picture: 'Picture {n} of the review, tap to enlarge',
    anonymous: 'Anonymous',
  },
)
