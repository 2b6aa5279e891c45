import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { i18n } from '@/text'
import AddressForm from './AddressForm.vue'
import { refusal, stubMall, type Answers, type Asked } from './testing'
import { wrongFields, type AddressFields } from './useAddressForm'

const plain = { id: '5', name: '张三', phone: '13800138000', province: '浙江省', city: '杭州市', district: '西湖区', detail: '文三路 1 号', tag: '爸妈家', is_default: true }
const shown = { ...plain, name: '张*', phone: '138****8000' }
let wrapper: VueWrapper
let seen: Asked[] = []

async function open(answers: Answers, address: typeof plain | null = null): Promise<void> {
  seen = stubMall(answers)
  wrapper = mount(AddressForm, { props: { address }, global: { plugins: [i18n] }, attachTo: document.body })
  await flushPromises()
}
const errors = () => wrapper.findAll('.error').map(one => one.text())
async function save(): Promise<void> {
  await wrapper.find('form').trigger('submit')
  await flushPromises()
}
async function paste(text: string): Promise<void> {
  await wrapper.find('.paste textarea').setValue(text)
  await wrapper.find('.paste button').trigger('click')
  // The tree of areas is loaded when it is needed.
  await vi.waitFor(() => expect(wrapper.find('.paste button').exists()).toBe(false))
}

describe('the form of an address', () => {
  beforeEach(() => vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} })))
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('says beside each field what is missing, leads to the first, and sends nothing', async () => {
    await open({})
    await save()
    expect(errors()).toEqual(['请填写收货人姓名（最多 40 个字）', '请填写正确的 11 位手机号', '请选择所在地区', '请填写详细地址（最多 200 个字）'])
    expect(seen).toHaveLength(0)
    expect(document.activeElement?.getAttribute('autocomplete')).toBe('name')
  })
  it('takes back what it said while a field is mended', async () => {
    await open({})
    await save()
    await wrapper.find('input[autocomplete=name]').setValue('李四')
    expect(errors()).not.toContain('请填写收货人姓名（最多 40 个字）')
    expect(errors()).toHaveLength(3)
  })
  it('reads a pasted text into its fields and sends them', async () => {
    await open({ 'POST addresses': shown })
    await paste('李四，+86 139-1234-5678，北京朝阳区望京街 10 号')
    await wrapper.findAll('.tags .chip')[1]!.trigger('click')
    await save()
    expect(seen.at(-1)!.body).toEqual({ name: '李四', phone: '13912345678', province: '北京市', city: '北京市', district: '朝阳区', detail: '望京街 10 号', tag: '公司', is_default: false })
    expect(wrapper.emitted('saved')).toEqual([[shown]])
  })
  it('keeps what was there when the text says nothing about it', async () => {
    await open({}, plain)
    await paste('13912345678')
    expect(wrapper.find<HTMLInputElement>('input[autocomplete=name]').element.value).toBe('张三')
    expect(wrapper.find<HTMLInputElement>('input[type=tel]').element.value).toBe('139 1234 5678')
  })
  it('replaces a known address, with its own label, and cannot undo the default', async () => {
    await open({ 'PUT addresses/5': shown }, plain)
    expect(wrapper.find('[role=switch]').attributes('aria-checked')).toBe('true')
    await wrapper.find('[role=switch]').trigger('click')
    await wrapper.find('input[autocomplete=name]').setValue('张三丰')
    await save()
    expect(seen.at(-1)).toMatchObject({ what: 'PUT addresses/5', body: { name: '张三丰', tag: '爸妈家', is_default: true } })
  })
  it('says the limit above the button and lets the text stay', async () => {
    await open({ 'POST addresses': refusal('address_limit', 409) })
    await paste('李四 13912345678 北京市朝阳区望京街 10 号')
    await save()
    expect(wrapper.find('.problem').text()).toBe('地址数量已达上限，请先删除不用的地址')
    expect(wrapper.find<HTMLInputElement>('input[autocomplete=name]').element.value).toBe('李四')
    expect(wrapper.emitted('saved')).toBeUndefined()
  })
  it('puts what the mall refuses beside its field, in the words of the page', async () => {
    await open({ 'PUT addresses/5': refusal('invalid', 422, { errors: [{ pointer: '/city', code: 'length', message: 'too long' }, { pointer: '/phone', code: 'shape', message: 'not a mobile' }] }) }, plain)
    await save()
    expect(errors()).toEqual(['请填写正确的 11 位手机号', '请选择所在地区'])
  })
  it('counts characters, not bytes', () => {
    const fields: AddressFields = { ...plain, name: '𠮷'.repeat(40), detail: '路'.repeat(201), tag: '一二三四五六七八九十多' }
    expect(wrongFields(fields)).toEqual(['detail', 'tag'])
  })
})
