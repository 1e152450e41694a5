/*
 * Data of every kind: what a diagnosis makes of it is defined.
 */
import { expect, test } from 'vitest'
import {
  Adam,
  BatchNorm,
  Concatenate,
  categorical,
  Dataset,
  Dense,
  type Diagnosis,
  datasets,
  diagnose,
  Embedding,
  Encoder,
  type FitOptions,
  LBFGS,
  Sequential,
  Table,
  tabularLayers,
} from '../../../../lib/index.js'

const fit: FitOptions = { loss: 'binaryCrossEntropy', optimizer: new Adam({ learningRate: 0.01 }), epochs: 5 }
const moons = (samples: number, seed: number) => Dataset.from(datasets.moons({ samples, noise: 0.2, seed }))
const small = (inputs = 2) =>
  new Sequential([new Dense(6, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })], { inputs, seed: 1 })

/** Everything that can be a number is one: only figures of what is not there are NaN. */
function expectSound({ dominant, figures, findings, text }: Diagnosis): void {
  const words = ['bias', 'variance', 'mismatch', 'labelNoise', 'inputs', 'optimization', 'none']
  expect(words).toContain(dominant)
  expect(text.length).toBeGreaterThan(50)
  // Without networks for comparison neither is known.
  expect(figures.bias === undefined).toBe(figures.attainable === undefined)
  for (const figure of [figures.train, figures.dev, figures.attainable, figures.bias, figures.variance]) {
    expect(figure?.value).not.toBeNaN()
    expect(figure?.error).not.toBeNaN()
  }
  for (const { severity, evidence } of findings) {
    expect(severity).toBeGreaterThanOrEqual(0)
    expect(severity).toBeLessThanOrEqual(1)
    expect(evidence).not.toMatch(/NaN|undefined|Infinity/)
  }
  expect(text).not.toMatch(/NaN|undefined/)
}

test('ten rows', async () => {
  const found = await diagnose(small(), { train: moons(10, 1), dev: moons(10, 2), fit })
  expectSound(found)
  expect(found.figures.labelNoise).toBeUndefined()
  expect(found.figures.train.rows).toBe(10)
})

test('a single dev row, and dev rows of one class', async () => {
  const train = moons(60, 1)
  expectSound(await diagnose(small(), { train, dev: moons(40, 2).take(1), fit }))
  const dev = moons(100, 2)
  const ones = dev.subset(Array.from({ length: 100 }, (_, row) => row).filter((row) => dev.target(row)[0] === 1))
  const found = await diagnose(small(), { train, dev: ones, fit })
  expectSound(found)
  expect(found.figures.classes!.map(({ rows }) => rows)).toEqual([0, ones.rows])
  expect(found.figures.classes![0]!.error).toBeNaN()
})

test('training rows of one class', async () => {
  const data = moons(80, 1)
  const zeros = data.subset(Array.from({ length: 80 }, (_, row) => row).filter((row) => data.target(row)[0] === 0))
  expectSound(await diagnose(small(), { train: zeros, dev: moons(60, 2), fit }))
})

test('rows with weights: those that weigh nothing do not count', async () => {
  const train = moons(100, 1)
  const dev = moons(60, 2)
  const model = small()
  await model.fit(train, fit)
  const weights = Array.from({ length: 60 }, (_, row) => Number(row < 30))
  const found = await diagnose(model, { train, dev: dev.withSampleWeights(weights) })
  expectSound(found)
  const { accuracy } = await model.evaluate(dev.take(30), { metrics: ['accuracy'] })
  expect(found.figures.dev.value).toBeCloseTo(1 - accuracy, 6)
})

test('several values, whose errors are shares of their variances', async () => {
  const x = Array.from({ length: 60 }, (_, row) => [Math.sin(row), Math.cos(3 * row)])
  const data = Dataset.from({ x, y: x.map(([a, b]) => [100 * a! + b!, a! - b!]) })
  const model = new Sequential([new Dense(8, { activation: 'tanh' }), new Dense(2)], { inputs: 2, seed: 1 })
  const found = await diagnose(model, {
    train: data.take(40),
    dev: data.slice(40),
    fit: { ...fit, loss: 'meanSquaredError' },
  })
  expectSound(found)
  expect(found.figures.classes).toBeUndefined()
})

test('values: the error is 1 - R² where the variance of the rows is that of the training rows', async () => {
  const x = Array.from({ length: 80 }, (_, row) => [Math.sin(row), Math.cos(3 * row)])
  const data = Dataset.from({ x, y: Float32Array.from(x, ([a, b]) => a! * b!) })
  const model = new Sequential([new Dense(8, { activation: 'tanh' }), new Dense(1)], { inputs: 2, seed: 1 })
  await model.fit(data, { ...fit, loss: 'meanSquaredError', epochs: 30 })
  const { figures } = await diagnose(model, { train: data, dev: data })
  const { r2 } = await model.evaluate(data, { metrics: ['r2'] })
  expect(figures.dev.value).toBeCloseTo(1 - r2, 5)
})

test('several answers of yes or no', async () => {
  const x = Array.from({ length: 60 }, (_, row) => [Math.sin(row), Math.cos(3 * row)])
  const data = Dataset.from({ x, y: x.map(([a, b]) => [Number(a! > 0), Number(b! > 0)]) })
  const model = new Sequential([new Dense(2, { activation: 'sigmoid' })], { inputs: 2, seed: 1 })
  const found = await diagnose(model, { train: data.take(40), dev: data.slice(40), fit })
  expectSound(found)
  expect(found.figures.classes).toBeUndefined()
})

