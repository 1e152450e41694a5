import { describe, expect, test } from 'vitest'
import { Dataset, Encoder, type EncoderOptions, Table } from '../../../../lib/index.js'

function columnOf(data: Dataset, column: number): number[] {
  return Array.from({ length: data.rows }, (_, row) => data.row(row)[column]!)
}

function meanAndDeviation(values: readonly number[]): [mean: number, deviation: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)]
}

/** Rows of every kind of column. */
function flats(rows: number): Record<string, unknown>[] {
  return Array.from({ length: rows }, (_, i) => ({
    id: `flat-${i}`,
    rooms: (i * 7) % 5,
    size: i % 10 === 3 ? null : 40 + ((i * 13) % 90) + 0.5,
    city: ['Wien', 'Graz', 'Linz'][i % 3],
    street: `street ${(i * 11) % 20}`,
    lift: i % 4 === 0,
    built: new Date(Date.UTC(1990 + (i % 30), i % 12, 1 + (i % 28), i % 24)),
    country: 'Austria',
    nothing: null,
    price: 1000 * (100 + ((i * 17) % 200)),
  }))
}

const encode = (rows: Record<string, unknown>[], options?: EncoderOptions) => {
  const table = Table.fromRows(rows)
  const encoder = Encoder.fitSync(table, options)
  return { encoder, data: encoder.encode(table) }
}

const refused = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  return undefined
}

