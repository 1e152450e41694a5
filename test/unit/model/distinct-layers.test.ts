import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  Activation,
  BatchNorm,
  Concatenate,
  categorical,
  Dataset,
  Dense,
  Dropout,
  Embedding,
  type Layer,
  LayerNorm,
  Population,
  Residual,
  Sequential,
} from '../../../lib/index.js'

const inputs = 3
const makers: readonly (() => Layer)[] = [
  () => new Dense(inputs),
  () => new Dense(inputs, { activation: 'relu', bias: false }),
  () => new BatchNorm(),
  () => new LayerNorm(),
]

/** A layer within so many blocks, between layers of its own. */
function nested(layer: Layer, depth: number): Layer {
  return depth === 0 ? layer : new Residual([new Dense(inputs), nested(layer, depth - 1), new Dense(inputs)])
}

test('one layer object at two places of a model, at any depth, is an error that names both', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...makers),
      fc.nat(3),
      fc.nat(3),
      fc.nat(2),
      fc.constantFrom('sequential', 'population'),
      (make, depth, otherDepth, between, kind) => {
        const layers = (twice: boolean) => {
          const shared = make()
          return [
            nested(shared, depth),
            ...Array.from({ length: between }, () => new Dense(inputs)),
            nested(twice ? shared : make(), otherDepth),
            new Dense(1),
          ]
        }
        const build = (list: readonly Layer[]) =>
          kind === 'sequential' ? new Sequential(list, { inputs }) : new Population(list, { inputs, members: 2 })
        const path = (index: number, blocks: number) => `layers[${index}]${'.block.1'.repeat(blocks)}`
        expect(() => build(layers(true))).toThrow(
          `as both ${path(0, depth)} and ${path(between + 1, otherDepth)}. Layers cannot share weights`,
        )
        expect(build(layers(false)).outputs).toBe(1)
      },
    ),
    { numRuns: 60 },
  )
})

describe('in layers of layers', () => {
  test('twice in one block', () => {
    const layer = new Dense(2)
    expect(() => new Sequential([new Residual([layer, layer])], { inputs: 2 })).toThrow(
      'layers[0].block.0 and layers[0].block.1',
    )
  })

  test('a whole block twice', () => {
    const block = new Residual(new Dense(2))
    expect(() => new Sequential([block, block], { inputs: 2 })).toThrow('layers[0] and layers[1]')
  })

  test('one Embedding for two categories', () => {
    const embedding = new Embedding(2)
    const layers = [new Concatenate({ from: embedding, to: embedding }), new Dense(1)]
    expect(() => new Sequential(layers, { inputs: { from: categorical(4), to: categorical(4) } })).toThrow(
      'layers[0].from and layers[0].to',
    )
  })
})

test('the error has a code and says what to do', () => {
  const layer = new Dense(2)
  expect(() => new Sequential([layer, layer], { inputs: 2 })).toThrow(
    expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining('new Dense(…)') }),
  )
})

test('a layer without weights may stand at several places: there is nothing to share', () => {
  const [dropout, activation] = [new Dropout(0.2), new Activation('relu')]
  const layers = [new Dense(4), activation, dropout, new Dense(4), activation, dropout, new Residual([activation])]
  const model = new Sequential([...layers, new Dense(1)], { inputs: 2, seed: 1 })
  const apart = [
    ...[new Dense(4), new Activation('relu'), new Dropout(0.2), new Dense(4), new Activation('relu')],
    ...[new Dropout(0.2), new Residual([new Activation('relu')]), new Dense(1)],
  ]
  const same = new Sequential(apart, { inputs: 2, seed: 1 })
  const data = Dataset.from({ x: [[1, 2], [3, 4], [5, 7]], y: [1, 2, 3] }) // biome-ignore format: one line
  const options = { loss: 'meanSquaredError', epochs: 5, batchSize: 2 } as const
  model.fitSync(data, options)
  same.fitSync(data, options)
  expect(model.getWeights()).toEqual(same.getWeights())
})

test('one list of layers makes several models, populations, members and clones', () => {
  const layers = [new Dense(4, { activation: 'relu' }), new Residual([new BatchNorm(), new Dense(4)]), new Dense(1)]
  const first = new Sequential(layers, { inputs: 2, seed: 3 })
  const second = new Sequential(layers, { inputs: 2, seed: 3 })
  expect(second.getWeights()).toEqual(first.getWeights())
  expect(first.clone().getWeights()).toEqual(first.getWeights())
  const many = new Population(layers, { inputs: 2, members: 2, seed: 3 })
  expect(many.member(0).getWeights()).toEqual(first.getWeights())
  // Layers of a model are descriptions of layers too.
  expect(new Sequential(first.layers, { inputs: 2, seed: 3 }).getWeights()).toEqual(first.getWeights())
  expect(() => new Sequential([...first.layers, first.layers[0]!], { inputs: 1 })).toThrow()
})

test('layers of another model start with new weights, which is told once, and layers of no model are not told of', () => {
  const warnings: string[] = []
  const emit = process.emitWarning
  process.emitWarning = ((message: string, { code }: { code: string }) => {
    warnings.push(`${code} ${message}`)
  }) as typeof process.emitWarning
  try {
    fc.assert(
      fc.property(fc.constantFrom(...makers), fc.nat(2), fc.boolean(), (make, depth, population) => {
        warnings.length = 0
        const own = [nested(make(), depth), new Dropout(0.1), new Dense(1)]
        const model = new Sequential(own, { inputs, seed: 1 })
        new Sequential(own, { inputs, seed: 2 }).clone()
        new Sequential([model.layers[1]!, new Dense(1)], { inputs })
        expect(warnings).toEqual([])
        const taken = [model.layers[1]!, model.layers[0]!, new Dense(2)]
        for (let i = 0; i < 2; i++) {
          const made = population
            ? new Population(taken, { inputs, members: 2 })
            : new Sequential(taken, { inputs, seed: 3 }).clone()
          expect(made.outputs).toBe(2)
        }
        expect(warnings).toEqual([
          expect.stringMatching(/^DEEPBLAS_NEW_WEIGHTS layers\[1\] is a layer of another model/),
        ])
      }),
      { numRuns: 20 },
    )
  } finally {
    process.emitWarning = emit
  }
})
