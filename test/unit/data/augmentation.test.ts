import { describe, expect, test } from 'vitest'
import { symmetricBeta } from '../../../lib/data/augmentation/beta.js'
import { turn } from '../../../lib/data/augmentation/rotate.js'
import {
  type Augmentation,
  augmented,
  Dataset,
  Dense,
  datasets,
  flip,
  mixUp,
  noise,
  rotate,
  Sequential,
  shift,
} from '../../../lib/index.js'
import { RandomStream } from '../../../lib/random/stream.js'
import { firstFeatures, rowsOf } from '../../helpers/dataset-rows.js'

const any = (value: unknown) => value as never

/** Many copies of one picture. */
const copiesOf = (data: Float32Array | Uint8Array, featureShape: readonly number[]) =>
  Dataset.from({ x: { data, shape: [1, data.length] }, y: [0] }, { featureShape })

describe('shift', () => {
  test('all places are as likely, what comes in is fill, nothing wraps around', () => {
    const picture = Float32Array.from({ length: 25 }, (_, i) => (i === 12 ? 9 : 0))
    const made = copiesOf(picture, [5, 5]).augment([shift({ pixels: 1, fill: -1 })], { copies: 900 })
    const found = new Map<number, number>()
    for (let row = 1; row < made.rows; row++) {
      const x = made.row(row)
      const at = x.indexOf(9)
      found.set(at, (found.get(at) ?? 0) + 1)
      const [down, right] = [Math.floor(at / 5) - 2, (at % 5) - 2]
      for (let i = 0; i < 25; i++) {
        const [fromRow, fromColumn] = [Math.floor(i / 5) - down, (i % 5) - right]
        const inside = fromRow >= 0 && fromRow < 5 && fromColumn >= 0 && fromColumn < 5
        expect(x[i]).toBe(inside ? picture[fromRow * 5 + fromColumn] : -1)
      }
    }
    expect([...found.keys()].sort((a, b) => a - b)).toEqual([6, 7, 8, 11, 12, 13, 16, 17, 18])
    // 100 each; the deviation is 9.4.
    for (const count of found.values()) expect(Math.abs(count - 100)).toBeLessThan(45)
  })

  test('a picture may leave the frame', () => {
    const made = copiesOf(Float32Array.of(1, 2, 3, 4), [2, 2]).augment([shift({ pixels: 50 })], { copies: 20 })
    for (let row = 0; row < 20; row++) expect([0, 1, 2, 3, 4]).toContain(made.row(row)[0])
    expect(rowsOf(made).some(({ x }) => x.every((value) => value === 0))).toBe(true)
  })
})

describe('rotate', () => {
  const picture = Float32Array.from({ length: 9 }, (_, i) => i)

  test.each([
    [90, [2, 5, 8, 1, 4, 7, 0, 3, 6]],
    [180, [8, 7, 6, 5, 4, 3, 2, 1, 0]],
    [-90, [6, 3, 0, 7, 4, 1, 8, 5, 2]],
  ])('by %d degrees, counterclockwise', (degrees, expected) => {
    const to = new Float32Array(9)
    turn(picture, to, 3, 3, 1, (degrees * Math.PI) / 180, 0)
    for (const [i, value] of expected.entries()) expect(to[i]).toBeCloseTo(value, 5)
  })

  test('by 0 it is the same picture, bit for bit, of any size', () => {
    for (const [height, width] of [
      [3, 3],
      [4, 6],
      [5, 2],
    ] as const) {
      const from = Float32Array.from({ length: height * width }, (_, i) => Math.sin(i))
      const to = new Float32Array(from.length)
      turn(from, to, height, width, 1, 0, 7)
      expect(to).toEqual(from)
    }
  })

  test('between pixels it is the weighted mean of four', () => {
    // By 45 degrees, the corner of 3 x 3 comes from √2 off the middle, straight along one axis.
    const to = new Float32Array(9)
    turn(picture, to, 3, 3, 1, Math.PI / 4, 0)
    // Top right comes from (1, 1 + √2): a share 2 - √2 of pixel 5, the rest outside.
    expect(to[2]).toBeCloseTo(5 * (2 - Math.SQRT2), 5)
    // The middle of the top comes from (1 - √2/2, 1 + √2/2): of pixels 1, 2, 4, 5.
    const share = Math.SQRT1_2
    expect(to[1]).toBeCloseTo(share * (share * 2 + (1 - share) * 1) + (1 - share) * (share * 5 + (1 - share) * 4), 5)
  })

  test('a picture of one number stays so inside, and fill lies outside', () => {
    const to = new Float32Array(81)
    turn(new Float32Array(81).fill(3), to, 9, 9, 1, 0.7, 3)
    for (const value of to) expect(value).toBeCloseTo(3, 5)
  })

  test('channels are turned alike', () => {
    const three = Float32Array.from({ length: 27 }, (_, i) => Math.floor(i / 3) + 100 * (i % 3))
    const to = new Float32Array(27)
    turn(three, to, 3, 3, 3, Math.PI / 2, 0)
    for (let channel = 0; channel < 3; channel++) {
      for (const [i, value] of [2, 5, 8, 1, 4, 7, 0, 3, 6].entries()) {
        expect(to[3 * i + channel]).toBeCloseTo(value + 100 * channel, 3)
      }
    }
  })
})

