import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  Concatenate,
  categorical,
  Dataset,
  Dense,
  Embedding,
  type Layer,
  Normalize,
  OneHot,
  Population,
  Residual,
  Sequential,
} from '../../../lib/index.js'

const CITIES = 5
const DAYS = 3
const inputs = { numeric: 2, city: categorical(CITIES), day: categorical(DAYS) }
const rows = Array.from({ length: 30 }, (_, i) => ({
  numeric: [Math.sin(i), Math.cos(3 * i)],
  city: (i * 7) % CITIES,
  day: i % DAYS,
}))
const numeric = rows.map((row) => row.numeric)
const city = rows.map((row) => row.city)
const day = rows.map((row) => row.day)
const matrix = rows.map((row) => [...row.numeric, row.city, row.day])
const y = rows.map((row) => row.numeric[0]! + row.city * 0.3 - row.day)
const fitting = {
  loss: 'meanSquaredError',
  epochs: 3,
  batchSize: 8,
  optimizer: new Adam({ learningRate: 0.01 }),
} as const
const modelOf = (first: Layer = new Concatenate({ city: new Embedding(4), day: new Embedding(2) })) =>
  new Sequential([first, new Dense(3, { activation: 'tanh' }), new Dense(1)], { inputs, seed: 2 })
const weightsOf = (model: Sequential) => model.getWeights().map(({ name, data }) => [name, ...data])

test('names, shapes and the summary', () => {
  const model = modelOf()
  expect(model.inputs).toBe(4)
  expect(model.getWeights().map(({ name, shape }) => [name, shape])).toEqual([
    ['layers.0.city.weight', [CITIES, 4]],
    ['layers.0.day.weight', [DAYS, 2]],
    ['layers.1.weight', [3, 8]],
    ['layers.1.bias', [3]],
    ['layers.2.weight', [1, 3]],
    ['layers.2.bias', [1]],
  ])
  expect(model.summary()).toContain('input (batch, 4): numeric 2, city one of 5, day one of 3')
})

test('numbers come first, then the vectors of the codes', async () => {
  const model = modelOf()
  const { data } = await model.activations(matrix, 0)
  const [cities, days] = model.getWeights()
  for (const [row, one] of rows.entries()) {
    expect([...data.subarray(row * 8, row * 8 + 8)]).toEqual([
      ...Float32Array.from(one.numeric),
      ...cities!.data.subarray(one.city * 4, one.city * 4 + 4),
      ...days!.data.subarray(one.day * 2, one.day * 2 + 2),
    ])
  }
})

describe('data by name, in any order, is the matrix', () => {
  const forms = {
    'in order': { numeric, city, day },
    'in another order': { day, numeric, city },
    'typed arrays': {
      city: Uint16Array.from(city),
      day: Float32Array.from(day),
      numeric: { data: Float32Array.from(numeric.flat()), shape: [30, 2] },
    },
  }
  test.each(Object.entries(forms))('%s', async (_name, x) => {
    const plain = modelOf()
    await plain.fit(Dataset.from({ x: matrix, y }), { ...fitting, validation: 0.2 })
    const model = modelOf()
    const data = Dataset.from({ x, y })
    await model.fit(data, { ...fitting, validation: 0.2 })
    expect(weightsOf(model)).toEqual(weightsOf(plain))
    const expected = [...plain.predictSync(matrix).data]
    expect([...model.predictSync(x).data]).toEqual(expected)
    expect([...(await model.predict(x)).data]).toEqual(expected)
    expect([...(await model.predict(data)).data]).toEqual(expected)
    expect(await model.evaluate(data)).toEqual(await plain.evaluate(Dataset.from({ x: matrix, y })))
    // One row, bare.
    expect(model.predictSync(Float32Array.from(matrix[3]!)).data[0]).toBe(expected[3])
  })

  test('parts of a data set keep the names', async () => {
    const data = Dataset.from({ x: { day, city, numeric }, y })
    const part = data.subset([4, 2, 9])
    const model = modelOf()
    expect([...(await model.predict(part)).data]).toEqual([4, 2, 9].map((i) => model.predictSync(matrix).data[i]))
  })
})