describe('features', () => {
  test('every kind of column becomes what its name says', () => {
    const { encoder, data } = encode(flats(240), { target: 'price' })
    expect(encoder.featureNames).toEqual([
      'rooms',
      'size',
      'size missing',
      'city Graz',
      'city Linz',
      'city Wien',
      'lift',
      ...['days', 'year', 'day', 'month sine', 'month cosine', 'weekday sine', 'weekday cosine'].map(
        (part) => `built ${part}`,
      ),
      'built hour sine',
      'built hour cosine',
      'street',
    ])
    expect(data.features).toBe(encoder.features)
    expect(data.features).toBe(encoder.featureNames.length)
    expect(encoder.dropped).toEqual([
      { name: 'id', reason: 'identifier' },
      { name: 'country', reason: 'constant' },
      { name: 'nothing', reason: 'missing' },
    ])
    expect(encoder.inputs).toEqual({ numeric: 16, street: { levels: 21 } })
    expect(data.inputs).toEqual([
      { name: 'numeric', columns: 16 },
      { name: 'street', columns: 1 },
    ])
    // Row 3: Wien, no size, the fourth street in the order of letters' levels.
    const row = data.row(3)
    expect([row[1], row[2]]).toEqual([0, 1])
    expect([...row.slice(3, 6)]).toEqual([0, 0, 1])
    const street = encoder.columns.at(-1)!
    expect(row[16]).toBe(1 + ('levels' in street ? street.levels.indexOf('street 13') : Number.NaN))
  })

  test('numbers of the training rows have mean 0 and deviation 1', () => {
    const { data } = encode(flats(240), { target: 'price' })
    const [mean, deviation] = meanAndDeviation(columnOf(data, 0))
    expect(Math.abs(mean)).toBeLessThan(1e-6)
    expect(Math.abs(deviation - 1)).toBeLessThan(1e-6)
    // Where values are missing, of those that are there.
    const missing = columnOf(data, 2)
    const known = columnOf(data, 1).filter((_, row) => missing[row] === 0)
    expect(known).toHaveLength(216)
    const [knownMean, knownDeviation] = meanAndDeviation(known)
    expect(Math.abs(knownMean)).toBeLessThan(1e-6)
    expect(Math.abs(knownDeviation - 1)).toBeLessThan(1e-6)
  })

  test('quantiles give normal scores, whatever the tail', () => {
    const rows = Array.from({ length: 1001 }, (_, i) => ({ money: Math.exp(((i * 613) % 1001) / 50), y: i % 2 }))
    const { encoder, data } = encode(rows, { target: 'y', scaling: { money: 'quantile' } })
    expect(encoder.columns[0]!.kind).toBe('quantile')
    const scores = columnOf(data, 0)
    const [mean, deviation] = meanAndDeviation(scores)
    expect(Math.abs(mean)).toBeLessThan(1e-5)
    expect(Math.abs(deviation - 1)).toBeLessThan(1e-5)
    // The median is in the middle; 84.13 % are one deviation above it. Ranks are told apart to 1 in 256.
    const sorted = scores.toSorted((a, b) => a - b)
    expect(Math.abs(sorted[500]!)).toBeLessThan(0.01)
    expect(Math.abs(sorted[841]! - 1)).toBeLessThan(0.03)
    expect(Math.max(...scores)).toBeLessThan(3.5)
  })

  test('dates are places on circles', () => {
    const rows = [
      { at: new Date(Date.UTC(2024, 0, 1)), y: 1 },
      { at: new Date(Date.UTC(2024, 6, 6)), y: 2 },
      { at: null, y: 2 },
    ]
    const { encoder, data } = encode(rows, { target: 'y', task: 'classification' })
    expect(encoder.features).toBe(8)
    // January and Monday.
    const [, , , monthSine, monthCosine, daySine, dayCosine, missing] = data.row(0)
    expect([monthSine, monthCosine, missing]).toEqual([0, 1, 0])
    expect(daySine).toBeCloseTo(Math.sin((2 * Math.PI) / 7), 6)
    expect(dayCosine).toBeCloseTo(Math.cos((2 * Math.PI) / 7), 6)
    expect(data.row(1)[4]).toBeCloseTo(-1, 6)
    // Days since 1970 and the day of the month, scaled by two values: -1 and 1. The year is the same in both.
    expect([...data.row(0).slice(0, 3)]).toEqual([-1, 0, -1])
    expect([...data.row(1).slice(0, 3)]).toEqual([1, 0, 1])
    expect([...data.row(2)]).toEqual([0, 0, 0, 0, 0, 0, 0, 1])
  })

  test('unknown and missing levels', () => {
    const train = Table.fromRows([{ a: 'x' }, { a: 'y' }, { a: null }])
    const withUnknown = Encoder.fitSync(train)
    expect(withUnknown.featureNames).toEqual(['a unknown', 'a x', 'a y'])
    const rows = [{ a: 'x' }, { a: 'never seen' }, { a: undefined }]
    expect([...withUnknown.encodeFeatures(rows).data]).toEqual([0, 1, 0, 1, 0, 0, 1, 0, 0])
    // Where no training row was unknown, there is nothing that an unknown column could have learnt.
    const without = Encoder.fitSync(Table.fromRows([{ a: 'x' }, { a: 'y' }]))
    expect([...without.encodeFeatures(rows).data]).toEqual([1, 0, 0, 0, 0, 0])
    const embedded = Encoder.fitSync(train, { embeddings: true })
    expect(embedded.inputs).toEqual({ a: { levels: 3 } })
    expect([...embedded.encodeFeatures(rows).data]).toEqual([1, 0, 0])
  })

  test('an object is no level, not even an unknown one', () => {
    const rows = [{ city: 'Wien' }, { city: 'Graz' }, { city: '7' }, { city: 'true' }]
    for (const embeddings of [true, false]) {
      const encoder = Encoder.fitSync(Table.fromRows(rows, { types: { city: 'category' } }), { embeddings })
      const told = (city: unknown) => refused(() => encoder.encodeFeatures([{ city: 'Wien' }, { city }]))
      expect(told({ x: 1 })).toBe(
        "Expected a text in column 'city', row 1 but received { x } of type object. Give the value itself.",
      )
      expect(told(['Wien'])).toMatch(/column 'city', row 1 but received \['Wien'\] of type array/)
      expect(told(new Set())).toMatch(/received Set\(0\) of type Set/)
      expect(told(() => 'Wien')).toMatch(/column 'city', row 1 but received a function/)
      expect(told(Symbol('Wien'))).toMatch(/received Symbol\(Wien\)/)
      // Numbers and booleans are the levels of their texts; dates that are none are missing, as null is.
      const known = encoder.encodeFeatures([{ city: ' 7' }, { city: 'true' }, { city: null }, { city: undefined }])
      const others = [7n, true, new Date(Number.NaN), new Date(0)].map((city) => ({ city }))
      expect(encoder.encodeFeatures(others)).toEqual(known)
    }
  })

  test('rare levels join the unknown ones', () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ a: i === 7 ? 'rare' : i % 2 === 0 ? 'x' : 'y' }))
    expect(encode(rows).encoder.featureNames).toEqual(['a unknown', 'a x', 'a y'])
    expect(encode(rows).data.row(7)[0]).toBe(1)
    expect(encode(rows, { rareBelow: 1 }).encoder.featureNames).toEqual(['a rare', 'a x', 'a y'])
    // Three levels of one row each: in three rows none is rare.
    expect(encode([{ a: 'x' }, { a: 'y' }, { a: 'z' }]).encoder.features).toBe(3)
  })

  test('embeddings: true, false, and by the number of levels', () => {
    const rows = flats(240)
    const kinds = (options: EncoderOptions) =>
      Encoder.fitSync(Table.fromRows(rows), { ignore: ['id'], ...options })
        .columns.filter(({ name }) => name === 'city' || name === 'street')
        .map(({ name, kind }) => `${name} ${kind}`)
    expect(kinds({})).toEqual(['city oneHot', 'street embedding'])
    expect(kinds({ embeddings: false })).toEqual(['city oneHot', 'street oneHot'])
    expect(kinds({ embeddings: true })).toEqual(['city embedding', 'street embedding'])
    expect(kinds({ oneHotLevels: 20 })).toEqual(['city oneHot', 'street oneHot'])
  })

  test('a stream of tables gives the encoder of one', async () => {
    const rows = flats(240)
    async function* parts() {
      for (let from = 0; from < 240; from += 37) {
        yield Table.fromRows(rows.slice(from, from + 37), { types: { nothing: 'number', size: 'number' } })
      }
    }
    const options = { target: 'price', scaling: { size: 'quantile' } } as const
    const streamed = await Encoder.fit(parts(), options)
    expect(streamed.toJSON()).toEqual(Encoder.fitSync(Table.fromRows(rows), options).toJSON())
    expect(streamed.rows).toBe(240)
  })

  test('an identifier is kept where one asks for it, and among few rows', () => {
    const rows = flats(24)
    expect(encode(rows, { dropIdentifiers: false }).encoder.columns.map(({ name }) => name)).toContain('id')
    expect(encode(rows.slice(0, 5)).encoder.columns.map(({ name }) => name)).toContain('id')
    expect(encode(rows).encoder.dropped).toContainEqual({ name: 'id', reason: 'identifier' })
  })

  test('a column of other type than before is read where it can be', () => {
    const encoder = Encoder.fitSync(
      Table.fromRows([
        { n: 1, b: true, c: '5' },
        { n: 3, b: false, c: 'x' },
      ]),
    )
    const own = encoder.encodeFeatures([{ n: 3, b: true, c: '5' }])
    // A number as a text is a number, 5 is the level '5', yes is true.
    expect(encoder.encodeFeatures([{ n: ' 3 ', b: 'yes', c: 5, more: 1 }])).toEqual(own)
    const texts = Table.fromRows([{ n: '3', b: 'yes', c: '5' }], { types: { n: 'category', b: 'category' } })
    expect(encoder.encodeFeatures(texts)).toEqual(own)
    expect(refused(() => encoder.encodeFeatures([{ n: 'three', b: true, c: 'x' }]))).toMatch(
      /a number in column 'n', row 0 but received 'three'/,
    )
    expect(refused(() => encoder.encodeFeatures([{ n: 3, b: 'perhaps', c: 'x' }]))).toMatch(
      /true or false in column 'b'/,
    )
    expect(refused(() => encoder.encodeFeatures([{ n: 3, c: 'x' }]))).toMatch(
      /a column 'b' but there is none.*'n', 'c'/,
    )
  })
})

