// Reads name, phone, region and street out of one pasted text. Pure: the caller brings the tree of areas.
import type { Area } from './areas'

export interface ParsedAddress {
  name: string
  phone: string
  province: string
  city: string
  district: string
  detail: string
}

/** Between two parts of an address. */
const GAP = /[\s,;:，；：、|/。]+/
const NAME_LABEL = '收货人|收件人|联系人|姓名|名字|收货姓名'
const LABELS = `${NAME_LABEL}|联系电话|手机号码|手机号|电话号码|电话|手机|所在地区|所在区域|地区|省市区|详细地址|收货地址|收件地址|街道地址|地址|邮政编码|邮编`

/** Peoples in the names of autonomous places, which everyday addresses leave out: 恩施土家族苗族自治州 is 恩施. */
const PEOPLES =
  '土家族|布依族|哈萨克族?|柯尔克孜族?|蒙古族?|朝鲜族|哈尼族|傈僳族|景颇族|维吾尔|苗族|侗族|彝族|藏族|羌族|回族|壮族|傣族|白族|黎族|满族|瑶族|畲族|土族|撒拉族|裕固族|东乡族|保安族|拉祜族|佤族|布朗族|纳西族|独龙族|怒族|普米族|仫佬族|毛南族|水族|仡佬族|锡伯|塔吉克|达斡尔族'
const SURNAMES =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文庞樊兰殷施洪翟安颜倪牛温芦季俞章鲁葛伍申尤毕聂丛焦齐柴欧司上诸尚骆苗甘褚岳裴项祝柯舒关阮宁鲍符华单娄苟舍包左宋窦邢路艾米吉冷桂卜耿蒲简游靳涂管瞿詹申迟翁宫屈佟隋闵冉滕'
/** How streets, houses and institutions end; a person's name rarely does. */
const PLACE_END =
  /(?:省|市|区|县|镇|乡|村|路|街|道|巷|弄|胡同|里|坊|号|楼|栋|幢|座|层|室|单元|小区|花园|家园|公寓|宿舍|大厦|广场|中心|公司|大学|学院|中学|小学|医院|学校|新村|苑|府|湾|园|城|店|厂|院|馆|站|局|部|超市|驿站|柜|门|口|旁|对面|附近)$/
/** After a short name these make it a road or a sight: 长宁路 is no 长宁区, 朝阳门 no 朝阳区. */
const NOT_AFTER_SHORT = /^(?:[新东南西北中一二三四五六]?[路街道巷弄门桥]|大[道街桥]|胡同|[湖山河海岛寺村镇乡里坊园公港](?!.{0,3}[市区县]))/

interface Place {
  area: Area
  names: string[]
  short: string[]
}
interface Found {
  path: [province: string, city: string, district: string]
  start: number
  end: number
  score: number
}

function shortNames(name: string): string[] {
  const province = /^(内蒙古|广西|西藏|宁夏|新疆|香港|澳门)/.exec(name)?.[1]
  if (province && /(?:自治区|特别行政区)$/.test(name)) return [`${province}自治区`, province, ...(province === '内蒙古' ? ['内蒙'] : [])]
  const bare = name.replace(new RegExp(`(?:${PEOPLES})*(?:自治州|自治县|自治旗|地区|街道|林区|新区|省|市|区|县|州|盟|旗|镇|乡)$`), '')
  const short = bare === name || bare.length < 2 ? [] : [bare]
  if (/自治州$/.test(name) && short.length) short.unshift(`${bare}州`)
  if (/自治县$/.test(name) && short.length) short.unshift(`${bare}县`)
  return short
}

const place = (area: Area): Place => ({ area, names: [area.name], short: shortNames(area.name) })

/** The tree with its short names, and what is unique in the whole country. */
interface Book {
  provinces: Place[]
  below: Map<Area, Place[]>
  /** Districts by full name, or short for 县级市, that exist once in the country. */
  unique: { place: Place; province: Area; city: Area }[]
}
const books = new WeakMap<readonly Area[], Book>()

function bookOf(areas: readonly Area[]): Book {
  const known = books.get(areas)
  if (known) return known
  const below = new Map<Area, Place[]>()
  const times = new Map<string, number>()
  const all: Book['unique'] = []
  for (const province of areas) {
    below.set(province, (province.children ?? []).map(place))
    for (const city of province.children ?? []) {
      const districts = (city.children ?? []).map(place)
      below.set(city, districts)
      for (const one of districts) {
        all.push({ place: one, province, city })
        for (const name of [...one.names, ...one.short]) times.set(name, (times.get(name) ?? 0) + 1)
      }
      for (const name of [city.name, ...shortNames(city.name)]) times.set(name, (times.get(name) ?? 0) + 1)
    }
  }
  const once = (name: string) => times.get(name) === 1
  const unique = all.flatMap(entry => {
    const names = entry.place.names.filter(name => name.length > 2 && once(name))
    const short = entry.place.area.name.endsWith('市') ? entry.place.short.filter(once) : []
    return names.length ? [{ ...entry, place: { ...entry.place, names, short } }] : []
  })
  const book = { provinces: areas.map(place), below, unique }
  books.set(areas, book)
  return book
}