describe('flip', () => {
  const picture = Uint8Array.of(1, 2, 3, 4, 5, 6)
  test.each([
    ['horizontal', [3, 2, 1, 6, 5, 4]],
    ['vertical', [4, 5, 6, 1, 2, 3]],
  ] as const)('%s, and twice is the same again', (direction, expected) => {
    const one = flip({ direction, probability: 1 })
    const data = copiesOf(picture, [2, 3])
    expect([...data.augment([one]).row(1)]).toEqual(expected)
    expect([...data.augment([one, one]).row(1)]).toEqual([...picture])
  })

  test('keeps the channels of a pixel together', () => {
    const made = copiesOf(picture, [1, 2, 3]).augment([flip({ probability: 1 })])
    expect([...made.row(1)]).toEqual([4, 5, 6, 1, 2, 3])
  })

  test('of about the share asked for', () => {
    const made = copiesOf(picture, [2, 3]).augment([flip({ probability: 0.25 })], { copies: 1000 })
    const flipped = firstFeatures(made).filter((first) => first === 3).length
    // The deviation is 13.7.
    expect(Math.abs(flipped - 250)).toBeLessThan(60)
  })
})

describe('noise', () => {
  test('has the deviation asked for, in the columns asked for', () => {
    const made = Dataset.from({ x: [[5, 5]] }).augment([noise({ standardDeviation: 0.5, columns: [1] })], {
      copies: 4000,
    })
    const off = rowsOf(made)
      .slice(1)
      .map(({ x }) => x[1]! - 5)
    expect(rowsOf(made).every(({ x }) => x[0] === 5)).toBe(true)
    const mean = off.reduce((sum, one) => sum + one, 0) / off.length
    const deviation = Math.sqrt(off.reduce((sum, one) => sum + one * one, 0) / off.length)
    // Their own deviations are 0.008 and 0.006.
    expect(Math.abs(mean)).toBeLessThan(0.04)
    expect(Math.abs(deviation - 0.5)).toBeLessThan(0.03)
  })

  test('of bytes is rounded and limited, never wrapped', () => {
    const made = copiesOf(Uint8Array.of(0, 255, 128), [3]).augment([noise({ standardDeviation: 40 })], { copies: 50 })
    const rows = rowsOf(made)
      .slice(1)
      .map(({ x }) => x)
    expect(rows.every((x) => x.every((value) => Number.isInteger(value)))).toBe(true)
    expect(rows.every(([low, high]) => low! < 200 && high! > 55)).toBe(true)
    expect(rows.some(([low]) => low === 0) && rows.some(([, high]) => high === 255)).toBe(true)
    expect(new Set(rows.map(([, , middle]) => middle)).size).toBeGreaterThan(20)
  })
})

