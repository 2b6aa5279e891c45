// All that a shopper claimed, newest first.
import { onMounted } from 'vue'
import type { OwnSeckillTicket } from '@shangpin/api'
import { call, mall } from '@/mall'
import { useReturn } from '@/parts/back'
import { useEndless } from '@/parts/load'

const PAGE = 20

export function useTickets() {
  const list = useEndless<OwnSeckillTicket>(cursor => call(mall.GET('/api/v1/seckill/tickets', { params: { query: { cursor, limit: PAGE } } })))
  onMounted(list.restart)
  // A long list keeps its place; what waits stands at its head, so a short one is read anew.
  useReturn(() => void (list.items.value.length <= PAGE && list.restart()))
  return list
}
