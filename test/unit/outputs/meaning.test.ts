import { describe, expect, test } from 'vitest'
import { activation } from '../../../lib/activations/activation.js'
import {
  type ActivationName,
  activationNames,
  constant,
  Dataset,
  Dense,
  defineActivation,
  defineLoss,
  Sequential,
} from '../../../lib/index.js'
import { loss } from '../../../lib/losses/names.js'
import { outputMeaning, thresholdOf } from '../../../lib/outputs/meaning.js'

const meaningOf = (name: ActivationName, lossName: string, outputs: number, fused: boolean) =>
  outputMeaning({ outputs, outputActivation: activation('activation', name) }, loss('loss', lossName), fused)

describe('what outputs mean', () => {
  test.each([
    ['softmax', 'crossEntropy', 3, 'probabilities', 'logits'],
    ['logSoftmax', 'crossEntropy', 3, 'logProbabilities', 'logits'],
    ['linear', 'crossEntropy', 3, 'logits', 'logits'],
    ['sigmoid', 'binaryCrossEntropy', 1, 'probabilities', 'logits'],
    ['linear', 'binaryCrossEntropy', 1, 'logits', 'logits'],
    ['softmax', 'kullbackLeibler', 2, 'probabilities', 'logits'],
    ['linear', 'poisson', 1, 'logRates', 'logRates'],
    ['softplus', 'poisson', 1, 'values', 'values'],
    ['sigmoid', 'meanSquaredError', 1, 'probabilities', 'probabilities'],
    ['hardSigmoid', 'meanSquaredError', 1, 'probabilities', 'probabilities'],
    ['linear', 'meanSquaredError', 1, 'values', 'values'],
    ['linear', 'hinge', 1, 'values', 'values'],
  ] as const)('of %s with %s of %i', (name, lossName, outputs, predicted, recorded) => {
    expect(meaningOf(name, lossName, outputs, false)).toBe(predicted)
    expect(meaningOf(name, lossName, outputs, true)).toBe(recorded)
  })

  test('every other activation gives values', () => {
    const known = ['softmax', 'logSoftmax', 'sigmoid', 'hardSigmoid']
    for (const name of activationNames.filter((one) => !known.includes(one))) {
      expect(meaningOf(name, 'meanSquaredError', 2, false), name).toBe('values')
    }
  })

  test('thresholds', () => {
    expect(thresholdOf(loss('loss', 'binaryCrossEntropy'), 'probabilities')).toBe(0.5)
    expect(thresholdOf(loss('loss', 'binaryCrossEntropy'), 'logits')).toBe(0)
    expect(thresholdOf(loss('loss', 'hinge'), 'values')).toBe(0)
  })
})

describe('an activation of a user', () => {
  const steep = (gives?: 'probabilities') =>
    defineActivation({
      name: 'steep',
      forward: (x) => x.times(2).sigmoid(),
      derivative: (_, output) => output.minus(output.squared()).times(2),
      ...(gives && { gives }),
    })
  const squares = defineLoss({
    name: 'squares',
    targetKind: 'binary',
    rule: ({ prediction, target }) => ({
      value: prediction.minus(target).squared(),
      derivative: prediction.minus(target).times(2),
    }),
  })
  const data = Dataset.from({ x: [[1], [-1], [2]], y: [1, 0, 0] })
  const modelOf = (gives?: 'probabilities') =>
    new Sequential([new Dense(1, { activation: steep(gives), initializer: constant(1) })], { inputs: 1 })

  test('says that its outputs are probabilities, and metrics of probabilities are computed of them', async () => {
    const { logLoss } = await modelOf('probabilities').evaluate(data, { loss: squares, metrics: ['logLoss'] })
    const terms = [2, 2, -4].map((z) => Math.log(1 + Math.exp(-z)))
    expect(logLoss).toBeCloseTo(terms.reduce((sum, term) => sum + term) / 3, 5)
  })

  test('gives values where it says nothing, of which there is no log loss', async () => {
    await expect(modelOf().evaluate(data, { loss: squares, metrics: ['logLoss'] })).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringContaining("for metric 'logLoss'"),
    })
  })

  test('cannot say anything else', () => {
    const rule = { name: 'wrong', forward: (x: never) => x, derivative: () => 1, gives: 'probability' }
    expect(() => defineActivation(rule as never)).toThrow(
      expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining('rule.gives') }),
    )
  })
})
