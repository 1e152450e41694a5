/*
 * fit: what it computes, held against plain gradient descent in float64, and what it reports.
 */
import { describe, expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  type Callback,
  Dataset,
  Dense,
  datasets,
  type EpochResult,
  type FitOptions,
  l1,
  l2,
  lessonL2,
  type NamedWeights,
  Sequential,
  SGD,
} from '../../../lib/index.js'
import { worstError } from '../../helpers/golden.js'
import { oneHot, type ReferenceLayer, referenceStep, waves } from '../../helpers/reference-network.js'

const values = (model: Sequential) => model.getWeights().map(({ data }) => [...data])
const spirals = (samples = 90) => Dataset.from(datasets.spirals({ samples, seed: 1 }))
const classifier = (seed = 3) =>
  new Sequential([new Dense(8, { activation: 'tanh' }), new Dense(3, { activation: 'softmax' })], { inputs: 2, seed })
const withoutSeconds = (epochs: readonly EpochResult[]) => epochs.map(({ seconds: _, ...rest }) => rest)

describe('gradient descent', () => {
  const rows = 20
  const x = waves(rows, 4)
  const classes = x.map((_, r) => (r * 2) % 3)
  const target = oneHot(classes, 3)
  const sampleWeights = x.map((_, r) => 0.5 + (r % 3))
  const layers: ReferenceLayer[] = [
    { activation: 'tanh', l1: 0.02 },
    { activation: 'gelu', l2: 0.01 },
    { activation: 'softmax', lambda: 0.5 },
  ]
  const make = () =>
    new Sequential(
      [
        new Dense(9, { activation: 'tanh', regularizer: l1(0.02) }),
        new Dense(7, { activation: 'gelu', regularizer: l2(0.01) }),
        new Dense(3, { activation: 'softmax', regularizer: lessonL2(0.5) }),
      ],
      { inputs: 4, seed: 6 },
    )

  /** Descends in float64, batch by batch; the cost of every epoch is weighted by the batches' weights. */
  function descend(
    start: readonly NamedWeights[],
    epochs: number,
    batch: number,
    learningRate: number,
    weighted: boolean,
  ) {
    let weights = start.map((weight) => ({ ...weight, data: Float64Array.from(weight.data) }))
    const costs: number[] = []
    for (let epoch = 0; epoch < epochs; epoch++) {
      let sum = 0
      let total = 0
      for (let first = 0; first < rows; first += batch) {
        const part = <Value>(list: readonly Value[]) => list.slice(first, first + batch)
        const shares = weighted ? part(sampleWeights) : part(x).map(() => 1)
        const named = weights as unknown as NamedWeights[]
        const { cost, gradients } = referenceStep(layers, named, part(x), part(target), 'crossEntropy', shares)
        const mass = shares.reduce((a, b) => a + b, 0)
        sum += cost * mass
        total += mass
        weights = weights.map(({ name, shape, data }) => ({
          name,
          shape,
          data: data.map((value, i) => value - learningRate * gradients[name]![i]!),
        }))
      }
      costs.push(sum / total)
    }
    return { weights, costs }
  }

  for (const weighted of [false, true]) {
    for (const batchSize of ['full', 20, 7, 1] as const) {
      const name = `batches of ${batchSize}${weighted ? ', with sample weights' : ''}`
      test(`${name}: parameters and losses are those of the lesson`, async () => {
        const model = make()
        const batch = batchSize === 'full' ? rows : batchSize
        const expected = descend(model.getWeights(), 4, batch, 0.1, weighted)
        const { epochs } = await model.fit(Dataset.from({ x, y: classes, ...(weighted && { sampleWeights }) }), {
          loss: 'crossEntropy',
          optimizer: new SGD({ learningRate: 0.1 }),
          epochs: 4,
          batchSize,
          shuffle: false,
        })
        expect(
          worstError(
            epochs.map(({ loss }) => loss),
            expected.costs,
          ),
        ).toBeLessThan(3e-6)
        for (const [i, { name, data }] of model.getWeights().entries()) {
          expect(worstError(data, [...expected.weights[i]!.data]), name).toBeLessThan(2e-5)
        }
      })
    }
  }

  test('sample weights count as repetitions', async () => {
    const counts = x.map((_, r) => 1 + (r % 3))
    const repeated = counts.flatMap((count, r) => Array.from({ length: count }, () => r))
    const options = {
      loss: 'crossEntropy',
      optimizer: new SGD({ learningRate: 0.1 }),
      epochs: 5,
      batchSize: 'full',
    } as const
    const simple = () => new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 4, seed: 1 })
    const [weighted, copied] = [simple(), simple()]
    const one = await weighted.fit(Dataset.from({ x, y: classes, sampleWeights: counts }), options)
    const two = await copied.fit(
      Dataset.from({ x: repeated.map((r) => x[r]!), y: repeated.map((r) => classes[r]!) }),
      options,
    )
    expect(one.epochs.at(-1)!.loss).toBeCloseTo(two.epochs.at(-1)!.loss, 5)
    for (const [i, list] of values(weighted).entries()) expect(worstError(list, values(copied)[i]!)).toBeLessThan(2e-6)
  })
})

