import { words } from '@/text'

export default words({ saved: '地址已保存' }, { saved: 'Address saved' })
