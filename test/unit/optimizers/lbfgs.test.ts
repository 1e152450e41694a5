import { describe, expect, test } from 'vitest'
import {
  Adam,
  BatchNorm,
  Dataset,
  Dense,
  Dropout,
  EarlyStopping,
  getThreads,
  LBFGS,
  l2,
  maxNorm,
  Optimizer,
  Population,
  Sequential,
  setThreads,
} from '../../../lib/index.js'
import { waves } from '../../helpers/reference-network.js'

const x = waves(60, 4)
const y = x.map(([a, b, c, d]) => [2 * a! - b! + 0.5 * c! + 0.25, Math.tanh(a! + d!)])
const data = Dataset.from({ x, y })
const options = { loss: 'meanSquaredError', epochs: 40 } as const
const curved = () =>
  new Sequential([new Dense(8, { activation: 'tanh', regularizer: l2(1e-5) }), new Dense(2)], { inputs: 4, seed: 4 })

test('linear regression: the solution of the normal equations, in few iterations', async () => {
  const model = new Sequential([new Dense(1)], { inputs: 4, seed: 1 })
  const linear = Dataset.from({ x, y: y.map(([value]) => [value!]) })
  const history = await model.fit(linear, { ...options, optimizer: new LBFGS() })
  expect(history.epochs.length).toBeLessThan(25)
  const [weight, bias] = model.getWeights()
  for (const [i, value] of [2, -1, 0.5, 0].entries()) expect(weight!.data[i]).toBeCloseTo(value, 3)
  expect(bias!.data[0]).toBeCloseTo(0.25, 3)
})

test('every iteration lowers the loss, which is that of the parameters it came to', async () => {
  const model = curved()
  const { epochs } = await model.fit(data, { ...options, optimizer: new LBFGS(), metrics: ['r2'], validation: data })
  for (const [i, { loss }] of epochs.slice(1).entries()) expect(loss).toBeLessThan(epochs[i]!.loss)
  const last = epochs.at(-1)!
  expect((await model.evaluate(data, { loss: 'meanSquaredError' })).loss).toBeCloseTo(last.loss, 6)
  expect(last.validation!.loss).toBeCloseTo(last.loss, 6)
  expect(last.r2).toBeCloseTo(last.validation!.r2 as number, 6)
  const other = curved()
  await other.fit(data, { ...options, optimizer: new Adam({ learningRate: 0.01 }), batchSize: 'full' })
  const { loss } = await other.evaluate(data, { loss: 'meanSquaredError' })
  expect(last.loss).toBeLessThan(0.2 * loss)
})

test('the same bits again: sync, async, other numbers of threads', async () => {
  const threads = getThreads()
  const results: unknown[] = []
  try {
    for (const count of [1, 2, 3]) {
      setThreads(count)
      const model = curved()
      if (count === 2) model.fitSync(data, { ...options, optimizer: new LBFGS() })
      else await model.fit(data, { ...options, optimizer: new LBFGS() })
      results.push(model.getWeights())
    }
  } finally {
    setThreads(threads)
  }
  for (const weights of results) expect(weights).toEqual(results[0])
})

test('a frozen layer stays as it is', async () => {
  const model = curved()
  model.layers[0]!.trainable = false
  const before = model.getWeights()
  const { epochs } = await model.fit(data, { ...options, optimizer: new LBFGS() })
  expect(model.getWeights().slice(0, 2)).toEqual(before.slice(0, 2))
  expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss)
})

test('callbacks stop it, and it stops by itself at the end of what single precision tells', async () => {
  const model = curved()
  const early = new EarlyStopping({ monitor: 'loss', patience: 1, minimumDelta: 10 })
  const history = await model.fit(data, { ...options, optimizer: new LBFGS(), callbacks: [early] })
  expect([history.stopped, history.epochs.length]).toEqual(['early', 2])
  const rest = await model.fit(data, { ...options, epochs: 5000, optimizer: new LBFGS() })
  expect(rest.stopped).toBe('early')
  expect(rest.epochs.length).toBeLessThan(5000)
})

test('a trial whose loss is not finite is one that went too far', async () => {
  const model = curved()
  const { epochs } = await model.fit(data, { ...options, optimizer: new LBFGS({ learningRate: 1e21 }), epochs: 8 })
  expect(epochs.length).toBeGreaterThan(2)
  for (const [i, { loss }] of epochs.slice(1).entries()) expect(loss).toBeLessThan(epochs[i]!.loss)
})

