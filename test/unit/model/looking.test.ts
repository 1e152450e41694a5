/*
 * What a model tells of itself, its forms of predicting, its copies and its weights.
 */
import { describe, expect, test } from 'vitest'
import {
  BatchNorm,
  Dataset,
  Dense,
  datasets,
  l2,
  lessonL2,
  type NamedWeights,
  Sequential,
  SGD,
} from '../../../lib/index.js'
import { worstError } from '../../helpers/golden.js'
import { oneHot, referenceStep, waves } from '../../helpers/reference-network.js'

const layers = [{ activation: 'tanh' }, { activation: 'softmax' }] as const
const classifier = (seed = 3) =>
  new Sequential([new Dense(8, { activation: 'tanh' }), new Dense(3, { activation: 'softmax' })], { inputs: 2, seed })
const spirals = () => Dataset.from(datasets.spirals({ samples: 90, seed: 1 }))
const values = (weights: readonly NamedWeights[]) => weights.map(({ data }) => [...data])
const rowsOf = (data: Dataset) => Array.from({ length: data.rows }, (_, row) => [...data.row(row)])

describe('predictions', () => {
  const model = classifier()
  const data = spirals()
  const x = rowsOf(data)
  const target = oneHot(
    x.map(() => 0),
    3,
  )
  const { traced, output } = referenceStep(layers, model.getWeights(), x, target, 'crossEntropy')

  test('are the network of the lesson', async () => {
    const { data: predicted, shape } = await model.predict(x)
    expect(shape).toEqual([90, 3])
    expect(worstError(predicted, output.flat())).toBeLessThan(2e-6)
    const raw = await model.predictRaw(x)
    expect(raw.shape).toEqual([90, 3])
    expect(worstError(raw.data, traced[1]!.Z.flat())).toBeLessThan(2e-6)
    expect(await model.predictClasses(x)).toEqual(output.map((row) => row.indexOf(Math.max(...row))))
  })

  test('have the same bits in every form, from every kind of rows', async () => {
    const expected = await model.predict(x)
    const flat = Float32Array.from(x.flat())
    const forms = [x, data, { data: flat, shape: [90, 2] }, { data: Float64Array.from(flat), shape: [90, 2] }]
    for (const form of forms) {
      expect(await model.predict(form)).toEqual(expected)
      expect(model.predictSync(form)).toEqual(expected)
      expect(model.predictRawSync(form)).toEqual(await model.predictRaw(form))
      expect(model.predictClassesSync(form)).toEqual(await model.predictClasses(form))
    }
    for (const [row, features] of x.slice(0, 5).entries()) {
      const one = { data: expected.data.slice(3 * row, 3 * row + 3), shape: [1, 3] }
      for (const form of [Float32Array.from(features), Float64Array.from(features), [features]]) {
        expect(model.predictSync(form)).toEqual(one)
        expect(await model.predict(form)).toEqual(one)
      }
    }
  })

  test('of more rows than a batch are those of the single rows', async () => {
    const many = waves(1300, 2)
    const all = model.predictSync(many)
    expect(await model.predict(many)).toEqual(all)
    for (const row of [0, 511, 512, 1023, 1024, 1299]) {
      expect(model.predictSync([many[row]!]).data).toEqual(all.data.slice(3 * row, 3 * row + 3))
    }
  })

  test('of bytes are those of the scaled numbers', async () => {
    const bytes = Uint8Array.from({ length: 40 }, (_, i) => (i * 37) % 256)
    const images = Dataset.from({ x: { data: bytes, shape: [20, 2] } }, { scale: 1 / 255 })
    const scaled = Array.from({ length: 20 }, (_, r) => [bytes[2 * r]! / 255, bytes[2 * r + 1]! / 255])
    expect(worstError((await model.predict(images)).data, [...model.predictSync(scaled).data])).toBeLessThan(1e-6)
    expect((await model.predict(images)).data).toEqual(model.predictSync(images).data)
  })

  test('name the classes where the data had names', async () => {
    const named = classifier()
    const names = ['lynx', 'ant', 'bee']
    const y = Array.from({ length: 90 }, (_, row) => names[data.target(row)[0]!]!)
    const labelled = Dataset.from({ x, y })
    expect(labelled.labels).toEqual(['ant', 'bee', 'lynx'])
    expect(await named.predictClasses(x.slice(0, 3))).toEqual(named.predictClassesSync(x.slice(0, 3)))
    expect(typeof named.predictClassesSync(x)[0]).toBe('number')
    await named.fit(labelled, {
      loss: 'crossEntropy',
      epochs: 300,
      optimizer: new SGD({ learningRate: 0.5, momentum: 0.9 }),
    })
    expect(named.labels).toEqual(['ant', 'bee', 'lynx'])
    const guesses = await named.predictClasses(x)
    const { data: output } = await named.predict(x)
    for (const [row, guess] of guesses.entries()) {
      const shares = [...output.slice(3 * row, 3 * row + 3)]
      expect(guess).toBe(['ant', 'bee', 'lynx'][shares.indexOf(Math.max(...shares))])
    }
    const right = guesses.filter((guess, row) => guess === y[row]).length
    expect((await named.evaluate(labelled, { metrics: ['accuracy'] })).accuracy).toBeCloseTo(right / 90, 12)
    expect(right).toBeGreaterThan(60)
  })

  test('of one output are on one side of a half, or of zero where the output is linear', () => {
    for (const activation of ['sigmoid', 'linear'] as const) {
      const binary = new Sequential([new Dense(1, { activation })], { inputs: 2, seed: 2 })
      const raw = binary.predictRawSync(x).data
      expect(binary.predictClassesSync(x)).toEqual([...raw].map((value) => Number(value > 0)))
    }
  })
})