describe('numbers that are none', () => {
  test('infinity is missing; what float32 cannot hold is an error', () => {
    const encoder = Encoder.fitSync(Table.of([{ name: 'n', type: 'number', values: Float64Array.of(1, 3, Infinity) }]))
    expect(encoder.featureNames).toEqual(['n', 'n missing'])
    expect([...encoder.encodeFeatures([{ n: 3 }, { n: -Infinity }]).data]).toEqual([1, 0, 0, 1])
    expect(refused(() => encoder.encodeFeatures([{ n: 3 }, { n: 1e40 }]))).toMatch(
      /column 'n', row 1 .* received 1e\+40/,
    )
  })

  test('rows of a long table are encoded as they are alone, and named by their number', () => {
    const rows = flats(1300)
    const { encoder, data } = encode(rows, { target: 'price', scaling: { size: 'quantile' } })
    for (const row of [0, 511, 512, 1023, 1024, 1299]) {
      expect(data.row(row)).toEqual(encoder.encodeFeatures([rows[row]!]).data)
    }
    rows[700] = { ...rows[700], rooms: 1e40 }
    expect(refused(() => encoder.encodeFeatures(rows))).toMatch(/column 'rooms', row 700 /)
    expect(refused(() => encoder.encode(Table.fromRows(rows)))).toMatch(/column 'rooms', row 700 /)
  })

  test('a value too large to be scaled is named, not those beside it', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ a: i % 9 === 5 ? -1e300 : Math.sin(i), b: i }))
    const message = /column 'a' but received -1e\+300 in row 5\. Correct it, make it null.*\{ 'a': 'quantile' \}/
    expect(refused(() => encode(rows))).toMatch(message)
    async function* parts() {
      for (const from of [0, 20]) yield Table.fromRows(rows.slice(from, from + 20))
    }
    await expect(Encoder.fit(parts())).rejects.toThrow(message)
    // What the message says does work.
    const ranks = columnOf(encode(rows, { scaling: { a: 'quantile' } }).data, 0)
    expect(meanAndDeviation(ranks)[1]).toBeCloseTo(1, 6)
    expect(ranks[5]).toBe(Math.min(...ranks))
    expect(encode(rows.map(({ a, b }) => ({ a: a < -1 ? null : a, b }))).encoder.features).toBe(3)
    const ends = [{ a: -1.7e308 }, { a: 0 }, { a: 1.75e308 }]
    expect(refused(() => encode(ends, { scaling: 'quantile' }))).toMatch(/column 'a' but received 1\.75e\+308 in row 2/)
    expect(refused(() => encode(ends))).toMatch(/column 'a' but received 1\.75e\+308 in row 2/)
  })

  test('what is not used is told with its true reason, and keep keeps it', () => {
    const rows = Array.from({ length: 600 }, (_, i) => ({
      id: `id-${i}`,
      name: `name ${i % 300}`,
      code: i % 300 === 0 ? 'A1' : null,
      one: 1,
      text: 'same',
      x: Math.sin(i),
    }))
    const plain = encode(rows, { ignore: [{ name: 'x', reason: 'constant' }], dropIdentifiers: true, keep: ['id'] })
    expect(plain.encoder.dropped).toEqual([
      { name: 'x', reason: 'constant' },
      { name: 'name', reason: 'rare' },
      { name: 'code', reason: 'rare' },
      { name: 'one', reason: 'constant' },
      { name: 'text', reason: 'constant' },
    ])
    const keep = Object.keys(rows[0]!)
    const { encoder, data } = encode(rows, { keep })
    expect(encoder.dropped).toEqual([])
    expect(encoder.columns.map(({ name }) => name).sort()).toEqual([...keep].sort())
    const [id, name] = ['id', 'name'].map((one) => encoder.columns.find((column) => column.name === one)!)
    expect([id, name].map((one) => 'levels' in one! && one.levels.length)).toEqual([600, 300])
    expect(Array.from(data.row(599)).every(Number.isFinite)).toBe(true)
    expect(Encoder.fromJSON(JSON.parse(JSON.stringify(encoder.toJSON()))).equals(encoder)).toBe(true)
    expect(Encoder.fromJSON(JSON.parse(JSON.stringify(plain.encoder.toJSON()))).dropped).toEqual(plain.encoder.dropped)
  })

  test('no column that is left: an error that names all, why, and how to keep one', () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ id: `id-${i}`, one: 1, y: i % 3 }))
    expect(refused(() => encode(rows, { target: 'y' }))).toBe(
      "Expected a column that tells something of the rows but received none: 'id' has another value in every training row " +
        "(identifier); 'one' has the same value in all training rows, or values that hardly differ (constant). To learn " +
        "from 'id' all the same: keep: ['id'].",
    )
    expect(refused(() => encode(rows, { target: 'y', ignore: ['id'], keep: ['id'] }))).toMatch(/ignore.*'id'/)
    expect(refused(() => encode(rows, { target: 'y', keep: ['di'] }))).toMatch(/Did you mean 'id'/)
    expect(refused(() => encode(rows, { ignore: [{ name: 'id', reason: 'dull' } as never] }))).toMatch(
      /ignore\[0\]\.reason/,
    )
    const empty = Table.of([{ name: 'a', type: 'category', levels: [], codes: new Int32Array(9).fill(-1) }])
    expect(refused(() => Encoder.fitSync(empty, { keep: ['a'] }))).toMatch(/'a', which keep names, but it has none/)
  })

  test('the smallest values are told apart as others are', () => {
    for (const unit of [1e-100, 1e-150, 1e-200, 1e-300, 1e-320]) {
      const rows = Array.from({ length: 60 }, (_, i) => ({ a: unit * (100 + ((i * 7) % 60)), b: i }))
      const { encoder, data } = encode(rows)
      expect(encoder.dropped).toEqual([])
      const [mean, deviation] = meanAndDeviation(columnOf(data, 0))
      expect(Math.abs(mean)).toBeLessThan(1e-3)
      expect(Math.abs(deviation - 1)).toBeLessThan(1e-3)
    }
    // Among larger ones they are 0; and these differ by less than any deviation.
    expect(columnOf(encode([{ a: 1e-200 }, { a: 2 }]).data, 0)).toEqual([-1, 1])
    const rows = Array.from({ length: 60 }, (_, i) => ({ a: i === 3 ? 5e-324 : 0, b: i }))
    expect(encode(rows).encoder.dropped).toEqual([{ name: 'a', reason: 'constant' }])
  })

  test('values that hardly differ are told apart', () => {
    const times = Float64Array.from({ length: 50 }, (_, i) => 1.7e12 + (i % 2))
    const { columns } = Encoder.fitSync(Table.of([{ name: 't', type: 'number', values: times }]))
    expect(columns[0]).toMatchObject({ mean: 1.7e12 + 0.5, deviation: 0.5 })
  })
})

