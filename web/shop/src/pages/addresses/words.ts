import { words } from '@/text'

export default words(
  {
    title: '收货地址',
    makeDefault: '设为默认',
    isDefault: '默认地址',
    editOne: '编辑 {name} 的地址',
    removeOne: '删除 {name} 的地址',
    removeSure: '删除“{name}，{place}”这个地址？',
    removed: '已删除',
    changed: '已设为默认地址',
  },
  {
    title: 'Addresses',
    makeDefault: 'Make default',
    isDefault: 'Default',
    editOne: 'Edit the address of {name}',
    removeOne: 'Delete the address of {name}',
    removeSure: 'Delete the address “{name}, {place}”?',
    removed: 'Deleted',
    changed: 'Now your default address',
  },
)
