import { expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  Dataset,
  Dense,
  type LossName,
  lessonL2,
  type Optimizer,
  Sequential,
  SGD,
} from '../../lib/index.js'
import { golden, worstError } from '../helpers/golden.js'

interface LayerValues {
  'weight (out,in)': number[][]
  bias: number[]
}
interface Case {
  sizes: number[]
  activations: string[]
  loss: LossName
  optimizer: string
  l2_lambda: number
  x: number[][]
  y: number[] | number[][]
  initial: LayerValues[]
  gradients_of_step_1: { dweight: number[][]; dbias: number[] }[]
  loss_of_each_step: number[]
  final: LayerValues[]
}

const BOUND = 1e-5
const { cases } = golden<{ cases: Record<string, Case> }>('networks')

function optimizerOf(text: string): Optimizer {
  const number = (name: string) => Number(new RegExp(`${name}=([\\d.e-]+)`).exec(text)?.[1])
  const learningRate = number('lr')
  if (text.startsWith('AdamW')) return new AdamW({ learningRate, weightDecay: number('weightDecay') })
  return text.startsWith('Adam') ? new Adam({ learningRate }) : new SGD({ learningRate })
}

function modelOf(given: Case): Sequential {
  const layers = given.activations.map(
    (name, i) =>
      new Dense(given.sizes[i + 1]!, {
        activation: (name === 'gelu(erf)' ? 'gelu' : name) as 'relu',
        ...(given.l2_lambda > 0 ? { regularizer: lessonL2(given.l2_lambda) } : {}),
      }),
  )
  const model = new Sequential(layers, { inputs: given.sizes[0]! })
  model.setWeights(
    given.initial.flatMap((layer, i) => [
      {
        name: `layers.${i}.weight`,
        shape: [given.sizes[i + 1]!, given.sizes[i]!],
        data: Float32Array.from(layer['weight (out,in)'].flat()),
      },
      { name: `layers.${i}.bias`, shape: [given.sizes[i + 1]!], data: Float32Array.from(layer.bias) },
    ]),
  )
  return model
}

for (const [name, given] of Object.entries(cases)) {
  test(`network: ${name}`, async () => {
    const model = modelOf(given)
    const data = Dataset.from({ x: given.x, y: given.y })
    const gradients = await model.gradients(data, { loss: given.loss })
    for (const [i, { dweight, dbias }] of given.gradients_of_step_1.entries()) {
      expect(worstError(gradients[2 * i]!.data, dweight.flat())).toBeLessThanOrEqual(BOUND)
      expect(worstError(gradients[2 * i + 1]!.data, dbias)).toBeLessThanOrEqual(BOUND)
    }
    const history = await model.fit(data, {
      loss: given.loss,
      optimizer: optimizerOf(given.optimizer),
      epochs: given.loss_of_each_step.length,
      batchSize: 'full',
    })
    expect(
      worstError(
        history.epochs.map(({ loss }) => loss),
        given.loss_of_each_step,
      ),
    ).toBeLessThanOrEqual(BOUND)
    const weights = model.getWeights()
    for (const [i, layer] of given.final.entries()) {
      expect(worstError(weights[2 * i]!.data, layer['weight (out,in)'].flat())).toBeLessThanOrEqual(BOUND)
      expect(worstError(weights[2 * i + 1]!.data, layer.bias)).toBeLessThanOrEqual(BOUND)
    }
  })
}
