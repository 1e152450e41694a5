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

test.each([
  ['shape', [3, Symbol('odd')], /the shape of 'layers.0.weight'\[1\]/],
  ['shape', [Object.create(null), 3], /the shape of 'layers.0.weight'\[0\]/],
  ['shape', [4, -3], /the shape of 'layers.0.weight'\[1\]/],
  ['data', [1, Symbol('odd')], /the data of 'layers.0.weight'\[1\]/],
  ['data', [3n], /the data of 'layers.0.weight'\[0\]/],
  ['data', [1, '2'], /the data of 'layers.0.weight'\[1\]/],
])('an odd %s is named: %o', (key, value, message) => {
  const to = model(2, 2)
  const before = to.getWeights()
  const given = before.map((weight, i) => (i === 0 ? { ...weight, [key]: value } : weight))
  for (const partial of [false, true]) {
    expect(() => to.setWeights(given as never, { partial })).toThrow(
      expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringMatching(message) }),
    )
  }
  expect(to.getWeights()).toEqual(before)
})

test('without partial another head is refused; with it, a list of which nothing fits', () => {
  const to = model(2, 2)
  expect(() => to.setWeights(model(5, 1).getWeights())).toThrow(/Expected shape \[2, 4\] for weight 'layers.1.weight'/)
  expect(() => to.setWeights(model(5, 1).getWeights().slice(2), { partial: true })).toThrow(
    /the model has at least one.*'layers.1.weight' \[5, 4\].*'layers.0.weight' \[4, 3\]/,
  )
  expect(() => to.setWeights([], { partially: true } as never)).toThrow(/option 'partially'/)
})
