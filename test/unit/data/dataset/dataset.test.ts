import { describe, expect, test } from 'vitest'
import { Dataset, datasets } from '../../../../lib/index.js'
import { firstFeatures, rowsOf } from '../../../helpers/dataset-rows.js'

/** Rows that count themselves, with targets, labels and weights of their own. */
const counted = (rows: number, kind: 'uint8' | 'float32' = 'float32') =>
  Dataset.from(
    {
      x: {
        data: new (kind === 'uint8' ? Uint8Array : Float32Array)(
          Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? i / 2 : 7)),
        ),
        shape: [rows, 2],
      },
      y: Int32Array.from({ length: rows }, (_, row) => row % 3),
      sampleWeights: Float32Array.from({ length: rows }, (_, row) => row + 1),
    },
    { labels: ['a', 'b', 'c'] },
  )

describe('split', () => {
  // Rows that earlier versions held out: a seed means the same rows for ever.
  test.each([
    [0, [4, 3, 5, 8, 2, 6, 7, 0, 11], [9, 1, 10]],
    [7, [9, 2, 0, 3, 4, 5, 10, 1, 7], [6, 8, 11]],
  ])('by seed %d', (seed, kept, held) => {
    const parts = counted(12).split(0.25, { seed })
    expect(parts.map(firstFeatures)).toEqual([kept, held])
  })

  test('stratified: a rare class is on both sides', () => {
    const y = Int32Array.from({ length: 100 }, (_, row) => (row < 90 ? 0 : 1))
    const data = Dataset.from({ x: { data: Float32Array.from(y.keys()), shape: [100, 1] }, y })
    for (const seed of [0, 1, 2]) {
      const [kept, held] = data.split(0.2, { seed, stratified: true })
      expect([kept.classCounts(), held.classCounts()]).toEqual([
        [72, 8],
        [18, 2],
      ])
    }
  })

  test('stratified by rows of probabilities: the largest counts', () => {
    const y = Array.from({ length: 20 }, (_, row) => (row < 10 ? [0.9, 0.1] : [0.2, 0.8]))
    const data = Dataset.from({ x: y.map((_, row) => [row]), y })
    const [, held] = data.split(0.2, { stratified: true })
    expect(held.classCounts()).toEqual([2, 2])
  })

  test('rows keep what is theirs', () => {
    const data = counted(30)
    const all = rowsOf(data)
    for (const part of data.split(0.3, { seed: 2, stratified: true })) {
      expect(part.labels).toEqual(['a', 'b', 'c'])
      for (const row of rowsOf(part)) expect(row).toEqual(all[row.x[0]!])
    }
  })
})

test('classCounts counts labels that no row has', () => {
  const data = Dataset.from({ x: [[0], [1], [2]], y: [1, 1, 0] }, { labels: ['a', 'b', 'c'] })
  expect(data.classCounts()).toEqual([1, 2, 0])
  expect(Dataset.from({ x: [[0], [1]], y: ['no', 'yes'] }).classCounts()).toEqual([1, 1])
  expect(Dataset.from({ x: [[0], [1]], y: [3, 0] }).classCounts()).toEqual([1, 0, 0, 1])
})

test('slice and take count as arrays do', () => {
  const data = counted(5)
  expect(firstFeatures(data.slice(1, 3))).toEqual([1, 2])
  expect(firstFeatures(data.slice(-2))).toEqual([3, 4])
  expect(firstFeatures(data.slice(0, -4))).toEqual([0])
  expect(firstFeatures(data.slice(3, Number.MAX_SAFE_INTEGER))).toEqual([3, 4])
  expect(firstFeatures(data.take(2))).toEqual([0, 1])
  expect(data.take(Number.MAX_SAFE_INTEGER).rows).toBe(5)
})

test('a shuffle repeats by its seed and differs from another', () => {
  const data = counted(50)
  const order = firstFeatures(data.shuffle({ seed: 3 }))
  expect(firstFeatures(data.shuffle({ seed: 3 }))).toEqual(order)
  expect(firstFeatures(data.shuffle({ seed: 4 }))).not.toEqual(order)
  expect(firstFeatures(data.shuffle())).toEqual(firstFeatures(data.shuffle({ seed: 0 })))
})

test('batches are the rows in order, the last one smaller', () => {
  const data = counted(7)
  const batches = [...data.batch(3)]
  expect(batches.map(firstFeatures)).toEqual([[0, 1, 2], [3, 4, 5], [6]])
  expect(batches.flatMap(rowsOf)).toEqual(rowsOf(data))
  expect([...data.batch(Number.MAX_SAFE_INTEGER)].map(({ rows }) => rows)).toEqual([7])
})

