/*
 * Predicted values within the range of the training's targets: every way in which a model of an encoder gives values, and
 * what is left as the network gives it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  Dataset,
  Dense,
  defineMetric,
  Encoder,
  metrics as functions,
  Population,
  Sequential,
  Table,
  tabularLayers,
} from '../../../lib/index.js'

const rows = Array.from({ length: 60 }, (_, i) => ({ x: i, price: 100 + 10 * i }))
const table = Table.fromRows(rows)
const options = { target: 'price', clampPredictions: true } as const
const encoder = Encoder.fitSync(table, options)
/** A line, which goes on beyond what it was trained on. */
const trained = (own: Encoder) => {
  const model = new Sequential(tabularLayers(own, { hidden: [] }), { inputs: own.inputs, seed: 1 })
  model.fitSync(own.encode(table), { loss: 'meanSquaredError', epochs: 1 })
  const [weight, bias] = model.getWeights()
  // In deviations of x and of the price, which rises with it.
  model.setWeights([
    { ...weight!, data: Float32Array.of(1) },
    { ...bias!, data: Float32Array.of(0) },
  ])
  return model
}
const model = trained(encoder)
const far = [{ x: -500 }, { x: 10 }, { x: 1e6 }]

test('the encoder keeps the range of the targets, and says it', () => {
  expect(encoder.targetRange).toEqual({ min: 100, max: 690 })
  expect(encoder.targetScale).toMatchObject({ mean: 395, min: 100, max: 690 })
  const [usual, classes] = [Encoder.fitSync(table, { target: 'price' }), Encoder.fitSync(table)]
  expect([usual.targetRange, classes.targetRange]).toEqual([undefined, undefined])
  expect(Object.keys(usual.targetScale!)).toEqual(['mean', 'deviation'])
  const unscaled = Encoder.fitSync(table, { ...options, scaleTarget: false })
  expect(unscaled.targetScale).toEqual({ mean: 0, deviation: 1, min: 100, max: 690 })
})

describe('values within the range', () => {
  test('predict, predictSync and decode; predictRaw gives what the network gives', async () => {
    for (const { data } of [await model.predict(far), model.predictSync(far)]) {
      expect([data[0], data[2]]).toEqual([100, 690])
      expect(data[1]).toBeCloseTo(200, 3)
    }
    const raw = model.predictRawSync(far)
    expect(raw.data[2]).toBeGreaterThan(1000)
    const decoded = encoder.decode(raw) as number[]
    expect([decoded[0], decoded[2]]).toEqual([100, 690])
    const long = Array.from({ length: 3000 }, (_, i) => ({ x: 100 * i }))
    expect(Math.max(...(await model.predict(long)).data)).toBe(690)
  })

  test('without the option they go on', () => {
    const usual = trained(Encoder.fitSync(table, { target: 'price' }))
    expect(usual.predictSync(far).data[2]).toBeGreaterThan(1e6)
    expect(usual.predictSync(far).data[0]).toBeLessThan(-4000)
  })

  const heldRows = [
    { x: -20, price: 50 },
    { x: 10, price: 210 },
    { x: 100, price: 900 },
  ]
  const held = encoder.encode(Table.fromRows(heldRows))
  const targets = heldRows.map(({ price }) => price)

  test('metrics are of them, whatever the targets are; the loss is of the outputs', async () => {
    const predicted = Float64Array.from(model.predictSync(heldRows.map(({ x }) => ({ x }))).data)
    const scores = await model.evaluate(held, {
      loss: 'meanSquaredError',
      metrics: ['meanSquaredError', 'rootMeanSquaredError', 'meanAbsoluteError', 'medianAbsoluteError', 'r2'],
    })
    for (const name of [
      'meanSquaredError',
      'rootMeanSquaredError',
      'meanAbsoluteError',
      'medianAbsoluteError',
      'r2',
    ] as const) {
      expect((scores[name] as number) / functions[name](targets, predicted)).toBeCloseTo(1, 4)
    }
    const { deviation, mean } = encoder.targetScale!
    const raw = model.predictRawSync(heldRows.map(({ x }) => ({ x }))).data
    const loss = targets.reduce((sum, target, i) => sum + ((target - mean) / deviation - raw[i]!) ** 2 / 3, 0)
    expect(scores.loss / loss).toBeCloseTo(1, 4)
    // As an encoder without a range has it.
    const usual = Encoder.fitSync(table, { target: 'price' })
    const same = await trained(usual).evaluate(usual.encode(Table.fromRows(heldRows)), { loss: 'meanSquaredError' })
    expect(same.loss).toBe(scores.loss)
  })

  test('a metric of your own sees them, by its rule and from all scores', async () => {
    const { deviation, mean } = encoder.targetScale!
    const largest = defineMetric({ name: 'largest', fromScores: ({ scores }) => Math.max(...scores) })
    const outputs = defineMetric({ name: 'outputs', rule: ({ score }) => score })
    const scores = await model.evaluate(held, { loss: 'meanSquaredError', metrics: [largest, outputs] })
    expect(scores.largest).toBeCloseTo(690, 3)
    const expected = [100, 200, 690].map((value) => (value - mean) / deviation)
    expect(scores.outputs).toBeCloseTo(
      expected.reduce((sum, value) => sum + value / 3, 0),
      5,
    )
  })

  test('in the history of a fit and of a stream, and of every member of a population', async () => {
    const fit = { loss: 'meanSquaredError', epochs: 1, metrics: ['meanAbsoluteError'], validation: held } as const
    const one = trained(encoder)
    const { epochs } = await one.fit(encoder.encode(table), fit)
    const error = (await one.evaluate(held, { metrics: ['meanAbsoluteError'] })).meanAbsoluteError
    expect(epochs[0]!.validation!.meanAbsoluteError).toBe(error)
    const predicted = one.predictSync(heldRows.map(({ x }) => ({ x }))).data
    expect((error as number) / functions.meanAbsoluteError(targets, predicted)).toBeCloseTo(1, 4)
    const streamed = trained(encoder)
    async function* batches() {
      yield encoder.encode(table)
    }
    const history = await streamed.fit(batches, fit)
    const again = await streamed.evaluate(held, { metrics: ['meanAbsoluteError'] })
    expect(history.epochs[0]!.validation!.meanAbsoluteError).toBe(again.meanAbsoluteError)
    const many = new Population([new Dense(1)], { inputs: encoder.inputs as number, members: 2, seed: 1 })
    await many.fit(encoder.encode(table), { ...fit, epochs: 3 })
    const each = await many.evaluate(held, { metrics: ['meanAbsoluteError'] })
    const { data } = await many.predict(held)
    for (const [member, scores] of each.entries()) {
      const values = encoder.decode({ data: data.subarray(3 * member, 3 * member + 3), shape: [3, 1] }) as number[]
      expect((scores.meanAbsoluteError as number) / functions.meanAbsoluteError(targets, values)).toBeCloseTo(1, 4)
    }
  })

  test('encoder.clamp brings within it what came about otherwise', () => {
    expect(encoder.clamp(Float32Array.of(-1, 200, 800))).toEqual(Float32Array.of(100, 200, 690))
    expect(encoder.clamp([-1, 200.5, 800])).toEqual(Float64Array.of(100, 200.5, 690))
    expect(encoder.clamp(Int32Array.of(800))).toEqual(Float64Array.of(690))
    const given = [1, 2]
    const copy = Encoder.fitSync(table, { target: 'price' }).clamp(given)
    expect([...copy]).toEqual(given)
    expect(() => encoder.clamp('all' as never)).toThrow(/array of numbers for values/)
    expect(() => encoder.clamp([1, Number.NaN])).toThrow(/values\[1\]/)
  })
})

