// Who is shopping, and what the badge on the cart says.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Profile, SignedIn } from '@shangpin/api'
import { call, isFault, keeper, mall, onTokens, whenSignedOut } from '@/mall'

export const useSession = defineStore('session', () => {
  const signedIn = ref(keeper.read() !== null)
  const profile = ref<Profile | null>(null)
  const cartCount = ref(0)
  /** Set when a call found the session over; the app's frame leads to the sign-in page and resets it. */
  const expired = ref(false)

  const name = computed(() => profile.value?.nickname ?? '')

  function forget(): void {
    profile.value = null
    cartCount.value = 0
  }

  onTokens(tokens => {
    const now = tokens !== null
    if (now !== signedIn.value) forget()
    signedIn.value = now
  })
  whenSignedOut(() => {
    forget()
    expired.value = true
  })

  function enter(answer: SignedIn): void {
    keeper.write(answer)
    profile.value = answer.user
    expired.value = false
  }

  /** The profile; read once. */
  async function load(): Promise<Profile | null> {
    if (!signedIn.value) return null
    profile.value ??= await call(mall.GET('/api/v1/users/me'))
    return profile.value
  }

  /** How many lines the cart holds; a badge is no reason for an error. */
  async function countCart(): Promise<void> {
    if (!signedIn.value) return
    try {
      cartCount.value = (await call(mall.GET('/api/v1/cart'))).count
    } catch (error) {
      if (!isFault(error)) throw error
    }
  }

  async function leave(): Promise<void> {
    try {
      await call(mall.DELETE('/api/v1/sessions/current'))
    } catch (error) {
      // Tokens that the mall no longer knows are as good as gone; silence must not look like a log-out.
      if (!isFault(error) || error.unanswered) throw error
    }
    keeper.write(null)
    forget()
  }

  return { signedIn, profile, name, cartCount, expired, enter, load, countCart, leave }
})
