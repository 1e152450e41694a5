// What each kind of value becomes as a target of each kind of loss: the same as some numbers, or an error that names it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { forRuns } from '../../../../lib/data/dataset/dataset.js'
import { Dataset, Dense, type LossName, Sequential, type Targets } from '../../../../lib/index.js'

/** As decimal.js, big.js and BSON have them: their text is their number. */
class Decimal {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  toString(): string {
    return this.#text
  }
  valueOf(): string {
    return this.#text
  }
}
class ObjectId {
  toString(): string {
    return '507f1f77bcf86cd799439011'
  }
}
const decimals = (...texts: string[]) => texts.map((text) => new Decimal(text))
const any = (value: unknown) => value as Targets
const dataOf = (y: unknown, labels?: readonly string[]) => {
  const rows = (y as { length?: number } | null)?.length ?? (y as { shape: number[] } | null)?.shape[0] ?? 1
  const x = Array.from({ length: rows }, (_, row) => [Math.sin(row), row / 7])
  return Dataset.from({ x, y: any(y), ...(labels && { labels }) })
}
const modelOf = (loss: LossName, outputs: number) => {
  const activation = { crossEntropy: 'softmax', kullbackLeibler: 'softmax', binaryCrossEntropy: 'sigmoid' } as const
  return new Sequential([new Dense(outputs, { activation: activation[loss as 'crossEntropy'] ?? 'linear' })], {
    inputs: 2,
    seed: 1,
  })
}
const lossOf = (loss: LossName, outputs: number, y: unknown) =>
  modelOf(loss, outputs).evaluateSync(dataOf(y), { loss, metrics: [] }).loss

