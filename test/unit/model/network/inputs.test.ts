/*
 * What a user may pass by mistake: an error with the right code whose message names the argument, never a crash, and a
 * model that can be used afterwards.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  Dataset,
  type DatasetInput,
  Dense,
  EarlyStopping,
  type ErrorCode,
  l1,
  l1l2,
  l2,
  lessonL2,
  normal,
  Sequential,
  SGD,
  setThreads,
} from '../../../../lib/index.js'
import { worstError } from '../../../helpers/golden.js'

type Wrong = readonly [what: string, call: () => unknown, code: ErrorCode, ...parts: string[]]

const model = () =>
  new Sequential([new Dense(4, { activation: 'relu' }), new Dense(3, { activation: 'softmax' })], {
    inputs: 2,
    seed: 1,
  })
const x = [
  [0, 1],
  [1, 0],
  [1, 1],
]
const data = (y: DatasetInput['y'] = [0, 1, 2]) => Dataset.from({ x, ...(y && { y }) })
const train = (options: object, set: unknown = data()) =>
  model().fit(set as Dataset, { loss: 'crossEntropy', ...options } as never)
const ARGUMENT = 'ERR_DEEPBLAS_ARGUMENT'
const SHAPE = 'ERR_DEEPBLAS_SHAPE'
const DATA = 'ERR_DEEPBLAS_DATA'
const any = (value: unknown) => value as never

/** Whether it throws or rejects. */
async function failure(call: () => unknown): Promise<{ code?: string; message: string; stack?: string }> {
  try {
    await call()
  } catch (error) {
    return error as Error
  }
  throw new Error('it was taken')
}

function refused(cases: readonly Wrong[]) {
  test.each(cases)('%s', async (...one) => {
    const [, call, code, ...parts] = one as unknown as Wrong
    const error = await failure(call)
    expect(error.code, error.message).toBe(code)
    for (const part of parts) expect(error.message).toContain(part)
  })
}

