// One address while it is written: fields, what is wrong with them, saving.
import { computed, reactive, ref, shallowRef } from 'vue'
import type { AddressBody, AddressPlain, AddressShown } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { parseAddress } from './addressParse'
import { areaPath, loadAreas, type Area } from './areas'
import { regionLine } from './addresses'
import { fieldCodes } from './fieldCodes'
import { isPhone, phoneDigits } from './phone'

export interface AddressFields {
  name: string
  phone: string
  province: string
  city: string
  district: string
  detail: string
  tag: string
  is_default: boolean
}
export type FieldName = 'name' | 'phone' | 'region' | 'detail' | 'tag'

const NAME_CHARS = 40
const DETAIL_CHARS = 200
const TAG_CHARS = 10

/** What of an address is not right yet. Pure. */
export function wrongFields(of: AddressFields): FieldName[] {
  const chars = (text: string) => [...text.trim()].length
  const checks: [FieldName, boolean][] = [
    ['name', chars(of.name) >= 1 && chars(of.name) <= NAME_CHARS],
    ['phone', isPhone(of.phone)],
    ['region', of.province !== '' && of.city !== ''],
    ['detail', chars(of.detail) >= 1 && chars(of.detail) <= DETAIL_CHARS],
    ['tag', chars(of.tag) <= TAG_CHARS],
  ]
  return checks.flatMap(([name, right]) => (right ? [] : [name]))
}

/** The field of the form that a field of the body belongs to. */
function fieldAt(pointer: string): FieldName | null {
  const name = pointer.replace(/^\//, '')
  if (['province', 'city', 'district'].includes(name)) return 'region'
  return (['name', 'phone', 'detail', 'tag'] as const).find(one => one === name) ?? null
}

const blank = (): AddressFields => ({ name: '', phone: '', province: '', city: '', district: '', detail: '', tag: '', is_default: false })

export function useAddressForm(known: AddressPlain | null) {
  const fields = reactive<AddressFields>({ ...blank(), ...(known && { ...known, tag: known.tag ?? '' }) })
  const kept = ref(JSON.stringify(fields))
  const wrong = ref<FieldName[]>([])
  const busy = ref(false)
  const fault = shallowRef<unknown>(null)
  const areas = shallowRef<Area[] | null>(null)
  const dirty = computed(() => JSON.stringify(fields) !== kept.value)
  const region = computed(() => regionLine(fields, ' '))

  /** The tree of areas, for the picker and for reading a pasted text. */
  async function needAreas(): Promise<Area[]> {
    return (areas.value ??= await loadAreas())
  }

  function setRegion(path: readonly Area[]): void {
    fields.province = path[0]?.name ?? ''
    fields.city = path[1]?.name ?? ''
    fields.district = path[2]?.name ?? ''
    mended('region')
  }
  /** Code of the place that the picker should open at. */
  const regionCode = computed(() => (areas.value && areaPath(areas.value, [fields.province, fields.city, fields.district])?.at(-1)?.code) ?? '')

  function mended(name: FieldName): void {
    wrong.value = wrong.value.filter(one => one !== name)
  }

  /** Fills in what a pasted text says; answers what it did not say. */
  async function fill(pasted: string): Promise<{ found: FieldName[]; missing: FieldName[] }> {
    const read = parseAddress(pasted, await needAreas())
    const found: FieldName[] = []
    for (const name of ['name', 'phone', 'detail'] as const) {
      if (!read[name]) continue
      fields[name] = name === 'phone' ? phoneDigits(read.phone) : read[name]
      found.push(name)
    }
    if (read.province) {
      Object.assign(fields, { province: read.province, city: read.city, district: read.district })
      if (read.city) found.push('region')
    }
    found.forEach(mended)
    return { found, missing: (['name', 'phone', 'region', 'detail'] as const).filter(name => !found.includes(name)) }
  }

  /** The address as it was kept; null when something has to be mended first. */
  async function save(): Promise<AddressShown | null> {
    if (busy.value) return null
    fault.value = null
    wrong.value = wrongFields(fields)
    if (wrong.value.length) return null
    const { tag, ...rest } = fields
    const body: AddressBody = { name: rest.name.trim(), phone: rest.phone, province: rest.province, city: rest.city, district: rest.district, detail: rest.detail.trim().replace(/\s*\n\s*/g, ' '), is_default: rest.is_default, ...(tag.trim() && { tag: tag.trim() }) }
    busy.value = true
    try {
      const saved = known
        ? await call(mall.PUT('/api/v1/addresses/{id}', { params: { path: { id: known.id } }, body }))
        : await call(mall.POST('/api/v1/addresses', { body }))
      kept.value = JSON.stringify(fields)
      return saved
    } catch (error) {
      wrong.value = Object.keys(fieldCodes(error)).flatMap(pointer => fieldAt(pointer) ?? [])
      if (!isFault(error)) console.error(error)
      if (!wrong.value.length) fault.value = error
      return null
    } finally {
      busy.value = false
    }
  }

  return { fields, wrong, busy, fault, areas, dirty, region, regionCode, needAreas, setRegion, mended, fill, save }
}
