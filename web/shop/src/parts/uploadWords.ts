import { words } from '@/text'

export default words(
  {
    add: '添加图片',
    count: '{n}/{max}',
    hint: '支持 JPG、PNG、WebP，单张不超过 5 MB',
    type: '只支持 JPG、PNG、WebP 图片',
    big: '图片不能超过 5 MB',
    tooMany: '最多上传 {n} 张图片',
    sending: '正在上传 {n}%',
    failed: '上传失败',
    again: '重试',
    removeOne: '删除第 {n} 张图片',
    retryOne: '重新上传第 {n} 张图片',
    viewOne: '查看第 {n} 张图片',
    refused: '图片无法识别，请换一张',
  },
  {
    add: 'Add pictures',
    count: '{n}/{max}',
    hint: 'JPG, PNG or WebP, 5 MB at most',
    type: 'Only JPG, PNG and WebP pictures',
    big: 'A picture may have 5 MB at most',
    tooMany: 'At most {n} pictures',
    sending: '{n}% uploaded',
    failed: 'Not uploaded',
    again: 'Try again',
    removeOne: 'Remove picture {n}',
    retryOne: 'Upload picture {n} again',
    viewOne: 'View picture {n}',
    refused: 'Not a picture that can be read. Choose another',
  },
)