describe('the same as numbers', () => {
  test.each<[LossName, number, unknown, unknown]>([
    // A loss of values takes the numbers that are written.
    ['meanSquaredError', 1, ['90', '100', '110', '9'], [90, 100, 110, 9]],
    ['meanAbsoluteError', 1, [' 1e2', '-.5', '+3.', '0012'], [100, -0.5, 3, 12]],
    ['huber', 1, [true, false, true], [1, 0, 1]],
    ['meanSquaredError', 1, ['true', 'false', 'true'], [1, 0, 1]],
    ['meanSquaredError', 1, [90n, -100n], [90, -100]],
    ['meanSquaredError', 1, BigInt64Array.of(7n, -3n), [7, -3]],
    ['meanSquaredError', 1, { data: BigUint64Array.of(7n, 3n), shape: [2, 1] }, [7, 3]],
    [
      'meanSquaredError',
      2,
      { data: BigInt64Array.of(7n, 3n, 1n, -1n), shape: [2, 2] },
      [
        [7, 3],
        [1, -1],
      ],
    ],
    ['meanSquaredError', 1, decimals('3.50', '-2'), [3.5, -2]],
    ['meanSquaredError', 1, [['90'], ['100']], [90, 100]],
    ['meanSquaredError', 1, [[90n], [100n]], [90, 100]],
    [
      'meanSquaredError',
      2,
      [
        ['1', true],
        [2n, '0.5'],
      ],
      [
        [1, 1],
        [2, 0.5],
      ],
    ],
    [
      'meanSquaredError',
      2,
      [decimals('1.5', '2'), [3, 4]],
      [
        [1.5, 2],
        [3, 4],
      ],
    ],
    ['poisson', 1, ['3', '0', '12'], [3, 0, 12]],
    ['poisson', 1, [3n, 0n], [3, 0]],
    // Two classes: bits, names, shares.
    ['binaryCrossEntropy', 1, ['0', '1', '1'], [0, 1, 1]],
    ['binaryCrossEntropy', 1, ['1', '1'], [1, 1]],
    ['binaryCrossEntropy', 1, [1n, 1n], [1, 1]],
    ['binaryCrossEntropy', 1, [true, true], [1, 1]],
    ['binaryCrossEntropy', 1, ['true', 'true'], [1, 1]],
    ['binaryCrossEntropy', 1, ['no', 'yes', 'no'], [0, 1, 0]],
    ['binaryCrossEntropy', 1, ['2', '1', '10'].slice(0, 2), [1, 0]],
    ['binaryCrossEntropy', 1, ['0.2', '0.9', '1'], [0.2, 0.9, 1]],
    [
      'binaryCrossEntropy',
      2,
      [
        [true, false],
        [false, false],
      ],
      [
        [1, 0],
        [0, 0],
      ],
    ],
    ['hinge', 1, ['-1', '1', '1'], [-1, 1, 1]],
    ['hinge', 1, [-1n, 1n], [-1, 1]],
    ['hinge', 1, [true, false], [1, 0]],
    ['hinge', 1, ['no', 'yes'], [-1, 1]],
    // Classes: names in order, numbers by size.
    ['crossEntropy', 3, ['cat', 'ant', 'bee'], [2, 0, 1]],
    ['crossEntropy', 3, ['10', '9', '100'], [1, 0, 2]],
    ['crossEntropy', 3, [10n, 9n, 100n], [1, 0, 2]],
    ['crossEntropy', 3, ['01', '1', '2'], [0, 1, 2]],
    ['crossEntropy', 2, [false, true], [0, 1]],
    ['crossEntropy', 3, decimals('2.50', '1.5', '10'), [1, 0, 2]],
    ['crossEntropy', 3, [['cat'], ['ant'], ['bee']], [2, 0, 1]],
    [
      'kullbackLeibler',
      2,
      [
        ['0.5', '0.5'],
        [true, false],
      ],
      [
        [0.5, 0.5],
        [1, 0],
      ],
    ],
  ])('%s of %d: %o', (loss, outputs, given, numbers) => {
    expect(lossOf(loss, outputs, given)).toBe(lossOf(loss, outputs, numbers))
  })

  test('numbers as texts are these numbers to a loss of values, whatever they are', () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(numbers, (values) => {
        const texts = values.map((value) => String(value))
        expect(lossOf('meanSquaredError', 1, texts)).toBe(lossOf('meanSquaredError', 1, values))
        expect(lossOf('meanSquaredError', 1, decimals(...texts))).toBe(lossOf('meanSquaredError', 1, values))
      }),
      { numRuns: 50 },
    )
  })

  test('a model of values takes no names', async () => {
    const model = modelOf('meanSquaredError', 1)
    await model.fit(dataOf(['90', '100']), { loss: 'meanSquaredError', epochs: 1 })
    expect(model.labels).toBe(undefined)
    expect(() => model.predictClassesSync([[1, 2]])).toThrow(/gives values.*'meanSquaredError'.*predict/)
  })
})

describe('names keep every digit', () => {
  test('whole numbers beyond 2^53, zeros in front, digits behind', () => {
    for (const [y, labels] of [
      [
        [2n ** 60n, 2n ** 60n + 1n, 3n],
        ['3', '1152921504606846976', '1152921504606846977'],
      ],
      [BigUint64Array.of(2n ** 64n - 1n, 2n ** 64n - 2n), ['18446744073709551614', '18446744073709551615']],
      [
        ['9007199254740993', '9007199254740992'],
        ['9007199254740992', '9007199254740993'],
      ],
      [
        ['1', '01', '001'],
        ['001', '01', '1'],
      ],
      [
        ['1.0', '1', '1.00'],
        ['1', '1.0', '1.00'],
      ],
      [decimals('2.50', '2.5'), ['2.5', '2.50']],
    ] as const) {
      const data = dataOf(y)
      expect(data.labels).toEqual(labels)
      const texts = Array.from(y as readonly unknown[], String)
      expect(texts.map((_, row) => data.labels![data.target(row)[0]!])).toEqual(texts)
    }
  })

  test('any different texts stay different, and come back', () => {
    const texts = fc.array(
      fc
        .oneof(fc.string({ minLength: 1 }), fc.bigInt().map(String), fc.double({ noNaN: true }).map(String))
        .filter((text) => text.trim() !== ''),
      { minLength: 1, maxLength: 12 },
    )
    fc.assert(
      fc.property(texts, (y) => {
        const data = dataOf(y)
        expect(y.map((_, row) => data.labels![data.target(row)[0]!])).toEqual(y)
        expect(new Set(data.labels).size).toBe(data.labels!.length)
      }),
    )
  })
})

