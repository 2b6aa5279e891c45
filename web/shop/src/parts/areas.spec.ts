import { areaList } from '@vant/area-data'
import { describe, expect, it } from 'vitest'
import { areaPath, areaTree } from './areas'
import { regionLine } from './addresses'

const areas = areaTree(areaList)
const names = (path: string[]) => areaPath(areas, path)?.map(area => area.name)

describe('the tree of areas', () => {
  it('has no headings of the table among its places', () => {
    const cities = areas.flatMap(province => province.children ?? [])
    expect(cities.some(city => /直辖县|^县$/.test(city.name))).toBe(false)
    expect(names(['湖北省', '仙桃市'])).toEqual(['湖北省', '仙桃市'])
    expect(names(['重庆市', '重庆市', '云阳县'])).toEqual(['重庆市', '重庆市', '云阳县'])
  })
  it('leads to a place that has nothing below it, or to none', () => {
    expect(areaPath(areas, ['浙江省', '杭州市', '西湖区'])?.at(-1)?.code).toBe('330106')
    expect(areaPath(areas, ['浙江省', '杭州市'])).toBeNull()
    expect(areaPath(areas, ['浙江省', '杭州市', '下城区'])).toBeNull()
    expect(areaPath(areas, ['', '', ''])).toBeNull()
  })
  it('names a municipality once', () => {
    expect(regionLine({ province: '北京市', city: '北京市', district: '朝阳区' })).toBe('北京市朝阳区')
    expect(regionLine({ province: '湖北省', city: '仙桃市', district: '' }, ' ')).toBe('湖北省 仙桃市')
  })
})