describe('targets', () => {
  const targetsOf = (values: unknown[], options: EncoderOptions = {}) => {
    const rows = values.map((y, i) => ({ x: i, y }))
    const { encoder, data } = encode(rows, { target: 'y', ...options })
    return { encoder, y: Array.from({ length: data.rows }, (_, row) => data.target(row)[0]!), labels: data.labels }
  }

  test('texts and booleans are classes, in the order of their labels', () => {
    const { encoder, y, labels } = targetsOf(['no', 'yes', 'maybe', 'no'])
    expect([encoder.task, encoder.outputs]).toEqual(['classification', 3])
    expect(labels).toEqual(['maybe', 'no', 'yes'])
    expect(y).toEqual([1, 2, 0, 1])
    expect(targetsOf([true, false]).labels).toEqual(['false', 'true'])
    expect(targetsOf([true, false]).encoder.outputs).toBe(1)
  })

  test('whole numbers of few values are classes in numeric order, unless one says otherwise', () => {
    const quality = Array.from({ length: 60 }, (_, i) => 8 + (i % 4))
    expect(targetsOf(quality).labels).toEqual(['8', '9', '10', '11'])
    expect(targetsOf(quality).y.slice(0, 4)).toEqual([0, 1, 2, 3])
    expect(targetsOf(quality, { task: 'regression' }).encoder.task).toBe('regression')
    expect(targetsOf([1, 2, 3, 4]).encoder.task).toBe('regression')
    expect(targetsOf([1, 2, 3, 4], { task: 'classification' }).labels).toEqual(['1', '2', '3', '4'])
    expect(targetsOf([0, 1]).encoder.task).toBe('classification')
    expect(targetsOf([0.5, 1, 0.5]).encoder.task).toBe('regression')
  })

  test('values are scaled, and decoded again', () => {
    const { encoder, y } = targetsOf([10.5, 20.5, 40.5], { task: 'regression' })
    const [mean, deviation] = meanAndDeviation(y)
    expect(Math.abs(mean)).toBeLessThan(1e-9)
    expect(Math.abs(deviation - 1)).toBeLessThan(1e-9)
    expect(encoder.decode({ data: y, shape: [3, 1] }).map((value) => Number(value).toFixed(6))).toEqual([
      '10.500000',
      '20.500000',
      '40.500000',
    ])
    expect(targetsOf([10.5, 20.5], { scaleTarget: false }).y).toEqual([10.5, 20.5])
    const classes = targetsOf(['a', 'b', 'c']).encoder
    expect(classes.decode({ data: [0.1, 0.7, 0.2, 0.5, 0.3, 0.2], shape: [2, 3] })).toEqual(['b', 'a'])
    expect(targetsOf(['a', 'b']).encoder.decode({ data: [0.4, 0.6], shape: [2, 1] })).toEqual(['a', 'b'])
  })

  test('what cannot be a target', () => {
    expect(refused(() => targetsOf(['a', 'a', 'a']))).toMatch(/column 'y' has only 'a' in 3 rows/)
    expect(refused(() => targetsOf([5, 5], { task: 'regression' }))).toMatch(/column 'y' has only '5'/)
    expect(refused(() => targetsOf(['a', null, 'b']))).toMatch(/column 'y' has none in 1 of 3 rows/)
    expect(refused(() => targetsOf(['a', 'b'], { task: 'regression' }))).toMatch(/Expected numbers for the target 'y'/)
    expect(refused(() => targetsOf([1, 2], { target: 'z' }))).toMatch(/a column 'z' but there is none/)
    expect(refused(() => targetsOf([1], {}))).toMatch(/in 1 row\./)
    expect(refused(() => encode([{ y: 1 }, { y: 2 }], { target: 'y' }))).toMatch(/there is only the target/)
  })

  test('dates are none, but what the message says they can be made', () => {
    const days = Array.from({ length: 40 }, (_, i) => new Date(Date.UTC(2024, 0, 1 + 9 * i)))
    const message = /the target 'y' but its column is of dates\. Make numbers of them.*or texts/
    for (const options of [{}, { task: 'regression' }, { task: 'classification' }] as const) {
      expect(refused(() => targetsOf(days, options))).toMatch(message)
    }
    expect(targetsOf(days.map((day) => day.getTime() / 86_400_000)).encoder.task).toBe('regression')
    expect(targetsOf(days.map((day) => day.toISOString().slice(0, 7))).labels).toHaveLength(12)
  })

  test('one too large is named', () => {
    const y = [0.5, 2, 1e299, 3]
    const message = /the target 'y' but received 1e\+299 in row 2\. Correct it, leave the row out/
    expect(refused(() => targetsOf(y))).toMatch(message)
    expect(refused(() => targetsOf([0.5, 2, 1e99, 3], { scaleTarget: false }))).toMatch(
      /float32 can hold, since scaleTarget is false, for the target 'y' but received 1e\+99 in row 2/,
    )
    // One that can be scaled is, but not among those of other rows.
    const { encoder } = targetsOf([0.5, 2, 1e99, 3])
    expect(encoder.targetScale!.deviation).toBeGreaterThan(1e98)
    const small = targetsOf([0.5, 2, 3]).encoder
    expect(refused(() => small.encode(Table.fromRows([{ x: 1, y: 1e99 }])))).toMatch(
      /once it is scaled for the target 'y' in row 0 but received 1e\+99/,
    )
  })

  test('a label that the training rows did not have', () => {
    const encoder = Encoder.fitSync(
      Table.fromRows([
        { x: 1, y: 'a' },
        { x: 2, y: 'b' },
      ]),
      { target: 'y' },
    )
    expect(refused(() => encoder.encode(Table.fromRows([{ x: 1, y: 'c' }])))).toMatch(
      /one of the labels a, b for the target 'y' in row 0 but received 'c'/,
    )
    expect(encoder.encode(Table.fromRows([{ x: 1 }])).hasTargets).toBe(false)
  })
})

