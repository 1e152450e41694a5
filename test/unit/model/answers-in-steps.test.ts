/*
 * What is made of many outputs or weights on the main thread goes in steps, between which the event loop may turn. Here it
 * turns after every step: the clock says that each took long.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Dataset, Dense, Encoder, type NamedWeights, Population, Sequential, Table } from '../../../lib/index.js'
import { ELEMENTS_OF_STEP } from '../../../lib/turns.js'

const pauses = vi.hoisted(() => ({ count: 0 }))

vi.mock('node:timers/promises', async (original) => {
  const actual = await original<typeof import('node:timers/promises')>()
  const setImmediate: typeof actual.setImmediate = (...given) => {
    pauses.count++
    return actual.setImmediate(...given)
  }
  return { ...actual, setImmediate, default: { ...actual, setImmediate } }
})

/** Milliseconds, which only go forward: the library remembers when the event loop turned last. */
let now = performance.now()

/** How often the event loop turned by the will of the library. */
async function pausesDuring<Result>(call: () => Promise<Result>): Promise<{ result: Result; pauses: number }> {
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 1000
    return now
  })
  const before = pauses.count
  try {
    return { result: await call(), pauses: pauses.count - before }
  } finally {
    clock.mockRestore()
  }
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deepblas-steps-'))
})
afterAll(() => rm(folder, { recursive: true }))
const file = (name: string) => path.join(folder, name)

const ROWS = 100_000
const rows = { data: Float32Array.from({ length: ROWS }, (_, i) => Math.sin(i)), shape: [ROWS, 1] as [number, number] }

test.each([
  [1, 2],
  [3, 5],
])('the classes of rows of %d outputs', async (outputs, steps) => {
  const labels = ['a', 'b', 'c'].slice(0, Math.max(2, outputs))
  const model = new Sequential([new Dense(outputs)], { inputs: 1, seed: 4, labels })
  const { result, pauses } = await pausesDuring(() => model.predictClasses(rows))
  expect(Math.ceil((ROWS * outputs) / ELEMENTS_OF_STEP)).toBe(steps)
  expect(pauses).toBe(steps - 1)
  expect(result).toEqual(model.predictClassesSync(rows))
  expect(result.length).toBe(ROWS)
  expect(new Set<unknown>(result).size).toBeGreaterThan(1)
})

test('values in the units of the target', async () => {
  const table = Table.fromRows(Array.from(rows.data, (a) => ({ a, y: 100 + 3 * a })))
  const encoder = await Encoder.fit(table, { target: 'y', task: 'regression' })
  const data = encoder.encode(table)
  const model = new Sequential([new Dense(1)], { inputs: 1, seed: 1 })
  await model.fit(data.take(64), { loss: 'meanSquaredError', epochs: 1 })
  const { result, pauses } = await pausesDuring(() => model.predict(data))
  expect(pauses).toBe(1)
  expect(result.data).toEqual(model.predictSync(data).data)
  const { mean, deviation } = encoder.targetScale!
  const raw = await model.predictRaw(data)
  expect(result.data).toEqual(raw.data.map((value) => value * deviation + mean))
})

test('the mean of many members', async () => {
  const many = new Population([new Dense(1)], { inputs: 1, members: 4 })
  const { result, pauses } = await pausesDuring(() => many.predictMean(rows))
  expect(pauses).toBe(Math.ceil((4 * ROWS) / ELEMENTS_OF_STEP) - 1)
  expect(result).toEqual(many.predictMeanSync(rows))
})

const WIDE = 1003
const INPUTS = 197
/** A weight in panels that end in the middle of one, and a bias of more numbers than a step has. */
const layers = () => [new Dense(WIDE), new Dense(1, { bias: false }), new Dense(ELEMENTS_OF_STEP + 5)]
const NUMBERS = WIDE * INPUTS

const numbersOf = (weights: readonly NamedWeights[]) => weights.map(({ name, data }) => ({ name, data: [...data] }))

test('a model is saved and loaded, number for number', async () => {
  const model = new Sequential(layers(), { inputs: INPUTS, seed: 1 })
  const drawn = model.getWeights().map((weight) => ({ ...weight, data: weight.data.map((_, i) => Math.sin(i)) }))
  model.setWeights(drawn)
  const saving = await pausesDuring(() => model.save(file('a')))
  // Copied, and searched for numbers that are not finite.
  const steps = Math.floor(NUMBERS / ELEMENTS_OF_STEP)
  expect(steps).toBe(3)
  expect(saving.pauses).toBeGreaterThanOrEqual(2 * steps)
  const loading = await pausesDuring(() => Sequential.load(file('a')))
  expect(loading.pauses).toBeGreaterThanOrEqual(2 * steps)
  expect(numbersOf(loading.result.getWeights())).toEqual(numbersOf(drawn))
  const reading = await pausesDuring(() => Sequential.fromSafetensors(file('a'), layers(), { inputs: INPUTS }))
  expect(reading.pauses).toBeGreaterThanOrEqual(2 * steps)
  expect(numbersOf(reading.result.getWeights())).toEqual(numbersOf(drawn))
})

