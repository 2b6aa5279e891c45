import { words } from '@/text'

export default words(
  {
    title: '我的抢购',
    queued: '排队中',
    won: '待付款',
    paid: '抢购成功',
    cancelled: '已释放',
    limited: '超过限购',
    failed: '没有抢到',
    payWithin: '{time} 内付款',
    place: '前面还有 {n} 人',
    qty: '× {n}',
    empty: '还没有抢购记录',
    emptyHint: '去看看正在进行的秒杀吧',
    go: '去抢购',
  },
  {
    title: 'My tickets',
    queued: 'In line',
    won: 'To pay',
    paid: 'Got it',
    cancelled: 'Given back',
    limited: 'Over the limit',
    failed: 'Not this time',
    payWithin: 'Pay within {time}',
    place: '{n} before you',
    qty: '× {n}',
    empty: 'No tickets yet',
    emptyHint: 'Have a look at what is on sale now',
    go: 'To the flash sale',
  },
)