describe('evaluate', () => {
  test('is the mean of rows weighted by sample weights, for loss and accuracy', async () => {
    const model = classifier()
    const data = spirals()
    const x = rowsOf(data)
    const classes = x.map((_, row) => data.target(row)[0]!)
    const sampleWeights = x.map((_, row) => (row % 4) * 0.5)
    const { output } = referenceStep(layers, model.getWeights(), x, oneHot(classes, 3), 'crossEntropy')
    const total = sampleWeights.reduce((sum, weight) => sum + weight, 0)
    let loss = 0
    let hits = 0
    for (const [row, shares] of output.entries()) {
      loss -= (sampleWeights[row]! * Math.log(shares[classes[row]!]!)) / total
      hits += (sampleWeights[row]! * Number(shares.indexOf(Math.max(...shares)) === classes[row])) / total
    }
    const weighted = Dataset.from({ x, y: classes, sampleWeights })
    const scores = await model.evaluate(weighted)
    expect(scores.loss).toBeCloseTo(loss, 6)
    expect(scores.accuracy).toBeCloseTo(hits, 9)
    expect(model.evaluateSync(weighted)).toEqual(scores)
    expect((await model.evaluate(data)).loss).not.toBeCloseTo(loss, 3)
  })

  test('takes loss and metrics from the last fit, or those given', async () => {
    const model = classifier()
    const data = spirals()
    expect(Object.keys(await model.evaluate(data))).toEqual(['loss', 'accuracy'])
    expect(Object.keys(await model.evaluate(data, { loss: 'crossEntropy', metrics: [] }))).toEqual(['loss'])
    const regression = new Sequential([new Dense(1)], { inputs: 2 })
    const line = Dataset.from({ x: waves(10, 2), y: waves(10, 1) })
    expect(Object.keys(await regression.evaluate(line))).toEqual(['loss'])
    const targets = Dataset.from({ x: waves(10, 2), y: waves(10, 1).map(([value]) => [Number(value! > 0)]) })
    await regression.fit(targets, { loss: 'binaryCrossEntropy', metrics: ['accuracy'], epochs: 0 })
    expect(Object.keys(await regression.evaluate(targets))).toEqual(['loss', 'accuracy'])
    // A fit that is refused leaves them as they are.
    await expect(regression.fit(line, { loss: 'meanSquaredError', epochs: -1 })).rejects.toThrow('epochs')
    expect(Object.keys(await regression.evaluate(targets))).toEqual(['loss', 'accuracy'])
    await regression.fit(line, { loss: 'meanSquaredError', epochs: 0 })
    expect(Object.keys(regression.evaluateSync(line))).toEqual(['loss'])
  })
})

