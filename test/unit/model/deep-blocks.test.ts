import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  Checkpoint,
  Dataset,
  Dense,
  datasets,
  type Layer,
  l2,
  maxNorm,
  Population,
  Residual,
  Sequential,
  uniform,
} from '../../../lib/index.js'

/** Blocks inside one another. */
function deep(depth: number): Layer {
  const options = {
    initializer: uniform({ low: -0.1, high: 0.1 }),
    regularizer: l2([0.1, 0.2]),
    constraint: maxNorm(3),
  }
  let layer: Layer = new Dense(2, options as object)
  for (let i = 0; i < depth; i++) layer = new Residual(layer)
  return layer
}

const layers = (depth: number) => [deep(depth), new Dense(1, { activation: 'sigmoid' })]
const options = { inputs: 2, seed: 1, members: 2 }

test('blocks that a model takes can be saved, loaded and resumed, however deep they are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  const data = Dataset.from(datasets.moons({ samples: 20 }))
  const many = new Population(layers(19), options)
  const [model, checkpoint] = [join(folder, 'model.safetensors'), join(folder, 'checkpoint.safetensors')]
  const fit = { loss: 'binaryCrossEntropy', epochs: 2 } as const
  await many.fit(data, { ...fit, epochs: 1, callbacks: [new Checkpoint(checkpoint)] })
  await many.save(model)
  expect((await Population.load(model)).member(1).getWeights()).toEqual(many.member(1).getWeights())
  await new Population(layers(19), options).fit(data, { ...fit, resume: checkpoint })
})

test.each([20, 100_000])('blocks of %d inside one another are refused before any training', (depth) => {
  for (const make of [
    () => new Sequential(layers(depth), { inputs: 2 }),
    () => new Population(layers(depth), options),
  ]) {
    expect(make).toThrow(/^Expected blocks inside one another at most 19 deep/)
  }
})