describe('labels', () => {
  test('number texts in the order given', () => {
    const data = dataOf(['dog', 'cat', 'dog'], ['dog', 'emu', 'cat'])
    expect([0, 1, 2].map((row) => data.target(row)[0])).toEqual([0, 2, 0])
    expect(data.classCounts()).toEqual([2, 0, 1])
  })

  test('name the numbers of booleans and BigInts, or order their texts', () => {
    expect(dataOf([true, false], ['no', 'yes']).target(0)).toEqual([1])
    expect(dataOf([true, false], ['true', 'false']).target(0)).toEqual([0])
    expect(dataOf([1n, 0n], ['no', 'yes']).target(0)).toEqual([1])
    expect(dataOf([7n, 5n], ['7', '5']).target(0)).toEqual([0])
  })

  test.each<[string, unknown, readonly unknown[], RegExp]>([
    ['fewer than classes', [0, 1, 2], ['a'], /at least .* names.*received 1 \('a'\).*y\[1\] is 1/],
    [
      'fewer than columns',
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
      ['a', 'b'],
      /3 names, one for each column/,
    ],
    [
      'more than columns',
      [
        [1, 0],
        [0, 1],
      ],
      ['a', 'b', 'c'],
      /2 names, one for each column/,
    ],
    ['twice the same', [0, 1], ['a', 'a'], /'a'.*twice/],
    ['none', [0, 1], [], /at least one name/],
    ['without a text of y', ['a', 'z'], ['a', 'b'], /'a', 'b'.*y\[1\].*'z'/],
    ['of values', [0.5, 7, 9], ['a', 'b', 'c'], /names of classes.*y\[0\] is 0.5/],
    ['of a negative number', [0, -2, 1], ['a', 'b', 'c'], /y\[1\] is -2/],
  ])('%s: an error', (_, y, labels, message) => {
    expect(() => dataOf(y, labels as string[])).toThrow(message)
  })

  test('more names than classes, shares and signs of two are fine', () => {
    expect(dataOf([0, 1], ['a', 'b', 'c']).labels).toEqual(['a', 'b', 'c'])
    expect(dataOf([0.25, 1], ['a', 'b']).labels).toEqual(['a', 'b'])
    expect(dataOf([-1, 1], ['a', 'b']).labels).toEqual(['a', 'b'])
  })
})

