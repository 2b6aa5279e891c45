// The picture with characters that the mall asks for when it doubts that a person is there.
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Captcha, CaptchaAnswer } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'

const CHARACTERS = 4

export interface CaptchaTask {
  /** The mall asked for an answer. */
  needed: Ref<boolean>
  picture: ShallowRef<Captcha | null>
  state: Ref<'loading' | 'ready' | 'failed'>
  answer: Ref<string>
  trouble: Ref<'' | 'wrong' | 'empty'>
  /** Another picture; each may be tried once. */
  renew(): Promise<void>
  /** Takes a refusal that is about the captcha, and does `again` once the characters are there; false when it is about something else. */
  took(error: unknown, again: () => unknown): boolean
  /** What goes with a request; `null` when the answer is still missing (and says so). */
  value(): { captcha?: CaptchaAnswer } | null
  /** The request went through. */
  done(): void
}

export function useCaptcha(): CaptchaTask {
  const needed = ref(false)
  const picture = shallowRef<Captcha | null>(null)
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const answer = ref('')
  const trouble = ref<'' | 'wrong' | 'empty'>('')
  let turn = 0
  let sent = false
  let pending: (() => unknown) | null = null

  async function renew(): Promise<void> {
    const mine = ++turn
    answer.value = ''
    picture.value = null
    sent = false
    state.value = 'loading'
    try {
      const fresh = await call(mall.POST('/api/v1/captchas'))
      if (mine !== turn) return
      picture.value = fresh
      state.value = 'ready'
    } catch {
      if (mine === turn) state.value = 'failed'
    }
  }
  watch(answer, now => {
    if (!now) return
    trouble.value = ''
    if (now.trim().length === CHARACTERS && picture.value && !sent) pending?.()
  })
  onScopeDispose(() => turn++)

  return {
    needed,
    picture,
    state,
    answer,
    trouble,
    renew,
    took(error, again) {
      const about = isFault(error, 'captcha_required', 'captcha_wrong')
      if (about) {
        trouble.value = isFault(error, 'captcha_wrong') ? 'wrong' : ''
        needed.value = true
        pending = again
      }
      // A picture that went with a request is used up, whatever the request was refused for.
      if (about || (sent && needed.value)) {
        if (!about) pending = null
        void renew()
      }
      return about
    },
    value() {
      if (!needed.value) return {}
      const text = answer.value.trim()
      if (!text || !picture.value) {
        trouble.value = 'empty'
        return null
      }
      sent = true
      return { captcha: { id: picture.value.id, answer: text } }
    },
    done() {
      turn++
      needed.value = false
      pending = null
      sent = false
      answer.value = ''
      picture.value = null
      trouble.value = ''
    },
  }
}