describe('mixUp', () => {
  const x = { data: Float32Array.of(0, 10, 20), shape: [3, 1] }

  test('features and targets are mixed by one share; originals are sure of their class', () => {
    const made = Dataset.from({ x, y: [0, 1, 2] }).augment([mixUp({ alpha: 1 })], { copies: 30 })
    const rows = rowsOf(made)
    expect(rows.slice(0, 3).map(({ y }) => y)).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ])
    for (const {
      x: [value],
      y,
    } of rows) {
      expect(y.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 6)
      expect(10 * y[1]! + 20 * y[2]!).toBeCloseTo(value!, 4)
    }
    expect(rows.some(({ y }) => y.every((one) => one < 0.9))).toBe(true)
  })

  test('values, and rows of probabilities, are mixed as they are', () => {
    const values = Dataset.from({ x, y: Int32Array.of(0, 1, 2) }).augment([mixUp({ alpha: 1, targets: 'values' })])
    expect(values.targetColumns).toBe(1)
    for (const {
      x: [value],
      y,
    } of rowsOf(values))
      expect(10 * y[0]!).toBeCloseTo(value!, 4)
    const rows = Dataset.from({
      x,
      y: [
        [1, 0],
        [0, 1],
        [0.5, 0.5],
      ],
    }).augment([mixUp()])
    expect(rows.targetColumns).toBe(2)
  })

  test('as many classes as asked for', () => {
    expect(Dataset.from({ x, y: [0, 1, 2] }).augment([mixUp({ classes: 5 })]).targetColumns).toBe(5)
  })

  test.each([0.05, 0.2, 1, 3])('a share of Beta(%d, %d) has its mean and variance', (alpha) => {
    const random = new RandomStream(1, 0)
    const shares = Array.from({ length: 20_000 }, () => symmetricBeta(alpha, random))
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true)
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
    const variance = shares.reduce((sum, share) => sum + (share - 0.5) ** 2, 0) / shares.length
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.015)
    expect(Math.abs(variance * 4 * (2 * alpha + 1) - 1)).toBeLessThan(0.03)
  })

  test('the smallest and the largest alpha end', () => {
    const random = new RandomStream(1, 0)
    for (const alpha of [1e-6, 1e6]) {
      const share = symmetricBeta(alpha, random)
      expect(share >= 0 && share <= 1).toBe(true)
    }
  })

  test('a network learns from it', async () => {
    const data = Dataset.from(datasets.moons({ samples: 200, seed: 1 }))
    const model = new Sequential([new Dense(8, { activation: 'tanh' }), new Dense(2, { activation: 'softmax' })], {
      inputs: 2,
      seed: 1,
    })
    const { epochs } = await model.fit(data.augment([mixUp()], { copies: 2 }), { loss: 'crossEntropy', epochs: 30 })
    expect(epochs.at(-1)!.loss).toBeLessThan(0.9 * epochs[0]!.loss)
    expect((await model.evaluate(data, { metrics: ['accuracy'] })).accuracy).toBeGreaterThan(0.8)
  })
})

describe("one's own", () => {
  const data = Dataset.from({ x: [[1, 2, 3]] })
  test('changes in place, or returns the new features', () => {
    const inPlace = (features: Float32Array) => features.reverse()
    expect([...data.augment([inPlace]).row(1)]).toEqual([3, 2, 1])
    expect([...data.augment([(features) => features.map((value) => 2 * value)]).row(1)]).toEqual([2, 4, 6])
    expect([...data.augment([(features) => Array.from(features).reverse()]).row(1)]).toEqual([3, 2, 1])
    const first = (features: Float32Array) => {
      features[0] = 9
      return features[0]
    }
    expect([...data.augment([first]).row(1)]).toEqual([9, 2, 3])
  })
})

describe('augmented', () => {
  const data = Dataset.from({ x: Array.from({ length: 10 }, (_, row) => [row]), y: new Array<number>(10).fill(0) })
  const nothing = () => {}
  const read = async (batches: AsyncIterable<Dataset>) => {
    const sizes: number[] = []
    const order: number[] = []
    for await (const batch of batches) {
      sizes.push(batch.rows)
      order.push(...firstFeatures(batch))
    }
    return { sizes, order }
  }

  test('every row once an epoch, in a new order', async () => {
    const batches = augmented(data, [nothing], { batchSize: 4 })
    const [first, second] = [await read(batches), await read(batches)]
    expect([batches.batches, first.sizes]).toEqual([3, [4, 4, 2]])
    expect(first.order).not.toEqual(second.order)
    expect(first.order.toSorted((a, b) => a - b)).toEqual(firstFeatures(data))
    expect((await read(batches.epoch(0))).order).toEqual(first.order)
    expect((await read(augmented(data, [nothing], { shuffle: false }))).order).toEqual(firstFeatures(data))
  })

  test('epochs may run side by side', async () => {
    const batches = augmented(data, [noise({ standardDeviation: 1 })], { batchSize: 3 })
    const alone = [await read(batches.epoch(0)), await read(batches.epoch(1))]
    expect(await Promise.all([read(batches.epoch(0)), read(batches.epoch(1))])).toEqual(alone)
  })

  test('timers get their turn', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await read(
      augmented(
        data,
        [
          () => {
            const end = performance.now() + 2
            while (performance.now() < end);
          },
        ],
        { batchSize: 1 },
      ),
    )
    clearInterval(timer)
    expect(turns).toBeGreaterThan(2)
  })
})