describe('validation', () => {
  test('by a fraction is by the split of that seed', async () => {
    const data = spirals()
    const options: FitOptions = { loss: 'crossEntropy', epochs: 3, batchSize: 16, seed: 11, metrics: ['accuracy'] }
    const [train, held] = data.split(0.2, { seed: 11 })
    expect([train.rows, held.rows]).toEqual([72, 18])
    const [byFraction, bySet] = [classifier(), classifier()]
    const one = await byFraction.fit(data, { ...options, validation: 0.2 })
    const two = await bySet.fit(train, { ...options, validation: held })
    expect(withoutSeconds(one.epochs)).toEqual(withoutSeconds(two.epochs))
    expect(values(byFraction)).toEqual(values(bySet))
    expect(one.epochs.at(-1)!.validation).toEqual(await byFraction.evaluate(held, { metrics: ['accuracy'] }))
  })

  test('changes nothing of the training, and is that of every epoch’s end', async () => {
    const [with_, without] = [classifier(), classifier()]
    const held = spirals(30)
    const seen: unknown[] = []
    const callback: Callback = {
      needs: 'epoch',
      onEpochEnd: async () => {
        seen.push(await with_.evaluate(held, { loss: 'crossEntropy', metrics: ['accuracy'] }))
      },
    }
    const options: FitOptions = { loss: 'crossEntropy', epochs: 4, batchSize: 16, metrics: ['accuracy'] }
    const { epochs } = await with_.fit(spirals(), { ...options, validation: held, callbacks: [callback] })
    await without.fit(spirals(), options)
    expect(values(with_)).toEqual(values(without))
    expect(epochs.map(({ validation }) => validation)).toEqual(seen)
  })

  test('needs rows on both sides', async () => {
    for (const validation of [0.001, 0.999]) {
      await expect(classifier().fit(spirals(), { loss: 'crossEntropy', validation })).rejects.toMatchObject({
        code: 'ERR_DEEPBLAS_DATA',
        message: expect.stringContaining('fraction'),
      })
    }
  })
})

describe('synchronous forms', () => {
  test.each<FitOptions>([
    { loss: 'crossEntropy', epochs: 5 },
    { loss: 'crossEntropy', epochs: 3, batchSize: 'full', optimizer: new SGD({ momentum: 0.9, nesterov: true }) },
    { loss: 'crossEntropy', epochs: 3, batchSize: 7, validation: 0.3, metrics: ['accuracy'], shuffle: false },
    { loss: 'crossEntropy', epochs: 2, batchSize: 16, callbacks: [{ needs: 'step' }], seed: 9 },
  ])('give what the asynchronous ones do: %j', async (options) => {
    const [later, now] = [classifier(), classifier()]
    const data = spirals()
    const one = await later.fit(data, options)
    const two = now.fitSync(data, options)
    expect(withoutSeconds(one.epochs)).toEqual(withoutSeconds(two.epochs))
    expect(two.stopped).toBe('completed')
    expect(values(now)).toEqual(values(later))
    expect(now.evaluateSync(data)).toEqual(await later.evaluate(data))
    expect(now.predictSync(data)).toEqual(await later.predict(data))
  })

  test('fitSync refuses a callback that returns a promise, and the model can be used afterwards', () => {
    const model = classifier()
    const callbacks = [{ onEpochEnd: async () => {} }]
    expect(() => model.fitSync(spirals(), { loss: 'crossEntropy', callbacks })).toThrowError(
      expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining('promise') }),
    )
    expect(model.fitSync(spirals(), { loss: 'crossEntropy', epochs: 1 }).epochs).toHaveLength(1)
  })
})