describe('weights', () => {
  test('come by name and shape, as copies, and go back in any order', () => {
    const model = classifier()
    const before = model.getWeights()
    expect(before.map(({ name, shape }) => [name, shape])).toEqual([
      ['layers.0.weight', [8, 2]],
      ['layers.0.bias', [8]],
      ['layers.1.weight', [3, 8]],
      ['layers.1.bias', [3]],
    ])
    before[0]!.data.fill(9)
    expect(model.getWeights()[0]!.data).not.toContain(9)
    const other = classifier(4)
    expect(values(other.getWeights())).not.toEqual(values(model.getWeights()))
    other.setWeights(model.getWeights().reverse())
    expect(values(other.getWeights())).toEqual(values(model.getWeights()))
    const rows = waves(5, 2)
    expect(other.predictSync(rows)).toEqual(model.predictSync(rows))
    const changed = model.getWeights().map((weight) => ({ ...weight, data: weight.data.map((value) => value + 1) }))
    model.setWeights(changed)
    expect(values(model.getWeights())).toEqual(values(changed))
    expect(model.predictSync(rows)).not.toEqual(other.predictSync(rows))
  })

  test.each([1, 5, 16, 17, 63, 64, 65, 700])(
    'of %d units by any number of inputs come back as they were set',
    (units) => {
      for (const inputs of [1, 3, 16, 33, 600]) {
        const model = new Sequential([new Dense(units)], { inputs })
        const data = Float32Array.from({ length: units * inputs }, (_, i) => i + 0.5)
        const bias = Float32Array.from({ length: units }, (_, i) => -i)
        model.setWeights([
          { name: 'layers.0.weight', shape: [units, inputs], data },
          { name: 'layers.0.bias', shape: [units], data: bias },
        ])
        const [weight, after] = model.getWeights()
        expect(Buffer.from(weight!.data.buffer).equals(Buffer.from(data.buffer))).toBe(true)
        expect(after!.data).toEqual(bias)
      }
    },
  )

  test('of a layer without bias', () => {
    const model = new Sequential([new Dense(3, { bias: false })], { inputs: 2 })
    expect(model.getWeights().map(({ name }) => name)).toEqual(['layers.0.weight'])
    const [w] = values(model.getWeights())
    expect(model.predictSync([[1, 0]]).data).toEqual(Float32Array.of(w![0]!, w![2]!, w![4]!))
  })

  test('that do not fit are refused and nothing is set', () => {
    const model = classifier()
    const before = values(model.getWeights())
    const good = model.getWeights().map((weight) => ({ ...weight, data: weight.data.map((value) => value + 1) }))
    const wrong: [NamedWeights[], string, string][] = [
      [good.slice(1), 'ERR_DEEPBLAS_SHAPE', 'layers.0.weight'],
      [
        [...good, { name: 'layers.2.weight', shape: [1], data: Float32Array.of(1) }],
        'ERR_DEEPBLAS_SHAPE',
        'layers.2.weight',
      ],
      [good.with(3, { ...good[3]!, shape: [4] }), 'ERR_DEEPBLAS_SHAPE', 'layers.1.bias'],
      [good.with(3, { ...good[3]!, data: new Float32Array(4) }), 'ERR_DEEPBLAS_SHAPE', 'layers.1.bias'],
      [
        good.with(3, { ...good[3]!, data: Float32Array.of(1, Number.NaN, 1) }),
        'ERR_DEEPBLAS_ARGUMENT',
        'layers.1.bias[1]',
      ],
      [good.with(0, { ...good[0]!, shape: [2, 8] }), 'ERR_DEEPBLAS_SHAPE', '[8, 2]'],
    ]
    for (const [weights, code, part] of wrong) {
      expect(() => model.setWeights(weights)).toThrowError(
        expect.objectContaining({ code, message: expect.stringContaining(part) }),
      )
    }
    expect(values(model.getWeights())).toEqual(before)
  })

  test('start anew for every seed, and the same for the same one', () => {
    expect(values(classifier(5).getWeights())).toEqual(values(classifier(5).getWeights()))
    const [first, second] = [values(classifier(5).getWeights())[0]!, values(classifier(6).getWeights())[0]!]
    expect(first.some((value, i) => value === second[i])).toBe(false)
  })
})

describe('clone', () => {
  test('is a second model with the same parameters, and its own', async () => {
    const model = classifier()
    const data = Dataset.from({ x: waves(30, 2), y: Array.from({ length: 30 }, (_, i) => ['x', 'y', 'z'][i % 3]!) })
    await model.fit(data, { loss: 'crossEntropy', epochs: 2 })
    const copy = model.clone()
    expect(copy.labels).toEqual(['x', 'y', 'z'])
    expect(copy.seed).toBe(model.seed)
    expect(values(copy.getWeights())).toEqual(values(model.getWeights()))
    expect(copy.evaluateSync(data)).toEqual(model.evaluateSync(data))
    const before = values(copy.getWeights())
    await model.fit(data, { loss: 'crossEntropy', epochs: 1 })
    expect(values(copy.getWeights())).toEqual(before)
    expect(values(model.getWeights())).not.toEqual(before)
    await copy.fit(data, { loss: 'crossEntropy', epochs: 1 })
    expect(values(copy.getWeights())).toEqual(values(model.getWeights()))
  })
})

