/*
 * Folds of a cross-validation side by side: whatever the architecture, the data and the options, every fold's model, history
 * and scores are, to the bit, those of fits one after another.
 */
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import {
  Adam,
  AdamW,
  BatchNorm,
  type CrossValidateOptions,
  cosine,
  crossValidate,
  type Dataset,
  Dense,
  Dropout,
  EarlyStopping,
  GaussianNoise,
  getThreads,
  type Layer,
  LayerNorm,
  Lion,
  l1l2,
  MemberHeads,
  MemberScaling,
  Normalize,
  NumericEmbedding,
  oneCycle,
  ParametricActivation,
  ReduceOnPlateau,
  Residual,
  type Schedule,
  Sequential,
  SGD,
  SharedDense,
  setThreads,
  warmUp,
} from '../../lib/index.js'
import { randomData } from '../helpers/random-data.js'

const threads = getThreads()
afterEach(() => {
  setThreads(threads)
  delete process.env.DEEPBLAS_LANES
  vi.restoreAllMocks()
})

const losses = {
  binaryCrossEntropy: { outputs: 1, activation: 'sigmoid', targets: { classes: 2 }, metrics: ['accuracy', 'rocAuc'] },
  crossEntropy: { outputs: 3, activation: 'softmax', targets: { classes: 3 }, metrics: ['accuracy', 'confusion'] },
  meanSquaredError: { outputs: 2, activation: 'linear', targets: { values: 2 }, metrics: ['meanAbsoluteError'] },
  huber: { outputs: 1, activation: 'linear', targets: { values: 1 }, metrics: ['r2', 'medianAbsoluteError'] },
} as const

/** A schedule that asks which member it is for: alone, a network is the first. */
const asking: Schedule = {
  name: 'asking',
  learningRate: 0.01,
  rate: (step, { member = 0 } = {}) => 0.02 / (1 + step + 10 * member),
}