describe('data sets', () => {
  refused([
    ['nothing', () => Dataset.from(any(undefined)), ARGUMENT, 'data'],
    ['null', () => Dataset.from(any(null)), ARGUMENT, 'data'],
    ['no x', () => Dataset.from(any({ y: [1] })), ARGUMENT, 'for x'],
    ['text for x', () => Dataset.from(any({ x: 'abc' })), ARGUMENT, 'for x', "'abc'"],
    ['no rows', () => Dataset.from({ x: [] }), DATA, 'for x'],
    ['rows without numbers', () => Dataset.from({ x: [[], []] }), DATA, 'for x'],
    ['an empty array', () => Dataset.from({ x: { data: new Float32Array(0), shape: [0, 4] } }), DATA, 'for x'],
    [
      'an array without columns',
      () => Dataset.from({ x: { data: new Float32Array(0), shape: [4, 0] } }),
      DATA,
      'for x',
    ],
    ['no shape', () => Dataset.from({ x: { data: new Float32Array(4), shape: [] } }), ARGUMENT, 'x.shape'],
    [
      'a fractional shape',
      () => Dataset.from({ x: { data: new Float32Array(3), shape: [1.5, 2] } }),
      ARGUMENT,
      'x.shape',
    ],
    [
      'a negative shape',
      () => Dataset.from({ x: { data: new Float32Array(4), shape: [-2, -2] } }),
      ARGUMENT,
      'x.shape',
    ],
    [
      'a huge shape',
      () => Dataset.from({ x: { data: new Float32Array(4), shape: [2 ** 50, 2 ** 50] } }),
      SHAPE,
      'for x',
    ],
    ['a flat list', () => Dataset.from({ x: any([1, 2, 3]) }), ARGUMENT, 'x[0]', 'array of rows'],
    ['a row that is none', () => Dataset.from({ x: any([[1, 2], 3]) }), ARGUMENT, 'x[1]'],
    [
      'ragged rows',
      () =>
        Dataset.from({
          x: [
            [1, 2],
            [1, 2, 3],
          ],
        }),
      SHAPE,
      'x[1]',
      '2 numbers',
    ],
    [
      'text in a row',
      () =>
        Dataset.from({
          x: any([
            [1, 2],
            [1, 'two'],
          ]),
        }),
      DATA,
      'x[1][1]',
      "'two'",
    ],
    ['a missing number', () => Dataset.from({ x: any([[1, undefined]]) }), DATA, 'x[0][1]'],
    ['null in a row', () => Dataset.from({ x: any([[1, null]]) }), DATA, 'x[0][1]'],
    ['a hole in a row', () => Dataset.from({ x: any([Array(2)]) }), ARGUMENT, 'without holes for x[0]'],
    ['big integers', () => Dataset.from({ x: any({ data: BigInt64Array.of(1n), shape: [1, 1] }) }), ARGUMENT, 'for x'],
    [
      'NaN',
      () =>
        Dataset.from({
          x: [
            [1, 2],
            [Number.NaN, 2],
          ],
        }),
      DATA,
      'for x',
      'row 1, column 0',
    ],
    ['Infinity', () => Dataset.from({ x: [[1, -1 / 0]] }), DATA, 'for x', 'row 0, column 1'],
    ['more than float32 holds', () => Dataset.from({ x: [[1e39]] }), DATA, 'for x', 'float32'],
    [
      'NaN in a wide array',
      () => Dataset.from({ x: { data: new Float32Array(500).fill(Number.NaN, 377, 378), shape: [5, 100] } }),
      DATA,
      'row 3, column 77',
    ],
    ['fewer y', () => Dataset.from({ x, y: [1, 2] }), SHAPE, 'for y', '3 rows'],
    ['no y', () => Dataset.from({ x, y: [] }), SHAPE, 'for y', '3 rows'],
    ['text for y', () => Dataset.from({ x, y: any('abc') }), ARGUMENT, 'for y'],
    ['numbers and text for y', () => Dataset.from({ x, y: any([1, 'b', 2]) }), ARGUMENT, 'y[1]'],
    ['text and numbers for y', () => Dataset.from({ x, y: any(['a', 2, 'b']) }), ARGUMENT, 'y[1]'],
    ['ragged y', () => Dataset.from({ x, y: [[1], [1, 2], [1]] }), SHAPE, 'y[1]'],
    ['text in a row of y', () => Dataset.from({ x, y: any([[1], ['a'], [1]]) }), DATA, 'y[1][0]'],
    ['fewer weights', () => Dataset.from({ x, y: [0, 1, 2], sampleWeights: [1] }), SHAPE, 'sampleWeights'],
    ['a negative weight', () => Dataset.from({ x, sampleWeights: [1, -1, 1] }), ARGUMENT, 'sampleWeights[1]', '-1'],
    ['a weight of NaN', () => Dataset.from({ x, sampleWeights: [1, 1, Number.NaN] }), ARGUMENT, 'sampleWeights[2]'],
    [
      'text for a weight',
      () => Dataset.from({ x, sampleWeights: any([1, 1, 'much']) }),
      ARGUMENT,
      'sampleWeights[2]',
      'much',
    ],
    ['no weight above 0', () => Dataset.from({ x, sampleWeights: [0, 0, 0] }), ARGUMENT, 'sampleWeights'],
    ['a misspelt option', () => Dataset.from({ x }, any({ scales: 2 })), ARGUMENT, 'scales', "Did you mean 'scale'?"],
    ['text for scale', () => Dataset.from({ x }, any({ scale: '1/255' })), ARGUMENT, 'scale'],
    ['a scale of NaN', () => Dataset.from({ x }, { scale: Number.NaN }), ARGUMENT, 'scale'],
    ['a feature shape of another size', () => Dataset.from({ x }, { featureShape: [3] }), SHAPE, 'featureShape'],
    ['a feature shape of 0', () => Dataset.from({ x }, { featureShape: [0, 2] }), ARGUMENT, 'featureShape'],
    ['a row that is not there', () => data().row(3), ARGUMENT, 'index'],
    ['a target that is not there', () => data().target(-1), ARGUMENT, 'index'],
    ['an empty subset', () => data().subset([]), ARGUMENT, 'rows'],
    ['a subset beyond the rows', () => data().subset([0, 3]), ARGUMENT, 'rows', '3'],
    ['a negative row of a subset', () => data().subset([-1]), ARGUMENT, 'rows'],
    ['a split of everything', () => data().split(1), ARGUMENT, 'fraction'],
    ['a split of NaN', () => data().split(Number.NaN), ARGUMENT, 'fraction'],
    ['a split that leaves nothing', () => data().split(0.01), DATA, 'fraction'],
  ])
})

