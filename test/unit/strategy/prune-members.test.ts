import { describe, expect, test } from 'vitest'
import {
  BatchNorm,
  Concatenate,
  categorical,
  Dataset,
  Dense,
  datasets,
  Embedding,
  l2,
  MemberHeads,
  MemberScaling,
  pruneMembers,
  Residual,
  Sequential,
  SharedDense,
  tabM,
} from '../../../lib/index.js'

const [train, held] = Dataset.from(datasets.moons({ samples: 240, noise: 0.35, seed: 4 })).split(0.4)
const fitting = { loss: 'binaryCrossEntropy', epochs: 12, batchSize: 16 } as const

async function trained(kind: 'mini' | 'full' = 'mini', members = 6) {
  const layers = tabM({ hidden: [8, 8], members, kind, outputs: 1, outputActivation: 'sigmoid', regularizer: l2(1e-4) })
  const model = new Sequential(layers, { inputs: 2, seed: 3 })
  await model.fit(train, fitting)
  return model
}

/** What every member gives by itself: the model with one of them only. */
async function each(model: Sequential, members: number): Promise<Float32Array[]> {
  const outputs: Float32Array[] = []
  for (let member = 0; member < members; member++) {
    // The heads of all members made those of one: their mean is that member's output.
    const copy = model.clone()
    copy.setWeights(
      copy.getWeights().map((one) => {
        if (one.shape[0] !== members) return one
        const size = one.data.length / members
        const own = one.data.slice(member * size, (member + 1) * size)
        return { ...one, data: Float32Array.from({ length: one.data.length }, (_, at) => own[at % size]!) }
      }),
    )
    outputs.push(copy.predictSync(held).data)
  }
  return outputs
}

describe.each(['mini', 'full'] as const)('TabM-%s', (kind) => {
  test('the model given is the mean of the members that stay, and what it costs is the smallest loss found', async () => {
    const model = await trained(kind)
    const before = [...model.predictSync(held).data]
    const outputs = await each(model, 6)
    const { model: smaller, kept, losses } = await pruneMembers(model, held)
    expect([...model.predictSync(held).data]).toEqual(before)
    expect(losses).toHaveLength(6)
    expect(new Set(kept).size).toBe(kept.length)
    const predicted = smaller.predictSync(held).data
    for (const [row, value] of predicted.entries()) {
      const expected = kept.reduce((sum, member) => sum + outputs[member]![row]!, 0) / kept.length
      expect(value).toBeCloseTo(expected, 6)
    }
    const costOf = (members: readonly number[]) => {
      let cost = 0
      for (let row = 0; row < held.rows; row++) {
        const p = members.reduce((sum, member) => sum + outputs[member]![row]!, 0) / members.length
        cost -= Math.log(held.target(row)[0] === 1 ? p : 1 - p) / held.rows
      }
      return cost
    }
    const least = Math.min(...losses)
    expect(costOf(kept)).toBeCloseTo(least, 5)
    // Greedy: the first is the best by itself, and the last loss is that of all.
    expect(losses[0]).toBeCloseTo(Math.min(...[0, 1, 2, 3, 4, 5].map((member) => costOf([member]))), 5)
    expect(losses[5]).toBeCloseTo(costOf([0, 1, 2, 3, 4, 5]), 5)
    expect(smaller.parameterCount).toBeLessThanOrEqual(model.parameterCount)
    // Its metrics are those of the last fit, and it can be trained further.
    await smaller.evaluate(held)
    await smaller.fit(train, fitting)
  })

  test('one member that stays is a network by itself', async () => {
    const model = await trained(kind)
    const { model: smaller, kept, losses } = await pruneMembers(model, held, { members: 1, loss: 'binaryCrossEntropy' })
    expect([kept.length, losses.length]).toEqual([1, 1])
    const [expected] = [(await each(model, 6))[kept[0]!]!]
    for (const [row, value] of smaller.predictSync(held).data.entries()) expect(value).toBeCloseTo(expected[row]!, 6)
  })
})

test('layers of every kind, classes by name, and more than one input', async () => {
  const layers = [
    new Concatenate({ city: new Embedding(2) }),
    new MemberScaling(4, { start: 'normal' }),
    new SharedDense(6, { activation: 'relu', adapters: 'output' }),
    new BatchNorm(),
    new Residual(new SharedDense(6, { activation: 'tanh', parametrization: 'neuralTangent' })),
    new MemberHeads(3, { activation: 'softmax', parametrization: 'neuralTangent' }),
  ]
  const x = Array.from({ length: 90 }, (_, i) => [Math.sin(i), Math.cos(i), i % 5])
  const data = Dataset.from({ x, y: x.map(([a, b]) => (a! > 0.4 ? 'high' : b! > 0 ? 'right' : 'left')) })
  const model = new Sequential(layers, { inputs: { numeric: 2, city: categorical(5) }, seed: 1 })
  await model.fit(data, { loss: 'crossEntropy', epochs: 10, batchSize: 16 })
  const { model: smaller, kept, losses } = await pruneMembers(model, data, { members: 3 })
  expect(smaller.labels).toEqual(model.labels)
  const { loss } = await smaller.evaluate(data)
  expect(loss).toBeCloseTo(Math.min(...losses), 5)
  expect(smaller.layers[1]!.describe()).toBe(`MemberScaling ${kept.length}`)
})

test('mistakes are told', async () => {
  const plain = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2 })
  const model = await trained('mini', 2)
  await expect(pruneMembers(plain, held)).rejects.toThrow(/model of several members.*Dense 1.*tabM/)
  await expect(pruneMembers(model, held, { members: 3 })).rejects.toThrow(/at most 2 for members/)
  await expect(pruneMembers(model, [] as unknown as Dataset)).rejects.toThrow(/Dataset for data/)
  await expect(pruneMembers({} as Sequential, held)).rejects.toThrow(/Sequential for model/)
  await expect(pruneMembers(model, held, { los: 'hinge' } as object)).rejects.toThrow(/loss/)
})
