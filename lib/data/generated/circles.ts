import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { finiteNumber, knownOptions, nonNegativeInteger } from '../../validate.js'
import type { GeneratedData } from './generated-data.js'
import { classSize, type PlanarPoint, planarData, requireSamples } from './planar.js'

export interface CirclesOptions {
  /** Rows, half of each class. Default 400. */
  readonly samples?: number
  /** Radius of the inner circle, where the outer one's is 1: more than 0, less than 1. Default 0.5. */
  readonly factor?: number
  /** Standard deviation of both coordinates. Default 0.1. */
  readonly noise?: number
  /** Default 0. */
  readonly seed?: number
}

/**
 * A circle around a circle: the outer one is class 0, the inner one class 1.
 *
 * As scikit-learn's `make_circles`. The points are in random order.
 *
 * @returns x float32 (samples, 2), y 0 or 1
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 */
export function circles(options?: CirclesOptions): GeneratedData<Float32Array> {
  const {
    samples = 400,
    factor = 0.5,
    noise = 0.1,
    seed = 0,
  } = knownOptions<CirclesOptions>('circles', options, ['samples', 'factor', 'noise', 'seed'])
  requireSamples(samples)
  finiteNumber('factor', factor, { exclusiveMin: 0, exclusiveMax: 1 })
  finiteNumber('noise', noise, { min: 0 })
  nonNegativeInteger('seed', seed)

  const random = new RandomStream(seed, streams.generatedNoise)
  const points = [1, factor].flatMap((radius, label) => {
    const count = classSize(samples, 2, label)
    return Array.from({ length: count }, (_, i): PlanarPoint => {
      const angle = (2 * Math.PI * i) / count
      const x = radius * Math.cos(angle) + noise * random.normal()
      const y = radius * Math.sin(angle) + noise * random.normal()
      return [x, y, label]
    })
  })
  return planarData(points, new RandomStream(seed, streams.generatedOrder))
}
