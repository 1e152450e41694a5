import { expect, test } from 'vitest'
import { Dataset, Dense, datasets, Sequential } from '../../../lib/index.js'

const make = (seed = 1) =>
  new Sequential([new Dense(32, { activation: 'tanh' }), new Dense(3, { activation: 'softmax' })], { inputs: 2, seed })
const spirals = () => Dataset.from(datasets.spirals({ samples: 300, seed: 1 }))
const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => [Math.sin(i), Math.cos(3 * i)])
const fitOptions = { loss: 'crossEntropy', epochs: 2 } as const

test.each([1, 2, 1000, 6000])('%d predictions at once are those of one after the other', async (calls) => {
  const model = make()
  const rows = rowsOf(calls)
  const answers = await Promise.all(rows.map((row) => model.predict([row])))
  for (const [i, { data, shape }] of answers.entries()) {
    expect(shape).toEqual([1, 3])
    expect(data).toEqual(model.predictSync([rows[i]!]).data)
  }
})

test('calls of different kinds and sizes at once', async () => {
  const model = make()
  const rows = rowsOf(900)
  const sizes = [1, 3, 512, 513, 900, 2]
  const [outputs, raw] = await Promise.all([
    Promise.all(sizes.map((size) => model.predict(rows.slice(0, size)))),
    Promise.all(sizes.map((size) => model.predictRaw(rows.slice(0, size)))),
  ])
  for (const [i, size] of sizes.entries()) {
    expect(outputs[i]).toEqual(model.predictSync(rows.slice(0, size)))
    expect(raw[i]).toEqual(model.predictRawSync(rows.slice(0, size)))
  }
})

test('a call with bad rows fails alone', async () => {
  const model = make()
  const [good, bad, width] = await Promise.allSettled([
    model.predict([[0.1, 0.2]]),
    model.predict([[Number.NaN, 0.2]]),
    model.predict([[0.1, 0.2, 0.3]]),
  ])
  expect(good).toMatchObject({ status: 'fulfilled', value: model.predictSync([[0.1, 0.2]]) })
  expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'ERR_DEEPBLAS_DATA' } })
  expect(width).toMatchObject({ status: 'rejected', reason: { code: 'ERR_DEEPBLAS_SHAPE' } })
})

test('the caller may change its array at once', async () => {
  const model = make()
  const row = Float32Array.of(0.1, 0.2)
  const expected = model.predictSync(row)
  const answer = model.predict(row)
  row.fill(9)
  expect(await answer).toEqual(expected)
})

test('answers on their way are of the parameters they were asked of', async () => {
  const model = make()
  const rows = rowsOf(20_000)
  const data = Dataset.from({ x: rows })
  const before = model.predictSync(data)
  const one = model.predictSync(rows.slice(0, 1))
  const asked = [model.predict(data), model.predict(rows), model.predict(rows.slice(0, 1))]
  const fit = model.fit(spirals(), fitOptions)
  expect(await Promise.all(asked)).toEqual([before, before, one])
  await fit
  expect(model.predictSync(data)).not.toEqual(before)

  const trained = model.predictSync(data)
  const late = model.predict(data)
  model.setWeights(make(2).getWeights())
  expect(await late).toEqual(trained)
  expect(model.predictSync(data)).toEqual(make(2).predictSync(data))
})

test('several fits at once give what they give one after the other', async () => {
  const alone: unknown[] = []
  for (let seed = 0; seed < 5; seed++) {
    const model = make(seed)
    await model.fit(spirals(), fitOptions)
    alone.push(model.getWeights())
  }
  const models = Array.from({ length: 5 }, (_, seed) => make(seed))
  await Promise.all(models.map((model) => model.fit(spirals(), fitOptions)))
  expect(models.map((model) => model.getWeights())).toEqual(alone)
})

test('a prediction does not wait for the fits of other models', async () => {
  const fits = Array.from({ length: 6 }, (_, seed) => {
    const abort = new AbortController()
    const done = make(seed).fit(spirals(), { ...fitOptions, epochs: 10_000_000, signal: abort.signal })
    return { abort, done }
  })
  const model = make(7)
  const data = Dataset.from({ x: rowsOf(5000) })
  // Were it to wait, it would wait for ever.
  for (let i = 0; i < 5; i++) expect((await model.predict(data)).shape).toEqual([5000, 3])
  for (const { abort } of fits) abort.abort()
  await Promise.allSettled(fits.map(({ done }) => done))
})