describe('frozen layers', () => {
  const frozen = (which: readonly boolean[]) =>
    new Sequential(
      [
        new Dense(8, { activation: 'relu', trainable: which[0]!, regularizer: l2(0.1) }),
        new Dense(6, { activation: 'gelu', trainable: which[1]! }),
        new Dense(3, { activation: 'softmax', trainable: which[2]! }),
      ],
      { inputs: 2, seed: 5 },
    )

  for (let mask = 0; mask < 8; mask++) {
    const which = [mask & 1, mask & 2, mask & 4].map(Boolean)
    test(`trainable ${which.join(', ')}: only those change, as the gradients of a free model say`, async () => {
      const model = frozen(which)
      const free = frozen([true, true, true])
      const data = spirals()
      const before = values(model)
      const gradients = await free.gradients(data, { loss: 'crossEntropy' })
      const { epochs } = await model.fit(data, {
        loss: 'crossEntropy',
        optimizer: new SGD({ learningRate: 0.1 }),
        epochs: 1,
        batchSize: 'full',
      })
      expect(epochs[0]!.loss).toBeCloseTo((await free.evaluate(data)).loss, 6)
      for (const [i, after] of values(model).entries()) {
        const rate = which[Math.floor(i / 2)] ? 0.1 : 0
        const expected = before[i]!.map((value, at) => value - rate * gradients[i]!.data[at]!)
        if (rate === 0) expect(after).toEqual(before[i])
        else expect(worstError(after, expected)).toBeLessThan(1e-6)
      }
    })
  }

  test('may be frozen and freed between fits', async () => {
    const model = classifier()
    const data = spirals()
    model.layers[0]!.trainable = false
    const [weight] = values(model)
    await model.fit(data, { loss: 'crossEntropy', epochs: 2 })
    expect(values(model)[0]).toEqual(weight)
    model.layers[0]!.trainable = true
    await model.fit(data, { loss: 'crossEntropy', epochs: 2 })
    expect(values(model)[0]).not.toEqual(weight)
  })
})

