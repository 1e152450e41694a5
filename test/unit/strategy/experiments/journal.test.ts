import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Adam, accuracy, rocAuc } from '../../../../lib/index.js'
import { Experiment, type ExperimentOptions } from '../../../../lib/strategy/experiments/experiment.js'
import type { Trial } from '../../../../lib/strategy/experiments/trial.js'
import { root } from '../../../helpers/program.js'
import { dev, figuresOf, train, trialOf } from './trials.js'

let folder = ''
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))
const newPath = () => join(folder, `${files++}.jsonl`)

const trials = [1, 2, 3, 4].flatMap((seed) => [
  trialOf({ key: `ä=1 seed=${seed}`, seed }),
  trialOf({ key: `ä=2 seed=${seed}`, seed, epochs: 2, rateFactor: seed === 2 ? 1e42 : 1 }),
])
const experimentOf = (journal: string, more: Partial<ExperimentOptions> = {}) =>
  new Experiment({ dev, metric: accuracy, seed: 1, journal, ...more })

test('a second run takes what the first one found, NaN and all, and runs the rest', async () => {
  const path = newPath()
  const all = figuresOf(await new Experiment({ dev, metric: accuracy, seed: 1 }).run(trials))
  expect(figuresOf(await experimentOf(path, { tries: 5 }).run(trials))).toEqual(
    all.map((one, at) => (at < 5 ? one : undefined)),
  )
  const told: string[] = []
  const running: string[] = []
  const second = experimentOf(path, {
    onTrial: ({ key }) => told.push(key),
    onProgress: (trials) => running.push(...trials.map(({ key }) => key)),
  })
  expect(figuresOf(await second.run(trials))).toEqual(all)
  expect(told.sort()).toEqual(trials.map(({ key }) => key).sort())
  const known = trials.slice(0, 5).map(({ key }) => key)
  expect(running.filter((key) => known.includes(key))).toEqual([])
  // What is whole is taken over with its seconds too.
  expect(await experimentOf(path).run(trials)).toEqual(await second.run(trials))
})

test('tries count what the journal knows', async () => {
  const path = newPath()
  await experimentOf(path, { tries: 2 }).run(trials)
  const third = experimentOf(path, { tries: 3 })
  await third.run(trials)
  expect([third.tried, third.over]).toEqual([3, true])
})

test.each([1, 20, 80, 200, 1000])('a last line that was cut %d bytes before its end is run again', async (cut) => {
  const path = newPath()
  const all = figuresOf(await experimentOf(path).run(trials))
  const whole = await readFile(path)
  await writeFile(path, whole.subarray(0, whole.length - cut))
  expect(figuresOf(await experimentOf(path).run(trials))).toEqual(all)
  expect(figuresOf(await experimentOf(path).run(trials))).toEqual(all)
})

test('also within the first line, and an empty file', async () => {
  const path = newPath()
  const all = figuresOf(await experimentOf(path).run(trials))
  const whole = await readFile(path)
  for (const left of [0, 1, 15, 60]) {
    await writeFile(path, whole.subarray(0, left))
    expect(figuresOf(await experimentOf(path).run(trials))).toEqual(all)
  }
})

test('another experiment, another trial and another file are refused and left alone', async () => {
  const path = newPath()
  await experimentOf(path).run(trials)
  const before = await readFile(path)
  const refused = (more: Partial<ExperimentOptions>, message: string) =>
    expect(() => experimentOf(path, more)).toThrow(message)
  refused({ seed: 2 }, 'other settings of the experiment: seed is 1 there and 2 here')
  refused({ metric: rocAuc }, "metric is 'accuracy' there and 'rocAuc' here")
  refused({ groups: 4 }, 'groups is 10 there and 4 here')
  refused({ dev: train }, 'dev is ')

  const changed = (changes: Partial<Trial>) => experimentOf(path).run([{ ...trials[0]!, ...changes }])
  await expect(changed({ seed: 7 })).rejects.toMatchObject({
    code: 'ERR_DEEPBLAS_FILE',
    message: expect.stringContaining("of the trial 'ä=1 seed=1': seed is 1 there and 7 here"),
  })
  await expect(changed({ train: dev })).rejects.toThrow('train is ')
  await expect(changed({ optimizer: new Adam({ learningRate: 0.02 }) })).rejects.toThrow('optimizer is ')
  await expect(changed({ layers: trials[0]!.layers.slice(1) })).rejects.toThrow('layers is ')
  expect(await readFile(path)).toEqual(before)

  const other = newPath()
  for (const content of ['notes of mine', 'notes of mine\n', '{"format":"deepblas experiment 2"}\n']) {
    await writeFile(other, content)
    expect(() => experimentOf(other)).toThrow('it is no journal of an experiment')
    expect(await readFile(other, 'utf8')).toBe(content)
  }
  expect(() => experimentOf(join(folder, 'none', 'a.jsonl'))).toThrow('its folder does not exist')
})

test.each(['nonsense', '3', '{"result":{"key":"a"},"settings":{}}', '{"result":null}'])(
  'a whole line that holds no result is told: %s',
  async (line) => {
    const path = newPath()
    await experimentOf(path).run(trials.slice(0, 1))
    await appendFile(path, `${line}\n`)
    expect(() => experimentOf(path)).toThrow(/Cannot read the file '.*': line 3 /)
  },
)

const program = join(root, 'test/helpers/programs/experiment.mjs')

/** @param most the process is killed once so many trials have a result; all of them by default */
function start(path: string, most?: number): ChildProcess {
  return spawn(process.execPath, [program, path, ...(most === undefined ? [] : [String(most)])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function outputOf(child: ChildProcess): Promise<string> {
  let text = ''
  child.stdout!.on('data', (piece) => {
    text += piece
  })
  await once(child, 'close')
  return text
}

test('a process that is killed again and again ends with the results of one that was not', async () => {
  const through = await outputOf(start(newPath()))
  expect(JSON.parse(through)).toHaveLength(60)
  const path = newPath()
  for (const trials of [1, 21, 41]) expect(await once(start(path, trials), 'close')).toEqual([null, 'SIGKILL'])
  expect(await outputOf(start(path))).toBe(through)
})