describe('layers and models', () => {
  refused([
    ['no layers', () => new Sequential([], { inputs: 2 }), ARGUMENT, 'layers'],
    ['a layer for the layers', () => new Sequential(any(new Dense(1)), { inputs: 2 }), ARGUMENT, 'layers'],
    ['a number for a layer', () => new Sequential(any([3]), { inputs: 2 }), ARGUMENT, 'layers[0]'],
    ['no inputs', () => new Sequential([new Dense(1)]), ARGUMENT, "'inputs'"],
    ['no inputs at all', () => new Sequential([new Dense(1)], { inputs: 0 }), ARGUMENT, 'inputs'],
    ['fractional inputs', () => new Sequential([new Dense(1)], { inputs: 1.5 }), ARGUMENT, 'inputs'],
    ['text for inputs', () => new Sequential([new Dense(1)], any({ inputs: '2' })), ARGUMENT, 'inputs', "'2'"],
    ['a negative seed', () => new Sequential([new Dense(1)], { inputs: 1, seed: -1 }), ARGUMENT, 'seed'],
    ['a misspelt option', () => new Sequential([new Dense(1)], any({ input: 2 })), ARGUMENT, "Did you mean 'inputs'?"],
    ['a number for the options', () => new Sequential([new Dense(1)], any(2)), ARGUMENT, 'Sequential'],
    ['no units', () => new Dense(0), ARGUMENT, 'units'],
    ['negative units', () => new Dense(-3), ARGUMENT, 'units'],
    ['fractional units', () => new Dense(1.5), ARGUMENT, 'units'],
    ['text for units', () => new Dense(any('10')), ARGUMENT, 'units', "'10'"],
    [
      'an unknown activation',
      () => new Dense(1, any({ activation: 'rleu' })),
      ARGUMENT,
      'activation',
      "Did you mean 'relu'?",
    ],
    [
      'an activation in capitals',
      () => new Dense(1, any({ activation: 'ReLU' })),
      ARGUMENT,
      'activation',
      "Did you mean 'relu'?",
    ],
    [
      'an activation unlike any',
      () => new Dense(1, any({ activation: 'quadratic' })),
      ARGUMENT,
      'activation',
      "'gelu'",
    ],
    ['a number for an activation', () => new Dense(1, any({ activation: 1 })), ARGUMENT, 'activation'],
    [
      'an unknown initializer',
      () => new Dense(1, any({ initializer: 'heNorma' })),
      ARGUMENT,
      'initializer',
      "Did you mean 'heNormal'?",
    ],
    ['a function for an initializer', () => new Dense(1, any({ initializer: () => 0 })), ARGUMENT, 'initializer'],
    ['a number for a regularizer', () => new Dense(1, any({ regularizer: 0.1 })), ARGUMENT, 'regularizer', 'l2(1e-4)'],
    ['text for bias', () => new Dense(1, any({ bias: 'no' })), ARGUMENT, 'bias'],
    ['text for trainable', () => new Dense(1, any({ trainable: 'no' })), ARGUMENT, 'trainable'],
    [
      'a misspelt option of a layer',
      () => new Dense(1, any({ activations: 'relu' })),
      ARGUMENT,
      "Did you mean 'activation'?",
    ],
    ['a negative l1', () => l1(-1), ARGUMENT, 'l1'],
    ['a NaN l2', () => l2(Number.NaN), ARGUMENT, 'l2'],
    ['an infinite lambda', () => lessonL2(1 / 0), ARGUMENT, 'lambda'],
    ['half of l1l2', () => l1l2(any({ l1: 1 })), ARGUMENT, 'l2'],
    ['a negative deviation', () => normal({ standardDeviation: -1 }), ARGUMENT, 'standardDeviation'],
    ['no threads', () => setThreads(0), ARGUMENT, 'threads'],
    ['text for threads', () => setThreads(any('2')), ARGUMENT, 'threads'],
  ])
})

describe('optimizers and callbacks', () => {
  refused([
    ['a negative rate', () => new SGD({ learningRate: -1 }), ARGUMENT, 'learningRate', '-1'],
    ['text for a rate', () => new Adam(any({ learningRate: '0.1' })), ARGUMENT, 'learningRate'],
    ['a NaN rate', () => new AdamW({ learningRate: Number.NaN }), ARGUMENT, 'learningRate'],
    ['a momentum of 1', () => new SGD({ momentum: 1 }), ARGUMENT, 'momentum'],
    ['Nesterov without momentum', () => new SGD({ nesterov: true }), ARGUMENT, 'momentum'],
    ['a beta of 1', () => new Adam({ beta2: 1 }), ARGUMENT, 'beta2'],
    ['a negative decay', () => new AdamW({ weightDecay: -1 }), ARGUMENT, 'weightDecay'],
    ['a misspelt option', () => new SGD(any({ learningrate: 1 })), ARGUMENT, "Did you mean 'learningRate'?"],
    ['a negative patience', () => new EarlyStopping({ patience: -1 }), ARGUMENT, 'patience'],
    [
      'a misspelt option of EarlyStopping',
      () => new EarlyStopping(any({ patients: 3 })),
      ARGUMENT,
      "Did you mean 'patience'?",
    ],
  ])
})