test('an embedding learns what a one-hot column and a dense layer do', async () => {
  const data = Dataset.from({ x: { code: city }, y })
  const named = { inputs: { code: categorical(CITIES) } }
  const embedded = new Sequential([new Embedding(3), new Dense(1)], named)
  const oneHot = new Sequential([new OneHot(), new Dense(3, { bias: false }), new Dense(1)], named)
  const [table, ...rest] = embedded.getWeights()
  const transposed = Float32Array.from({ length: 3 * CITIES }, (_, at) => {
    return table!.data[(at % CITIES) * 3 + Math.floor(at / CITIES)]!
  })
  const renamed = rest.map((one) => ({ ...one, name: one.name.replace('layers.1', 'layers.2') }))
  oneHot.setWeights([{ name: 'layers.1.weight', shape: [3, CITIES], data: transposed }, ...renamed])
  for (const model of [embedded, oneHot]) await model.fit(data, fitting)
  const [learnt] = embedded.getWeights()
  const [weight] = oneHot.getWeights()
  for (let code = 0; code < CITIES; code++) {
    for (let c = 0; c < 3; c++) {
      expect(Math.abs(learnt!.data[code * 3 + c]! - weight!.data[c * CITIES + code]!)).toBeLessThan(1e-5)
    }
  }
  expect(learnt!.data).not.toEqual(table!.data)
})

test('with padding, the vector of code 0 is 0 and stays so', async () => {
  const layers = [new Embedding(3, { padding: true, initializer: 'normal' }), new Dense(1)]
  const model = new Sequential(layers, { inputs: { code: categorical(CITIES) } })
  const first = () => [...model.getWeights()[0]!.data.subarray(0, 3)]
  const others = () => [...model.getWeights()[0]!.data.subarray(3)]
  const before = others()
  expect(first()).toEqual([0, 0, 0])
  expect(before.every((value) => value !== 0)).toBe(true)
  await model.fit(Dataset.from({ x: { code: city }, y }), { ...fitting, optimizer: new AdamW({ learningRate: 0.1 }) })
  expect(first()).toEqual([0, 0, 0])
  for (const [i, value] of others().entries()) expect(value).not.toBe(before[i])
})

test('a code that a prediction does not know is code 0 of an embedding, and nothing of a one-hot', async () => {
  const model = modelOf(new Concatenate({ city: new Embedding(4), day: new OneHot() }))
  const known = model.predictSync([[0.5, 0.5, 0, 1]]).data
  for (const code of [CITIES, 99, -1]) {
    expect(model.predictSync([[0.5, 0.5, code, 1]]).data).toEqual(known)
    expect((await model.predict(Dataset.from({ x: [[0.5, 0.5, code, 1]] }))).data).toEqual(known)
  }
  const { data } = await model.activations([[0.5, 0.5, 0, DAYS]], 0)
  expect([...data.subarray(6)]).toEqual([0, 0, 0])
})

test.each([
  ['a code above', 30, CITIES],
  ['a code below', 2, -1],
  ['a code that is not whole', 5, 1.5],
])('fit and evaluate refuse %s', async (_name, position, code) => {
  const at = position % 30
  const x = matrix.map((row, i) => (i === at ? [row[0]!, row[1]!, code, row[3]!] : row))
  const data = Dataset.from({ x, y })
  const refused = {
    code: 'ERR_DEEPBLAS_DATA',
    message: expect.stringContaining(`from 0 to 4 for city in row ${at}`),
  }
  const model = modelOf()
  await expect(model.fit(data, fitting)).rejects.toMatchObject(refused)
  await expect(model.evaluate(data, { loss: 'meanSquaredError' })).rejects.toMatchObject(refused)
  await expect(model.fit(Dataset.from({ x: matrix, y }), { ...fitting, validation: data })).rejects.toMatchObject(
    refused,
  )
  if (!Number.isInteger(code)) expect(() => model.predictSync(x)).toThrowError(expect.objectContaining(refused))
})

