import { describe, expect, test } from 'vitest'
import { Dataset, Dense, defineLoss, defineMetric, Sequential, SGD } from '../../../lib/index.js'

const x = [
  [0, 1],
  [1, 0],
]
const data = Dataset.from({ x, y: [0, 1] })
const model = () => new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 2 })
const train = (options: object) => model().fit(data, { loss: 'crossEntropy', epochs: 1, ...options } as never)
const any = (value: unknown) => value as never
const rates = (rate: unknown) => ({ name: 'own', learningRate: 0.1, rate: () => rate })

/** Walked through it takes minutes. */
const claiming = () => Object.assign([1], { length: 2 ** 32 - 1 })

type Wrong = readonly [what: string, call: () => unknown, argument: string]
const cases: Wrong[] = [
  ['a name for metrics', () => train({ metrics: 'accuracy' }), 'metrics'],
  ['a name for metrics of evaluate', () => model().evaluate(data, any({ metrics: 'accuracy' })), 'metrics'],
  ['a number for callbacks', () => train({ callbacks: 5 }), 'callbacks'],
  ['one callback for callbacks', () => train({ callbacks: { onEpochEnd() {} } }), 'callbacks'],
  ['a number for a callback', () => train({ callbacks: [5] }), 'callbacks[0]'],
  ['a callback without methods', () => train({ callbacks: [{}] }), 'onEpochEnd'],
  ['a callback with a misspelt method', () => train({ callbacks: [{ onEpochend() {} }] }), "Did you mean 'onEpochEnd'"],
  ['a number for a method', () => train({ callbacks: [{ onEpochEnd: 5 }] }), 'callbacks[0].onEpochEnd'],
  ['a class for a method', () => train({ callbacks: [{ onEpochEnd: class {} }] }), 'callbacks[0].onEpochEnd'],
  ['a class for a stream', () => model().fit(any(class {}), { loss: 'crossEntropy' }), 'Dataset'],
  ['a class for a function of rows', () => data.map(any(class Odd {})), 'It is a class: write new Odd(…).'],
  ['a class for a rule', () => defineLoss({ name: 'own', rule: any(class {}) } as never), 'rule'],
  ['a class for a metric', () => defineMetric({ name: 'own', fromScores: any(class {}) }), 'fromScores'],
  ['an optimizer for a metric', () => train({ metrics: [new SGD()] }), 'metrics[0]'],
  ['a number for a metric', () => defineMetric({ name: 'own', rule: any(3) }), 'rule'],
  ['inputs that only claim their length', () => new Sequential([new Dense(1)], { inputs: any(claiming()) }), 'inputs'],
  ['targets that only claim their length', () => Dataset.from({ x, y: [claiming(), [1]] }), 'y'],
  ['a list that only claims its length', () => Dataset.from({ x: [claiming()] }), 'x[0]'],
  ['misspelt needs', () => train({ callbacks: [{ needs: 'epcoh', onEpochEnd() {} }] }), "Did you mean 'epoch'"],
  [
    'no steps to need',
    () => train({ callbacks: [{ needs: { steps: 0 }, onStepEnd() {} }] }),
    'callbacks[0].needs.steps',
  ],
  [
    'a promise from onProgress',
    () => train({ callbacks: [{ onProgress: () => Promise.reject(new Error('disk full')) }] }),
    'onProgress',
  ],
  ['a schedule of NaN', () => train({ optimizer: new SGD({ learningRate: any(rates(Number.NaN)) }) }), 'rate(0)'],
  ['a schedule of texts', () => train({ optimizer: new SGD({ learningRate: any(rates('x')) }) }), 'rate(0)'],
  ['NaN in y', () => Dataset.from({ x, y: [0, Number.NaN] }), 'y[1]'],
  ['a number beyond float32 in y', () => Dataset.from({ x, y: [[1], [1e39]] }), 'y[1]'],
  ['null for sampleWeights', () => Dataset.from({ x, y: [0, 1], sampleWeights: any(null) }), 'sampleWeights'],
  ['text for sampleWeights', () => Dataset.from({ x, y: [0, 1], sampleWeights: any('ab') }), 'sampleWeights'],
  [
    'big integers for sampleWeights',
    () => Dataset.from({ x, y: [0, 1], sampleWeights: any([1n, 1n]) }),
    'sampleWeights',
  ],
  ['a misspelt part of the data', () => Dataset.from(any({ x, y: [0, 1], sampleWeight: [1, 1] })), 'sampleWeight'],
  ['a number for featureShape', () => Dataset.from({ x }, any({ featureShape: 2 })), 'featureShape'],
  ['a number for labels', () => Dataset.from({ x, y: [0, 1] }, any({ labels: 5 })), 'labels'],
  ['numbers for labels', () => Dataset.from({ x, y: [0, 1] }, any({ labels: [1, 2] })), 'labels'],
  ['text in a subset', () => data.subset(any(['a'])), 'rows'],
  ['half a row in a subset', () => data.subset([0.5]), 'rows'],
  ['no options for gradients', () => model().gradients(data, any(undefined)), 'loss'],
  ['rows for gradients', () => model().gradients(any(x), { loss: 'crossEntropy' }), 'data'],
  ['no options for trace', () => model().trace(data, any(undefined)), 'loss'],
  ['rows for trace', () => model().trace(any(x), { loss: 'crossEntropy' }), 'data'],
  ['null for the options of explain', () => model().explain(any(null)), 'explain'],
  ['a misspelt option of explain', () => model().explain(any({ batchsize: 5 })), 'batchSize'],
  ['a number for the optimizer of explain', () => model().explain(any({ optimizer: 0.1 })), 'optimizer'],
  ['null in a list of weights', () => model().setWeights(any([null])), 'weights[0]'],
  ['a weight without shape', () => model().setWeights(any([{ name: 'layers.0.weight' }])), 'layers.0.weight'],
]

describe('wrong arguments are named', () => {
  test.each(cases)('%s', async (_what, call, argument) => {
    let error: { code?: string; message?: string } = { message: 'nothing was thrown' }
    try {
      await call()
    } catch (thrown) {
      error = thrown as Error
    }
    expect([error.code, error.message]).toEqual([
      expect.stringMatching(/^ERR_DEEPBLAS_(ARGUMENT|SHAPE|DATA)$/),
      expect.stringContaining(argument),
    ])
  })
})
