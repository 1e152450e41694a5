// Every metric by scikit-learn: the functions on arrays, and evaluate of a model whose outputs are the file's. Bound: 1e-5
// of the value; the functions compute in float64 and come within 1e-12.
import { describe, expect, test } from 'vitest'
import {
  Dataset,
  Dense,
  f1,
  type Metric,
  type MetricName,
  metrics,
  precision,
  recall,
  rocAuc,
  Sequential,
  topK,
} from '../../lib/index.js'
import { golden, worstError } from '../helpers/golden.js'

type Values = Record<string, number>
const { binary, multiclass, regression } = golden<{
  binary: Values & { y: number[]; score: number[] }
  multiclass: Values & {
    y: number[]
    predicted: number[]
    probabilities: number[][]
    'confusion (rows true, columns predicted)': number[][]
  }
  regression: Values & { y: number[]; predicted: number[] }
}>('metrics')

const BOUND = 1e-5
const EXACT = 1e-12

/** The names in a part of the file beside the data, so that none is left out. */
function named(part: object, data: readonly string[]): string[] {
  return Object.keys(part).filter((name) => !data.includes(name))
}
const CONFUSION = 'confusion (rows true, columns predicted)'

/** One linear layer that passes its inputs on, behind an activation. */
function passing(count: number, activation: 'linear' | 'sigmoid' | 'softmax'): Sequential {
  const model = new Sequential([new Dense(count, { activation, bias: false })], { inputs: count })
  const data = Float32Array.from({ length: count * count }, (_, at) => Number(at % (count + 1) === 0))
  model.setWeights([{ name: 'layers.0.weight', shape: [count, count], data }])
  return model
}

describe('binary', () => {
  const { y, score } = binary
  const hard = score.map((value) => Number(value >= 0.5))
  const names = named(binary, ['y', 'score'])
  test.each(names)('%s', async (name) => {
    const function_ = metrics[name as 'accuracy'] as (targets: number[], given: number[]) => number
    const wantsScores = ['rocAuc', 'averagePrecision', 'logLoss', 'brier'].includes(name)
    expect(worstError([function_(y, wantsScores ? score : hard)], [binary[name]!])).toBeLessThanOrEqual(
      // Probabilities are kept 1e-7 from 0 and 1 there and here.
      name === 'logLoss' ? BOUND : EXACT,
    )
    const x = score.map((value) => [Math.log(Math.max(value, 1e-7) / Math.max(1 - value, 1e-7))])
    const data = Dataset.from({ x, y })
    const model = passing(1, 'sigmoid')
    const evaluation = await model.evaluate(data, { loss: 'binaryCrossEntropy', metrics: [name as MetricName] })
    expect(worstError([evaluation[name] as number], [binary[name]!])).toBeLessThanOrEqual(BOUND)
  })
})

describe('several classes', () => {
  const { y, predicted, probabilities } = multiclass
  const classes = probabilities[0]!.length
  const certain: number[][] = predicted.map((one) => Array.from({ length: classes }, (_, c) => (c === one ? 8 : 0)))
  const logarithms = probabilities.map((row) => row.map(Math.log))
  const evaluated = async (metric: MetricName | Metric, x: number[][]): Promise<unknown> => {
    const scores = await passing(classes, 'softmax').evaluate(Dataset.from({ x, y }), {
      loss: 'crossEntropy',
      metrics: [metric],
    })
    return scores[typeof metric === 'string' ? metric : metric.name]
  }

  test.each(named(multiclass, ['y', 'predicted', 'probabilities', CONFUSION]))('%s', async (name) => {
    const [type, average] = name.replace('_ovr', '').split('_') as [string, 'macro' | undefined]
    const k = /topK\((\d+)\)/.exec(name)?.[1]
    let actual: number
    let chosen: MetricName | Metric
    let x = certain
    if (k !== undefined) {
      actual = metrics.topK(y, probabilities, Number(k))
      chosen = topK(Number(k))
      x = logarithms
    } else if (type === 'rocAuc') {
      actual = metrics.rocAuc(y, probabilities, { average: average! })
      chosen = rocAuc({ average: average! })
      x = logarithms
    } else if (average === undefined) {
      actual = (metrics[type as 'accuracy'] as (targets: number[], given: number[]) => number)(y, predicted)
      chosen = type as MetricName
    } else {
      actual = metrics[type as 'f1'](y, predicted, { average })
      chosen = { precision, recall, f1 }[type as 'f1']({ average })
    }
    expect(worstError([actual], [multiclass[name]!])).toBeLessThanOrEqual(EXACT)
    expect(worstError([(await evaluated(chosen, x)) as number], [multiclass[name]!])).toBeLessThanOrEqual(BOUND)
  })

  test(CONFUSION, async () => {
    expect(metrics.confusion(y, predicted)).toEqual(multiclass[CONFUSION])
    expect(await evaluated('confusion', certain)).toEqual(multiclass[CONFUSION])
  })
})

describe('regression', () => {
  const { y, predicted } = regression
  test.each(named(regression, ['y', 'predicted']))('%s', async (name) => {
    const function_ = metrics[name as 'r2'] as (targets: number[], given: number[]) => number
    expect(worstError([function_(y, predicted)], [regression[name]!])).toBeLessThanOrEqual(EXACT)
    const data = Dataset.from({ x: predicted.map((value) => [value]), y })
    const evaluation = await passing(1, 'linear').evaluate(data, {
      loss: 'meanSquaredError',
      metrics: [name as MetricName],
    })
    expect(worstError([evaluation[name] as number], [regression[name]!])).toBeLessThanOrEqual(BOUND)
  })
})