describe('history and callbacks', () => {
  test('tell every epoch and step once, wherever chunks end', async () => {
    for (const needs of [undefined, 'epoch', 'step'] as const) {
      const told: string[] = []
      const steps: number[] = []
      let info: unknown
      const callback: Callback = {
        ...(needs && { needs }),
        onFitStart: (given) => {
          info = given
          told.push('start')
        },
        onStepEnd: ({ totalStep }) => {
          steps.push(totalStep)
        },
        onEpochEnd: ({ epoch }) => {
          told.push(`epoch ${epoch}`)
        },
        onFitEnd: ({ epochs }) => {
          told.push(`end ${epochs.length}`)
        },
      }
      const model = classifier()
      const { epochs } = await model.fit(spirals(), {
        loss: 'crossEntropy',
        optimizer: new Adam({ learningRate: 0.01 }),
        epochs: 4,
        batchSize: 40,
        callbacks: [callback],
      })
      expect(info).toEqual({ epochs: 4, stepsPerEpoch: 3, batchSize: 40, rows: 90, parameters: 51, metrics: [] })
      expect(told).toEqual(['start', 'epoch 1', 'epoch 2', 'epoch 3', 'epoch 4', 'end 4'])
      expect(steps).toEqual(needs === 'step' ? Array.from({ length: 12 }, (_, i) => i + 1) : [])
      expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4])
      expect(epochs.every(({ learningRate, seconds }) => learningRate === 0.01 && seconds > 0)).toBe(true)
    }
  })

  test('may stop a fit at a step or an epoch', async () => {
    for (const [needs, expected] of [
      ['step', 4],
      ['epoch', 6],
    ] as const) {
      const model = classifier()
      let steps = 0
      const stop: Callback = {
        needs,
        onProgress: ({ totalStep }) => {
          steps = totalStep
        },
        onStepEnd: ({ totalStep }, training) => {
          if (totalStep === 4) training.stop()
        },
        onEpochEnd: ({ epoch }, training) => {
          if (epoch === 2) training.stop()
        },
      }
      const history = await model.fit(spirals(), { loss: 'crossEntropy', epochs: 9, batchSize: 30, callbacks: [stop] })
      expect(history.stopped).toBe('early')
      expect(steps).toBe(expected)
    }
  })

  test('see the model, and put back what they kept', async () => {
    const model = classifier()
    const before = values(model)
    const seen: number[][][] = []
    await model.fit(spirals(), {
      loss: 'crossEntropy',
      epochs: 2,
      callbacks: [
        {
          needs: 'epoch',
          onFitStart(_info, training) {
            const first = training.snapshot()
            this.onFitEnd = () => training.restore(first)
          },
          onEpochEnd: () => {
            seen.push(values(model))
          },
        },
      ],
    })
    expect(seen).toHaveLength(2)
    expect(seen[0]).not.toEqual(seen[1])
    expect(values(model)).toEqual(before)
  })

  test('a callback that throws ends the fit with its error, and the model can be used', async () => {
    const error = new Error('enough')
    const fail = () => {
      throw error
    }
    for (const callback of [{ onFitStart: fail }, { onProgress: fail }, { onEpochEnd: fail }, { onFitEnd: fail }]) {
      const model = classifier()
      await expect(model.fit(spirals(), { loss: 'crossEntropy', epochs: 2, callbacks: [callback] })).rejects.toBe(error)
      expect(() => model.fitSync(spirals(), { loss: 'crossEntropy', epochs: 2, callbacks: [callback] })).toThrow(error)
      expect(model.predictSync([[0, 0]]).shape).toEqual([1, 3])
      await model.fit(spirals(), { loss: 'crossEntropy', epochs: 1 })
    }
  })

  test('a learning rate factor takes hold at the next step', async () => {
    const model = classifier()
    const rates: number[] = []
    await model.fit(spirals(), {
      loss: 'crossEntropy',
      optimizer: new SGD({ learningRate: 0.4 }),
      epochs: 3,
      callbacks: [
        {
          needs: 'epoch',
          onEpochEnd: ({ learningRate }, training) => {
            rates.push(learningRate)
            training.learningRateFactor /= 2
          },
        },
      ],
    })
    expect(rates).toEqual([0.4, 0.2, 0.1])
  })
})

test('one model fitted in many ways in turn goes the way of fresh copies', async () => {
  const model = classifier()
  const labelled = spirals()
  const x = Array.from({ length: 90 }, (_, row) => [...labelled.row(row)])
  const classes = x.map((_, row) => labelled.target(row)[0]!)
  const weighted = Dataset.from({ x, y: classes, sampleWeights: classes.map((one) => one + 0.5) })
  const shares = Dataset.from({ x, y: oneHot(classes, 3) })
  const rate = { learningRate: 0.05 }
  const ways: [Dataset, FitOptions][] = [
    [labelled, { loss: 'crossEntropy', optimizer: new SGD(rate) }],
    [labelled, { loss: 'crossEntropy', optimizer: new SGD({ ...rate, momentum: 0.9 }) }],
    [labelled, { loss: 'crossEntropy', optimizer: new SGD({ ...rate, momentum: 0.5 }) }],
    [labelled, { loss: 'crossEntropy', optimizer: new SGD({ ...rate, momentum: 0.5, nesterov: true }) }],
    [labelled, { loss: 'crossEntropy', optimizer: new SGD({ ...rate, weightDecay: 0.1 }) }],
    [labelled, { loss: 'crossEntropy', optimizer: new Adam(rate) }],
    [labelled, { loss: 'crossEntropy', optimizer: new Adam({ ...rate, beta1: 0.5 }) }],
    [labelled, { loss: 'crossEntropy', optimizer: new Adam({ ...rate, beta2: 0.9 }) }],
    [labelled, { loss: 'crossEntropy', optimizer: new Adam({ ...rate, epsilon: 0.1 }) }],
    [labelled, { loss: 'crossEntropy', optimizer: new Adam({ ...rate, weightDecay: 0.1 }) }],
    [labelled, { loss: 'crossEntropy', optimizer: new AdamW({ ...rate, weightDecay: 0.1 }) }],
    [labelled, { loss: 'crossEntropy', optimizer: new AdamW({ ...rate, weightDecay: 0.5 }) }],
    [labelled, { loss: 'crossEntropy', metrics: ['accuracy'], batchSize: 'full' }],
    [labelled, { loss: 'crossEntropy', shuffle: false, validation: weighted }],
    [weighted, { loss: 'crossEntropy', batchSize: 7, validation: labelled }],
    [shares, { loss: 'crossEntropy' }],
    [shares, { loss: 'meanSquaredError' }],
    [labelled, { loss: 'crossEntropy', optimizer: new SGD(rate) }],
  ]
  for (const [number, [data, options]] of ways.entries()) {
    // A copy knows nothing of the fits before.
    const fresh = classifier()
    fresh.setWeights(model.getWeights())
    const one = await model.fit(data, { epochs: 2, batchSize: 16, ...options })
    const two = await fresh.fit(data, { epochs: 2, batchSize: 16, ...options })
    expect(values(model), `fit ${number}`).toEqual(values(fresh))
    expect(withoutSeconds(one.epochs)).toEqual(withoutSeconds(two.epochs))
    expect(model.predictSync(data)).toEqual(fresh.predictSync(data))
  }
})

