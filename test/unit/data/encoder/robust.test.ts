/*
 * The scaling by median and quartiles: columns of numbers and booleans, in tables, streams and files.
 */
import { describe, expect, test } from 'vitest'
import {
  Dataset,
  Encoder,
  type EncoderOptions,
  Sequential,
  Table,
  tabularLayers,
  trainTable,
} from '../../../../lib/index.js'

const numbers = (values: readonly (number | null)[]) =>
  Table.fromRows(
    values.map((x) => ({ x })),
    { types: { x: 'number' } },
  )
const fitted = (values: readonly (number | null)[], more: EncoderOptions = {}) =>
  Encoder.fitSync(numbers(values), { scaling: 'robust', ...more })
const scoresOf = (encoder: Encoder, values: readonly unknown[]) => [
  ...encoder.encodeFeatures(values.map((x) => ({ x }) as never)).data,
]
const clipped = (z: number) => z / Math.sqrt(1 + (z / 3) ** 2)
const near = (given: readonly number[], expected: readonly number[]) => {
  expect(given).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(given[i]).toBeCloseTo(value, 6)
}

describe('numbers', () => {
  test('minus the median, over the distance of the quartiles, within 3', () => {
    const encoder = fitted([0, 1, 2, 3, 4, 5, 6, 7, 1000])
    expect(encoder.columns).toEqual([
      { name: 'x', kind: 'robust', median: 4, distance: 4, min: 0, max: 1000, indicator: false },
    ])
    near(scoresOf(encoder, [4, 8, 0, 1000]), [0, clipped(1), clipped(-1), clipped(249)])
    expect(encoder.types).toEqual({ x: 'number' })
  })

  test('however far out, it is 3 at most', () => {
    const encoder = fitted([1, 2, 3, 4])
    near(scoresOf(encoder, [1e9, -1e30, 1.7e308, -1.7e308]), [3, -3, 3, -3])
    // Of the smallest distances there are, all others are far out.
    near(scoresOf(fitted([0, 5e-324, 1e-323, 1.5e-323]), [1, -1e300]), [3, -3])
  })

  test('where the quartiles are equal, half the range', () => {
    const encoder = fitted([...new Array(20).fill(5), 1, 2, 11])
    expect(encoder.columns[0]).toMatchObject({ median: 5, distance: 5 })
    near(scoresOf(encoder, [5, 10]), [0, clipped(1)])
  })

  test('where all values are equal, 0, whatever comes', () => {
    const encoder = fitted([7, 7, 7], { keep: ['x'] })
    expect(encoder.columns[0]).toMatchObject({ median: 7, distance: 0 })
    expect(scoresOf(encoder, [7, 8, null])).toEqual([0, 0, 0])
    expect(() => fitted([7, 7, 7])).toThrow(/'x' has the same value in all training rows/)
  })

  test('a missing one is the median, and marked', () => {
    const encoder = fitted([1, null, 3, 2, 9])
    expect(encoder.featureNames).toEqual(['x', 'x missing'])
    expect(scoresOf(encoder, [null, Number.NaN, 2.5])).toEqual([0, 1, 0, 1, 0, 0])
    const without = fitted([1, null, 3, 2, 9], { missingIndicator: false })
    expect(scoresOf(without, [undefined])).toEqual([0])
  })

  test('numbers whose squares float64 cannot add up are none too large; whose distances it cannot hold are', () => {
    expect(fitted([-1e300, 0, 1, 2, 1e300]).columns[0]).toMatchObject({ median: 1, distance: 2 })
    expect(() => fitted([-1.7e308, -1.7e308, 1.7e308, 1.7e308])).toThrow(/differences float64 can hold in column 'x'/)
  })

  test('check finds what is far outside', () => {
    const { outside } = fitted([1, 2, 3, 4]).check([{ x: 50 }])
    expect(outside).toEqual([{ column: 'x', rows: 1, example: 50, min: 1, max: 4 }])
  })
})