/** How far a place's name reaches from here; a full name counts for more than a short one. */
function reach(text: string, at: number, of: Place): { end: number; score: number } | null {
  for (const name of of.names) if (text.startsWith(name, at)) return { end: at + name.length, score: 3 }
  for (const name of of.short) {
    if (text.startsWith(name, at) && !NOT_AFTER_SHORT.test(text.slice(at + name.length))) return { end: at + name.length, score: 2 }
  }
  return null
}

function skipGap(text: string, at: number): number {
  const gap = /^[\s,;:，；：、|/。-]+/.exec(text.slice(at))
  return at + (gap?.[0].length ?? 0)
}

/** The longest name that fits at a place of the text. */
function best<T>(entries: readonly T[], of: (entry: T) => Place, text: string, at: number): { entry: T; end: number; score: number } | null {
  let found: { entry: T; end: number; score: number } | null = null
  for (const entry of entries) {
    const hit = reach(text, at, of(entry))
    if (hit && (!found || hit.end > found.end)) found = { entry, ...hit }
  }
  return found
}

function regionAt(text: string, at: number, book: Book): Found | null {
  const candidates: Found[] = []
  const own = (one: Place) => one
  const add = (province: Area, city: Area | null, district: Area | null, end: number, score: number) =>
    candidates.push({ path: [province.name, city?.name ?? '', district?.name ?? ''], start: at, end, score })
  const districtOf = (province: Area, city: Area, end: number, score: number) => {
    const district = best(book.below.get(city) ?? [], own, text, skipGap(text, end))
    add(province, city, district?.entry.area ?? null, district?.end ?? end, score + (district?.score ?? 0))
  }

  const province = best(book.provinces, own, text, at)
  if (province) {
    const area = province.entry.area
    const cities = book.below.get(area) ?? []
    const next = skipGap(text, province.end)
    const city = best(cities, own, text, next)
    const municipality = cities.find(one => one.area.name === area.name)
    if (city) districtOf(area, city.entry.area, city.end, province.score + city.score)
    if (municipality) districtOf(area, municipality.area, province.end, province.score + 1)
    else if (!city) {
      // 江苏省昆山市: the city between them is left out.
      const inside = cities.flatMap(one => (book.below.get(one.area) ?? []).map(district => ({ city: one.area, district })))
      const district = best(inside, one => one.district, text, next)
      const sure = district && inside.filter(one => one.district.area.name === district.entry.district.area.name).length === 1
      if (district && sure) add(area, district.entry.city, district.entry.district.area, district.end, province.score + district.score)
      else add(area, null, null, province.end, province.score)
    }
  }
  for (const one of book.provinces) {
    const city = best(book.below.get(one.area) ?? [], own, text, at)
    if (city) districtOf(one.area, city.entry.area, city.end, city.score)
  }
  const alone = best(book.unique, one => one.place, text, at)
  if (alone) add(alone.entry.province, alone.entry.city, alone.entry.place.area, alone.end, alone.score)
  return candidates.reduce<Found | null>((top, one) => (!top || one.score > top.score || (one.score === top.score && one.end > top.end) ? one : top), null)
}

function findRegion(text: string, book: Book): Found | null {
  let found: Found | null = null
  for (let at = 0; at < text.length; at++) {
    const hit = regionAt(text, at, book)
    if (!hit) continue
    const fresh = at === 0 || GAP.test(text[at - 1] ?? '')
    // In the middle of a word only a name with its 省, 市 or 区 counts: 张海南 lives elsewhere.
    if (!fresh && hit.score < 3) continue
    const score = hit.score + (fresh ? 1 : 0)
    if (!found || score > found.score) found = { ...hit, score }
  }
  if (!found) return null
  // Copied from a page that shows the region and then the whole address: it stands there twice.
  const again = regionAt(text, skipGap(text, found.end), book)
  if (again && again.path.join() === found.path.join() && again.score >= 5) found.end = again.end
  return found
}