interface Hostile {
  columns: Record<string, unknown>[]
  target: Record<string, unknown>
}

describe('as JSON', () => {
  const table = Table.fromRows(flats(240))
  const all = { scaling: { size: 'quantile' }, target: 'price' } as const

  test('and back: the same encoder', () => {
    const encoder = Encoder.fitSync(table, all)
    const again = Encoder.fromJSON(JSON.parse(JSON.stringify(encoder)))
    expect(again.equals(encoder)).toBe(true)
    expect(again.encodeFeatures(table)).toEqual(encoder.encodeFeatures(table))
    expect([again.target, again.task, again.targetScale]).toEqual([encoder.target, encoder.task, encoder.targetScale])
    expect(Encoder.fitSync(table, { target: 'price' }).equals(encoder)).toBe(false)
  })

  test('a hostile file is an error that names the part', () => {
    const json = () => JSON.parse(JSON.stringify(Encoder.fitSync(table, all))) as Hostile
    const spoilt: [change: (json: Hostile) => unknown, message: RegExp][] = [
      [() => null, /plain object for encoder/],
      [(json) => ({ ...json, version: 2 }), /encoder\.version/],
      [(json) => ({ ...json, more: 1 }), /'more'/],
      [(json) => ({ ...json, columns: [] }), /encoder\.columns/],
      [(json) => ({ ...json, rows: -1 }), /encoder\.rows/],
      [(json) => ({ ...json, dropped: [{ name: 'a', reason: 'dull' }] }), /encoder\.dropped\[0\]\.reason/],
      [(json) => ({ ...json, columns: [...json.columns, json.columns[0]] }), /names that differ|behind all others/],
      [(json) => ({ ...json, columns: json.columns.toReversed() }), /behind all others/],
      [(json) => ({ ...json, target: { ...json.target, deviation: 0 } }), /encoder\.target\.deviation/],
      [(json) => ({ ...json, target: { name: 'y', task: 'classification', labels: ['a'] } }), /two labels/],
      [(json) => ({ ...json, target: { name: 'y', task: 'classification', labels: ['a', 'a'] } }), /names that differ/],
    ]
    for (const [i, column] of json().columns.entries()) {
      for (const [name, value] of Object.entries(column)) {
        for (const bad of [null, typeof value === 'string' ? 7 : 'seven', Number.NaN, [[]]]) {
          spoilt.push([
            (json) => {
              json.columns[i]![name] = bad
              return json
            },
            new RegExp(`encoder\\.columns\\[${i}\\]`),
          ])
        }
        spoilt.push([
          (json) => {
            delete json.columns[i]![name]
            return json
          },
          new RegExp(`encoder\\.columns\\[${i}\\]`),
        ])
      }
      spoilt.push([
        (json) => {
          json.columns[i]!.more = 1
          return json
        },
        /'more'/,
      ])
    }
    expect(spoilt.length).toBeGreaterThan(100)
    for (const [change, message] of spoilt) {
      const bad = change(json())
      expect(
        refused(() => Encoder.fromJSON(bad)),
        JSON.stringify(bad),
      ).toMatch(message)
    }
    const falling = json()
    const size = falling.columns.find(({ kind }) => kind === 'quantile')!
    ;(size.quantiles as number[]).reverse()
    expect(refused(() => Encoder.fromJSON(falling))).toMatch(/not below the one before/)
    const proto = json()
    proto.columns.at(-1)!.input = '__proto__'
    expect(refused(() => Encoder.fromJSON(proto))).toMatch(/input/)
  })
})