test('no epochs: nothing changes; a batch larger than the data is a full one', async () => {
  const model = classifier()
  const before = values(model)
  const { epochs, stopped } = await model.fit(spirals(), { loss: 'crossEntropy', epochs: 0 })
  expect([epochs, stopped]).toEqual([[], 'completed'])
  expect(values(model)).toEqual(before)
  const [large, full] = [classifier(), classifier()]
  await large.fit(spirals(), { loss: 'crossEntropy', epochs: 3, batchSize: 1000 })
  await full.fit(spirals(), { loss: 'crossEntropy', epochs: 3, batchSize: 'full' })
  expect(values(large)).toEqual(values(full))
})

test('rows come in a new order for every seed, unless they are not to be shuffled', async () => {
  const run = async (options: Partial<FitOptions>) => {
    const model = classifier()
    await model.fit(spirals(), { loss: 'crossEntropy', epochs: 2, batchSize: 16, ...options })
    return values(model)
  }
  const shuffled = await run({})
  expect(await run({ seed: 3 })).toEqual(shuffled)
  expect(await run({ seed: 4 })).not.toEqual(shuffled)
  expect(await run({ shuffle: false })).not.toEqual(shuffled)
  expect(await run({ shuffle: false, seed: 4 })).toEqual(await run({ shuffle: false }))
})

test('bytes train as the scaled numbers do', async () => {
  const bytes = Uint8Array.from({ length: 60 }, (_, i) => (i * 91) % 256)
  const y = Array.from({ length: 30 }, (_, i) => i % 3)
  for (const batchSize of [8, 'full'] as const) {
    const run = async (data: Dataset) => {
      const model = classifier()
      await model.fit(data, { loss: 'crossEntropy', epochs: 3, batchSize })
      return values(model)
    }
    const kept = await run(Dataset.from({ x: { data: bytes, shape: [30, 2] }, y }, { scale: 1 / 255 }))
    const scaled = await run(
      Dataset.from({ x: { data: Float32Array.from(bytes), shape: [30, 2] }, y }, { scale: 1 / 255 }),
    )
    for (const [i, list] of kept.entries()) expect(worstError(list, scaled[i]!)).toBeLessThan(1e-5)
  }
})

test('the caller may change the arrays after Dataset.from', async () => {
  const x = Float32Array.from(waves(20, 2).flat())
  const y = Int32Array.from({ length: 20 }, (_, i) => i % 3)
  const weights = Float32Array.from({ length: 20 }, () => 1)
  const data = Dataset.from({ x: { data: x, shape: [20, 2] }, y, sampleWeights: weights })
  const model = classifier()
  const copy = model.clone()
  const untouched = Dataset.from({ x: waves(20, 2), y: Array.from(y), sampleWeights: Array.from(weights) })
  x.fill(Number.NaN)
  y.fill(99)
  weights.fill(-1)
  structuredClone(x.buffer, { transfer: [x.buffer] })
  await model.fit(data, { loss: 'crossEntropy', epochs: 2 })
  await copy.fit(untouched, { loss: 'crossEntropy', epochs: 2 })
  expect(values(model)).toEqual(values(copy))
})
