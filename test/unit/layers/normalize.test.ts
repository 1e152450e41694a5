import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Dataset, Dense, Normalize, Population, Sequential } from '../../../lib/index.js'

const x = [
  [1, 100_000, 5, 3],
  [2, 100_002, 5, 3],
  [6, 100_004, 5, 4],
]
const data = Dataset.from({ x, y: [1, 2, 3] })

test('features get mean 0 and deviation 1 over the rows seen; one that does not vary is shifted', async () => {
  const model = new Sequential([Normalize.fit(data)], { inputs: 4 })
  const { data: output } = await model.predict(x)
  const column = (c: number) => x.map((_, row) => output[row * 4 + c]!)
  for (const c of [0, 1, 3]) {
    const values = column(c)
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 4)
    expect(values.reduce((sum, value) => sum + value * value, 0) / 3).toBeCloseTo(1, 4)
  }
  expect(column(2)).toEqual([0, 0, 0])
  const { data: other } = await model.predict([[3, 100_002, 6, 3]])
  expect([other[0], other[1], other[2]]).toEqual([0, 0, 1])
})

test('its numbers are in the file, are not trained, and count as statistics', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'model.safetensors')
    const model = new Sequential([new Normalize().adapt(data), new Dense(1)], { inputs: 4 })
    expect(model.parameterCount).toBe(5)
    expect(model.summary()).toContain('5 parameters and 8 statistics')
    const fixed = () => model.getWeights().slice(0, 2)
    expect(fixed().map(({ name }) => name)).toEqual(['layers.0.mean', 'layers.0.standardDeviation'])
    const before = fixed()
    await model.fit(data, { loss: 'meanSquaredError', epochs: 3 })
    expect(fixed()).toEqual(before)
    await model.save(path)
    const loaded = await Sequential.load(path)
    expect(loaded.getWeights()).toEqual(model.getWeights())
    expect(loaded.clone().getWeights()).toEqual(model.getWeights())
    const many = new Population([Normalize.fit(data), new Dense(1)], { inputs: 4, members: 2 })
    expect(many.member(1).getWeights().slice(0, 2)).toEqual(before)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('of some columns: the first, or those of a named input', () => {
  const [mean, deviation] = [
    [3, 100_002],
    [Math.sqrt(14 / 3), Math.sqrt(8 / 3)],
  ]
  const named = Dataset.from({ x: { code: [0, 1, 2], numeric: x.map((row) => row.slice(0, 2)) } })
  for (const layer of [Normalize.fit(data, 2), Normalize.fit(named, 'numeric')]) {
    const [first, second] = new Sequential([layer], { inputs: 2 }).getWeights()
    expect([...first!.data]).toEqual(mean)
    for (const [c, value] of second!.data.entries()) expect(value).toBeCloseTo(deviation[c]!, 5)
  }
  expect(() => Normalize.fit(named, 'numbers')).toThrowError(/one of code, numeric/)
  expect(() => Normalize.fit(data, 'numeric')).toThrowError(/no names/)
})

test('a Normalize that has seen nothing, or other features, is refused', () => {
  expect(() => new Sequential([new Normalize()], { inputs: 4 })).toThrowError(/Normalize.fit\(train\)/)
  expect(() => new Sequential([Normalize.fit(data)], { inputs: 3 })).toThrowError(
    expect.objectContaining({ code: 'ERR_DEEPBLAS_SHAPE', message: expect.stringContaining('4 features') }),
  )
  const model = new Sequential([Normalize.fit(data)], { inputs: 4 })
  expect(() => (model.layers[0] as Normalize).adapt(data)).toThrowError(/before the model|no model yet/)
  expect(() => Normalize.fit(data, 5)).toThrowError(/columns/)
  expect(() => Normalize.fit([[1]] as never)).toThrowError(/Dataset/)
  expect(() => new Normalize({ mean: [1, 2] })).toThrowError(/standardDeviation/)
  expect(() => new Normalize({ mean: [1, 2], standardDeviation: [1] })).toThrowError(/2 numbers/)
  expect(() => new Normalize({ mean: [1, Number.NaN], standardDeviation: [1, 1] })).toThrowError(/finite/)
})
