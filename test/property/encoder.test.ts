import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Encoder, type EncoderOptions, Table } from '../../lib/index.js'

type Cells = Record<string, unknown>

/** A missing cell now and then. */
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null, freq: 6 })
const number = fc.integer({ min: -(2 ** 30), max: 2 ** 30 }).map((value) => value / 16)
const level = fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', ' f ', '__proto__', 'constructor', '7')
const row = fc.record({
  number: maybe(number),
  level: maybe(level),
  truth: maybe(fc.boolean()),
  date: maybe(fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })),
  class: fc.constantFrom('no', 'yes'),
})
const rows: fc.Arbitrary<Cells[]> = fc.array(row, { minLength: 2, maxLength: 40 })
const types = { number: 'number', level: 'category', truth: 'boolean', date: 'date', class: 'category' } as const
const options: fc.Arbitrary<EncoderOptions> = fc.record(
  {
    scaling: fc.constantFrom('standardize', 'quantile', 'robust'),
    embeddings: fc.constantFrom(true, false, 'auto' as const),
    missingIndicator: fc.boolean(),
    rareBelow: fc.nat(4),
    oneHotLevels: fc.nat(6),
    dropIdentifiers: fc.boolean(),
  },
  { requiredKeys: [] },
)

const tableOf = (cells: readonly Cells[]) => Table.fromRows(cells, { types })

/** None where no column tells anything. */
function fitted(cells: readonly Cells[], given: EncoderOptions): Encoder | undefined {
  try {
    return Encoder.fitSync(tableOf(cells), given)
  } catch (error) {
    expect((error as Error).message).toMatch(/tells something of the rows/)
    return undefined
  }
}

test('standardised numbers have mean 0 and deviation 1 over the training rows', () => {
  const numbers = fc.array(maybe(number), { minLength: 2, maxLength: 200 })
  fc.assert(
    fc.property(numbers, (values) => {
      const known = values.flatMap((value, at) => (value === null ? [] : [at]))
      fc.pre(new Set(known.map((at) => values[at])).size > 1)
      const table = Table.fromRows(values.map((value) => ({ value })))
      const encoder = Encoder.fitSync(table, { dropIdentifiers: false })
      const { data, columns } = encoder.encodeFeatures(table)
      expect(columns).toBe(known.length < values.length ? 2 : 1)
      const scaled = known.map((at) => data[at * columns]!)
      const mean = scaled.reduce((sum, one) => sum + one, 0) / scaled.length
      const square = scaled.reduce((sum, one) => sum + one * one, 0) / scaled.length
      expect(Math.abs(mean)).toBeLessThan(1e-5)
      expect(Math.abs(Math.sqrt(square) - 1)).toBeLessThan(1e-5)
      for (const [at, value] of values.entries()) {
        if (value === null) expect([data[at * columns], data[at * columns + 1]]).toEqual([0, 1])
        else if (columns === 2) expect(data[at * columns + 1]).toBe(0)
      }
    }),
  )
})

test('the same numbers from a table, from objects, from columns in another order, from an encoder read again', () => {
  fc.assert(
    fc.property(rows, rows, options, (train, others, given) => {
      const encoder = fitted(train, given)
      if (encoder === undefined) return
      const expected = encoder.encodeFeatures(tableOf(others))
      expect(expected.columns).toBe(encoder.features)
      expect(expected.columns).toBe(encoder.featureNames.length)
      expect(expected.data.every(Number.isFinite)).toBe(true)
      const again = Encoder.fromJSON(JSON.parse(JSON.stringify(encoder)))
      expect(again.encodeFeatures(tableOf(others))).toEqual(expected)
      const turned = others.map((cells) => Object.fromEntries([...Object.entries(cells).reverse(), ['more', 1]]))
      expect(again.encodeFeatures(turned)).toEqual(expected)
      const { columns } = tableOf(others)
      expect(encoder.encodeFeatures(Table.of(columns.toReversed()))).toEqual(expected)
    }),
  )
})

test('a stream of tables gives the encoder of all of their rows', async () => {
  await fc.assert(
    fc.asyncProperty(rows, options, fc.integer({ min: 1, max: 7 }), async (train, given, size) => {
      const encoder = fitted(train, given)
      if (encoder === undefined) return
      async function* parts() {
        for (let from = 0; from < train.length; from += size) yield tableOf(train.slice(from, from + size))
      }
      expect((await Encoder.fit(parts(), given)).toJSON()).toEqual(encoder.toJSON())
    }),
  )
})

test('classes come back as their labels', () => {
  fc.assert(
    fc.property(rows, (train) => {
      fc.pre(new Set(train.map((cells) => cells.class)).size === 2)
      const table = Table.fromRows(train.map((cells, at) => ({ at, class: cells.class })))
      const encoder = Encoder.fitSync(table, { target: 'class' })
      const data = encoder.encode(table)
      const outputs = Float32Array.from(train, (_, at) => data.target(at)[0]!)
      expect(encoder.decode({ data: outputs, shape: [train.length, 1] })).toEqual(train.map((cells) => cells.class))
    }),
  )
})