const optimizers = {
  sgd: () => new SGD({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
  adam: () => new Adam({ learningRate: 0.02, amsgrad: true }),
  name: () => 'adam' as const,
  adamW: () => new AdamW({ learningRate: 0.02, weightDecay: 0.1, clipNorm: 0.5 }),
  averaged: () => new Adam({ learningRate: 0.02, averageDecay: 0.9 }),
  accumulated: () => new SGD({ learningRate: 0.05, accumulate: 3 }),
  lion: () => new Lion({ learningRate: cosine({ learningRate: 0.01, steps: 3, unit: 'epoch' }) }),
  warm: () => new Adam({ learningRate: warmUp(oneCycle({ learningRate: 0.02, steps: 20 }), { steps: 3 }) }),
  decaying: () => new AdamW({ weightDecay: cosine({ learningRate: 0.2, steps: 9 }) }),
  asking: () => new SGD({ learningRate: asking }),
  listOfOne: () => new SGD({ learningRate: [0.05] }),
} as const

const kinds = {
  dense: (units: number) => [new Dense(units, { activation: 'relu' })],
  tanh: (units: number) => [new Dense(units, { activation: 'tanh', bias: false, learningRateFactor: 0.5 })],
  batchNorm: (units: number) => [new Dense(units, { activation: 'gelu' }), new BatchNorm()],
  layerNorm: (units: number) => [new Dense(units), new LayerNorm(), new ParametricActivation('silu')],
  residual: (units: number) => [
    new Dense(units),
    new Residual([new Dense(units, { activation: 'relu' }), new Dropout(0.2)]),
  ],
  noise: (units: number) => [new GaussianNoise(0.1), new Dense(units, { activation: 'selu' })],
  frozen: (units: number) => [new Dense(units, { activation: 'tanh', trainable: false })],
  scheduled: (units: number) => [new Dense(units), new Dropout(cosine({ learningRate: 0.4, steps: 6 }))],
} as const

const names = <Key extends string>(of: Readonly<Record<Key, unknown>>) => fc.constantFrom(...(Object.keys(of) as Key[]))
const cases = fc.record({
  inputs: fc.integer({ min: 1, max: 12 }),
  first: fc.constantFrom('none', 'normalize', 'embedding', 'members'),
  hidden: fc.array(fc.record({ units: fc.integer({ min: 1, max: 20 }), kind: names(kinds) }), { maxLength: 3 }),
  loss: names(losses),
  optimizer: names(optimizers),
  folds: fc.integer({ min: 2, max: 7 }),
  rows: fc.integer({ min: 20, max: 90 }),
  seedOfFit: fc.boolean(),
  shuffle: fc.boolean(),
  weighted: fc.boolean(),
  balanced: fc.boolean(),
  strengths: fc.constantFrom('none', 'equal', 'own'),
  bytes: fc.boolean(),
  batchSize: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant('full' as const)),
  validation: fc.constantFrom(undefined, 0.2, 'data'),
  callbacks: fc.constantFrom('none', 'stopping', 'both', 'loss'),
  trainedBefore: fc.boolean(),
  threads: fc.constantFrom(1, 2),
  lanes: fc.constantFrom(undefined, '1'),
  epochs: fc.integer({ min: 1, max: 5 }),
  seed: fc.integer({ min: 0, max: 1000 }),
})
type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never

function dataOf({ inputs, bytes, weighted, loss }: Case, rows: number, seed: number): Dataset {
  return randomData({ rows, inputs, bytes, weighted, targets: losses[loss].targets, seed })
}

function layersOf(one: Case, data: Dataset, fold: number): Layer[] {
  const { outputs, activation } = losses[one.loss]
  const strength = one.strengths === 'own' ? fold * 1e-3 : 1e-3
  const regularizer = one.strengths === 'none' ? undefined : l1l2({ l1: strength, l2: 10 * strength })
  const first = one.bytes ? [] : one.first === 'normalize' ? [Normalize.fit(data)] : []
  const hidden = one.hidden.flatMap(({ units, kind }): readonly Layer[] => kinds[kind](units))
  if (one.first === 'members' && !one.bytes && one.hidden.length === 0) {
    return [new MemberScaling(3), new SharedDense(5, { activation: 'relu' }), new MemberHeads(outputs, { activation })]
  }
  if (one.first === 'embedding' && !one.bytes)
    first.push(new NumericEmbedding({ kind: 'pbld', dimensions: 3 }) as never)
  return [
    ...first,
    ...hidden,
    new Dropout(one.strengths === 'own' ? 0.05 * fold : 0.1),
    new Dense(outputs, { activation, ...(regularizer && { regularizer }) }),
  ]
}

const callbacksOf = ({ callbacks, validation }: Case) => {
  const monitor = validation === undefined || callbacks === 'loss' ? 'loss' : 'validation.loss'
  if (callbacks === 'none') return []
  const stopping = new EarlyStopping({ monitor, patience: 1 })
  return callbacks === 'both' ? [new ReduceOnPlateau({ monitor, patience: 0, factor: 0.5 }), stopping] : [stopping]
}

const bitsOf = (model: Sequential) => model.getWeights().map(({ data }) => [...new Uint32Array(data.slice().buffer)])
const untimed = (epochs: readonly { seconds: number }[]) => epochs.map(({ seconds: _, ...rest }) => rest)

async function outcome(one: Case, together: boolean) {
  const data = dataOf(one, one.rows, one.seed)
  const models: Sequential[] = []
  const makeModel = (fold: number) => {
    const model = new Sequential(layersOf(one, data, fold), { inputs: one.inputs, seed: one.seed + fold * 3 })
    if (one.trainedBefore) model.fitSync(data, { loss: one.loss, epochs: 1 })
    // A fit of its own, of which nobody knows what it does.
    if (!together) Object.defineProperty(model, 'fit', { value: model.fit.bind(model) })
    models.push(model)
    return model
  }
  const { metrics } = losses[one.loss]
  const callbacks = callbacksOf(one)
  const classes = one.loss === 'crossEntropy' || one.loss === 'binaryCrossEntropy'
  const options: CrossValidateOptions = {
    loss: one.loss,
    optimizer: optimizers[one.optimizer](),
    folds: one.folds,
    epochs: one.epochs,
    batchSize: one.batchSize,
    shuffle: one.shuffle,
    metrics: [...metrics],
    callbacks,
    ...(one.validation === undefined
      ? {}
      : { validation: typeof one.validation === 'number' ? one.validation : dataOf(one, 30, one.seed + 1) }),
    ...(one.balanced && classes && { classWeights: 'balanced' as const }),
    ...(one.seedOfFit && { seed: one.seed + 5 }),
  }
  const result = await crossValidate(makeModel, data, options).then(
    ({ histories, ...scores }) => ({
      ...scores,
      histories: histories.map(({ epochs, ...rest }) => ({ ...rest, epochs: untimed(epochs) })),
    }),
    (error: Error) => error.message,
  )
  // What a model goes on from is the same too.
  const going: unknown[] = []
  for (const model of typeof result === 'string' ? [] : models) {
    const next = model.partialFit(data).then(({ epochs }) => untimed(epochs))
    going.push(await next.catch((error: Error) => error.message))
  }
  const best = callbacks.map((callback) => callback instanceof EarlyStopping && callback.best)
  return { result, going, best, weights: models.map(bitsOf), labels: models.map(({ labels }) => labels) }
}

test('models, histories and scores of folds side by side are those of folds one after another', async () => {
  let joined = 0
  const all = 60
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      setThreads(one.threads)
      if (one.lanes !== undefined) process.env.DEEPBLAS_LANES = one.lanes
      else delete process.env.DEEPBLAS_LANES
      const fit = vi.spyOn(Sequential.prototype, 'fit')
      const together = await outcome(one, true)
      if (fit.mock.calls.length === 0) joined++
      fit.mockRestore()
      expect(together).toEqual(await outcome(one, false))
    }),
    { numRuns: all },
  )
  expect(joined).toBeGreaterThan(all / 2)
})
