import { words } from '@/text'

export default words(
  {
    title: '选择规格',
    pleaseChoose: '请选择 {axes}',
    chosen: '已选：{specs}',
    left: '仅剩 {n} 件',
    soldOut: '暂时缺货',
    soldOutValue: '{value}，暂时缺货',
    absentValue: '{value}，与已选规格没有组合',
    quantity: '数量',
    from: '起',
    toCart: '加入购物车',
    buy: '立即购买',
    enlarge: '查看大图',
  },
  {
    title: 'Choose options',
    pleaseChoose: 'Choose {axes}',
    chosen: 'Chosen: {specs}',
    left: 'Only {n} left',
    soldOut: 'Out of stock',
    soldOutValue: '{value}, out of stock',
    absentValue: '{value}, not available with your other choices',
    quantity: 'Quantity',
    from: 'from',
    toCart: 'Add to cart',
    buy: 'Buy now',
    enlarge: 'Enlarge the picture',
  },
)