describe('bytes stay bytes', () => {
  const digits = Dataset.from(datasets.digits({ samples: 20, size: 8 }))
  test.each<[string, () => Dataset]>([
    ['split', () => digits.split(0.5)[0]],
    ['a stratified split', () => digits.split(0.5, { stratified: true })[1]],
    ['shuffle', () => digits.shuffle()],
    ['slice', () => digits.slice(3, 9)],
    ['batch', () => digits.batch(4).next().value!],
    ['concat', () => digits.concat(digits)],
    ['map of targets', () => digits.map((_, target) => ({ y: Number(target) % 2 }))],
  ])('%s', (_what, make) => {
    const made = make()
    expect([made.type, made.featureShape]).toEqual(['uint8', [8, 8]])
    const known = new Set(Array.from({ length: digits.rows }, (_, row) => digits.row(row).join()))
    for (let row = 0; row < made.rows; row++) expect(known.has(made.row(row).join())).toBe(true)
  })

  test('every byte at every scale comes back from a copy', () => {
    const data = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    for (const scale of [1, 1 / 255, 1 / 3, 1e-30, 1e30, -2, 0.1, 2 ** -149]) {
      const one = Dataset.from({ x: { data, shape: [1, 256] } }, { scale })
      expect(one.concat(one).row(1)).toEqual(one.row(0))
      expect(one.concat(one).type).toBe('uint8')
    }
  })
})

describe('map', () => {
  test('features, targets, index', () => {
    const data = counted(4)
    const seen: unknown[] = []
    const made = data.map((features, target, index) => {
      seen.push([features[0], target, index])
      return { x: [features[0]! * 2, 1, 1], y: index }
    })
    expect(seen).toEqual([
      [0, 0, 0],
      [1, 1, 1],
      [2, 2, 2],
      [3, 0, 3],
    ])
    expect(rowsOf(made)).toEqual([0, 1, 2, 3].map((i) => ({ x: [2 * i, 1, 1], y: [i], weight: i + 1 })))
    // Class 3 has no name: the old names are not those of the new targets.
    expect([made.features, made.featureShape, made.labels]).toEqual([3, [3], undefined])
    expect(data.map((_, target) => ({ y: 2 - Number(target) })).labels).toEqual(['a', 'b', 'c'])
  })

  test('the features may be changed in place and do not change the data set', () => {
    const data = counted(3)
    const made = data.map((features) => features.fill(9))
    expect(firstFeatures(made)).toEqual([9, 9, 9])
    expect(firstFeatures(data)).toEqual([0, 1, 2])
  })

  test('rows of bytes are kept as bytes, at scale 1', () => {
    const made = counted(3, 'uint8').map((features) => Uint8Array.from(features, (value) => value + 1))
    expect([made.type, firstFeatures(made)]).toEqual(['uint8', [1, 2, 3]])
    const mixed = counted(2).map((features, _target, i) => (i === 0 ? new Uint8Array(features) : features))
    expect(mixed.type).toBe('float32')
  })

  test('targets of several columns come and go as rows', () => {
    const data = Dataset.from({
      x: [[1], [2]],
      y: [
        [0.25, 0.75],
        [1, 0],
      ],
    })
    const made = data.map((_, target) => ({ y: (target as number[]).toReversed() }))
    expect([made.target(0), made.target(1)]).toEqual([
      [0.75, 0.25],
      [0, 1],
    ])
  })
})

describe('concat', () => {
  test('rows below rows; those without weights weigh 1', () => {
    const bare = Dataset.from({ x: [[8, 8]], y: [2] }, { labels: ['a', 'b', 'c'] })
    const made = counted(2).concat(bare, counted(1))
    expect(rowsOf(made)).toEqual([
      { x: [0, 7], y: [0], weight: 1 },
      { x: [1, 7], y: [1], weight: 2 },
      { x: [8, 8], y: [2], weight: 1 },
      { x: [0, 7], y: [0], weight: 1 },
    ])
  })

  test('bytes of another scale, and floats, make floats of the same numbers', () => {
    const x = { data: Uint8Array.of(1, 2), shape: [1, 2] }
    const made = Dataset.from({ x }, { scale: 0.5 }).concat(Dataset.from({ x }, { scale: 2 }))
    expect([made.type, ...made.row(0), ...made.row(1)]).toEqual(['float32', 0.5, 1, 2, 4])
  })

  test('labels that differ are united', () => {
    const first = Dataset.from({ x: [[1], [2]], y: ['cat', 'dog'] })
    const made = first.concat(Dataset.from({ x: [[3], [4]], y: ['bird', 'cat'] }))
    expect(made.labels).toEqual(['cat', 'dog', 'bird'])
    expect(rowsOf(made).map(({ y }) => made.labels![y[0]!])).toEqual(['cat', 'dog', 'bird', 'cat'])
  })
})

test('whole numbers are exact up to 2^24', () => {
  const most = 2 ** 24
  const values = [0, 1, 65_537, most - 1, most]
  const data = Dataset.from({ x: values.map((value) => [value, 0.5]), y: values.map(() => 0) })
  for (const made of [data, data.shuffle().slice(0), data.concat(data), data.map((features) => features)]) {
    expect([...new Set(firstFeatures(made))].sort((a, b) => a - b)).toEqual(values)
  }
  // Beyond, float32 has even numbers only.
  expect(Dataset.from({ x: [[most + 1]] }).row(0)[0]).toBe(most)
})

