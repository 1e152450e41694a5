import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type Backward,
  type Cache,
  checkGradient,
  Dataset,
  Dense,
  type Forward,
  Layer,
  Parameter,
  Population,
  type Recorder,
  type RecordOptions,
  Residual,
  registerLayer,
  Sequential,
  type Tensor,
} from '../../../lib/index.js'

/** A bilinear layer, (A x) ∘ (B x), with noise of its own and a count of its steps: all that a layer may do. */
class Bilinear extends Layer {
  readonly type = 'Bilinear'
  readonly units: number
  readonly inputs: number | undefined
  readonly #parameters: readonly [Parameter, Parameter, Parameter] | undefined

  constructor(units: number, inputs?: number) {
    super()
    this.units = units
    this.inputs = inputs
    if (inputs === undefined) return
    const initial = { kind: 'normal', a: 0, b: 0.5 } as const
    this.#parameters = [
      Parameter.weight('left', units, inputs, initial),
      Parameter.weight('right', units, inputs, initial),
      Parameter.vector('steps', 1, 0, false),
    ]
  }

  get outputs() {
    return this.units
  }

  override get parameters() {
    return this.#parameters ?? []
  }

  bind(inputs: number) {
    return new Bilinear(this.units, inputs)
  }

  forward(record: Recorder, x: Tensor, { random }: RecordOptions): Forward {
    const [left, right, output] = [0, 1, 2].map(() => record.empty(this.units)) as [Tensor, Tensor, Tensor]
    const [a, b] = this.#parameters!
    for (const [product, weight] of [
      [left, a],
      [right, b],
    ] as const) {
      record.denseForward({
        output: product,
        preActivation: undefined,
        x,
        weight: record.parameter(weight),
        bias: undefined,
        activation: 'linear',
      })
    }
    record.map({ inputs: { left, right }, outputs: { output } }, (given) => ({
      output: given.left.times(given.right),
    }))
    if (!random) return { output, cache: { x, left, right } }
    const [noise, noisy] = [record.empty(this.units), record.empty(this.units)]
    record.random({ output: noise, ...record.randomSource(), kind: 0 })
    record.map({ inputs: { output, noise }, outputs: { noisy } }, (given) => ({
      noisy: given.output.plus(given.noise.times(0.01)),
    }))
    return { output: noisy, cache: { x, left, right } }
  }

  backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    wantInputGradient: boolean,
    { random }: RecordOptions,
  ): Backward {
    const { left, right } = cache as Record<'left' | 'right', Tensor>
    const x = cache.x!
    const [a, b, steps] = this.#parameters!
    const [leftGradient, rightGradient] = [record.empty(this.units), record.empty(this.units)]
    record.map({ inputs: { left, right, outputGradient }, outputs: { leftGradient, rightGradient } }, (given) => ({
      leftGradient: given.outputGradient.times(given.right),
      rightGradient: given.outputGradient.times(given.left),
    }))
    const ways: Tensor[] = []
    for (const [gradient, weight] of [
      [leftGradient, a],
      [rightGradient, b],
    ] as const) {
      record.denseBackwardWeight({
        weightGradient: record.gradient(weight),
        biasGradient: undefined,
        x,
        preActivationGradient: gradient,
      })
      ways.push(record.denseInputGradient(weight, gradient))
    }
    if (random) {
      const count = record.parameter(steps)
      record.map({ inputs: { count }, outputs: { count } }, (given) => ({ count: given.count.plus(1) }))
    }
    if (!wantInputGradient) return { inputGradient: undefined }
    const inputGradient = record.empty(x.columns)
    const [one, other] = ways as [Tensor, Tensor]
    record.map({ inputs: { one, other }, outputs: { inputGradient } }, (given) => ({
      inputGradient: given.one.plus(given.other),
    }))
    return { inputGradient }
  }

  options() {
    return { units: this.units }
  }

  override describe() {
    return `Bilinear ${this.units}`
  }
}

const x = Array.from({ length: 50 }, (_, i) => [Math.sin(i), Math.cos(2 * i), (i % 5) / 5])
const data = Dataset.from({ x, y: x.map(([a, b]) => a! * b!) })
const fitting = { loss: 'meanSquaredError', epochs: 60, batchSize: 16 } as const
const layers = () => [new Bilinear(6), new Residual(new Bilinear(6)), new Dense(1)]

test('its gradient is that of differences, of every width of weights', () => {
  for (const [units, inputs] of [
    [1, 3],
    [6, 3],
    [20, 17],
    [3, 70],
  ] as const) {
    expect(checkGradient(new Bilinear(units), { inputs, rows: 4, seed: units })).toBeLessThan(0.002)
  }
})

test('it trains, in a network and as members of a population with the bits that they have alone', async () => {
  const model = new Sequential(layers(), { inputs: 3, seed: 2 })
  const history = await model.fit(data, fitting)
  expect(history.epochs.at(-1)!.loss).toBeLessThan(0.3 * history.epochs[0]!.loss)
  const steps = model.getWeights().find(({ name }) => name === 'layers.0.steps')!
  expect([...steps.data]).toEqual([60 * 4])
  const many = new Population(layers(), { inputs: 3, members: 3, seed: 1 })
  await many.fit(data, fitting)
  expect(many.member(1).getWeights()).toEqual(model.getWeights())
})

/** A layer whose author has forgotten the gradient of the layers before it. */
class Deaf extends Bilinear {
  override bind(inputs: number) {
    return Object.setPrototypeOf(super.bind(inputs), Deaf.prototype) as Deaf
  }

  override backward(record: Recorder, cache: Cache, gradient: Tensor, _wanted: boolean, options: RecordOptions) {
    return super.backward(record, cache, gradient, false, options)
  }
}

test('one that gives no gradient is an error where layers before it are to learn, and only there', async () => {
  const one = { ...fitting, epochs: 1 }
  await expect(new Sequential([new Dense(4), new Deaf(2), new Dense(1)], { inputs: 3 }).fit(data, one)).rejects.toThrow(
    'for the inputGradient of layers[1] (Bilinear 2)',
  )
  await new Sequential([new Deaf(2), new Dense(1)], { inputs: 3 }).fit(data, one)
  await new Sequential([new Dense(4, { trainable: false }), new Deaf(2), new Dense(1)], { inputs: 3 }).fit(data, one)
})

test('a file with it is loaded once its type is known', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'model.safetensors')
    const model = new Sequential(layers(), { inputs: 3 })
    await model.fit(data, { ...fitting, epochs: 1 })
    await model.save(path)
    await expect(Sequential.load(path)).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringMatching(/'Bilinear'.*registerLayer/),
    })
    registerLayer('Bilinear', ({ units }) => new Bilinear(units as number))
    const loaded = await Sequential.load(path)
    expect(loaded.getWeights()).toEqual(model.getWeights())
    expect(loaded.predictSync(x).data).toEqual(model.predictSync(x).data)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a type that is taken is refused', () => {
  expect(() => registerLayer('Dense', () => new Dense(1))).toThrowError(/'Dense'/)
  expect(() => registerLayer('', () => new Dense(1))).toThrowError(/type/)
  expect(() => registerLayer('Mine', 3 as never)).toThrowError(/make/)
})
