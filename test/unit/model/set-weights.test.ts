import { expect, test } from 'vitest'
import { Dense, Sequential } from '../../../lib/index.js'

const model = (outputs: number, seed: number) =>
  new Sequential([new Dense(4, { activation: 'relu' }), new Dense(outputs)], { inputs: 3, seed })

test('partial: what fits is set, a head of another size stays', () => {
  const from = model(5, 1)
  const to = model(2, 2)
  const head = to.getWeights().slice(2)
  expect(to.setWeights(from.getWeights(), { partial: true })).toEqual(['layers.0.weight', 'layers.0.bias'])
  expect(to.getWeights().slice(0, 2)).toEqual(from.getWeights().slice(0, 2))
  expect(to.getWeights().slice(2)).toEqual(head)
})

test('whole: the names of all', () => {
  const names = ['layers.0.weight', 'layers.0.bias', 'layers.1.weight', 'layers.1.bias']
  expect(model(2, 2).setWeights(model(2, 1).getWeights())).toEqual(names)
})

test('without partial another head is refused; with it, a list of which nothing fits', () => {
  const to = model(2, 2)
  expect(() => to.setWeights(model(5, 1).getWeights())).toThrow(/Expected shape \[2, 4\] for weight 'layers.1.weight'/)
  expect(() => to.setWeights(model(5, 1).getWeights().slice(2), { partial: true })).toThrow(
    /the model has at least one.*'layers.1.weight' \[5, 4\].*'layers.0.weight' \[4, 3\]/,
  )
  expect(() => to.setWeights([], { partially: true } as never)).toThrow(/option 'partially'/)
})
