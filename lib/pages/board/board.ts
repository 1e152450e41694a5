/*
 * The live board of a long run: a page on this machine alone, which a server of this process gives to whoever knows its
 * token, and what is new as server-sent events.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { invalid, isCallable, knownOptions, nonNegativeInteger, string } from '../../validate.js'
import { boardPage } from './page.js'
import type { BoardState } from './state.js'

export interface BoardOptions {
  /** Heading of the page. */
  readonly title: string
  /** The command of the run, to be shown. Default none. */
  readonly command?: string
  /** What is to be shown: called at most twice a second, and only while a page is open. */
  readonly state: () => BoardState
  /** Called once, when the stop button is pressed. */
  readonly onStop: () => void
  /** Port of 127.0.0.1; 0 for any that is free. Default 0. */
  readonly port?: number
}

const optionNames = ['title', 'command', 'state', 'onStop', 'port'] as const satisfies readonly (keyof BoardOptions)[]

/** Milliseconds between two events. */
const INTERVAL = 500
/** Pages that may be open at a time. */
const MOST_PAGES = 16
/** Milliseconds that a reader has to take the last event. */
const LAST_WORD = 500

/** A board that is open. */
export interface Board {
  /** Where it is: with the token, which is as good as a password for this run. */
  readonly url: string
  /** Sends the last state, and closes all connections. */
  close(): Promise<void>
}

/**
 * Opens the live board of a run on 127.0.0.1. It answers only to who knows the token of its URL, comes by the name
 * 127.0.0.1 or localhost (a page of elsewhere that has its own name point here does not) and, where a page asks, is its own
 * page. The process does not wait for it.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that cannot be used; the error of Node for a port that is taken
 */
export async function openBoard(options: BoardOptions): Promise<Board> {
  const given = knownOptions<BoardOptions>('openBoard', options, optionNames)
  const { port = 0 } = given
  string('title', given.title)
  if (given.command !== undefined) string('command', given.command)
  for (const name of ['state', 'onStop'] as const) {
    if (!isCallable(given[name])) throw invalid(name, 'function', given[name])
  }
  nonNegativeInteger('port', port)
  // Loaded here: programs without a board do not pay for a web server.
  const { createServer } = await import('node:http')
  const open = new OpenBoard(given as BoardOptions, randomBytes(24).toString('base64url'))
  await open.listen(
    createServer({ requestTimeout: 10_000 }, (request, response) => open.answer(request, response)),
    port,
  )
  return open
}

class OpenBoard implements Board {
  readonly #options: BoardOptions
  readonly #token: string
  readonly #readers = new Set<ServerResponse>()
  #server: Server | undefined
  #timer: NodeJS.Timeout | undefined
  #hosts: readonly string[] = []
  #stopped = false

  constructor(options: BoardOptions, token: string) {
    this.#options = options
    this.#token = token
  }

  get url(): string {
    return `http://${this.#hosts[0]}/${this.#token}/`
  }

  async listen(server: Server, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    const { port: own } = server.address() as AddressInfo
    this.#hosts = [`127.0.0.1:${own}`, `localhost:${own}`]
    this.#server = server.unref()
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const refused = this.#refusal(request)
    const path = refused === undefined ? request.url!.slice(this.#token.length + 2) : ''
    const way = `${request.method} ${path}`
    if (refused !== undefined) end(response, refused, 'text/plain', 'Refused.\n')
    else if (way === 'GET ') end(response, 200, 'text/html; charset=utf-8', boardPage(this.#options))
    else if (way === 'GET events') this.#subscribe(response)
    else if (way === 'POST stop') this.#stop(response)
    else if (['', 'events', 'stop'].includes(path)) end(response, 405, 'text/plain', 'Not by this method.\n')
    else end(response, 404, 'text/plain', 'Not here.\n')
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    const last = eventOf(this.#options.state())
    const taken = [...this.#readers].map((reader) => new Promise<void>((resolve) => reader.end(last, () => resolve())))
    await Promise.race([Promise.all(taken), new Promise((resolve) => setTimeout(resolve, LAST_WORD).unref())])
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }

  /** The status with which a request is turned away. */
  #refusal({ headers, url = '', method }: IncomingMessage): number | undefined {
    if (!this.#hosts.includes(headers.host ?? '')) return 421
    const origins = this.#hosts.map((host) => `http://${host}`)
    // Browsers name the page that asks wherever something is to be changed; a link that is followed has none.
    if (headers.origin === undefined ? method === 'POST' : !origins.includes(headers.origin)) return 403
    const site = headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return 403
    return isSame(url.slice(1, this.#token.length + 2), `${this.#token}/`) ? undefined : 404
  }

  #subscribe(response: ServerResponse): void {
    if (this.#readers.size >= MOST_PAGES) {
      end(response, 503, 'text/plain', 'Too many pages are open.\n')
      return
    }
    response.writeHead(200, { ...safeHeaders, 'content-type': 'text/event-stream' })
    response.write(`retry: 1000\n\n${eventOf(this.#options.state())}`)
    this.#readers.add(response)
    response.once('close', () => {
      this.#readers.delete(response)
      if (this.#readers.size === 0) clearInterval(this.#timer)
    })
    if (this.#readers.size === 1) this.#timer = setInterval(() => this.#send(), INTERVAL).unref()
  }

  #send(): void {
    const event = eventOf(this.#options.state())
    // A reader that lags behind gets the next one: each event is the whole state.
    for (const reader of this.#readers) if (!reader.writableNeedDrain) reader.write(event)
  }

  #stop(response: ServerResponse): void {
    end(response, 202, 'text/plain', 'Stopping.\n')
    if (this.#stopped) return
    this.#stopped = true
    this.#options.onStop()
    this.#send()
  }
}

const safeHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

function end(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { ...safeHeaders, 'content-type': type }).end(text)
}

function eventOf(state: BoardState): string {
  return `data: ${JSON.stringify(state)}\n\n`
}

/** Takes as long for a token that is nearly right as for any other. */
function isSame(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)]
  return one.length === other.length && timingSafeEqual(one, other)
}
