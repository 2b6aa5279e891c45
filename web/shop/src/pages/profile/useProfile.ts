// The shopper's own profile; each field is saved by itself.
import { computed, ref, watch } from 'vue'
import type { ChangeProfile, Profile } from '@shangpin/api'
import { call, isFault, mall } from '@/mall'
import { fieldCodes } from '@/parts/fieldCodes'
import { useLoad } from '@/parts/load'
import { complain } from '@/parts/toast'
import { useUploads, type Trouble } from '@/parts/upload'
import { useSession } from '@/session'

export type ProfileField = 'nickname' | 'username' | 'gender' | 'birthday' | 'avatar'
/** Why a field was refused, as the page's words name it. */
export type Reason = 'nicknameLength' | 'usernameLength' | 'usernameCharacters' | 'characters' | 'personal' | 'reserved' | 'taken' | 'bad'

function reasonOf(field: ProfileField, code: string): Reason {
  if (code === 'length') return field === 'username' ? 'usernameLength' : 'nicknameLength'
  if (code === 'characters') return field === 'username' ? 'usernameCharacters' : 'characters'
  return code === 'personal' || code === 'reserved' ? code : 'bad'
}

export function useProfile() {
  const session = useSession()
  const nickname = ref('')
  const username = ref('')
  const saving = ref<ProfileField | null>(null)
  const reasons = ref<Partial<Record<ProfileField, Reason>>>({})

  const profile = useLoad(async () => {
    const fresh = await call(mall.GET('/api/v1/users/me'))
    take(fresh)
    return fresh
  })
  function take(fresh: Profile): void {
    session.profile = fresh
    nickname.value = fresh.nickname
    username.value = fresh.username ?? ''
  }
  const now = computed(() => (profile.data.value ? session.profile : null))
  const changed = computed(() => ({
    nickname: !!now.value && nickname.value.trim() !== now.value.nickname,
    username: !!now.value && !now.value.username && username.value.trim() !== '',
  }))
  const dirty = computed(() => changed.value.nickname || changed.value.username)
  watch(nickname, () => delete reasons.value.nickname)
  watch(username, () => delete reasons.value.username)

  async function save(field: ProfileField, value: string): Promise<boolean> {
    if (saving.value) return false
    saving.value = field
    delete reasons.value[field]
    try {
      const body: ChangeProfile = { [field]: value }
      const fresh = await call(mall.PATCH('/api/v1/users/me', { body }))
      session.profile = fresh
      if (field === 'nickname') nickname.value = fresh.nickname
      return true
    } catch (error) {
      const code = fieldCodes(error)[`/${field}`]
      if (isFault(error, 'username_taken')) reasons.value[field] = 'taken'
      else if (code) reasons.value[field] = reasonOf(field, code)
      else complain(error)
      return false
    } finally {
      saving.value = null
    }
  }

  // One picture; it becomes the avatar as soon as it has arrived.
  const uploads = useUploads('avatar', () => 1)
  const avatar = computed(() => uploads.items.value[0] ?? null)
  function chooseAvatar(file: File): Trouble | null {
    if (avatar.value) uploads.remove(avatar.value.id)
    const trouble = uploads.add([file])
    return trouble === 'tooMany' ? null : trouble
  }
  const avatarSaved = ref(0)
  watch(uploads.keys, async ([key]) => {
    const upload = avatar.value
    if (!key || !upload) return
    if (await save('avatar', key)) avatarSaved.value++
    uploads.remove(upload.id)
  })

  return { profile, now, nickname, username, changed, dirty, saving, reasons, save, avatar, avatarSaved, chooseAvatar, retryAvatar: () => avatar.value && uploads.retry(avatar.value.id) }
}