describe('options', () => {
  test('wrong ones are errors that say what is right', () => {
    const wrong: [options: unknown, message: RegExp][] = [
      [{ tarket: 'y' }, /'tarket'.*Did you mean 'target'/],
      [{ scaling: 'log' }, /scaling/],
      [{ scaling: { rooms: 'log' } }, /scaling\['rooms'\]/],
      [{ scaling: { romms: 'quantile' } }, /a column 'romms'.*Did you mean 'rooms'/],
      [{ embeddings: 'yes' }, /embeddings/],
      [{ oneHotLevels: -1 }, /oneHotLevels/],
      [{ rareBelow: 0.5 }, /rareBelow/],
      [{ ignore: ['nobody'] }, /a column 'nobody'/],
      [{ ignore: ['price'], target: 'price' }, /without the target/],
      [{ task: 'clustering' }, /task/],
      [{ dropIdentifiers: 1 }, /dropIdentifiers/],
      [{ scaleTarget: 1 }, /scaleTarget/],
      [{ missingIndicator: 1 }, /missingIndicator/],
    ]
    const table = Table.fromRows(flats(24))
    for (const [options, message] of wrong) {
      expect(refused(() => Encoder.fitSync(table, options as EncoderOptions))).toMatch(message)
    }
  })

  test('without an indicator a missing value is the mean alone', () => {
    const { encoder } = encode(flats(40), { missingIndicator: false })
    expect(encoder.featureNames).not.toContain('size missing')
    expect(encoder.featureNames).toContain('size')
  })
})