describe('wrong use is named', () => {
  const data = counted(4)
  const any = (value: unknown) => value as never
  const values = Dataset.from({ x: [[1], [2]], y: [0.5, 1] })
  const bare = Dataset.from({ x: [[1], [2]] })
  test.each<[string, () => unknown, string, string]>([
    ['an empty slice', () => data.slice(2, 2), 'DATA', '2 to 2'],
    ['a slice beyond the end', () => data.slice(9), 'DATA', '9 to 4'],
    ['half a row', () => data.slice(0.5), 'ARGUMENT', 'start'],
    ['text for the end', () => data.slice(0, any('2')), 'ARGUMENT', 'end'],
    ['no rows to take', () => data.take(0), 'ARGUMENT', 'count'],
    ['batches of nothing', () => data.batch(0), 'ARGUMENT', 'size'],
    ['batches of 1.5 rows', () => data.batch(1.5), 'ARGUMENT', 'size'],
    ['a negative seed', () => data.shuffle({ seed: -1 }), 'ARGUMENT', 'seed'],
    ['a misspelt option of shuffle', () => data.shuffle(any({ sead: 1 })), 'ARGUMENT', 'seed'],
    ['text for stratified', () => data.split(0.5, any({ stratified: 'yes' })), 'ARGUMENT', 'stratified'],
    ['a split that leaves nothing', () => data.split(0.01, { stratified: true }), 'DATA', 'fraction'],
    ['a split of all', () => data.split(1), 'ARGUMENT', 'fraction'],
    ['values stratified', () => values.split(0.5, { stratified: true }), 'DATA', '0.5 in row 0'],
    ['no targets to stratify by', () => bare.split(0.5, { stratified: true }), 'DATA', 'targets'],
    ['no targets to count', () => bare.classCounts(), 'DATA', 'targets'],
    ['values for classes', () => values.classCounts(), 'DATA', 'row 0'],
    ['no function to map', () => data.map(any(3)), 'ARGUMENT', 'fn'],
    ['nothing from a function', () => data.map(any(() => undefined)), 'ARGUMENT', 'row 0'],
    ['an empty object from a function', () => data.map(any(() => ({}))), 'ARGUMENT', 'row 0'],
    ['an unknown part from a function', () => data.map(any(() => ({ z: 1 }))), 'ARGUMENT', "'z'"],
    ['text in a row', () => data.map(any(() => ['a'])), 'ARGUMENT', 'row 0'],
    ['rows of no numbers', () => data.map(() => []), 'ARGUMENT', 'row 0'],
    ['rows of different length', () => data.map((_f, _t, i) => new Array(i + 1).fill(0)), 'SHAPE', 'row 1'],
    ['targets of some rows', () => data.map((x, _t, i) => (i === 0 ? { x, y: 1 } : { x })), 'DATA', 'row 1'],
    ['NaN in a row', () => data.map((x, _t, i) => [i === 2 ? Number.NaN : 1, x[1]!]), 'DATA', 'row 2'],
    ['infinity for a target', () => data.map(() => ({ y: Number.POSITIVE_INFINITY })), 'ARGUMENT', 'row 0'],
    ['rows for another data set', () => data.concat(any([[1, 2]])), 'ARGUMENT', 'others[0]'],
    ['other features', () => data.concat(bare), 'SHAPE', 'features'],
    ['targets in some', () => bare.concat(values), 'DATA', 'targets'],
    ['labels in some', () => data.concat(Dataset.from({ x: [[1, 2]], y: [0] })), 'DATA', 'labels'],
    ['other columns of y', () => values.concat(Dataset.from({ x: [[1]], y: [[1, 0]] })), 'SHAPE', 'columns'],
    [
      'a scale beyond float32',
      () => Dataset.from({ x: { data: new Uint8Array(1), shape: [1, 1] } }, { scale: 1e38 }),
      'ARGUMENT',
      'scale',
    ],
  ])('%s', (_what, call, code, text) => {
    expect(call).toThrow(
      expect.objectContaining({ code: `ERR_DEEPBLAS_${code}`, message: expect.stringContaining(text) }),
    )
  })
})

describe('large data, which several threads copy', () => {
  const [rows, columns] = [40_000, 60]

  test.each([Float32Array, Float64Array, Uint8Array])('%O: every row is in its place', (Type) => {
    const data = new Type(Array.from({ length: rows * columns }, (_, i) => (i * 7) % 251))
    const set = Dataset.from({ x: { data, shape: [rows, columns] } })
    for (const row of [0, 1, 17_475, 17_476, 39_999]) {
      expect([...set.row(row)]).toEqual([...data.subarray(row * columns, (row + 1) * columns)])
    }
    expect(set.subset([39_999, 5]).row(0)).toEqual(set.row(39_999))
  })

  test('the first number that is not finite is the one told', () => {
    const data = new Float32Array(rows * columns)
    for (const row of [39_000, 30_000, 20_001]) data[row * columns + 3] = Number.NaN
    expect(() => Dataset.from({ x: { data, shape: [rows, columns] } })).toThrow(/row 20001, column 3/)
  })
})
