import { effectScope } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { flushPromises } from '@vue/test-utils'
import { Fault } from '@/mall'
import { MOST_BYTES, troubleWith, useUploads, type Uploads } from './upload'

function file(name = 'a.jpg', type = 'image/jpeg', size = 10): File {
  const made = new File(['x'], name, { type })
  Object.defineProperty(made, 'size', { value: size })
  return made
}

type Deliver = NonNullable<Parameters<typeof useUploads>[3]>
interface Sent {
  name: string
  progress: (percent: number) => void
  signal: AbortSignal
  resolve: (key: string) => void
  reject: (error: unknown) => void
}

/** A delivery that goes as far as the test says. */
function stage(max = 3, before: string[] = []): { uploads: Uploads; sent: Sent[]; stop: () => void } {
  const sent: Sent[] = []
  const deliver: Deliver = (_purpose, one, progress, signal) => new Promise((resolve, reject) => sent.push({ name: one.name, progress, signal, resolve, reject }))
  const scope = effectScope()
  const uploads = scope.run(() => useUploads('review', () => max, before, deliver))!
  return { uploads, sent, stop: () => scope.stop() }
}

describe('what may be sent', () => {
  it('is jpeg, png or webp of 5 MB at most', () => {
    expect(troubleWith({ type: 'image/webp', size: MOST_BYTES })).toBeNull()
    expect(troubleWith({ type: 'image/jpeg', size: MOST_BYTES + 1 })).toBe('big')
    expect(troubleWith({ type: 'image/gif', size: 1 })).toBe('type')
    expect(troubleWith({ type: '', size: 1 })).toBe('type')
  })
})

describe('uploads', () => {
  afterEach(() => vi.restoreAllMocks())

  it('go from sending over a percentage to a key', async () => {
    const { uploads, sent } = stage()
    expect(uploads.add([file()])).toBeNull()
    expect(uploads.items.value[0]).toMatchObject({ state: 'sending', percent: 0, key: null })
    expect(uploads.busy.value).toBe(true)
    expect(uploads.keys.value).toEqual([])
    sent[0]!.progress(40)
    expect(uploads.items.value[0]!.percent).toBe(40)
    sent[0]!.resolve('u/review/1')
    await flushPromises()
    expect(uploads.items.value[0]).toMatchObject({ state: 'done', key: 'u/review/1' })
    expect(uploads.keys.value).toEqual(['u/review/1'])
    expect(uploads.busy.value).toBe(false)
  })

  it('that failed can be sent again, with the same file', async () => {
    const { uploads, sent } = stage()
    uploads.add([file('shoe.png', 'image/png')])
    sent[0]!.reject(Fault.network())
    await flushPromises()
    expect(uploads.items.value[0]).toMatchObject({ state: 'failed', error: { code: 'network' } })
    expect(uploads.busy.value).toBe(false)
    uploads.retry(uploads.items.value[0]!.id)
    expect(uploads.items.value[0]).toMatchObject({ state: 'sending', error: null })
    expect(sent[1]!.name).toBe('shoe.png')
    sent[1]!.resolve('u/review/2')
    await flushPromises()
    expect(uploads.keys.value).toEqual(['u/review/2'])
  })

  it('leave out what is too much or of the wrong kind, and take the rest', () => {
    const { uploads, sent } = stage(2, ['u/review/old'])
    expect(uploads.add([file('a.gif', 'image/gif'), file('b.jpg'), file('c.jpg')])).toBe('type')
    expect(sent.map(one => one.name)).toEqual(['b.jpg'])
    expect(uploads.add([file('d.jpg')])).toBe('tooMany')
    expect(uploads.items.value).toHaveLength(2)
  })

  it('taken away are stopped, and their late answer changes nothing', async () => {
    const { uploads, sent } = stage()
    const revoke = vi.spyOn(URL, 'revokeObjectURL')
    uploads.add([file('a.jpg'), file('b.jpg')])
    uploads.remove(uploads.items.value[0]!.id)
    expect(sent[0]!.signal.aborted).toBe(true)
    expect(revoke).toHaveBeenCalledOnce()
    sent[0]!.resolve('u/review/late')
    sent[1]!.resolve('u/review/b')
    await flushPromises()
    expect(uploads.keys.value).toEqual(['u/review/b'])
    expect(uploads.busy.value).toBe(false)
  })

  it('are stopped when the page goes', () => {
    const { uploads, sent, stop } = stage()
    uploads.add([file()])
    stop()
    expect(sent[0]!.signal.aborted).toBe(true)
  })
})
