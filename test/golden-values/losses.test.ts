import { expect, test } from 'vitest'
import { loss as lossOf } from '../../lib/losses/loss.js'
import { golden, worstError } from '../helpers/golden.js'
import { type Input, runKernels } from '../helpers/kernels.js'

interface Case {
  prediction: number[][]
  loss: number
  gradient: number[][]
}
const file = golden<{
  target: number[][]
  binary: number[][]
  classes: number[]
  sampleWeights: number[]
  cases: Record<string, Case>
}>('losses')

const BOUND = 1e-5
const classes: Input = { rows: file.classes.map((label) => [label]), type: 'int32' }
const ones = file.classes.map(() => 1)
const cases: [name: string, loss: string, target: Input, weights: number[]][] = [
  ['meanSquaredError', 'meanSquaredError', { rows: file.target }, ones],
  ['binaryCrossEntropy(logits)', 'binaryCrossEntropy', { rows: file.binary }, ones],
  ['crossEntropy(logits)', 'crossEntropy', classes, ones],
  ['crossEntropy(huge logits)', 'crossEntropy', classes, ones],
  ['crossEntropy(logits, sampleWeights)  [sum(w*l)/sum(w)]', 'crossEntropy', classes, file.sampleWeights],
]

for (const [name, lossName, target, weights] of cases) {
  test(`loss: ${name}`, () => {
    const given = file.cases[name]!
    const columns = given.prediction[0]!.length
    const { rowLoss, gradient } = runKernels(
      { prediction: { rows: given.prediction }, target, weights: { rows: weights.map((weight) => [weight]) } },
      (record, tensors) => {
        const results = { rowLoss: record.empty(1, 'float64'), gradient: record.empty(columns) }
        const sum = record.scratch(1, 1, 0, 'float64')
        record.weightSum({ sum, sampleWeights: tensors.weights })
        const { prediction } = tensors
        lossOf('loss', lossName).record(record, {
          prediction,
          target: tensors.target,
          sampleWeights: tensors.weights,
          weightSum: sum,
          ...results,
        })
        return results
      },
    )
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const mean = rowLoss.reduce((sum, value, row) => sum + value * weights[row]!, 0) / total
    expect(worstError([mean], [given.loss])).toBeLessThanOrEqual(BOUND)
    expect(worstError(gradient, given.gradient.flat())).toBeLessThanOrEqual(BOUND)
  })
}
