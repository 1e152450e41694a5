/*
 * What every metric must do, as one table: the value that its function gives of what predict gives, with and without
 * weights, in evaluate and in fit, of one network and of members, from a file, and the same bits again.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Dataset, Dense, getThreads, metricNames, Population, Sequential, setThreads } from '../../lib/index.js'
import { RandomStream } from '../../lib/random/stream.js'
import { bias, cases, type Table, type Task, tasks, within } from '../helpers/metric-cases.js'

test('the table has every metric', () => {
  const named = cases.map(({ metric }) => (typeof metric === 'string' ? metric : metric.name))
  expect(metricNames.filter((name) => !named.includes(name))).toEqual([])
})

const threads = getThreads()
afterEach(() => setThreads(threads))

const INPUTS = 5

/** Rows like which the first ones say little, so that scores are middling. */
function dataOf(task: Task, rows: number, weighted = false) {
  const { outputs, loss } = tasks[task]
  const random = new RandomStream(17, 3)
  const normals = (count: number) => Array.from({ length: count }, () => random.normal())
  const x = Array.from({ length: rows }, () => normals(INPUTS))
  const y = x.map((row) => {
    const sums = normals(outputs).map((noise, c) => row[c % INPUTS]! + noise)
    if (loss === 'crossEntropy') return [sums.indexOf(Math.max(...sums))]
    if (task === 'classesBySquares') return sums.map((value) => Number(value === Math.max(...sums)))
    if (task === 'values') return sums
    if (task === 'logRates') return sums.map((value) => Math.floor(Math.abs(value) * 2))
    return sums.map((value) => Number(value > 0))
  })
  const weights = weighted ? { sampleWeights: x.map((_, row) => (row % 4) / 2) } : {}
  return { y, weights, data: Dataset.from({ x, y, ...weights }) }
}

const layersOf = (task: Task) => [
  new Dense(6, { activation: 'tanh' }),
  new Dense(tasks[task].outputs, { activation: tasks[task].activation }),
]
const modelOf = (task: Task, seed = 3) => new Sequential(layersOf(task), { inputs: INPUTS, seed })

async function predicted(model: Sequential, data: Dataset): Promise<Table> {
  const { data: values, shape } = await model.predict(data)
  return Array.from({ length: shape[0] }, (_, row) => [...values.subarray(row * shape[1], (row + 1) * shape[1])])
}

function near(actual: unknown, expected: unknown): void {
  const flat = (value: unknown) => [value].flat(3) as number[]
  expect(flat(actual).length).toBe(flat(expected).length)
  for (const [i, value] of flat(actual).entries()) {
    expect(Math.abs(value - flat(expected)[i]!)).toBeLessThanOrEqual(3e-6 * Math.max(1, Math.abs(flat(expected)[i]!)))
  }
}