describe('fit', () => {
  refused([
    ['no data', () => train({}, null), ARGUMENT, 'train', 'Dataset.from'],
    ['arrays for data', () => train({}, x), ARGUMENT, 'train', 'Dataset.from'],
    ['no options', () => model().fit(data(), any(undefined)), ARGUMENT, 'loss'],
    ['null for options', () => model().fit(data(), any(null)), ARGUMENT, 'fit'],
    ['no loss', () => train({ loss: undefined }), ARGUMENT, 'loss'],
    ['an unknown loss', () => train({ loss: 'crossEntrpy' }), ARGUMENT, 'loss', "Did you mean 'crossEntropy'?"],
    ['an unknown metric', () => train({ metrics: ['acuracy'] }), ARGUMENT, 'metrics', "Did you mean 'accuracy'?"],
    ['a misspelt option', () => train({ batchsize: 3 }), ARGUMENT, "Did you mean 'batchSize'?"],
    ['negative epochs', () => train({ epochs: -1 }), ARGUMENT, 'epochs', '-1'],
    ['fractional epochs', () => train({ epochs: 1.5 }), ARGUMENT, 'epochs'],
    ['infinite epochs', () => train({ epochs: 1 / 0 }), ARGUMENT, 'epochs'],
    ['text for epochs', () => train({ epochs: '3' }), ARGUMENT, 'epochs'],
    ['a batch of 0', () => train({ batchSize: 0 }), ARGUMENT, 'batchSize'],
    ['a batch of half', () => train({ batchSize: 'half' }), ARGUMENT, 'batchSize', "'half'"],
    ['an unknown name for an optimizer', () => train({ optimizer: 'adma' }), ARGUMENT, 'optimizer', "'adam'"],
    ['a class for an optimizer', () => train({ optimizer: Adam }), ARGUMENT, 'optimizer'],
    ['a validation of 1', () => train({ validation: 1 }), ARGUMENT, 'fraction'],
    ['a negative validation', () => train({ validation: -0.5 }), ARGUMENT, 'fraction'],
    ['rows for validation', () => train({ validation: x }), ARGUMENT, 'validation'],
    [
      'validation with other features',
      () => train({ validation: Dataset.from({ x: [[1]], y: [0] }) }),
      SHAPE,
      'validation',
      '2 features',
    ],
    ['validation without targets', () => train({ validation: Dataset.from({ x }) }), DATA, 'y'],
    ['validation with a class too many', () => train({ validation: data([0, 1, 3]) }), DATA, 'y[2]'],
    [
      'early stopping without validation',
      () => train({ callbacks: [new EarlyStopping({ patience: 1 })] }),
      ARGUMENT,
      'validation',
    ],
    ['text for shuffle', () => train({ shuffle: 'yes' }), ARGUMENT, 'shuffle'],
    ['a fractional seed', () => train({ seed: 0.5 }), ARGUMENT, 'seed'],
    ['text for progress', () => train({ progress: 'yes' }), ARGUMENT, 'progress'],
    ['a signal that is none', () => train({ signal: {} }), ARGUMENT, 'signal'],
    [
      'data with other features',
      () => train({}, Dataset.from({ x: [[1]], y: [0] })),
      SHAPE,
      'train',
      '2 features',
      '1',
    ],
    ['data without targets', () => train({}, Dataset.from({ x })), DATA, 'y'],
    ['a class too many', () => train({}, data([0, 1, 3])), DATA, 'y[2]', 'class from 0 to 2', '3'],
    ['a negative class', () => train({}, data([0, -1, 2])), DATA, 'y[1]', '-1'],
    ['half a class', () => train({}, data([0, 0.5, 2])), DATA, 'y[1]', '0.5'],
    ['a class of NaN', () => train({}, data([0, Number.NaN, 2])), DATA, 'y[1]', 'NaN'],
    [
      'too many names',
      () => train({}, Dataset.from({ x: [...x, [0, 0]], y: ['a', 'b', 'c', 'd'] })),
      DATA,
      '3 outputs',
      "'d'",
    ],
    [
      'columns of another number',
      () =>
        train(
          {},
          data([
            [1, 0],
            [0, 1],
            [1, 0],
          ]),
        ),
      SHAPE,
      '3 columns for y',
    ],
    [
      'probabilities above 1',
      () =>
        train(
          {},
          data([
            [2, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ]),
        ),
      DATA,
      'y',
      '2',
    ],
    [
      'values for a binary loss',
      () =>
        new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2 }).fit(data([0, 1, 7]), {
          loss: 'binaryCrossEntropy',
        }),
      DATA,
      'y',
      '7',
    ],
    [
      'NaN among values',
      () => new Sequential([new Dense(1)], { inputs: 2 }).fit(data([0, Number.NaN, 1]), { loss: 'meanSquaredError' }),
      DATA,
      'for y[1]',
      'NaN',
    ],
    [
      'relu before crossEntropy',
      () => new Sequential([new Dense(3, { activation: 'relu' })], { inputs: 2 }).fit(data(), { loss: 'crossEntropy' }),
      ARGUMENT,
      "'softmax'",
      "'relu'",
    ],
    [
      'softmax before binaryCrossEntropy',
      () => train({ loss: 'binaryCrossEntropy' }),
      ARGUMENT,
      "'sigmoid'",
      "'softmax'",
    ],
    [
      'one output with crossEntropy',
      () =>
        new Sequential([new Dense(1, { activation: 'softmax' })], { inputs: 2 }).fit(data(), { loss: 'crossEntropy' }),
      SHAPE,
      'crossEntropy',
      'sigmoid',
    ],
  ])

  test('fitSync refuses the same in the same words', async () => {
    for (const options of [{ epochs: -1 }, { loss: 'crossEntrpy' }, { batchSize: 0 }, { validation: 1 }]) {
      const { code, message } = await failure(() => train(options))
      const given = { loss: 'crossEntropy', ...options } as never
      expect(() => model().fitSync(data(), given)).toThrowError(expect.objectContaining({ code, message }))
    }
  })

  test('a refused fit leaves parameters and model as they were', async () => {
    const one = model()
    const before = one.getWeights()
    for (const options of [{ epochs: -1 }, { loss: 'mse' }, { callbacks: [new EarlyStopping()] }]) {
      await failure(() => one.fit(data(), { loss: 'crossEntropy', ...options } as never))
    }
    await failure(() => one.fit(data([0, 1, 9]), { loss: 'crossEntropy' }))
    expect(one.getWeights()).toEqual(before)
    expect((await one.fit(data(), { loss: 'crossEntropy', epochs: 1 })).epochs).toHaveLength(1)
  })
})