describe('booleans', () => {
  const rows = [
    { a: true, b: false },
    { a: false, b: true },
    { a: true, b: null },
    { a: true, b: false },
  ]

  test('are -1 and 1, missing ones between them as many were true', () => {
    const encoder = Encoder.fitSync(Table.fromRows(rows), { scaling: 'robust' })
    expect(encoder.columns).toEqual([
      { name: 'a', kind: 'boolean', signed: true, fill: 0.75, indicator: false },
      { name: 'b', kind: 'boolean', signed: true, fill: expect.closeTo(1 / 3, 12), indicator: true },
    ])
    const { data } = encoder.encodeFeatures([...rows, { a: null, b: 'yes' }])
    near([...data], [1, -1, 0, -1, 1, 0, 1, -1 / 3, 1, 1, -1, 0, 0.5, 1, 0])
  })

  test('by column; otherwise they are 0 and 1', () => {
    const encoder = Encoder.fitSync(Table.fromRows(rows), { scaling: { a: 'robust' }, missingIndicator: false })
    near([...encoder.encodeFeatures([{ a: false, b: false }]).data], [-1, 0])
    const usual = Encoder.fitSync(Table.fromRows(rows), { missingIndicator: false })
    near([...usual.encodeFeatures([{ a: false, b: false }]).data], [0, 0])
    expect(usual.columns[0]).toEqual({ name: 'a', kind: 'boolean', fill: 0.75, indicator: false })
  })
})

describe('in files', () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    x: i ** 3,
    yes: i % 3 === 0,
    some: i % 5 === 0 ? null : i,
    y: i,
  }))
  const table = Table.fromRows(rows)
  const encoder = Encoder.fitSync(table, { target: 'y', scaling: 'robust' })
  const json = () => JSON.parse(JSON.stringify(encoder))

  test('read again it encodes to the same numbers', () => {
    const again = Encoder.fromJSON(json())
    expect(again.equals(encoder)).toBe(true)
    expect(again.toJSON()).toEqual(encoder.toJSON())
    expect(again.encodeFeatures(table)).toEqual(encoder.encodeFeatures(table))
  })

  test('from a stream it is the same encoder', async () => {
    async function* parts() {
      for (let from = 0; from < 60; from += 13) yield Table.fromRows(rows.slice(from, from + 13))
    }
    expect((await Encoder.fit(parts(), { target: 'y', scaling: 'robust' })).toJSON()).toEqual(encoder.toJSON())
  })

  test.each([
    [(file: ReturnType<typeof json>) => delete file.columns[0].median, /columns\[0\]\.median/],
    [
      (file: ReturnType<typeof json>) => (file.columns[0].distance = -1),
      /at least 0 for encoder\.columns\[0\]\.distance/,
    ],
    [(file: ReturnType<typeof json>) => (file.columns[0].mean = 0), /only the options name, kind, median, distance/],
    [(file: ReturnType<typeof json>) => (file.columns[1].signed = 1), /boolean for encoder\.columns\[1\]\.signed/],
  ])('what is wrong in one is named (%#)', (change, message) => {
    const file = json()
    change(file)
    expect(() => Encoder.fromJSON(file)).toThrow(message)
  })

  test('a model keeps it', async () => {
    const data = encoder.encode(table)
    const model = new Sequential(tabularLayers(encoder, { hidden: [8] }), { inputs: encoder.inputs, seed: 1 })
    await model.fit(data, { loss: 'meanSquaredError', epochs: 2 })
    expect(model.encoder!.columns.map(({ kind }) => kind)).toEqual(['robust', 'boolean', 'robust'])
    const row = { x: 1e300, yes: true, some: null }
    expect(Number.isFinite(model.predictSync([row]).data[0])).toBe(true)
  })
})

test('every way to an encoder takes it, and other names are an error', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ x: i, yes: i % 3 === 0, y: 2 * i + Math.sin(i) }))
  const data = await Dataset.fromRows(rows, { target: 'y', scaling: 'robust' })
  expect(data.encoder!.columns.map(({ kind }) => kind)).toEqual(['robust', 'boolean'])
  const { model } = await trainTable(rows, {
    preset: 'fast',
    target: 'y',
    scaling: 'robust',
    epochs: 1,
    hidden: [4],
    seed: 1,
  })
  expect(model.encoder!.columns).toMatchObject([{ kind: 'robust' }, { kind: 'boolean', signed: true }])
  expect(() => Encoder.fitSync(Table.fromRows(rows), { scaling: 'robst' as never })).toThrow(/Did you mean 'robust'\?/)
})
