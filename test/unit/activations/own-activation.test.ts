import { describe, expect, test } from 'vitest'
import {
  Activation,
  type ActivationOption,
  type ActivationRule,
  checkActivation,
  Dataset,
  Dense,
  defineActivation,
  type Element,
  elu,
  gelu,
  leakyRelu,
  Sequential,
} from '../../../lib/index.js'

const cube: ActivationRule = {
  name: 'cube',
  forward: (x) => x.squared().times(x),
  derivative: (x) => x.squared().times(3),
}
const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringMatching(message) })

test('a rule, or what defineActivation makes of it', () => {
  for (const activation of [cube, defineActivation(cube)]) {
    const model = new Sequential([new Activation(activation)], { inputs: 3 })
    expect([...model.predictSync([[-2, 0.5, 3]]).data]).toEqual([-8, 0.125, 27])
    expect(model.layers[0]!.activationName).toBe('cube')
  }
})

test('only what the derivative reads is kept', async () => {
  const cachedBy = async (derivative: ActivationRule['derivative']) => {
    const model = new Sequential([new Dense(2), new Activation({ ...cube, derivative }), new Dense(1)], { inputs: 2 })
    const { layers } = await model.trace(Dataset.from({ x: [[1, 2]], y: [[1]] }), { loss: 'meanSquaredError' })
    return layers[1]!.cached
  }
  expect(await cachedBy((x) => x.squared())).toEqual(['x'])
  expect(await cachedBy((_, output) => output.times(3))).toEqual(['output'])
  expect(await cachedBy((x, output) => x.times(output))).toEqual(['x', 'output'])
  expect(await cachedBy(() => 3)).toEqual([])
})

describe('checkActivation', () => {
  test('finds a derivative that is off by one part in a hundred, and says where', () => {
    expect(checkActivation(cube)).toBeLessThan(5e-4)
    const wrong = { ...cube, derivative: (x: Element) => x.squared().times(3.03) }
    expect(() => checkActivation(wrong)).toThrow(refused(/'cube' at -?[\d.]+.*but it is/))
    expect(checkActivation(wrong, { bound: 0.02 })).toBeGreaterThan(0.005)
  })

  test('finds one that is wrong on one side only, one that reads the wrong one of the two, and NaN', () => {
    const sided = { ...cube, derivative: (x: Element) => x.moreThan(4).select(0, x.squared().times(3)) }
    expect(() => checkActivation(sided)).toThrow(refused(/at 4\.\d/))
    const mixed = {
      name: 'mixed',
      forward: (x: Element) => x.tanh(),
      derivative: (x: Element) => x.squared().negated().plus(1),
    }
    expect(() => checkActivation(mixed)).toThrow(refused(/mixed/))
    const none = { ...cube, derivative: (x: Element) => x.over(0).times(0) }
    expect(() => checkActivation(none)).toThrow(refused(/NaN/))
  })

  test('at given points', () => {
    expect(() => checkActivation('relu', { points: [-1, 0, 1] })).toThrow(refused(/at 0 .*corner/))
    expect(checkActivation('relu', { points: [-1, 1] })).toBeLessThan(1e-4)
    expect(() => checkActivation('relu', { points: [] })).toThrow(refused(/points/))
    expect(() => checkActivation('relu', { points: ['1' as never] })).toThrow(refused(/points\[0\]/))
    expect(() => checkActivation('softmax')).toThrow(refused(/element-wise/))
  })
})

test.each<[string, () => unknown, RegExp]>([
  ['a name that is taken', () => defineActivation({ ...cube, name: 'softmax' }), /rule\.name/],
  ['no name', () => defineActivation({ ...cube, name: '' }), /rule\.name/],
  ['a name that is none', () => new Dense(1, { activation: { ...cube, name: 3 as never } }), /activation\.name/],
  [
    'no derivative',
    () => new Dense(1, { activation: { name: 'x', forward: (x: Element) => x } as never }),
    /derivative/,
  ],
  ['forward that gives a number', () => defineActivation({ ...cube, forward: () => 1 as never }), /return an element/],
  [
    'a derivative that gives nothing',
    () => defineActivation({ ...cube, derivative: () => undefined as never }),
    /derivative/,
  ],
  [
    'a suggestion that no default initializer follows',
    () => defineActivation({ ...cube, suggestedInitializer: 'heNorma' as never }),
    /rule\.suggestedInitializer.*Did you mean 'heNormal'/,
  ],
  ['not a rule', () => defineActivation('relu' as never), /forward/],
  ['an unknown name', () => new Activation('rellu' as never), /Did you mean 'relu'/],
  ['a number', () => new Activation(3 as never), /activation/],
  ['a configured one that takes no options', () => new Activation({ name: 'tanh' } as never), /activation\.name/],
  ['an unknown option', () => new Activation({ name: 'elu', slope: 1 } as never), /slope/],
  ['a slope below 0', () => leakyRelu({ slope: -0.1 }), /slope/],
  ['an alpha that is no number', () => elu({ alpha: '1' as never }), /alpha/],
  ['an approximation that is none', () => gelu({ approximate: 'sigmoid' as never }), /approximate/],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(refused(message))
})

test('an activation of the user suggests how the weights before it start', () => {
  const start = (activation: ActivationOption) => new Dense(4, { activation }).initializer
  expect(start(cube)).toEqual({ name: 'glorotUniform' })
  expect(start(defineActivation({ ...cube, suggestedInitializer: 'heNormal' }))).toEqual({ name: 'heNormal' })
  const own = { activation: { ...cube, suggestedInitializer: 'lecunNormal' } } as const
  expect(new Dense(4, own).initializer).toEqual({ name: 'lecunNormal' })
  expect(new Dense(4, { ...own, initializer: 'zeros' }).initializer).toEqual({ name: 'zeros' })
})
