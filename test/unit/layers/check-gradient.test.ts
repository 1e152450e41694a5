import { expect, test } from 'vitest'
import {
  type Backward,
  type Cache,
  checkGradient,
  Dense,
  Layer,
  l2,
  type Recorder,
  type Tensor,
} from '../../../lib/index.js'

/** x², with a derivative that is right only for `factor` 2. */
class Square extends Layer {
  readonly type = 'Square'
  readonly factor: number
  readonly inputs: number | undefined

  constructor(factor: number, inputs?: number) {
    super()
    this.factor = factor
    this.inputs = inputs
  }

  get outputs() {
    return this.inputs
  }

  bind(inputs: number) {
    return new Square(this.factor, inputs)
  }

  forward(record: Recorder, x: Tensor) {
    const output = record.empty(x.columns)
    record.map({ inputs: { x }, outputs: { output } }, (given) => ({ output: given.x.squared() }))
    return { output, cache: { x } }
  }

  backward(record: Recorder, cache: Cache, outputGradient: Tensor): Backward {
    const inputGradient = record.empty(outputGradient.columns)
    record.map({ inputs: { x: cache.x!, outputGradient }, outputs: { inputGradient } }, (given) => ({
      inputGradient: given.outputGradient.times(given.x).times(this.factor),
    }))
    return { inputGradient }
  }

  options() {
    return { factor: this.factor }
  }
}

test('a right backward block passes with the error that it has', () => {
  const error = checkGradient(new Square(2), { inputs: 4, rows: 3, seed: 2 })
  expect(error).toBeGreaterThan(0)
  expect(error).toBeLessThan(0.001)
})

test('a backward block that is 2 % off is refused, and the element named', () => {
  expect(() => checkGradient(new Square(2.04), { inputs: 4, rows: 3, seed: 2 })).toThrowError(
    expect.objectContaining({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringMatching(
        /^Expected a gradient of about -?[\d.e-]+ for x\[\d+\] of Square, .* gives -?[\d.e-]+/,
      ),
    }),
  )
  expect(checkGradient(new Square(2.04), { inputs: 4, rows: 3, seed: 2, bound: 0.1 })).toBeCloseTo(0.02, 3)
})

test('a gradient that is not finite is refused', () => {
  expect(() => checkGradient(new Square(Number.POSITIVE_INFINITY), { inputs: 2 })).toThrowError(/relative error of/)
})

test('a backward block that forgets the input gradient is refused', () => {
  class Forgetful extends Square {
    override bind(inputs: number) {
      return new Forgetful(2, inputs)
    }
    override backward(): Backward {
      return { inputGradient: undefined }
    }
  }
  expect(() => checkGradient(new Forgetful(2), { inputs: 2 })).toThrowError(/inputGradient .* received none/)
})

test('penalties belong to the gradient', () => {
  const layer = new Dense(3, { regularizer: l2(2), activation: 'relu' })
  expect(checkGradient(layer, { inputs: 4 })).toBeLessThan(0.002)
})

test('wrong use is refused', () => {
  expect(() => checkGradient({} as Layer, { inputs: 2 })).toThrowError(/layer/)
  expect(() => checkGradient(new Dense(2))).toThrowError(/inputs/)
  expect(() => checkGradient(new Dense(2), { inputs: 2, rows: 0 })).toThrowError(/rows/)
  expect(() => checkGradient(new Dense(2), { inputs: 2, bound: 0 })).toThrowError(/bound/)
})
