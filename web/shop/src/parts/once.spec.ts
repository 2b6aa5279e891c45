import { beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '@/mall'
import { useOnce } from './once'

const refusal = (): Fault => new Fault({ title: '', status: 409, code: 'out_of_stock', request_id: '', errors: [] })

describe('an action with a key', () => {
  beforeEach(() => sessionStorage.clear())

  it('joins a second tap to the first', async () => {
    const keys: string[] = []
    let answer: (n: number) => void = () => {}
    const once = useOnce<number, number>('t', key => {
      keys.push(key)
      return new Promise(done => (answer = done))
    })
    const taps = [once.run(1), once.run(1), once.run(1)]
    expect(once.busy.value).toBe(true)
    answer(42)
    expect(await Promise.all(taps)).toEqual([42, 42, 42])
    expect(keys).toHaveLength(1)
    expect(once.busy.value).toBe(false)
  })

  it('keeps its key after silence, also over a reload, and takes a new one after an answer', async () => {
    const keys: string[] = []
    const outcomes = [Fault.network(), Fault.network(), refusal(), null]
    const act = async (key: string): Promise<string> => {
      keys.push(key)
      const outcome = outcomes.shift()
      if (outcome) throw outcome
      return 'ok'
    }
    await expect(useOnce('t', act).run({ a: 1 })).rejects.toMatchObject({ code: 'network' })
    await expect(useOnce('t', act).run({ a: 1 })).rejects.toMatchObject({ code: 'network' })
    await expect(useOnce('t', act).run({ a: 1 })).rejects.toMatchObject({ code: 'out_of_stock' })
    expect(await useOnce('t', act).run({ a: 1 })).toBe('ok')
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).toBe(keys[0])
    expect(keys[3]).not.toBe(keys[0])
  })

  it('gives another request another key', async () => {
    const keys: string[] = []
    const once = useOnce<{ a: number }, void>('t', async key => {
      keys.push(key)
      throw Fault.network()
    })
    await once.run({ a: 1 }).catch(() => {})
    await once.run({ a: 2 }).catch(() => {})
    expect(keys[0]).not.toBe(keys[1])
  })
})
