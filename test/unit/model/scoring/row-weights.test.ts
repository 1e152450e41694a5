// Rows of weight 0 count nothing: where that leaves nothing to compute it is an error, where a class or a step is lost a
// warning.
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest'
import { Dataset, Dense, type FitOptions, Population, Sequential, SGD } from '../../../../lib/index.js'

let warned: MockInstance<typeof process.emitWarning>
beforeEach(() => {
  warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
})
afterEach(() => warned.mockRestore())
const warnings = () =>
  warned.mock.calls.map(([message, options]) => [String(message), (options as { code: string }).code])

const x = Array.from({ length: 12 }, (_, row) => [Math.sin(row), Math.cos(row)])
const y = x.map((_, row) => ['ant', 'bee', 'cat'][row % 3]!)
const data = (sampleWeights: readonly number[]) => Dataset.from({ x, y, sampleWeights })
const weightOf = (rule: (row: number) => number) => x.map((_, row) => rule(row))
const layers = () => [new Dense(3, { activation: 'softmax' })]
const model = () => new Sequential(layers(), { inputs: 2, seed: 1 })
const options = { loss: 'crossEntropy', optimizer: new SGD({ learningRate: 0.1 }), epochs: 2 } as const
/** Of a data set whose first six rows count. */
const half = data(weightOf((row) => Number(row < 6)))
const nothing = half.slice(6)
const other = Dataset.from({ x, y })

describe('nothing that counts is an error', () => {
  test.each<[string, string, () => unknown]>([
    ['evaluate', 'data', () => model().evaluate(nothing)],
    [
      'evaluate of a population',
      'data[1]',
      () => new Population(layers(), { inputs: 2, members: 2 }).evaluate([other, nothing]),
    ],
    ['trace', 'data', () => model().trace(nothing, { loss: 'crossEntropy' })],
    ['gradients', 'data', () => model().gradients(nothing, { loss: 'crossEntropy' })],
    ['fit', 'train', () => model().fit(nothing, options)],
    ['partialFit', 'train', () => model().partialFit(nothing, { loss: 'crossEntropy' })],
    ['validation', 'validation', () => model().fit(other, { ...options, validation: nothing })],
    [
      'a fraction',
      'train',
      () => model().fit(data(weightOf((row) => Number(row === 0))), { ...options, validation: 0.25, seed: 2 }),
    ],
    ['a stream', 'batch', () => model().fit([other, nothing].values(), { loss: 'crossEntropy' })],
    [
      'validation beside a stream',
      'validation',
      () => model().fit([other].values(), { loss: 'crossEntropy', validation: nothing }),
    ],
    ['classWeights', 'classWeights', () => model().fit(other, { ...options, classWeights: [0, 0, 0] })],
    [
      'classWeights of the only class',
      'classWeights',
      () => model().fit(Dataset.from({ x: [[1, 2]], y: [1] }), { ...options, classWeights: [1, 0, 1] }),
    ],
  ])('%s', async (_, argument, call) => {
    const error = await Promise.resolve()
      .then(call)
      .then(
        () => undefined,
        (cause: Error) => cause,
      )
    expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_DATA' })
    expect(error!.message).toContain(argument)
    expect(error!.message).toMatch(/weight above 0/)
  })
})

describe('what is lost is told', () => {
  const lost = async (weights: readonly number[], more: Partial<FitOptions> = {}) => {
    warned.mockClear()
    await model().fit(data(weights), { ...options, batchSize: 'full', ...more })
    return warnings()
  }
  test('a class of weight 0, by sample weights, class weights or both', async () => {
    const noBees = weightOf((row) => Number(row % 3 !== 1))
    expect(await lost(noBees)).toEqual([[expect.stringMatching(/class 'bee'/), 'DEEPBLAS_WEIGHT_ZERO']])
    expect(
      await lost(
        weightOf(() => 1),
        { classWeights: { cat: 0 } },
      ),
    ).toEqual([[expect.stringMatching(/class 'cat'/), 'DEEPBLAS_WEIGHT_ZERO']])
    expect((await lost(noBees, { classWeights: [0, 1, 1] })).map(([message]) => message)).toEqual([
      expect.stringMatching(/class 'ant'/),
      expect.stringMatching(/class 'bee'/),
    ])
    const numbers = Dataset.from({ x, y: x.map((_, row) => row % 2), sampleWeights: weightOf((row) => row % 2) })
    warned.mockClear()
    const binary = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2 })
    await binary.fit(numbers, { ...options, loss: 'binaryCrossEntropy' })
    expect(warnings()).toEqual([[expect.stringMatching(/class 0 /), 'DEEPBLAS_WEIGHT_ZERO']])
  })

  test('steps that must train nothing', async () => {
    const two = weightOf((row) => Number(row < 2))
    const told = await lost(two, { batchSize: 4 })
    expect(told[0]).toEqual([expect.stringMatching(/Only 2 of 12 rows.*3 steps/), 'DEEPBLAS_WEIGHT_ZERO'])
    expect(
      (
        await lost(
          weightOf((row) => Number(row < 3)),
          { batchSize: 4 },
        )
      ).length,
    ).toBe(0)
  })

  test('only what is lost, and once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 12, maxLength: 12 }), async (weights) => {
        fc.pre(weights.some((weight) => weight > 0))
        const told = await lost(weights)
        const gone = ['ant', 'bee', 'cat'].filter((name) =>
          weights.every((weight, row) => weight === 0 || y[row] !== name),
        )
        expect(told.map(([message]) => /class '(\w+)'/.exec(message!)![1])).toEqual(gone)
      }),
      { numRuns: 30 },
    )
    warned.mockClear()
    const one = model()
    const noBees = data(weightOf((row) => Number(row % 3 !== 1)))
    for (let i = 0; i < 3; i++) one.partialFitSync(noBees, { loss: 'crossEntropy' })
    expect(warnings().length).toBe(1)
  })
})

test('a weight that float32 takes for 0 is an error', () => {
  expect(() => data(weightOf((row) => (row === 3 ? 1e-60 : 1)))).toThrow(/sampleWeights\[3\].*1e-60/)
})

test('rows in their order: the first step of which none counts is told of, and of no step else', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 1, 0.5), { minLength: 12, maxLength: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      (weights, batchSize, shuffle) => {
        fc.pre(weights.some((weight) => weight > 0))
        warned.mockClear()
        model().fitSync(data(weights), { ...options, epochs: 1, batchSize, shuffle })
        const steps = Array.from({ length: Math.ceil(12 / batchSize) }, (_, step) =>
          weights.slice(step * batchSize, (step + 1) * batchSize).every((weight) => weight === 0),
        )
        const few = weights.filter((weight) => weight > 0).length < steps.length
        const told = warnings().filter(([message]) => /step/i.test(message!))
        if (few) expect(told).toEqual([[expect.stringContaining('some steps train nothing'), 'DEEPBLAS_WEIGHT_ZERO']])
        else if (shuffle || !steps.includes(true)) expect(told).toEqual([])
        else {
          const step = steps.indexOf(true)
          const text = `Step ${step + 1} of every epoch trains nothing: all its rows, ${step * batchSize} to `
          expect(told).toEqual([[expect.stringContaining(text), 'DEEPBLAS_WEIGHT_ZERO']])
        }
      },
    ),
  )
})
