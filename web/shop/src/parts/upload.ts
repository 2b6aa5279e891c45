// Pictures on their way to the mall: checked, allowed by the mall, sent, and named by a key that a review or an avatar then uses.
import { computed, onScopeDispose, ref, type Ref } from 'vue'
import { Fault } from '@shangpin/api'
import type { UploadPolicy, UploadPurpose } from '@shangpin/api'
import { language } from '@/app/settings'
import { call, mall } from '@/mall'

export const TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const
export const MOST_BYTES = 5 * 1024 * 1024

export type Trouble = 'type' | 'big'

/** Why a file is not even tried; null when it may be. */
export function troubleWith(file: { type: string; size: number }): Trouble | null {
  if (!TYPES.some(type => type === file.type)) return 'type'
  return file.size > MOST_BYTES ? 'big' : null
}

export interface Upload {
  id: number
  state: 'sending' | 'done' | 'failed'
  /** 0..100 */
  percent: number
  /** Once it is done. */
  key: string | null
  /** The file as this browser has it; null for one that was there before. */
  local: string | null
  error: unknown
}

/** Sends a file as the mall allowed it. `fetch` tells no progress, so this is an XMLHttpRequest. */
export function send(policy: UploadPolicy, file: File, progress: (percent: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const form = new FormData()
    for (const field of policy.fields) form.append(field.name, field.value)
    form.append(policy.file_field, file)
    const request = new XMLHttpRequest()
    request.open('POST', policy.url)
    request.setRequestHeader('Accept-Language', language.value)
    request.responseType = 'json'
    request.upload.onprogress = event => {
      if (event.lengthComputable) progress(Math.floor((event.loaded / event.total) * 100))
    }
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve()
      else reject(Fault.of(new Response(null, { status: request.status }), request.response))
    }
    request.onerror = () => reject(Fault.network())
    request.onabort = () => reject(Fault.network())
    signal.addEventListener('abort', () => request.abort())
    request.send(form)
  })
}

/** Allows and sends; answers the key. */
async function upload(purpose: UploadPurpose, file: File, progress: (percent: number) => void, signal: AbortSignal): Promise<string> {
  const policy = await call(mall.POST('/api/v1/uploads', { body: { purpose, content_type: file.type as (typeof TYPES)[number], bytes: file.size }, signal }))
  await send(policy, file, progress, signal)
  return policy.key
}

export interface Uploads {
  items: Ref<Upload[]>
  keys: Readonly<Ref<string[]>>
  /** Some are on their way. */
  busy: Readonly<Ref<boolean>>
  /** Takes files; answers the first reason for which one was left out. */
  add(files: readonly File[]): Trouble | 'tooMany' | null
  retry(id: number): void
  remove(id: number): void
}

export function useUploads(purpose: UploadPurpose, max: () => number, before: readonly string[] = [], deliver: typeof upload = upload): Uploads {
  let last = 0
  const items = ref<Upload[]>(before.map(key => ({ id: ++last, state: 'done', percent: 100, key, local: null, error: null })))
  const files = new Map<number, { file: File; stop: AbortController }>()
  const change = (id: number, part: Partial<Upload>) => {
    items.value = items.value.map(item => (item.id === id ? { ...item, ...part } : item))
  }

  async function start(id: number): Promise<void> {
    const entry = files.get(id)
    if (!entry) return
    const stop = (entry.stop = new AbortController())
    change(id, { state: 'sending', percent: 0, error: null })
    try {
      const key = await deliver(purpose, entry.file, percent => change(id, { percent }), stop.signal)
      change(id, { state: 'done', percent: 100, key })
    } catch (error) {
      if (!stop.signal.aborted) change(id, { state: 'failed', error })
    }
  }

  function forget(id: number): void {
    files.get(id)?.stop.abort()
    files.delete(id)
    const local = items.value.find(item => item.id === id)?.local
    if (local) URL.revokeObjectURL(local)
  }

  onScopeDispose(() => items.value.forEach(item => forget(item.id)))

  return {
    items,
    keys: computed(() => items.value.flatMap(item => (item.key ? [item.key] : []))),
    busy: computed(() => items.value.some(item => item.state === 'sending')),
    add(chosen) {
      let trouble: Trouble | 'tooMany' | null = null
      for (const file of chosen) {
        const wrong = troubleWith(file) ?? (items.value.length >= max() ? 'tooMany' : null)
        if (wrong) {
          trouble ??= wrong
          continue
        }
        const id = ++last
        files.set(id, { file, stop: new AbortController() })
        items.value = [...items.value, { id, state: 'sending', percent: 0, key: null, local: URL.createObjectURL(file), error: null }]
        void start(id)
      }
      return trouble
    },
    retry: id => void start(id),
    remove(id) {
      forget(id)
      items.value = items.value.filter(item => item.id !== id)
    },
  }
}