test('a loss that is not finite from the start is an error', async () => {
  const model = curved()
  model.setWeights(model.getWeights().map((one) => ({ ...one, data: one.data.map(() => 3e38) })))
  await expect(model.fit(data, { ...options, optimizer: new LBFGS() })).rejects.toMatchObject({
    code: 'ERR_DEEPBLAS_NOT_FINITE',
  })
})

test('it goes on where the last fit ended, also by partialFit', async () => {
  const model = curved()
  const losses: number[] = []
  for (let i = 0; i < 3; i++) {
    const { epochs } = await model.fit(data, { ...options, optimizer: new LBFGS(), epochs: 2 })
    losses.push(...epochs.map(({ loss }) => loss))
  }
  for (let i = 0; i < 2; i++) {
    const { epochs } = await model.partialFit(data)
    losses.push(...epochs.map(({ loss }) => loss))
  }
  expect(losses).toHaveLength(8)
  for (const [i, loss] of losses.slice(1).entries()) expect(loss).toBeLessThan(losses[i]!)
})

test('aborted, the model holds the last completed iteration', async () => {
  const model = curved()
  const controller = new AbortController()
  const iterations: unknown[] = []
  const callback = {
    needs: 'epoch' as const,
    onEpochEnd({ epoch }: { epoch: number }) {
      iterations.push(model.getWeights())
      // Comes true while the next iteration searches.
      if (epoch === 3) queueMicrotask(() => controller.abort(new Error('enough')))
    },
  }
  const optimizer = new LBFGS({ learningRate: 30 })
  const training = model.fit(data, { ...options, optimizer, callbacks: [callback], signal: controller.signal })
  await expect(training).rejects.toThrow('enough')
  expect(iterations.length).toBeLessThan(5)
  expect(model.getWeights()).toEqual(iterations.at(-1))
})

describe('what it refuses', () => {
  const train = (layers: ConstructorParameters<typeof Sequential>[0], more: object = {}) =>
    new Sequential(layers as never, { inputs: 4 }).fit(data, { ...options, optimizer: new LBFGS(), ...more })

  test.each([
    ['a mini-batch', () => train([new Dense(2)], { batchSize: 10 }), /'full' with LBFGS for batchSize but received 10/],
    ['dropout', () => train([new Dense(4), new Dropout(0.5), new Dense(2)]), /received layers\.1 Dropout/],
    ['running statistics', () => train([new BatchNorm(), new Dense(2)]), /received layers\.0 BatchNorm/],
    ['a constraint', () => train([new Dense(2, { constraint: maxNorm(1) })]), /received layers\.0 Dense/],
    ['a resume', () => train([new Dense(2)], { resume: 'x' }), /no resume with LBFGS/],
  ])('%s', async (_name, run, message) => {
    await expect(run()).rejects.toThrow(message)
  })

  test('a population, and options of others', async () => {
    const many = new Population([new Dense(2)], { inputs: 4, members: 2 })
    await expect(many.fit(data, { ...options, optimizer: new LBFGS() })).rejects.toThrow(/one network alone/)
    expect(() => new LBFGS({ clipNorm: 1 } as never)).toThrow(/only the options learningRate, memory/)
    expect(() => new LBFGS({ memory: 0 })).toThrow(/positive integer for memory/)
  })
})

test('it says that it looks at all rows, and is no rule for single elements', () => {
  const optimizer = new LBFGS({ memory: 5 })
  expect(optimizer.stepsOver).toBe('allRows')
  expect(new Adam().stepsOver).toBe('batches')
  expect(optimizer).not.toBeInstanceOf(Optimizer)
  expect(optimizer.stateNames).toEqual([])
  expect(optimizer.config).toEqual({
    name: 'LBFGS',
    learningRate: 1,
    memory: 5,
    lineSearchEvaluations: 25,
    gradientTolerance: 1e-7,
  })
})

test.each(['lbfgs', new LBFGS()])('what needs steps over batches refuses it (%#)', async (optimizer) => {
  const refused = { code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining('LBFGS looks at all rows') }
  expect(() => curved().explain({ optimizer: optimizer as never })).toThrow(expect.objectContaining(refused))
  const stream = async function* () {
    yield { x, y }
  }
  const run = curved().fit(stream(), { loss: 'meanSquaredError', optimizer: optimizer as 'lbfgs' })
  await expect(run).rejects.toMatchObject(refused)
})