describe('a data set of objects', () => {
  test('carries its encoder, and another is read by it', async () => {
    const rows = flats(240)
    const train = await Dataset.fromRows(rows, { target: 'price', ignore: ['street'] })
    expect(train.encoder!.target).toBe('price')
    async function* stream() {
      yield* rows.slice(0, 5)
    }
    const test = await Dataset.fromRows(stream(), { target: 'price', encoder: train.encoder! })
    expect(test.encoder).toBe(train.encoder)
    expect(test.row(3)).toEqual(train.row(3))
    expect(train.subset([3, 4]).encoder).toBe(train.encoder)
    expect(train.split(0.1)[1].encoder).toBe(train.encoder)
    expect(train.concat(test).encoder).toBe(train.encoder)
    expect(train.map((x) => x).encoder).toBeUndefined()
    const other = await Dataset.fromRows(rows.slice(0, 100), { target: 'price', ignore: ['street'] })
    expect(refused(() => train.concat(other))).toMatch(/of one encoder/)
    await expect(Dataset.fromRows(rows, { encoder: train.encoder!, embeddings: true })).rejects.toThrow(/'embeddings'/)
    await expect(Dataset.fromRows(rows, { encoder: train.encoder!, target: 'city' })).rejects.toThrow(/'price'/)
    await expect(Dataset.fromRows(rows, { encoder: {} as Encoder })).rejects.toThrow(/Encoder/)
  })
})
