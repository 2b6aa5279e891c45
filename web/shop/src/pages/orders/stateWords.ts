// What an order's state is called, wherever an order is shown.
import type { CancelReason, Fulfilment, OrderPayment, OrderState } from '@shangpin/api'
import { words } from '@/text'

export const stateWords = words(
  {
    placing: '提交中',
    unpaid: '待付款',
    paid: '待发货',
    shipped: '待收货',
    part_shipped: '部分发货',
    received: '交易成功',
    done: '已完成',
    cancelled: '已取消',
    refunded: '已退款',
    part_refunded: '部分退款',
    timeout: '超时未付款，订单已自动取消',
    shopper: '你取消了这个订单',
    operator: '商城取消了这个订单',
    out_of_stock: '库存不足，订单没有成立',
    placingFailed: '下单没有完成，订单没有成立',
    seckill: '秒杀',
  },
  {
    placing: 'Being placed',
    unpaid: 'To pay',
    paid: 'To be sent',
    shipped: 'On its way',
    part_shipped: 'Partly sent',
    received: 'Received',
    done: 'Completed',
    cancelled: 'Cancelled',
    refunded: 'Refunded',
    part_refunded: 'Partly refunded',
    timeout: 'Not paid in time, cancelled automatically',
    shopper: 'You cancelled this order',
    operator: 'The shop cancelled this order',
    out_of_stock: 'Out of stock, the order was not placed',
    placingFailed: 'Placing was not completed',
    seckill: 'Flash sale',
  },
)

export type StateWord = keyof typeof stateWords.zh

/** The state in a word or two. */
export function stateWord(order: { state: OrderState; payment: OrderPayment; fulfilment?: Fulfilment }): StateWord {
  if (order.payment === 'refunded') return 'refunded'
  if (order.state === 'paid' && order.fulfilment === 'part_shipped') return 'part_shipped'
  return order.state
}

export function cancelWord(reason: CancelReason): StateWord {
  return reason === 'placing' ? 'placingFailed' : reason
}