test('a data set of an encoder with another range is of another encoder', async () => {
  const other = Encoder.fitSync(table, { target: 'price' })
  expect(other.equals(encoder)).toBe(false)
  await expect(model.evaluate(other.encode(table))).rejects.toThrow(/another encoder's/)
})

describe('files', () => {
  test('with the range, and of before it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
    try {
      const path = join(folder, 'model.safetensors')
      await model.save(path)
      const loaded = await Sequential.load(path)
      expect(loaded.encoder!.targetRange).toEqual({ min: 100, max: 690 })
      expect([...loaded.predictSync(far).data]).toEqual([...model.predictSync(far).data])
      const usual = trained(Encoder.fitSync(table, { target: 'price' }))
      await usual.save(path)
      // What was written before there were ranges has none, and so has what is written without the option.
      const text = (await readFile(path)).toString('latin1')
      expect(text).toMatch(
        /target\\":\{\\"name\\":\\"price\\",\\"task\\":\\"regression\\",\\"mean\\":395,\\"deviation\\":[\d.]+\}/,
      )
      expect((await Sequential.load(path)).predictSync(far).data[2]).toBeGreaterThan(1e6)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test.each([
    [{ min: 3 }, /encoder\.target\.max/],
    [{ min: 3, max: 2 }, /at least 3 for encoder\.target\.max/],
    [{ min: 'x', max: 2 }, /encoder\.target\.min/],
  ])('a range that is none is an error (%#)', (range, message) => {
    const json = JSON.parse(JSON.stringify(encoder))
    const { min: _, max: __, ...target } = json.target
    expect(() => Encoder.fromJSON({ ...json, target: { ...target, ...range } })).toThrow(message)
  })
})

test('classes have no range to be clamped to', async () => {
  const labelled = rows.map(({ x }) => ({ x, left: x % 3 === 0 ? 'yes' : 'no' }))
  const refused = Dataset.fromRows(labelled, { target: 'left', clampPredictions: true })
  await expect(refused).rejects.toThrow(/target of values beside it for clampPredictions.*'left' is one of classes/)
  expect(() => Encoder.fitSync(table, { ...options, clampPredictions: 1 as never })).toThrow(
    /boolean for clampPredictions/,
  )
})
