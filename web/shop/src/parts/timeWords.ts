import { words } from '@/text'

export default words({ days: '{n} 天' }, { days: '{n} d' })