test('save, load, clone and members keep the names of the inputs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'model.safetensors')
    const layer = () =>
      new Concatenate({
        city: new Embedding(4),
        numeric: Normalize.fit(Dataset.from({ x: numeric })),
        day: new OneHot(),
      })
    const model = modelOf(layer())
    const data = Dataset.from({ x: { day, city, numeric }, y })
    await model.fit(data, fitting)
    await model.save(path)
    const loaded = await Sequential.load(path)
    expect([...loaded.predictSync({ day, city, numeric }).data]).toEqual([...model.predictSync(matrix).data])
    expect(weightsOf(loaded.clone())).toEqual(weightsOf(model))
    expect([...loaded.clone().predictSync({ day, city, numeric }).data]).toEqual([...model.predictSync(matrix).data])
    const many = new Population([layer(), new Dense(1)], { inputs, members: 2 })
    await many.fit(data, fitting)
    await many.save(path)
    const again = await Population.load(path)
    const one = [{ numeric: [[1, 2]], city: [4], day: [0] }, [[1, 2, 4, 0]]] as const
    const { data: predicted } = await again.predict(one[0])
    expect([...predicted]).toEqual([0, 1].map((member) => many.member(member).predictSync(one[1]).data[0]))
    expect((await again.predict([[1, 2, 99, 0]])).shape).toEqual([2, 1, 1])
  } finally {
    await rm(folder, { recursive: true })
  }
})

describe('wrong use is refused, with what to do', () => {
  const build = (layers: Layer[], given: unknown) => () => new Sequential(layers, { inputs: given as never })
  test.each<[string, () => unknown, RegExp]>([
    ['a category without a layer', build([new Concatenate({ city: new Embedding(2) })], inputs), /category 'day'/],
    ['a dense layer on codes', build([new Dense(2)], inputs), /first layer that takes the codes of 'city'/],
    [
      'a dense part on codes',
      build([new Concatenate({ city: new Dense(2), day: new OneHot() })], inputs),
      /Codes have no/,
    ],
    ['an unknown name', build([new Concatenate({ citty: new Embedding(2) })], inputs), /Did you mean 'city'/],
    ['an embedding on numbers', build([new Concatenate({ numeric: new Embedding(2) })], { numeric: 1 }), /levels/],
    ['inputs without names', build([new Concatenate({ city: new Embedding(2) })], 3), /inputs with names/],
    ['an embedding that is not first', build([new Dense(1), new Embedding(2, { levels: 3 })], 2), /as the first layer/],
    ['an embedding of two columns', build([new Embedding(2, { levels: 3 })], 2), /needs 1 inputs/],
    ['other levels', build([new Embedding(2, { levels: 3 })], { code: categorical(4) }), /Expected 4 levels/],
    ['an embedding in a block', () => new Residual(new Embedding(2)), /block/],
    ['no inputs', build([new Dense(1)], {}), /at least one input/],
    ['an input of a wrong kind', build([new Dense(1)], { a: '3' }), /inputs.a/],
    ['levels of 0', () => categorical(0), /levels/],
    ['too many levels', () => categorical(2 ** 24 + 1), /2\^24/],
    ['no parts', () => new Concatenate({}), /parts/],
    ['what is no layer', () => new Concatenate({ city: 8 as never }), /city/],
    ['dimensions of 0', () => new Embedding(0), /dimensions/],
  ])('%s', (_name, make, message) => {
    expect(make).toThrowError(message)
  })

  test.each<[string, unknown, RegExp]>([
    ['an input that is missing', { numeric, city }, /input 'day' .* received none/],
    ['an input too many', { numeric, city, day, hour: day }, /only the inputs numeric, city, day .* 'hour'/],
    [
      'another width',
      { numeric: numeric.map(([a]) => [a]), city, day },
      /2 columns for the input 'numeric' .* received 1/,
    ],
    ['another number of rows', { numeric, city, day: [1] }, /30 rows for (x|rows).day/],
    ['text', { numeric, city: city.map(String), day }, /Number the categories/],
  ])('%s', (_name, x, message) => {
    const model = modelOf()
    expect(() => model.predictSync(x as never)).toThrowError(message)
    expect(() => model.fitSync(Dataset.from({ x: x as never, y }), fitting)).toThrowError(message)
  })
})
