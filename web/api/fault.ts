import type { FieldError, Problem } from './schema'

/**
 * A refusal of the mall (RFC 9457), or no answer at all.
 *
 * `code` is the stable name that pages switch on; the sentence in `message` is already in the language asked for.
 * Without an answer the code is `network` and the status 0: nobody knows whether the request had an effect.
 */
export class Fault extends Error {
  readonly code: string
  /** HTTP status; 0 without an answer. */
  readonly status: number
  readonly fields: FieldError[]
  /** What support asks for. */
  readonly requestId: string
  /** Seconds to wait, where the mall named them. */
  readonly retryAfter: number | null
  /** The problem as it came, with the data that this fault carries. */
  readonly problem: Problem & Record<string, unknown>

  constructor(problem: Problem & Record<string, unknown>, retryAfter: number | null = null) {
    super(problem.title)
    this.name = 'Fault'
    this.code = problem.code
    this.status = problem.status
    this.fields = problem.errors ?? []
    this.requestId = problem.request_id ?? ''
    this.retryAfter = retryAfter
    this.problem = problem
  }

  /** Nobody answered: the same request, with the same key, may be sent again. */
  get unanswered(): boolean {
    return this.status === 0 || this.code === 'in_flight' || this.status >= 502
  }

  static network(): Fault {
    return new Fault({ code: 'network', status: 0, title: '', request_id: '', errors: [] })
  }

  static of(response: Response, body: unknown): Fault {
    const after = Number(response.headers.get('retry-after'))
    const problem = (body && typeof body === 'object' ? body : {}) as Partial<Problem>
    return new Fault(
      { title: '', code: `http_${response.status}`, request_id: '', errors: [], ...problem, status: response.status },
      Number.isFinite(after) && after > 0 ? after : null,
    )
  }
}

export function isFault(error: unknown, ...codes: string[]): error is Fault {
  return error instanceof Fault && (codes.length === 0 || codes.includes(error.code))
}