describe('tables', () => {
  test('summary shows every layer, its shapes and counts', () => {
    const model = new Sequential(
      [
        new Dense(128, { activation: 'relu' }),
        new Dense(64, { bias: false }),
        new Dense(10, { activation: 'softmax' }),
      ],
      { inputs: 784 },
    )
    const text = model.summary()
    const [one, two, three] = ['Dense 128', 'Dense 64', 'Dense 10'].map(
      (name) => text.split('\n').find((line) => line.includes(name))!,
    )
    for (const part of ['relu', '(batch, 128)', 'weight (128, 784)', 'bias (128)', '100,480'])
      expect(one).toContain(part)
    for (const part of ['linear', '(batch, 64)', 'weight (64, 128)', '8,192']) expect(two).toContain(part)
    expect(two).not.toContain('bias')
    for (const part of ['softmax', '(batch, 10)', 'weight (10, 64)', 'bias (10)', '650']) expect(three).toContain(part)
    expect(text).toContain('109,322 parameters, input (batch, 784)')
    expect(model.parameterCount).toBe(109_322)
    expect(model.layers.map(({ outputShape }) => outputShape)).toEqual([
      [null, 128],
      [null, 64],
      [null, 10],
    ])
    expect(model.layers.map(({ parameterCount }) => parameterCount)).toEqual([100_480, 8192, 650])
  })

  test('explain lists the calls of a step with times and the workspace, and changes nothing', () => {
    const model = new Sequential(
      [new Dense(8, { activation: 'gelu', regularizer: l2(0.1) }), new Dense(3, { activation: 'softmax' })],
      { inputs: 4 },
    )
    const before = values(model.getWeights())
    const [head = '', step = '', ...lines] = model.explain({ batchSize: 16 }).split('\n')
    expect(lines.pop()).toMatch(/^in a population: \d+ members side by side in the lanes of a vector$/)
    const [, batch, bytes, calls, regions] = head
      .match(/^batch (\d+), workspace (\d+) bytes, (\d+) calls in (\d+) regions a step$/)!
      .map(Number)
    expect(batch).toBe(16)
    expect(bytes).toBeGreaterThan(16 * 3 * 4)
    expect(step).toMatch(/^ *\d+\.\d µs {2}a step$/)
    const ofRegions = lines.filter((line) => /^ *\d+\.\d µs {2}region \d+: \S/.test(line))
    const ofCalls = lines.filter((line) => /^ *\d+\.\d µs {4}\S.*: \w+$/.test(line))
    expect([ofRegions.length, ofCalls.length, lines.length]).toEqual([regions, calls, regions! + calls!])
    for (const call of [
      'layers.0 Dense forward: denseForward',
      'layers.1 Dense forward: denseForward',
      'loss crossEntropy: softmaxCrossEntropy',
      'layers.0 Dense penalty: penalty',
      'layers.1 Dense backward: denseBackwardWeight',
      'layers.0 Dense backward: denseBackwardWeight',
      'optimizer Adam at every tile: adam',
    ]) {
      expect(ofCalls.filter((line) => line.endsWith(call))).toHaveLength(1)
    }
    expect(values(model.getWeights())).toEqual(before)
    expect(model.explain({ optimizer: new SGD(), loss: 'crossEntropy' })).toContain('optimizer SGD')
    const large = new Sequential([new Dense(300), new Dense(300)], { inputs: 300 })
    expect(large.explain({ loss: 'meanSquaredError' })).toMatch(
      /one member after the other \(side by side is not faster\)$/,
    )
    const normalized = new Sequential([new BatchNorm(), new Dense(3)], { inputs: 4 })
    expect(normalized.explain({ loss: 'meanSquaredError' })).toMatch(
      /\(layers\.0 BatchNorm .* has no version for lanes\)$/,
    )
  })
})

test("lessonL2 in training is the lesson's J with λ / 2m", async () => {
  const model = new Sequential([new Dense(1, { regularizer: lessonL2(0.9) })], { inputs: 2, seed: 1 })
  const x = waves(10, 2)
  const y = waves(10, 1, 2)
  const { cost, gradients } = referenceStep(
    [{ activation: 'linear', lambda: 0.9 }],
    model.getWeights(),
    x,
    y,
    'meanSquaredError',
  )
  const [before] = values(model.getWeights())
  const { epochs } = await model.fit(Dataset.from({ x, y }), {
    loss: 'meanSquaredError',
    optimizer: new SGD({ learningRate: 0.1 }),
    epochs: 1,
    batchSize: 'full',
  })
  expect(epochs[0]!.loss).toBeCloseTo(cost, 6)
  const expected = before!.map((value, i) => value - 0.1 * gradients['layers.0.weight']![i]!)
  expect(worstError(model.getWeights()[0]!.data, expected)).toBeLessThan(1e-6)
})
