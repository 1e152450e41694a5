import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openBoard } from '../../../lib/pages/board/board.js'
import { BoardRecord } from '../../../lib/pages/board/record.js'
import type { BoardState } from '../../../lib/pages/board/state.js'
import { type BoardRun, boardRun } from '../../helpers/board-run.js'

let run: BoardRun | undefined
afterEach(async () => {
  await run?.board.close()
  run = undefined
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Asks by Node's own client, which lets Host and Origin be set. */
function ask(url: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, agent: false }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode!, headers: response.headers, body }), reject)
    })
    sent.on('error', reject).end()
  })
}

/** The first events of the board, and what ends the listening. */
function listen(url: string, count: number): Promise<BoardState[]> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}events`, (response: IncomingMessage) => {
      const states: BoardState[] = []
      let rest = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        const events = `${rest}${part}`.split('\n\n')
        rest = events.pop()!
        for (const event of events) {
          const [, json] = /^data: (.*)$/m.exec(event) ?? []
          if (json !== undefined) states.push(JSON.parse(json))
        }
        if (states.length < count) return
        sent.destroy()
        resolve(states)
      })
      response.on('end', () => resolve(states))
    })
    sent.on('error', reject).end()
  })
}

describe('the server of the board', () => {
  test('listens on the loopback alone, and its token is in its address', async () => {
    run = await boardRun()
    const { hostname, pathname } = new URL(run.board.url)
    expect(hostname).toBe('127.0.0.1')
    // 24 random bytes.
    expect(pathname).toMatch(/^\/[\w-]{32}\/$/)
    const other = await boardRun()
    expect(new URL(other.board.url).pathname).not.toBe(pathname)
    await other.board.close()
  })

  test('gives its page to who knows the token, not to be kept or framed', async () => {
    run = await boardRun()
    const { status, headers, body } = await ask(run.board.url)
    expect(status).toBe(200)
    expect(body.includes('Stop the run')).toBe(true)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  test.each(['', 'events', 'stop'])('refuses a wrong token, Host and Origin: /%s', async (path) => {
    run = await boardRun()
    const url = new URL(path, run.board.url)
    const method = path === 'stop' ? 'POST' : 'GET'
    const own = { origin: url.origin }
    const token = url.pathname.split('/')[1]!
    for (const wrong of ['', 'x', token.slice(1), `${token}x`, token.replace(/.$/, '~'), `${token.slice(0, -1)}é`]) {
      const answer = await ask(`${url.origin}/${encodeURI(wrong)}/${path}`, { method, headers: own })
      expect(answer.status, wrong).toBe(404)
      expect(answer.body).toBe('Refused.\n')
    }
    for (const host of ['example.org', `example.org:${url.port}`, '127.0.0.1', `127.0.0.1:${Number(url.port) + 1}`]) {
      expect((await ask(url.href, { method, headers: { ...own, host } })).status, host).toBe(421)
    }
    const port = Number(url.port)
    for (const origin of ['http://example.org', 'null', `https://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`]) {
      expect((await ask(url.href, { method, headers: { origin } })).status, origin).toBe(403)
    }
    expect((await ask(url.href, { method, headers: { ...own, 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
    expect(run.stops()).toBe(0)
  })

  test('stops the run once, by a POST of its own page', async () => {
    run = await boardRun()
    const url = new URL('stop', run.board.url)
    expect((await ask(url.href)).status).toBe(405)
    expect((await ask(url.href, { method: 'POST' })).status).toBe(403)
    expect(run.stops()).toBe(0)
    const headers = { origin: url.origin }
    expect((await ask(url.href, { method: 'POST', headers })).status).toBe(202)
    expect((await ask(url.href, { method: 'POST', headers })).status).toBe(202)
    expect(run.stops()).toBe(1)
    const [state] = await listen(run.board.url, 1)
    expect(state!.state).toBe('stopping')
    expect((await ask(`${run.board.url}other`)).status).toBe(404)
  })

  test('sends the state at once, again when it changes, and the last one when it closes', async () => {
    run = await boardRun()
    const { board, record, end } = run
    const heard = listen(board.url, 100)
    end(3)
    await expect.poll(async () => (await listen(board.url, 1))[0]!.tried).toBe(3)
    record.end()
    await board.close()
    const states = await heard
    expect(states.at(-1)).toMatchObject({ state: 'ended', tried: 3, members: [] })
    await expect(ask(board.url)).rejects.toThrow('ECONNREFUSED')
    await board.close()
  })

  test('asks for no state while no page is open', async () => {
    let asked = 0
    const record = new BoardRecord({ metric: 'r2', format: 'number' })
    const state = () => {
      asked++
      return record.state()
    }
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const board = await openBoard({ title: 'quiet', state, onStop: () => {} })
      vi.advanceTimersByTime(10_000)
      expect(asked).toBe(0)
      const heard = listen(board.url, 3)
      await expect.poll(() => vi.getTimerCount()).toBe(1)
      vi.advanceTimersByTime(10_000)
      await heard
      // It hears that the page has gone.
      await expect.poll(() => vi.getTimerCount()).toBe(0)
      const before = asked
      vi.advanceTimersByTime(10_000)
      expect(asked).toBe(before)
      await board.close()
    } finally {
      vi.useRealTimers()
    }
  })

  test('opens so many pages, and no more', async () => {
    run = await boardRun()
    const { board } = run
    const open = Array.from({ length: 16 }, () =>
      request(`${board.url}events`)
        .on('error', () => {})
        .end(),
    )
    await Promise.all(open.map((one) => new Promise((resolve) => one.once('response', resolve))))
    expect((await ask(`${board.url}events`)).status).toBe(503)
    for (const one of open) one.destroy()
  })

  test('an option that cannot be used is told', async () => {
    const good = {
      title: 'a',
      state: () => new BoardRecord({ metric: 'r2', format: 'number' }).state(),
      onStop: () => {},
    }
    await expect(openBoard({ ...good, state: 3 } as never)).rejects.toThrow('Expected function for state')
    await expect(openBoard({ ...good, titel: 3 } as never)).rejects.toThrow("Did you mean 'title'?")
    await expect(openBoard({ ...good, port: -1 })).rejects.toThrow('port')
  })
})

