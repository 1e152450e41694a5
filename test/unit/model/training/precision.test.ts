/*
 * fit({ precision: 'bfloat16' }): what it changes, what it leaves, and that its bits depend on nothing but the training.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Callback,
  Checkpoint,
  crossValidate,
  Dataset,
  Dense,
  Dropout,
  datasets,
  type FitOptions,
  getThreads,
  type History,
  info,
  type Layer,
  MemberHeads,
  MemberScaling,
  Population,
  type Precision,
  Residual,
  Sequential,
  SGD,
  SharedDense,
  setThreads,
} from '../../../../lib/index.js'
import { takesBfloat16 } from '../../../../lib/recording/precision.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

const digits = (samples = 300, seed = 1) => Dataset.from(datasets.digits({ samples, seed }))
const inputs = digits(10).features
const layers = () => [
  new Dense(100, { activation: 'relu' }),
  new Dropout(0.1),
  new Residual([new Dense(100, { activation: 'gelu' })]),
  new Dense(10, { activation: 'softmax' }),
]
const network = (seed = 3) => new Sequential(layers(), { inputs, seed })
const weightsOf = (model: Sequential) => model.getWeights().map(({ data }) => [...data])
const options = { loss: 'crossEntropy', epochs: 3, batchSize: 33, precision: 'bfloat16' } as const

test('the same bits with one thread and two, synchronous or not, in whatever chunks', async () => {
  const before = getThreads()
  const run = async (threads: number, form: 'fit' | 'fitSync', callbacks: Callback[] = []) => {
    setThreads(threads)
    const model = network()
    await model[form](digits(), { ...options, callbacks })
    return weightsOf(model)
  }
  try {
    const expected = await run(1, 'fit')
    expect(await run(2, 'fit')).toEqual(expected)
    expect(await run(2, 'fitSync')).toEqual(expected)
    expect(await run(1, 'fit', [{ needs: 'step' }])).toEqual(expected)
  } finally {
    setThreads(before)
  }
})

test('it is told, and never taken by itself', async () => {
  const rounded = network()
  const history = await rounded.fit(digits(), options)
  expect(history.precision).toBe('bfloat16')
  const plain = network()
  const { precision: _, ...others } = options
  expect('precision' in (await plain.fit(digits(), others))).toBe(false)
  expect(weightsOf(rounded)).not.toEqual(weightsOf(plain))
  const named = network()
  await named.fit(digits(), { ...options, precision: 'float32' })
  expect(weightsOf(named)).toEqual(weightsOf(plain))
  const how = info().bfloat16 === 'instruction' ? "by the processor's instruction" : 'emulated'
  expect(rounded.explain({ precision: 'bfloat16' })).toContain(
    `products in bfloat16 (${how}): layers.0, layers.2.block.0\n`,
  )
  expect(rounded.explain()).not.toContain('bfloat16')
})

test('a last batch of fewer rows has the bits that it has as a batch of its own', async () => {
  const x = Array.from({ length: 44 }, (_, row) => Array.from({ length: 63 }, (_, i) => Math.sin(7 * row + 3 * i)))
  const y = x.map(([first, second]) => first! * second!)
  const rows = (from: number, to: number) => Dataset.from({ x: x.slice(from, to), y: y.slice(from, to) })
  // So small that a step runs on one thread.
  const small = () => new Sequential([new Dense(100), new Dense(1)], { inputs: 63, seed: 1 })
  const given = { loss: 'meanSquaredError', precision: 'bfloat16', shuffle: false } as const
  const optimizer = () => new SGD({ learningRate: 0.01 })
  const [whole, parts] = [small(), small()]
  await whole.fit(rows(0, 44), { ...given, optimizer: optimizer(), epochs: 1 })
  const rule = optimizer()
  for (const part of [rows(0, 32), rows(32, 44)]) await parts.partialFit(part, { ...given, optimizer: rule })
  expect(weightsOf(whole)).toEqual(weightsOf(parts))
})

test('layers that are too small keep the bits of float32, and explain and the history say so', async () => {
  expect([takesBfloat16(31, 1000), takesBfloat16(1000, 63), takesBfloat16(63, 64)]).toEqual([false, false, false])
  expect([takesBfloat16(64, 64), takesBfloat16(32, 128), takesBfloat16(784, 800)]).toEqual([true, true, true])
  const small = () =>
    new Sequential([new Dense(20, { activation: 'tanh' }), new Dense(10, { activation: 'softmax' })], { inputs })
  const [one, two] = [small(), small()]
  const history = await one.fit(digits(), options)
  await two.fit(digits(), { ...options, precision: 'float32' })
  expect(weightsOf(one)).toEqual(weightsOf(two))
  expect('precision' in history).toBe(false)
  expect(one.explain({ precision: 'bfloat16' })).toContain('products in float32: every layer has less than 32 inputs')
})

test.each<[string, () => Layer[], boolean]>([
  ['one layer is large enough', layers, true],
  ['all layers are too small', () => [new Dropout(0.1), new Dense(10, { activation: 'softmax' })], false],
  [
    'the large layers are shared by members',
    () => [
      new MemberScaling(2),
      new SharedDense(100, { activation: 'relu' }),
      new MemberHeads(10, { activation: 'softmax' }),
    ],
    false,
  ],
])('a history has the precision that explain tells of: %s', async (_, made, taken) => {
  const one = () => new Sequential(made(), { inputs, seed: 3 })
  expect(one().explain({ precision: 'bfloat16', loss: 'crossEntropy' }).includes('products in bfloat16')).toBe(taken)
  const path = join(folder, `taken-${taken}`)
  const seen: unknown[] = []
  const callbacks: Callback[] = [
    { onFitEnd: (history) => void seen.push((history as History).precision) },
    new Checkpoint(path),
  ]
  const histories = [
    await one().fit(digits(), { ...options, epochs: 1, callbacks: [new Checkpoint(path)] }),
    await one().fit(digits(), { ...options, epochs: 2, resume: path }),
    await one().fit(() => [digits(64)], { loss: 'crossEntropy', epochs: 1, precision: 'bfloat16' }),
    await one().partialFit(digits(), { loss: 'crossEntropy', precision: 'bfloat16' }),
    ...(await new Population(made(), { inputs, members: 2 }).fit(digits(), { ...options, epochs: 1, callbacks }))
      .members,
  ]
  expect(histories.map((history) => history.precision)).toEqual(histories.map(() => (taken ? 'bfloat16' : undefined)))
  expect(histories.every((history) => 'precision' in history === taken)).toBe(true)
  expect(seen).toEqual([taken ? 'bfloat16' : undefined])
})

test('a member of a population has the bits that it has alone, and a fold those of a fit', async () => {
  const population = new Population(layers(), { inputs, seeds: [3, 4] })
  const { members } = await population.fit(digits(), options)
  expect(members.map(({ precision }) => precision)).toEqual(['bfloat16', 'bfloat16'])
  for (const [member, seed] of [3, 4].entries()) {
    const alone = network(seed)
    await alone.fit(digits(), options)
    expect(weightsOf(population.member(member))).toEqual(weightsOf(alone))
  }
  const scores = async (precision: Precision) =>
    (await crossValidate(() => network(), digits(), { ...options, precision, folds: 2, epochs: 1 })).mean.loss
  expect(await scores('bfloat16')).not.toBe(await scores('float32'))
})

test('a resume goes on to the same bits, and takes no other precision', async () => {
  const path = join(folder, 'checkpoint')
  const whole = network()
  await whole.fit(digits(), options)
  const first = network()
  await first.fit(digits(), { ...options, epochs: 2, callbacks: [new Checkpoint(path)] })
  const second = network()
  const history = await second.fit(digits(), { ...options, resume: path })
  expect(history.precision).toBe('bfloat16')
  expect(weightsOf(second)).toEqual(weightsOf(whole))
  await expect(network().fit(digits(), { ...options, precision: 'float32', resume: path })).rejects.toThrow(
    "precision is 'bfloat16' there and absent here",
  )
})

test('streams and partialFit take it, each time that it is given', async () => {
  const batches = () => [digits(64, 1), digits(64, 2)]
  const streamed = network()
  const history = await streamed.fit(batches, { loss: 'crossEntropy', epochs: 2, precision: 'bfloat16' })
  expect(history.precision).toBe('bfloat16')
  const [rounded, plain] = [network(), network()]
  const given = { loss: 'crossEntropy', precision: 'bfloat16' } as const
  expect((await rounded.partialFit(digits(), given)).precision).toBe('bfloat16')
  await plain.partialFit(digits(), { loss: 'crossEntropy' })
  expect(weightsOf(rounded)).not.toEqual(weightsOf(plain))
  expect('precision' in (await rounded.partialFit(digits()))).toBe(false)
})

test('validation and predictions are float32', async () => {
  const validation = digits(100, 9)
  const model = network()
  const { epochs } = await model.fit(digits(), { ...options, validation, metrics: ['accuracy'] })
  const { loss, accuracy } = await model.evaluate(validation)
  expect(epochs.at(-1)!.validation).toMatchObject({ loss, accuracy })
  // One layer, whose product can be computed here.
  const single = new Sequential([new Dense(64)], { inputs: 64, seed: 1 })
  const x = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i + 1))
  await single.fit(Dataset.from({ x: [[...x]], y: [[...x]] }), {
    loss: 'meanSquaredError',
    epochs: 1,
    precision: 'bfloat16',
  })
  const [{ data: weight }, { data: bias }] = single.getWeights() as unknown as [
    { data: Float32Array },
    { data: Float32Array },
  ]
  const { data } = single.predictSync([[...x]])
  for (let o = 0; o < 64; o++) {
    const terms = Array.from(x, (value, i) => value * weight[o * 64 + i]!)
    const magnitude = terms.reduce((sum, term) => sum + Math.abs(term), 0)
    const expected = terms.reduce((sum, term) => sum + term, bias[o]!)
    // Rounding of the operands would come to some 2^-9 of the magnitude.
    expect(Math.abs(data[o]! - expected)).toBeLessThan(2 ** -18 * magnitude)
  }
})

test('the gradients are those of float32, but for the rounding of operands', async () => {
  const [rows, width] = [48, 64]
  const numbers = (seed: number) =>
    Array.from({ length: rows }, (_, r) =>
      Array.from({ length: width }, (_, c) => Math.sin(seed * (r * width + c + 1))),
    )
  const [x, y] = [numbers(0.7), numbers(1.3)]
  const data = Dataset.from({ x, y })
  const step = async (precision: Precision) => {
    const model = new Sequential([new Dense(width)], { inputs: width, seed: 2 })
    const before = weightsOf(model)
    await model.fit(data, {
      loss: 'meanSquaredError',
      optimizer: new SGD({ learningRate: 1 }),
      epochs: 1,
      batchSize: 'full',
      precision,
    })
    return { before, gradient: weightsOf(model).map((list, i) => list.map((value, at) => before[i]![at]! - value)) }
  }
  const [exact, rounded] = [await step('float32'), await step('bfloat16')]
  expect(rounded.gradient[0]).not.toEqual(exact.gradient[0])
  const weight = exact.before[0]!
  // Z is off by at most two roundings of its operands, 2^-9 each, and dZ = 2 (Z - Y) / (rows * width) by that much less.
  const scale = 2 / (rows * width)
  const [operands, slack] = [2 ** -8 + 2 ** -18, 2 ** -17]
  for (let o = 0; o < width; o++) {
    let [bias, biasBound] = [0, 0]
    const bound = new Float64Array(width)
    for (let r = 0; r < rows; r++) {
      const terms = x[r]!.map((value, i) => value * weight[o * width + i]!)
      const off = scale * operands * terms.reduce((sum, term) => sum + Math.abs(term), 0)
      const dz = scale * (terms.reduce((sum, term) => sum + term, 0) - y[r]![o]!)
      bias += dz
      biasBound += off + slack * Math.abs(dz)
      for (let i = 0; i < width; i++)
        bound[i]! += Math.abs(x[r]![i]!) * (off + (operands + slack) * (Math.abs(dz) + off))
    }
    expect(Math.abs(rounded.gradient[1]![o]! - bias)).toBeLessThan(biasBound + 2 ** -22)
    for (let i = 0; i < width; i++) {
      const at = o * width + i
      // The weights themselves are float32: what a step takes off them is rounded.
      const off = Math.abs(rounded.gradient[0]![at]! - exact.gradient[0]![at]!)
      expect(off).toBeLessThan(bound[i]! + 2 ** -22 * Math.abs(weight[at]!) + 2 ** -30)
    }
  }
})

test('what cannot be is refused, by the option', async () => {
  const refused = async (given: Partial<FitOptions>) => {
    const error = await network()
      .fit(digits(), { loss: 'crossEntropy', ...given })
      .catch((one: Error) => one)
    return (error as Error).message
  }
  expect(await refused({ precision: 'bfloat' as never })).toContain("for precision but received 'bfloat'")
  expect(await refused({ precision: 16 as never })).toContain('for precision but received 16')
  expect(await refused({ precision: 'bfloat16', optimizer: 'lbfgs' })).toContain(
    "Expected 'float32' with LBFGS for precision",
  )
  expect(() => network().explain({ precision: 'half' as never })).toThrow("for precision but received 'half'")
})

test('accuracy is that of float32: of rows that only one of both classifies rightly, about half are either', async () => {
  const held = digits(1000, 99)
  let [gained, lost] = [0, 0]
  for (const seed of [1, 2, 3]) {
    const right = async (precision: Precision) => {
      const model = network(seed)
      await model.fit(digits(1000, seed), { ...options, precision, epochs: 8 })
      const guesses: readonly (string | number)[] = await model.predictClasses(held)
      return guesses.map((guess, row) => Number(Number(guess) === held.target(row)[0]))
    }
    const [exact, rounded] = [await right('float32'), await right('bfloat16')]
    const share = exact.reduce((sum, one) => sum + one, 0) / held.rows
    expect(share).toBeGreaterThan(0.85)
    for (const [row, one] of exact.entries()) {
      if (one < rounded[row]!) gained++
      if (one > rounded[row]!) lost++
    }
  }
  // Four deviations of a fair coin (McNemar, 1947).
  expect(Math.abs(gained - lost)).toBeLessThanOrEqual(4 * Math.sqrt(gained + lost) + 1)
})