test.each([
  // One panel of all outputs, as large products have it; panels of some; one row; few rows and many columns.
  [1100, 1100],
  [2500, 33],
  [1, ELEMENTS_OF_STEP + 3],
  [3, 30_000],
  [ELEMENTS_OF_STEP + 3, 1],
])('so is a weight of %d outputs and %d inputs', async (outputs, inputs) => {
  const model = new Sequential([new Dense(outputs)], { inputs, seed: 1 })
  const before = model.getWeights()
  const saving = await pausesDuring(() => model.save(file('shape')))
  const loading = await pausesDuring(() => Sequential.load(file('shape')))
  const steps = Math.floor((outputs * inputs) / ELEMENTS_OF_STEP)
  expect(saving.pauses).toBeGreaterThanOrEqual(2 * steps)
  expect(loading.pauses).toBeGreaterThanOrEqual(2 * steps)
  const after = loading.result.getWeights()
  for (const [i, { data }] of before.entries()) expect(Buffer.compare(bytesOf(after[i]!.data), bytesOf(data))).toBe(0)
  const rows = Float32Array.from({ length: inputs }, (_, i) => Math.cos(i))
  expect(loading.result.predictSync(rows).data).toEqual(model.predictSync(rows).data)
})

test('a population is saved and loaded, number for number', async () => {
  const many = new Population([new Dense(WIDE)], { inputs: INPUTS, members: 2, seed: 3 })
  const saving = await pausesDuring(() => many.save(file('many')))
  expect(saving.pauses).toBeGreaterThanOrEqual(4 * Math.floor(NUMBERS / ELEMENTS_OF_STEP))
  const loaded = await Population.load(file('many'))
  for (const member of [0, 1]) {
    expect(numbersOf(loaded.member(member).getWeights())).toEqual(numbersOf(many.member(member).getWeights()))
  }
})

test('a file has the weights of the call, whatever becomes of the model meanwhile', async () => {
  const model = new Sequential([new Dense(WIDE)], { inputs: INPUTS, seed: 1 })
  const before = model.getWeights()
  await pausesDuring(async () => {
    const saved = model.save(file('b'))
    model.setWeights(before.map((weight) => ({ ...weight, data: weight.data.map(() => 1) })))
    await saved
  })
  expect(numbersOf((await Sequential.load(file('b'))).getWeights())).toEqual(numbersOf(before))
  expect(model.getWeights()[0]!.data.every((value) => value === 1)).toBe(true)
})

test('so has one that a callback does not wait for', async () => {
  const inputs = 1000
  const model = new Sequential([new Dense(WIDE)], { inputs, seed: 1 })
  const x = { data: new Float32Array(inputs).fill(1), shape: [1, inputs] as [number, number] }
  const data = Dataset.from({ x, y: [new Array<number>(WIDE).fill(1)] })
  const files: Promise<void>[] = []
  const weights: NamedWeights[][] = []
  const save = ({ epoch }: { epoch: number }) => {
    weights.push(model.getWeights())
    files.push(model.save(file(`epoch ${epoch}`)))
  }
  const fit = () =>
    model.fit(data, { loss: 'meanSquaredError', epochs: 8, callbacks: [{ needs: 'epoch', onEpochEnd: save }] })
  await pausesDuring(fit)
  await Promise.all(files)
  expect(weights.length).toBe(8)
  for (const [epoch, expected] of weights.entries()) {
    const found = (await Sequential.load(file(`epoch ${epoch + 1}`))).getWeights()
    for (const [i, { data }] of expected.entries())
      expect(Buffer.compare(bytesOf(found[i]!.data), bytesOf(data))).toBe(0)
  }
})

const bytesOf = (data: Float32Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

test('a number that is not finite is found in the last step', async () => {
  const model = new Sequential([new Dense(WIDE)], { inputs: INPUTS, seed: 1 })
  await model.save(file('c'))
  const bytes = await readFile(file('c'))
  bytes.writeFloatLE(Number.NaN, bytes.length - 4)
  await writeFile(file('d'), bytes)
  await expect(Sequential.load(file('d'))).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  await expect(Sequential.fromSafetensors(file('d'), [new Dense(WIDE)], { inputs: INPUTS })).rejects.toMatchObject({
    code: 'ERR_DEEPBLAS_ARGUMENT',
    message: expect.stringContaining('finite number'),
  })
})