describe('what is no target', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['nothing', null, 'ARGUMENT', /for y but received null/],
    ['a text', 'abc', 'ARGUMENT', /for y but received 'abc'/],
    ['null', [1, null, 2], 'DATA', /y\[1\].*null.*[Ll]eave/],
    ['null first', [null, 'a'], 'DATA', /y\[0\].*null/],
    ['undefined', ['a', undefined], 'DATA', /y\[1\].*undefined/],
    ['a hole', Object.assign(['a'], { 2: 'b' }), 'DATA', /y\[1\].*undefined/],
    ['NaN', [1, Number.NaN], 'DATA', /y\[1\].*NaN/],
    ['infinity', [1, Number.POSITIVE_INFINITY], 'DATA', /y\[1\].*Infinity/],
    ['an empty text', ['a', ' '], 'DATA', /y\[1\].*' '/],
    ['dates', [new Date(0), new Date(1)], 'DATA', /y\[0\].*[Dd]ate.*86_400_000/],
    ['a date among numbers', [1, new Date(1)], 'DATA', /y\[1\].*[Dd]ate/],
    ['objects', [{ a: 1 }, { a: 2 }], 'DATA', /y\[0\].*\{ a \}/],
    ['objects that write no number', [new ObjectId()], 'DATA', /y\[0\].*ObjectId/],
    ['symbols', [Symbol('a')], 'DATA', /y\[0\]/],
    ['functions', [() => 1], 'DATA', /y\[0\]/],
    ['numbers and texts', [1, '2'], 'ARGUMENT', /y\[1\].*y\[0\].*'2'.*one kind/],
    ['numbers and BigInts', [1, 2n], 'ARGUMENT', /y\[1\].*2n.*one kind/],
    ['booleans and numbers', [true, 0], 'ARGUMENT', /y\[1\].*0.*one kind/],
    [
      'null in a row',
      [
        [1, null],
        [1, 2],
      ],
      'DATA',
      /y\[0\]\[1\].*null/,
    ],
    [
      'a text in a row',
      [
        [1, 2],
        [1, 'a'],
      ],
      'DATA',
      /y\[1\]\[1\].*'a'/,
    ],
    ['a date in a row', [[1, new Date(0)]], 'DATA', /y\[0\]\[1\]/],
  ])('%s: an error', (_, y, code, message) => {
    expect(() => dataOf(y)).toThrow(message)
    expect(() => dataOf(y)).toThrow(expect.objectContaining({ code: `ERR_DEEPBLAS_${code}` }))
  })

  test.each<[LossName, number, unknown, RegExp]>([
    ['meanSquaredError', 1, ['90', 'cat'], /'cat' in row 1/],
    ['meanAbsoluteError', 1, ['1,234', '5'], /'1,234' in row 0/],
    ['huber', 1, ['0x10', '1'], /'0x10' in row 0/],
    ['meanSquaredError', 1, ['Infinity', '1'], /'Infinity' in row 0/],
    ['meanSquaredError', 1, ['1', '1e39'], /'1e39' in row 1/],
    ['meanSquaredError', 1, [10n ** 40n], /float32.*row 0/],
    ['poisson', 1, ['a', 'b'], /'a' in row 0/],
    ['poisson', 1, ['2', '-1'], /at least 0.*-1 in row 1/],
    ['binaryCrossEntropy', 1, ['a', 'b', 'c'], /at most 2 classes.*'a', 'b', 'c'/],
    ['binaryCrossEntropy', 1, ['0.5', '1.5'], /0 to 1.*1.5/],
    ['crossEntropy', 3, ['a', 'b', 'c', 'd'], /at most 3 classes/],
    ['kullbackLeibler', 3, ['a', 'b', 'c'], /3 columns/],
  ])('%s of %d: %o is an error', (loss, outputs, y, message) => {
    expect(() => lossOf(loss, outputs, y)).toThrow(message)
    const model = modelOf(loss, outputs)
    expect(() => model.fitSync(dataOf(y), { loss })).toThrow(message)
    expect(() => model.fitSync(dataOf(y), { loss })).toThrow(expect.objectContaining({ name: 'DeepblasError' }))
  })
})

test('map: what a function returns are numbers, named where they are still classes', () => {
  const data = dataOf(['ant', 'bee', 'cat'])
  const turned = data.map((_, target) => ({ y: 2 - Number(target) }))
  expect(turned.labels).toEqual(['ant', 'bee', 'cat'])
  const bits = data.map((_, target) => ({ y: Number(target === 2) }))
  const model = modelOf('meanSquaredError', 1)
  const asked = { loss: 'meanSquaredError', metrics: [] } as const
  expect(model.evaluateSync(bits, asked).loss).toBe(model.evaluateSync(dataOf([0, 0, 1]), asked).loss)
  expect(() => model.evaluateSync(data, asked)).toThrow(/'ant' in row 0/)
  expect(data.map((_, target) => ({ y: Number(target) / 2 })).labels).toBe(undefined)
})

test('100 000 names take a moment, not minutes', () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `id ${i}`)
  const x = { data: new Float32Array(names.length), shape: [names.length, 1] }
  const data = Dataset.from({ x, y: names })
  expect(data.labels!.length).toBe(names.length)
  expect(forRuns(data.subset([5, 3])).namesInUse().length).toBe(2)
})

test('weights whose memory went to another thread are none', () => {
  for (const sampleWeights of [Float32Array.of(1, 2), Float64Array.of(1, 2)]) {
    structuredClone(sampleWeights.buffer, { transfer: [sampleWeights.buffer] })
    const call = () => Dataset.from({ x: [[1], [2]], y: [0, 1], sampleWeights })
    expect(call).toThrow('Expected 2 sampleWeights, one a row, but received 0')
  }
})
