// Words of the parts with which people buy.
import { words } from '@/text'

export const qtyWords = words({ qty: '数量', less: '减少一件', more: '增加一件' }, { qty: 'Quantity', less: 'One less', more: 'One more' })
export const channelWords = words(
  { title: '支付方式', none: '暂时没有可用的支付方式，请稍后再试' },
  { title: 'Pay with', none: 'No way to pay is open right now. Please try again later' },
)
export const sellersWords = words({ title: '大家都在买' }, { title: 'What others buy' })
