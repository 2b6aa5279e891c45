// A mall for a worker, people in it, and a page that must stay quiet.
import { test as base, expect, type Page } from '@playwright/test'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

type Json = any

let people = 0

/** The demo mall of one worker, on a free port and in a folder of its own. */
export class Mall {
  constructor(readonly url: string) {}

  async api(method: string, path: string, options: { token?: string; body?: Json; key?: string } = {}): Promise<{ status: number; body: Json }> {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (options.token) headers.authorization = `Bearer ${options.token}`
    if (options.key) headers['idempotency-key'] = options.key
    if (options.body !== undefined) headers['content-type'] = 'application/json'
    const answer = await fetch(this.url + path, { method, headers, body: options.body === undefined ? undefined : JSON.stringify(options.body) })
    const text = await answer.text()
    return { status: answer.status, body: text ? JSON.parse(text) : null }
  }

  /** The same, and it must go well. */
  async ok(method: string, path: string, options: { token?: string; body?: Json; key?: string } = {}): Promise<Json> {
    const answer = await this.api(method, path, options)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  newPhone(): string {
    people += 1
    return `139${String(process.pid % 10_000).padStart(4, '0')}${String(people).padStart(4, '0')}`
  }

  /** The latest code that was sent to a phone. */
  async codeFor(phone: string): Promise<string> {
    const box = await this.ok('GET', '/dev/mailbox.json')
    const code = box.items.find((one: Json) => one.to === phone && one.code)?.code
    if (!code) throw new Error(`no code for ${phone} in ${JSON.stringify(box).slice(0, 400)}`)
    return code
  }

  /** A captcha, read: the demo tells what is drawn. */
  async captcha(): Promise<{ id: string; answer: string }> {
    const { id } = await this.ok('POST', '/api/v1/captchas', { body: {} })
    return { id, answer: await this.readCaptcha(id) }
  }

  /** What is drawn in a captcha that a page shows. */
  async readCaptcha(id: string): Promise<string> {
    return (await this.ok('GET', `/dev/captchas/${id}`)).answer
  }

  /** Somebody new, signed in by SMS over the API. */
  async newcomer(): Promise<Person> {
    const phone = this.newPhone()
    await this.ok('POST', '/api/v1/sms-codes', { body: { phone, purpose: 'login' } })
    const login = { kind: 'code', phone, code: await this.codeFor(phone) }
    const session = await this.ok('POST', '/api/v1/sessions', { body: { login, device: { name: 'e2e' } } })
    return { phone, tokens: { access_token: session.access_token, refresh_token: session.refresh_token } }
  }

  async operator(): Promise<string> {
    return (await this.ok('POST', '/api/v1/admin/sessions', { body: { name: 'admin', password: 'shangpin-admin-2026' } })).token
  }

  /** Moves the mall's clock: `31m`, `16d`. */
  async pass(time: string): Promise<void> {
    await this.ok('POST', '/dev/clock', { body: { pass: time } })
  }

  /** The first product that a search finds. */
  async find(words: string): Promise<Json> {
    const found = await this.ok('GET', `/api/v1/search?q=${encodeURIComponent(words)}&in_stock=true`)
    return this.ok('GET', `/api/v1/spus/${found.items[0].spu_id}`)
  }

  /** An address for somebody; gives its id. */
  async moveIn(person: Person): Promise<string> {
    const body = { name: '王小明', phone: person.phone, province: '浙江省', city: '杭州市', district: '西湖区', detail: '文三路 478 号华星时代广场 1201', is_default: true }
    return (await this.ok('POST', '/api/v1/addresses', { token: person.tokens.access_token, body })).id
  }

  /** A whole purchase over the API, received; gives the order. */
  async received(person: Person, sku: string): Promise<Json> {
    const token = person.tokens.access_token
    const address_id = await this.moveIn(person)
    const source = { kind: 'buy_now', lines: [{ sku_id: sku, qty: 1 }] }
    const order = await this.ok('POST', '/api/v1/orders', { token, key: crypto.randomUUID(), body: { source, address_id, pay_channel: 'demo' } })
    const started = await this.ok('POST', `/api/v1/orders/${order.id}/pay`, { token, key: crypto.randomUUID(), body: { channel: 'demo' } })
    await this.ok('POST', `${new URL(started.redirect_url, this.url).pathname}/pay`)
    await expect.poll(async () => (await this.ok('GET', `/api/v1/orders/${order.id}`, { token })).state).toBe('paid')
    await this.ok('POST', `/api/v1/admin/orders/${order.id}/ship`, { token: await this.operator(), body: { courier: '顺丰速运', tracking_no: 'SF1234567890' } })
    await this.ok('POST', `/api/v1/orders/${order.id}/receive`, { token, body: {} })
    return order
  }
}

export interface Person {
  phone: string
  tokens: { access_token: string; refresh_token: string }
}

/** All the people of a test come from one address; the limits of addresses have tests of their own. */
const OPEN_HAND = {
  MALL__USER__CAPTCHA__SMS_FREE_PER_IP_HOUR: '1000',
  MALL__USER__SMS__PER_IP_HOUR: '1000',
  MALL__GATEWAY__COSTLY__PER_SECOND: '1000',
  MALL__GATEWAY__COSTLY__BURST: '1000',
}

async function start(): Promise<{ mall: Mall; stop: () => Promise<void> }> {
  const binary = resolve(process.env.MALL_BIN ?? '../../target/debug/mall')
  const data = await mkdtemp(join(tmpdir(), 'mall-e2e-'))
  const child = spawn(binary, ['demo', '--port', '0', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...OPEN_HAND, MALL__HTTP__INTERNAL: '127.0.0.1:0' } })
  const gone = new Promise<void>(done => child.once('exit', () => done()))
  const url = await new Promise<string>((found, failed) => {
    child.once('error', failed)
    child.once('exit', code => failed(new Error(`the mall ended with ${code} before it was open`)))
    createInterface({ input: child.stdout }).on('line', line => {
      const at = /https?:\/\/127\.0\.0\.1:\d+/.exec(line)
      if (at) found(at[0])
    })
  })
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await gone
    await rm(data, { recursive: true, force: true })
  }
  return { mall: new Mall(url), stop }
}

interface Ours {
  /** Errors that a test expects in the console, besides none. */
  allow: (noise: RegExp) => void
  /** Puts somebody's session into the browser before its next page. */
  enter: (page: Page, person: Person) => Promise<void>
}

export const test = base.extend<Ours, { mall: Mall }>({
  mall: [
    async ({}, use) => {
      const { mall, stop } = await start()
      await use(mall)
      await stop()
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ mall }, use) => use(mall.url),
  allow: [
    async ({ context }, use) => {
      const allowed: RegExp[] = []
      const noise: string[] = []
      const hear = (text: string): void => void noise.push(text)
      context.on('console', message => {
        if (message.type() === 'error' || message.type() === 'warning') hear(`${message.text()} (${message.location().url})`)
      })
      context.on('weberror', error => hear(String(error.error())))
      await use(pattern => void allowed.push(pattern))
      expect(noise.filter(text => !allowed.some(pattern => pattern.test(text))), 'errors in the console').toEqual([])
    },
    { auto: true },
  ],
  enter: async ({}, use) => {
    await use(async (page, person) => {
      await page.addInitScript(tokens => {
        if (!sessionStorage.getItem('e2e.entered')) localStorage.setItem('mall.tokens', tokens)
        sessionStorage.setItem('e2e.entered', '1')
      }, JSON.stringify(person.tokens))
    })
  },
})

export { expect }