test('labels that the data sets number in another order', async () => {
  const names = (data: Dataset, order: readonly string[]) =>
    Dataset.from(
      {
        x: Array.from({ length: data.rows }, (_, row) => [...data.row(row)]),
        y: Array.from({ length: data.rows }, (_, row) => (data.target(row)[0] === 1 ? 'yes' : 'no')),
      },
      { labels: order },
    )
  const [train, dev] = [names(moons(200, 1), ['no', 'yes']), names(moons(100, 2), ['yes', 'no'])]
  const model = small()
  await model.fit(train, { ...fit, epochs: 40 })
  const { figures } = await diagnose(model, { train, dev })
  const { accuracy } = await model.evaluate(dev, { metrics: ['accuracy'] })
  expect(figures.dev.value).toBeCloseTo(1 - accuracy, 6)
  expect(figures.classes!.map(({ label }) => label)).toEqual(['no', 'yes'])
})

test('hinge loss, batch normalization, and an optimizer of all rows', async () => {
  const layers = [new Dense(6, { activation: 'relu' }), new BatchNorm(), new Dense(1, { activation: 'tanh' })]
  const model = new Sequential(layers, { inputs: 2, seed: 1 })
  expectSound(await diagnose(model, { train: moons(80, 1), dev: moons(60, 2), fit: { ...fit, loss: 'hinge' } }))
  const whole = { ...fit, optimizer: new LBFGS(), batchSize: 'full' } as const
  const found = await diagnose(small(), { train: moons(80, 1), dev: moons(60, 2), fit: whole })
  expectSound(found)
  expect(found.figures.probes.map(({ lever }) => lever)).not.toContain('learningRate')
})

test('pictures of bytes', async () => {
  const digits = datasets.digits({ samples: 120, seed: 1 })
  const data = Dataset.from(digits, { scale: 1 / 255 })
  const model = new Sequential([new Dense(8, { activation: 'relu' }), new Dense(10, { activation: 'softmax' })], {
    inputs: data.features,
    seed: 1,
  })
  const found = await diagnose(model, {
    train: data.take(90),
    dev: data.slice(90),
    fit: { ...fit, loss: 'crossEntropy' },
  })
  expectSound(found)
  expect(found.figures.classes).toHaveLength(10)
})

test('inputs by name with categories', async () => {
  const rows = Array.from({ length: 120 }, (_, row) => ({ a: Math.sin(row), b: Math.cos(5 * row), city: row % 5 }))
  const data = Dataset.from({
    x: { numeric: rows.map(({ a, b }) => [1000 * a, b]), city: rows.map(({ city }) => [city]) },
    y: rows.map(({ a, city }) => Number(a > 0 === city < 3)),
  })
  const model = new Sequential(
    [
      new Concatenate({ city: new Embedding(3) }),
      new Dense(6, { activation: 'relu' }),
      new Dense(1, { activation: 'sigmoid' }),
    ],
    { inputs: { numeric: 2, city: categorical(5) }, seed: 1 },
  )
  const found = await diagnose(model, { train: data.take(90), dev: data.slice(90), fit })
  expectSound(found)
  expect(found.figures.probes.map(({ lever }) => lever)).toContain('scale')
})

test('an encoder: segments by the names of columns, in their units', async () => {
  const random = (row: number, of: number) => (((Math.sin(row * 12.9898 + of * 78.233) * 43758.5453) % 1) + 1) % 1
  const table = Table.fromRows(
    Array.from({ length: 900 }, (_, row) => {
      const age = Math.round(18 + 62 * random(row, 1))
      const city = ['Wien', 'Graz', 'Linz'][Math.floor(3 * random(row, 2))]!
      // Of the young nothing can be told.
      const answer = age < 30 ? random(row, 3) < 0.5 : age > 55
      return { age, city, answer: answer ? 'yes' : 'no' }
    }),
  )
  const [kept, held] = table.split(0.5, { seed: 1 })
  const encoder = await Encoder.fit(kept, { target: 'answer' })
  const model = new Sequential(tabularLayers(encoder, { hidden: [8] }), { inputs: encoder.inputs, seed: 1 })
  const train = encoder.encode(kept)
  await model.fit(train, { ...fit, epochs: 30 })
  const found = await diagnose(model, { train, dev: encoder.encode(held) })
  expectSound(found)
  const [worst] = found.figures.segments
  const bound = Number(/^age < ([\d.]+)/.exec(worst!.description)?.[1])
  expect(bound).toBeGreaterThan(24)
  expect(bound).toBeLessThan(36)
  expect(worst!.times).toBeGreaterThan(1.5)
  expect(found.findings.some(({ kind, evidence }) => kind === 'weakSegment' && /% of rows, error/.test(evidence))).toBe(
    true,
  )
})

test('an encoder that scales the target, with categories as codes', async () => {
  const rows = Array.from({ length: 200 }, (_, row) => ({
    size: 50 + 40 * Math.sin(row),
    city: `C${row % 40}`,
    price: 1e6 + 3000 * Math.sin(row) + 100 * (row % 40),
  }))
  const table = Table.fromRows(rows)
  const encoder = await Encoder.fit(table, { target: 'price', embeddings: true })
  const model = new Sequential(tabularLayers(encoder, { hidden: [8] }), { inputs: encoder.inputs, seed: 1 })
  const data = encoder.encode(table)
  await model.fit(data, { ...fit, loss: 'meanSquaredError', epochs: 30 })
  const found = await diagnose(model, { train: data, dev: data })
  expectSound(found)
  const { r2 } = await model.evaluate(data, { metrics: ['r2'] })
  expect(found.figures.dev.value).toBeCloseTo(1 - r2, 3)
})