describe('predict, evaluate and the rest', () => {
  const ready = model()
  refused([
    ['nothing to predict', () => ready.predict(any(undefined)), ARGUMENT, 'for'],
    ['nothing to predict at once', () => ready.predictSync(any(undefined)), ARGUMENT, 'rows'],
    ['no rows', () => ready.predict([]), DATA],
    ['no rows at once', () => ready.predictSync([]), DATA, 'rows'],
    ['too few features', () => ready.predict([[1]]), SHAPE, 'rows', '2 features'],
    ['too many features', () => ready.predictSync([[1, 2, 3]]), SHAPE, 'rows', '2 features'],
    ['one long row', () => ready.predictSync(new Float32Array(5)), SHAPE, 'rows', '5'],
    ['an empty row', () => ready.predictSync(new Float32Array(0)), SHAPE, 'rows'],
    ['a data set of other features', () => ready.predictSync(Dataset.from({ x: [[1]] })), SHAPE, 'rows'],
    ['ragged rows', () => ready.predictSync([[1, 2], [1]]), SHAPE, 'rows[1]'],
    ['text', () => ready.predictSync(any([['a', 'b']])), DATA, 'rows[0][0]', "'a'"],
    ['text for all', () => ready.predictClasses(any('abc')), ARGUMENT],
    ['a shape that lies', () => ready.predictSync({ data: new Float32Array(5), shape: [3, 2] }), SHAPE, 'rows'],
    ['a layer that is not there', () => ready.activations(x, 2), ARGUMENT, 'layer', 'from 0 to 1'],
    ['a layer by name', () => ready.activations(x, any('first')), ARGUMENT, 'layer'],
    ['arrays to evaluate', () => ready.evaluate(any(x)), ARGUMENT, 'Dataset.from'],
    ['nothing to evaluate', () => ready.evaluateSync(any(undefined)), ARGUMENT, 'data'],
    ['other features to evaluate', () => ready.evaluate(Dataset.from({ x: [[1]], y: [0] })), SHAPE, '2 features'],
    ['no targets to evaluate', () => ready.evaluate(Dataset.from({ x })), DATA, 'y'],
    ['an unknown loss to evaluate', () => ready.evaluate(data(), any({ loss: 'mean' })), ARGUMENT, 'loss'],
    [
      'an unknown metric to evaluate',
      () => ready.evaluate(data(), any({ metrics: ['accuraci'] })),
      ARGUMENT,
      "'accuracy'",
    ],
    ['a misspelt option of evaluate', () => ready.evaluate(data(), any({ metric: [] })), ARGUMENT, "'metrics'"],
    ['an unknown loss for gradients', () => ready.gradients(data(), any({ loss: 'crossentropie' })), ARGUMENT, 'loss'],
    ['a class too many for gradients', () => ready.gradients(data([0, 1, 5]), { loss: 'crossEntropy' }), DATA, 'y[2]'],
    ['no targets to trace', () => ready.trace(Dataset.from({ x }), { loss: 'crossEntropy' }), DATA, 'y'],
    ['a batch of 0 to explain', () => ready.explain({ batchSize: 0 }), ARGUMENT, 'batchSize'],
    ['an unknown loss to explain', () => ready.explain(any({ loss: 'x' })), ARGUMENT, 'loss'],
    ['text for weights', () => ready.setWeights(any('abc')), ARGUMENT, 'weights'],
    ['a number for a path', () => ready.save(any(5)), ARGUMENT, 'path'],
    [
      'a folder that is not there',
      () => ready.save('/nowhere/at/all.safetensors'),
      'ERR_DEEPBLAS_FILE',
      '/nowhere/at/all',
    ],
    ['a number to load', () => Sequential.load(any(5)), ARGUMENT, 'path'],
    ['a file that is not there', () => Sequential.load('/nowhere.safetensors'), 'ERR_DEEPBLAS_FILE', '/nowhere'],
    ['a folder to load', () => Sequential.load(tmpdir()), 'ERR_DEEPBLAS_FILE', tmpdir()],
  ])

  test('errors of asynchronous calls show where they were called', async () => {
    const { stack } = await failure(async function theCaller() {
      await train({ epochs: -1 })
    })
    expect(stack).toContain('inputs.test')
  })
})

