import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { atomicWrite, atomicWriteSync } from '../../../lib/files/atomic-write.js'
import { temporaryBeside } from '../../../lib/files/temporary-files.js'
import { temporaryFolder } from './support.js'

const parent = temporaryFolder()
let folder: string
beforeEach(() => {
  folder = join(parent, randomBytes(6).toString('hex'))
  mkdirSync(folder)
})

const linux = process.platform === 'linux'
const text = (content: string) => Buffer.from(content)
const parts = () =>
  basename(temporaryBeside(join(folder, 'a')))
    .split(/[-.]/)
    .slice(2, 5) as [string, string, string]
const left = (name: string, age = 0) => {
  const path = join(folder, name)
  writeFileSync(path, 'half')
  const then = Date.now() / 1000 - age
  utimesSync(path, then, then)
  return path
}
const random = () => randomBytes(8).toString('hex')
const DAY = 24 * 60 * 60

/** A number that no process has: that of one that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid!
}

describe.each([
  ['atomicWrite', atomicWrite],
  ['atomicWriteSync', async (path: string, chunks: Iterable<Uint8Array>) => atomicWriteSync(path, chunks)],
])('%s', (_, write) => {
  test('removes what a process that has ended has left', async () => {
    const [place, , start] = parts()
    const dead = left(`.deepblas-${place}-${await endedProcess()}-${start}-${random()}.tmp`)
    await write(join(folder, 'a'), [text('new')])
    expect(existsSync(dead)).toBe(false)
    expect(readdirSync(folder)).toEqual(['a'])
  })

  test.runIf(linux)('removes what a process left whose number another one has now', async () => {
    const [place, own, start] = parts()
    const dead = left(`.deepblas-${place}-${own}-${Number(start) - 1}-${random()}.tmp`)
    await write(join(folder, 'a'), [text('new')])
    expect(existsSync(dead)).toBe(false)
  })

  test('leaves those of a process that runs, its own too, however old they are', async () => {
    const [place, own, start] = parts()
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    try {
      const kept = [
        left(`.deepblas-${place}-${own}-${start}-${random()}.tmp`, 40 * DAY),
        left(`.deepblas-${place}-${child.pid}-0-${random()}.tmp`, 40 * DAY),
      ]
      await write(join(folder, 'a'), [text('new')])
      for (const path of kept) expect(existsSync(path)).toBe(true)
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('does not ask whether this process runs, for each of its files', async () => {
    const [place, own, start] = parts()
    for (let i = 0; i < 50; i++) left(`.deepblas-${place}-${own}-${start}-${random()}.tmp`)
    const kill = vi.spyOn(process, 'kill')
    try {
      await write(join(folder, 'a'), [text('new')])
      expect(kill).not.toHaveBeenCalled()
    } finally {
      kill.mockRestore()
    }
    expect(readdirSync(folder)).toHaveLength(51)
  })

  test('those of other machines and earlier versions only once they are a day old; nothing of others', async () => {
    const other = '0123456789ab'
    const kept = [
      left(`.deepblas-${other}-1-1-${random()}.tmp`),
      left(`.deepblas-${random()}.tmp`),
      left('.deepblas-mine.tmp', 9 * DAY),
      left('.deepblas-settings', 9 * DAY),
      left('a.tmp', 9 * DAY),
      left(`x.deepblas-${random()}.tmp`, 9 * DAY),
    ]
    mkdirSync(join(folder, `.deepblas-${random()}.tmp`))
    const gone = [left(`.deepblas-${other}-1-1-${random()}.tmp`, 2 * DAY), left(`.deepblas-${random()}.tmp`, 2 * DAY)]
    await write(join(folder, 'a'), [text('new')])
    for (const path of kept) expect(existsSync(path)).toBe(true)
    for (const path of gone) expect(existsSync(path)).toBe(false)
  })

  test('two writers at once, of one target: one of both, whole, and nothing beside it', async () => {
    const path = join(folder, 'a')
    const whole = (n: number) => Array.from({ length: 50 }, () => text(String(n).repeat(1000)))
    await Promise.all(Array.from({ length: 8 }, (_, n) => write(path, whole(n))))
    expect(readFileSync(path, 'utf8')).toMatch(/^(\d)\1{49999}$/)
    expect(readdirSync(folder)).toEqual(['a'])
  })
})

// The long form: DEEPBLAS_LONG_TESTS=1 kills a hundred times.
const kills = process.env.DEEPBLAS_LONG_TESTS === '1' ? 100 : 6

test('a training that is killed at any moment resumes, and its log keeps all lines of the epochs before', async () => {
  const program = join(import.meta.dirname, '../../helpers/programs/killed-in-write.mjs')
  const log = join(folder, 'log.csv')
  const epochs = () =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .slice(1, -1)
          .map((line) => Number.parseInt(line, 10))
      : []
  const checkpoint = join(folder, 'run.safetensors')
  let done = 0
  for (let kill = 0; kill < kills; kill++) {
    const resume = existsSync(checkpoint)
    const child = spawn(process.execPath, [program, folder, resume ? 'resume' : ''], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const ended = once(child, 'exit') as Promise<[number | null, string | null]>
    // In the middle of the epochs, once there is a new checkpoint; or at any moment from the program's start, that of the
    // log's and the first step too.
    if (kill % 2 === 0) {
      const isNew = () => existsSync(checkpoint) && savedEpoch(checkpoint) > done
      while (child.exitCode === null && !isNew()) await sleep(5)
    }
    await sleep(Math.random() * (kill % 2 === 0 ? 50 : 400))
    child.kill('SIGKILL')
    expect(await ended).toEqual([null, 'SIGKILL'])
    const now = epochs()
    expect(now).toEqual(Array.from(now, (_, i) => i + 1))
    if (resume) expect(now.length).toBeGreaterThanOrEqual(done)
    done = existsSync(checkpoint) ? savedEpoch(checkpoint) : 0
    expect(now.length).toBeGreaterThanOrEqual(done)
  }
  expect(done).toBeGreaterThan(0)
  // The next write tidies up.
  await atomicWrite(join(folder, 'another'), [text('new')])
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
}, 600_000)

function savedEpoch(path: string): number {
  const bytes = readFileSync(path)
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString())
  return JSON.parse(header.__metadata__['deepblas.checkpoint']).place.epoch
}