describe.each(cases)('$name', ({ metric, task, expected }) => {
  const name = typeof metric === 'string' ? metric : metric.name
  const { loss } = tasks[task]
  const scoring = { loss, metrics: [metric] }

  test.each([false, true])('what predict gives, weighted: %s', async (weighted) => {
    const model = modelOf(task)
    const { data, y, weights } = dataOf(task, 700, weighted)
    const evaluation = await model.evaluate(data, scoring)
    const p = await predicted(model, data)
    near(evaluation[name], expected({ y, p, weights }))
    expect(Object.keys(evaluation)).toEqual(['loss', name])
    expect(model.evaluateSync(data, scoring)).toEqual(evaluation)
  })

  test('in fit: at the end of every epoch on the validation, and on the training data', async () => {
    const { data } = dataOf(task, 200, true)
    const { data: validation } = dataOf(task, 90)
    const options = { ...scoring, epochs: 3, batchSize: 16, validation }
    const model = modelOf(task)
    const seen: unknown[] = []
    const watching = {
      needs: 'epoch' as const,
      async onEpochEnd() {
        seen.push((await model.evaluate(validation, scoring))[name])
        seen.push((await model.evaluate(data, scoring))[name])
      },
    }
    const history = await model.fit(data, { ...options, callbacks: [watching] })
    expect(history.epochs.map((epoch) => Object.keys(epoch))).toEqual(
      Array(3).fill(['epoch', 'loss', name, 'validation', 'learningRate', 'seconds']),
    )
    expect(history.epochs.map(({ validation: scores }) => scores![name])).toEqual([seen[0], seen[2], seen[4]])
    const training = history.epochs.map((epoch) => epoch[name])
    if (typeof metric === 'object' ? metric.fromScores : !rowMetrics.includes(name)) {
      expect(training).toEqual([seen[1], seen[3], seen[5]])
    }
    // fitSync, and without callbacks.
    const again = modelOf(task).fitSync(data, options)
    const bare = (epochs: typeof history.epochs) => epochs.map(({ seconds: _, ...rest }) => rest)
    expect(bare(again.epochs)).toEqual(bare(history.epochs))
    expect(bare((await modelOf(task).fit(data, options)).epochs)).toEqual(bare(history.epochs))
  })

  test('members have what they have alone, with data of their own', async () => {
    const many = new Population(layersOf(task), { inputs: INPUTS, members: 3, seed: 5 })
    const own = [80, 200, 90].map((rows) => dataOf(task, rows).data)
    const options = { ...scoring, epochs: 2, batchSize: 16 }
    const { members } = await many.fit(own, { ...options, validation: [own[1]!, own[2]!, own[0]!] })
    const scores = await many.evaluate(own)
    expect(many.evaluateSync(own)).toEqual(scores)
    for (const [member, data] of own.entries()) {
      const alone = modelOf(task, 5 + member)
      const { epochs } = await alone.fit(data, { ...options, validation: own[(member + 1) % 3]! })
      expect(members[member]!.epochs.map((epoch) => epoch[name])).toEqual(epochs.map((epoch) => epoch[name]))
      expect(members[member]!.epochs.map(({ validation }) => validation)).toEqual(
        epochs.map(({ validation }) => validation),
      )
      expect(scores[member]).toEqual(await alone.evaluate(data))
    }
  })

  test('save and load remember it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
    try {
      const path = join(folder, 'model.safetensors')
      const model = modelOf(task)
      const { data } = dataOf(task, 50)
      await model.fit(data, { ...scoring, epochs: 1 })
      await model.save(path)
      const loaded = await Sequential.load(path)
      if (metric !== within && metric !== bias) {
        expect(await loaded.evaluate(data)).toEqual(await model.evaluate(data))
        return
      }
      await expect(loaded.evaluate(data)).rejects.toThrow(`metric '${name}'`)
      expect(await loaded.evaluate(data, { metrics: [metric] })).toEqual(await model.evaluate(data))
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('the same bits with other numbers of threads, planned or call by call', async () => {
    const results: unknown[] = []
    const { data } = dataOf(task, 1500, true)
    for (const [count, check] of [[1], [3], [2, '1']] as const) {
      setThreads(count)
      if (check !== undefined) process.env.DEEPBLAS_CHECK = check
      try {
        results.push(await modelOf(task).evaluate(data, scoring))
      } finally {
        delete process.env.DEEPBLAS_CHECK
      }
    }
    for (const result of results) expect(result).toEqual(results[0])
  })

  test('one row', async () => {
    const model = modelOf(task)
    const { data, y, weights } = dataOf(task, 1)
    const value = (await model.evaluate(data, scoring))[name]
    const wanted = expected({ y, p: await predicted(model, data), weights })
    if (Number.isNaN(wanted)) expect(value).toBeNaN()
    else near(value, wanted)
  })
})

/** Means over rows: in training, of the parameters of every step. */
const rowMetrics = [
  'accuracy',
  'logLoss',
  'brier',
  'topK',
  'top3',
  'meanSquaredError',
  'rootMeanSquaredError',
  'meanAbsoluteError',
]