describe('wrong use is named', () => {
  const pictures = copiesOf(Float32Array.of(1, 2, 3, 4), [2, 2])
  const values = Dataset.from({ x: [[1], [2]], y: [0.5, 1] })
  const nameless: Augmentation = { name: 'mine', bind: () => ({ apply: ({ x }) => x.fill(Number.NaN) }) }
  test.each<[string, () => unknown, string, string]>([
    ['no functions', () => pictures.augment([]), 'ARGUMENT', 'functions'],
    ['one function alone', () => pictures.augment(any(flip())), 'ARGUMENT', 'functions'],
    ['a name for a function', () => pictures.augment(any(['flip'])), 'ARGUMENT', 'functions[0]'],
    ['flip not called', () => pictures.augment(any([flip, null])), 'ARGUMENT', 'functions[1]'],
    ['no copies', () => pictures.augment([flip()], { copies: 0 }), 'ARGUMENT', 'copies'],
    ['more copies than there are passes', () => pictures.augment([flip()], { copies: 2 ** 30 }), 'ARGUMENT', 'copies'],
    ['a misspelt option', () => pictures.augment([flip()], any({ copy: 2 })), 'ARGUMENT', 'copies'],
    ['a negative seed', () => pictures.augment([flip()], { seed: -1 }), 'ARGUMENT', 'seed'],
    ['half a pixel', () => shift({ pixels: 0.5 }), 'ARGUMENT', 'shift.pixels'],
    ['no pixels', () => shift(any(undefined)), 'ARGUMENT', 'shift.pixels'],
    ['degrees beyond a half turn', () => rotate({ degrees: 200 }), 'ARGUMENT', 'rotate.degrees'],
    ['NaN for fill', () => rotate({ degrees: 2, fill: Number.NaN }), 'ARGUMENT', 'rotate.fill'],
    ['a direction that there is not', () => flip(any({ direction: 'vertikal' })), 'ARGUMENT', "'vertical'"],
    ['a probability of 2', () => flip({ probability: 2 }), 'ARGUMENT', 'flip.probability'],
    ['a negative deviation', () => noise({ standardDeviation: -1 }), 'ARGUMENT', 'noise.standardDeviation'],
    ['one column alone', () => noise(any({ standardDeviation: 1, columns: 1 })), 'ARGUMENT', 'noise.columns'],
    [
      'a column that the data set lacks',
      () => pictures.augment([noise({ standardDeviation: 1, columns: [4] })]),
      'SHAPE',
      'noise.columns',
    ],
    ['alpha of 0', () => mixUp({ alpha: 0 }), 'ARGUMENT', 'mixUp.alpha'],
    ['targets that there are not', () => mixUp(any({ targets: 'class' })), 'ARGUMENT', "'classes'"],
    ['values as classes', () => values.augment([mixUp()]), 'DATA', '0.5'],
    ['too few classes', () => mixUp({ classes: 0 }), 'ARGUMENT', 'mixUp.classes'],
    [
      'fewer classes than there are',
      () => Dataset.from({ x: [[1], [2]], y: [0, 1] }).augment([mixUp({ classes: 1 })]),
      'DATA',
      'mixUp.classes',
    ],
    ['no targets to mix', () => Dataset.from({ x: [[1]] }).augment([mixUp()]), 'DATA', 'targets'],
    [
      'no targets to mix as values',
      () => Dataset.from({ x: [[1]] }).augment([mixUp({ targets: 'values' })]),
      'DATA',
      'targets',
    ],
    ['a row of another length', () => pictures.augment([(x) => x.slice(1)]), 'SHAPE', 'functions[0]'],
    ['NaN from a function', () => values.augment([nameless]), 'DATA', 'mine'],
    ['rows in place of a data set', () => augmented(any([[1]]), [flip()]), 'ARGUMENT', 'dataset'],
    ['batches of nothing', () => augmented(values, [() => {}], { batchSize: 0 }), 'ARGUMENT', 'batchSize'],
    ['no pictures', () => augmented(values, [flip()]), 'SHAPE', 'featureShape'],
    ['a negative epoch', () => augmented(values, [() => {}]).epoch(-1), 'ARGUMENT', 'epoch'],
    [
      'more rows than memory',
      () => Dataset.from(datasets.digits({ samples: 300 })).augment([flip()], { copies: 1e6 }),
      'MEMORY',
      'memory',
    ],
  ])('%s', (_what, call, code, text) => {
    expect(call).toThrow(
      expect.objectContaining({ code: `ERR_DEEPBLAS_${code}`, message: expect.stringContaining(text) }),
    )
  })
})