test('a model file cut at every 100th byte, or with bytes changed, is refused or loads a working model', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'model.safetensors')
    const saved = model()
    await saved.fit(Dataset.from({ x, y: ['a', 'b', 'c'] }), { loss: 'crossEntropy', epochs: 2 })
    await saved.save(path)
    const bytes = await readFile(path)
    expect(bytes.length).toBeGreaterThan(800)
    const cuts = [
      ...Array.from({ length: Math.ceil(bytes.length / 100) }, (_, i) => 100 * i),
      1,
      7,
      8,
      9,
      bytes.length - 1,
    ]
    for (const length of cuts) {
      await writeFile(path, bytes.subarray(0, length))
      const { code, message } = await failure(() => Sequential.load(path))
      expect([length, code]).toEqual([length, 'ERR_DEEPBLAS_FILE'])
      expect(message).toContain(path)
    }
    await writeFile(path, Buffer.concat([bytes, Buffer.of(0)]))
    expect((await failure(() => Sequential.load(path))).code).toBe('ERR_DEEPBLAS_FILE')
    let loaded = 0
    for (let at = 0; at < bytes.length; at += 3) {
      const changed = Buffer.from(bytes)
      changed[at] = changed[at]! ^ (1 << (at % 8))
      await writeFile(path, changed)
      try {
        const other = await Sequential.load(path)
        expect(other.predictSync(x).data.every((value) => value >= 0 && value <= 1)).toBe(true)
        loaded++
      } catch (error) {
        expect((error as { code: string }).code, `byte ${at}: ${(error as Error).message}`).toBe('ERR_DEEPBLAS_FILE')
      }
    }
    expect(loaded).toBeGreaterThan(0)
    await writeFile(path, bytes)
    const whole = await Sequential.load(path)
    expect(worstError(whole.predictSync(x).data, [...saved.predictSync(x).data])).toBe(0)
    expect(whole.labels).toEqual(['a', 'b', 'c'])
  } finally {
    await rm(folder, { recursive: true })
  }
})
