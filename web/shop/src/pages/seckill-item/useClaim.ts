// The way to one piece: everything slow (captcha, address, price) makes a pass, before the start if the shopper likes; the claim itself is
// one short question, sent by a tap and by nothing else. The pass is the claim's key: sent again it is the same claim.
import { computed, ref, shallowRef, watch } from 'vue'
import type { AddressShown, Quote } from '@shangpin/api'
import { call, type Fault, isFault, mall } from '@/mall'
import type { NewSeckillPass, SeckillPass } from '@shangpin/api'
import { addressLine } from '@/parts/addresses'
import { useCaptcha } from '@/parts/captcha'
import { checkClock, mallNow, useCountdown } from '@/parts/clock'
import { useSession } from '@/session'

/** A pass with what it was made for, so that a reload finds it as it was. */
export interface Held extends SeckillPass {
  qty: number
  address: { name: string; phone: string; line: string }
}
export type TroubleKind = 'early' | 'over' | 'barred' | 'limited' | 'gone' | 'address' | 'offShelf' | 'expired' | 'busy' | 'silence' | 'other'
export interface Trouble {
  kind: TroubleKind
  error: Fault | null
  /** When it opens, where the mall said so. */
  opensAt?: string
  limit?: number
}

const KINDS: Record<string, TroubleKind> = {
  seckill_not_open: 'over',
  seckill_barred: 'barred',
  seckill_limited: 'limited',
  seckill_sold_out: 'gone',
  off_shelf: 'offShelf',
  pass_expired: 'expired',
}

export function troubleOf(error: Fault): Trouble {
  const { opens_at, limit } = error.problem
  if (error.code === 'seckill_not_open' && typeof opens_at === 'string') return { kind: 'early', error, opensAt: opens_at }
  if (error.code === 'not_found' && error.fields.some(one => one.pointer === '/address_id')) return { kind: 'address', error }
  if (error.status === 0) return { kind: 'silence', error }
  // What is told to come again is not lost: the same pass counts.
  if (error.retryAfter !== null || error.status === 503) return { kind: 'busy', error }
  return { kind: KINDS[error.code] ?? 'other', error, ...(typeof limit === 'number' && { limit }) }
}

const later = (seconds: number) => new Date(mallNow() + seconds * 1000).toISOString()

function restore(place: string): Held | null {
  try {
    const held = JSON.parse(sessionStorage.getItem(place) ?? 'null') as Held | null
    return held && Date.parse(held.expires_at) > mallNow() ? held : null
  } catch {
    return null
  }
}

export function useClaim(item_id: string) {
  const session = useSession()
  const place = `mall.seckill.pass.${item_id}`
  const qty = ref(1)
  const address = shallowRef<AddressShown | null>(null)
  const captcha = useCaptcha()
  const held = shallowRef<Held | null>(session.signedIn ? restore(place) : null)
  const trouble = shallowRef<Trouble | null>(null)
  const verifying = ref(false)
  const claiming = ref(false)
  const waitUntil = ref<string | null>(null)
  const told = ref(0)
  const ticking = useCountdown(waitUntil)
  /** Seconds; never more than the mall named, however old the last tick is. */
  const wait = computed(() => Math.min(ticking.value ?? 0, told.value))
  const valid = useCountdown(() => held.value?.expires_at)
  const quote = computed<Quote | null>(() => held.value?.quote ?? null)

  function hold(now: Held | null): void {
    held.value = now
    if (now) sessionStorage.setItem(place, JSON.stringify(now))
    else sessionStorage.removeItem(place)
  }
  /** Something else is wanted: a new pass needs a new captcha. */
  function drop(): void {
    hold(null)
    trouble.value = null
    askCaptcha()
  }
  function askCaptcha(): void {
    captcha.needed.value = true
    void captcha.renew()
  }
  watch(valid, now => {
    if (now !== 0 || claiming.value) return
    drop()
    trouble.value = { kind: 'expired', error: null }
  })
  // A pass is its shopper's: who signs in next gets one of his own.
  watch(() => session.signedIn, now => now || hold(null))

  function meet(error: unknown): void {
    if (!isFault(error)) throw error
    const met = troubleOf(error)
    trouble.value = met
    if (met.kind === 'busy') {
      told.value = error.retryAfter ?? 1
      waitUntil.value = later(told.value)
    }
    if (met.kind === 'early') checkClock()
    if (met.kind === 'address') address.value = null
    if (met.kind === 'expired') {
      hold(null)
      askCaptcha()
    }
  }

  /** Captcha, address and number become a pass with its price. */
  async function verify(): Promise<boolean> {
    const at = address.value
    if (verifying.value || held.value || !at) return false
    const answer = captcha.value()?.captcha
    if (!answer) return false
    verifying.value = true
    trouble.value = null
    try {
      const body: NewSeckillPass = { item_id, qty: qty.value, address_id: at.id, captcha: answer }
      const pass = await call(mall.POST('/api/v1/seckill/passes', { body }))
      captcha.done()
      hold({ ...pass, qty: body.qty, address: { name: at.name, phone: at.phone, line: addressLine(at) } })
      return true
    } catch (error) {
      if (!captcha.took(error, () => {})) meet(error)
      return false
    } finally {
      verifying.value = false
    }
  }

  /** One tap, one claim: a second tap while it is on its way is the first one. Gives the ticket, or null with the trouble shown. */
  async function claim(): Promise<string | null> {
    const pass = held.value?.pass
    if (claiming.value || !pass || wait.value > 0) return null
    claiming.value = true
    trouble.value = null
    try {
      const { ticket } = await call(mall.POST('/api/v1/seckill/claims', { body: { pass } }))
      hold(null)
      return ticket
    } catch (error) {
      meet(error)
      return null
    } finally {
      claiming.value = false
    }
  }

  return { qty, address, captcha, held, quote, valid, trouble, wait, verifying, claiming, askCaptcha, drop, verify, claim }
}

export type Claim = ReturnType<typeof useClaim>
