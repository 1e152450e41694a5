import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { finiteNumber, knownOptions, nonNegativeInteger } from '../../validate.js'
import type { GeneratedData } from './generated-data.js'
import { classSize, evenlySpaced, type PlanarPoint, planarData, requireSamples } from './planar.js'

export interface MoonsOptions {
  /** Rows, half of each class. Default 400. */
  readonly samples?: number
  /** Standard deviation of both coordinates. Default 0.1. */
  readonly noise?: number
  /** Default 0. */
  readonly seed?: number
}

/**
 * Two half circles of radius 1 that reach into each other: the upper one is class 0, the lower one class 1.
 *
 * As scikit-learn's `make_moons`. The points are in random order.
 *
 * @returns x float32 (samples, 2), y 0 or 1
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 */
export function moons(options?: MoonsOptions): GeneratedData<Float32Array> {
  const {
    samples = 400,
    noise = 0.1,
    seed = 0,
  } = knownOptions<MoonsOptions>('moons', options, ['samples', 'noise', 'seed'])
  requireSamples(samples)
  finiteNumber('noise', noise, { min: 0 })
  nonNegativeInteger('seed', seed)

  const random = new RandomStream(seed, streams.generatedNoise)
  const points = [0, 1].flatMap((label) =>
    evenlySpaced(0, Math.PI, classSize(samples, 2, label)).map((angle): PlanarPoint => {
      const x = label === 0 ? Math.cos(angle) : 1 - Math.cos(angle)
      const y = label === 0 ? Math.sin(angle) : 0.5 - Math.sin(angle)
      return [x + noise * random.normal(), y + noise * random.normal(), label]
    }),
  )
  return planarData(points, new RandomStream(seed, streams.generatedOrder))
}