const PHONE = [/(?<!\d)(?:(?:\+|00)?86[\s-]*)?(1[3-9]\d{9})(?!\d)/, /(?<!\d)(?:(?:\+|00)?86[\s-]*)?(1[3-9]\d[\s-]+\d{4}[\s-]+\d{4})(?!\d)/, /(?<!\d)(?:(?:\+|00)?86[\s-]*)?(1[3-9]\d(?:[\s-]?\d){8})(?!\d)/]

interface Token {
  text: string
  beforeRegion: boolean
  nearPhone: boolean
  edge: boolean
}

/** How much a piece looks like a person. */
function nameScore(token: Token): number {
  const { text } = token
  const titled = /(?:先生|女士|小姐|老师|同学|阿姨)$/.test(text)
  const han = /^[\p{Script=Han}·•*]+$/u.test(text) && text.length >= 2 && (text.length <= 4 || titled || /[·•]/.test(text))
  const latin = /^[A-Za-z][A-Za-z.' -]{1,29}$/.test(text)
  if (!han && !latin) return 0
  let score = 0
  if (titled || (han && SURNAMES.includes(text[0] ?? ''))) score += 3
  if (token.nearPhone) score += 2
  if (token.beforeRegion) score += 2
  if (token.edge) score += 1
  if (PLACE_END.test(text) && !titled) score -= text.length > 3 ? 6 : 3
  return score
}

const PHONE_MARK = '\u0001'
const REGION_MARK = '\u0002'

/** Everything that can be found; what is not there is an empty text. */
export function parseAddress(pasted: string, areas: readonly Area[]): ParsedAddress {
  let text = pasted
    .normalize('NFKC')
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/[【】[\]()<>"“”]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

  let phone = ''
  for (const pattern of PHONE) {
    const hit = pattern.exec(text)
    if (!hit?.[1]) continue
    phone = hit[1].replace(/\D/g, '')
    text = `${text.slice(0, hit.index)} ${PHONE_MARK} ${text.slice(hit.index + hit[0].length)}`
    break
  }

  let name = ''
  const labelled = new RegExp(`(?:^|[\\s,;、|/。])(?:${NAME_LABEL})(?:\\s*[:：]\\s*|\\s+)([^\\s,;:、|/。\\d${PHONE_MARK}]{1,20})`).exec(text)
  if (labelled?.[1]) {
    name = labelled[1]
    text = `${text.slice(0, labelled.index)} ${text.slice(labelled.index + labelled[0].length)}`
  }
  text = text.replace(new RegExp(`(?:邮政编码|邮编)\\s*[:：]?\\s*\\d{6}`), ' ').replace(new RegExp(`(^|[\\s,;、|/。])(?:${LABELS})(?:\\s*[:：]|(?=\\s))`, 'g'), '$1 ')
  text = text.replace(/(^|[\s,;])中国(?:大陆)?(?=\p{Script=Han}|[\s,;])/u, '$1')

  const region = findRegion(text, bookOf(areas))
  if (region) text = `${text.slice(0, region.start)} ${REGION_MARK} ${text.slice(region.end)}`

  // A Latin name has spaces inside.
  const pieces = text.replace(/([A-Za-z][A-Za-z.']*) (?=[A-Za-z][A-Za-z.']*(?: |$))/g, '$1\u00a0').split(/[ ,;:，；：、|/。\t\n]+/).filter(Boolean).map(piece => piece.replace(/\u00a0/g, ' '))
  const regionAtPiece = pieces.indexOf(REGION_MARK)
  const isMark = (piece: string | undefined) => piece === PHONE_MARK || piece === REGION_MARK
  const near = (i: number) => pieces[i - 1] === PHONE_MARK || pieces[i + 1] === PHONE_MARK
  const tokens = pieces.flatMap((piece, i): Token[] => (isMark(piece) ? [] : [{ text: piece, beforeRegion: i < regionAtPiece, nearPhone: near(i), edge: false }]))
  for (const token of [tokens[0], tokens.at(-1)]) if (token && tokens.length > 1) token.edge = true
  let rest = tokens
  if (!name) {
    const top = tokens.reduce<Token | null>((a, b) => (nameScore(b) > (a ? nameScore(a) : 2) ? b : a), null)
    // The only piece behind a region is the street, whatever it looks like.
    const street = top && !top.beforeRegion && tokens.length === 1 && !top.nearPhone
    if (top && !street) {
      name = top.text
      rest = tokens.filter(token => token !== top)
    }
  }
  const detail = rest
    .map(token => token.text.replace(/^[-_.]+|[-_.]+$/g, ''))
    .filter(piece => piece && !/^\d{6}$/.test(piece))
    .join(' ')
  const [province, city, district] = region?.path ?? ['', '', '']
  return { name, phone, province, city, district, detail }
}
