// Provinces, cities and districts. 160 kB that only an address form needs: they come when it opens.

export interface Area {
  /** 国标 code of six digits. */
  code: string
  name: string
  /** Absent where a city has no districts. */
  children?: Area[]
}

interface AreaList {
  province_list: Record<string, string>
  city_list: Record<string, string>
  county_list: Record<string, string>
}

/** Rows of the table that are headings of its own, not places: nobody writes 湖北省省直辖县仙桃市. */
const NO_CITY = new Set(['省直辖县', '自治区直辖县级行政区划', '县'])

/** The table as a tree, as people write addresses. */
export function areaTree(list: AreaList): Area[] {
  const below = (names: Record<string, string>, prefix: string): [code: string, name: string][] => Object.entries(names).filter(([code]) => code.startsWith(prefix))
  return Object.entries(list.province_list).map(([code, name]) => {
    const cities: Area[] = []
    for (const [cityCode, cityName] of below(list.city_list, code.slice(0, 2))) {
      const districts = below(list.county_list, cityCode.slice(0, 4)).map(([c, n]): Area => ({ code: c, name: n }))
      const municipality = cities.find(city => city.name === name)
      if (!NO_CITY.has(cityName)) cities.push(districts.length ? { code: cityCode, name: cityName, children: districts } : { code: cityCode, name: cityName })
      // The counties of 重庆 belong to it as its districts do; elsewhere such a place is its own city.
      else if (municipality?.children) municipality.children.push(...districts)
      else cities.push(...districts)
    }
    return { code, name, children: cities }
  })
}

let tree: Promise<Area[]> | null = null

/** The tree, loaded once; a failed load is tried again the next time. */
export function loadAreas(): Promise<Area[]> {
  tree ??= import('@vant/area-data')
    .then(({ areaList }) => areaTree(areaList))
    .catch(error => {
      tree = null
      throw error
    })
  return tree
}

/** The way through the tree to a place; null when the tree has no such place. */
export function areaPath(areas: readonly Area[], names: readonly string[]): Area[] | null {
  const path: Area[] = []
  let level: readonly Area[] | undefined = areas
  for (const name of names.filter(Boolean)) {
    const found: Area | undefined = level?.find(area => area.name === name)
    if (!found) return null
    path.push(found)
    level = found.children
  }
  return path.length && !level ? path : null
}