describe('what the board shows', () => {
  test('members, results, the best so far, and the time that is left', () => {
    let now = 0
    const record = new BoardRecord({ metric: 'accuracy', format: 'percent', planned: 4 }, () => now)
    expect(record.state()).toMatchObject({ state: 'running', tried: 0, planned: 4, left: null, best: null })
    record.running([{ key: 'a' }, { key: 'b' }], { epoch: 2, epochs: 4 })
    expect(record.state().members).toEqual([
      { name: 'a', done: 0.5 },
      { name: 'b', done: 0.5 },
    ])
    now = 1000
    record.ended({ key: 'a', value: 0.8, curve: [0.7, 0.8], seconds: 1 })
    now = 2000
    record.ended({ key: 'b', value: 0.7, curve: [0.6, 0.7], seconds: 1 })
    now = 3000
    record.ended({ key: 'c', value: null, curve: [], seconds: 1, failed: 'Its loss was not finite.' })
    const state = record.state()
    expect(state).toMatchObject({
      tried: 3,
      elapsed: 3000,
      left: 1000,
      best: { name: 'a', value: '80.0 %' },
      members: [],
    })
    expect(state.results.map(({ name, value, failed }) => [name, value, failed])).toEqual([
      ['c', 'Its loss was not finite.', true],
      ['b', '70.0 %', false],
      ['a', '80.0 %', false],
    ])
    expect(state.progress).toMatchObject({
      series: [
        {
          points: [
            [1, 0.8],
            [3, 0.8],
          ],
        },
      ],
    })
    expect(state.curves).toMatchObject({
      series: [
        {
          name: 'a',
          points: [
            [1, 0.7],
            [2, 0.8],
          ],
        },
        { name: 'b' },
      ],
    })
    record.end()
    expect(record.state()).toMatchObject({ state: 'ended', left: 0 })
  })

  test('a long run stays a small state', () => {
    const record = new BoardRecord({ metric: 'r2', format: 'number', budget: 3_600_000 })
    const curve = Array.from({ length: 10_000 }, (_, epoch) => 1 - 1 / (epoch + 1))
    for (let at = 0; at < 3000; at++) record.ended({ key: `trial ${at}`, value: at, curve, seconds: 1 })
    expect(JSON.stringify(record.state()).length).toBeLessThan(60_000)
    expect(record.state().tried).toBe(3000)
  })
})
