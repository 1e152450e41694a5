import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { finiteNumber, knownOptions, nonNegativeInteger, positiveInteger } from '../../validate.js'
import type { GeneratedData } from './generated-data.js'
import { classSize, evenlySpaced, type PlanarPoint, planarData, requireSamples } from './planar.js'

export interface FlowerOptions {
  /** Rows, half of each class. Default 400. */
  readonly samples?: number
  /** The flower's curve is `r = 4 sin(petals * angle)`: an even number draws twice as many petals. Default 4. */
  readonly petals?: number
  /** Standard deviation of radius and angle. Default 0.2. */
  readonly noise?: number
  /** Default 0. */
  readonly seed?: number
}

const RADIUS = 4
/** The lesson's number, a little less than half a turn: together the classes go not quite once around. */
const ANGLE_PER_CLASS = 3.12

/**
 * A flower in the plane, red petals on one side (0) and blue ones on the other (1): no straight line parts them.
 *
 * `load_planar_dataset` of Andrew Ng's course "Neural Networks and Deep Learning", week 3. The points are in random
 * order.
 *
 * @returns x float32 (samples, 2), y 0 or 1
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 */
export function flower(options?: FlowerOptions): GeneratedData<Float32Array> {
  const {
    samples = 400,
    petals = 4,
    noise = 0.2,
    seed = 0,
  } = knownOptions<FlowerOptions>('flower', options, ['samples', 'petals', 'noise', 'seed'])
  requireSamples(samples)
  positiveInteger('petals', petals)
  finiteNumber('noise', noise, { min: 0 })
  nonNegativeInteger('seed', seed)

  const random = new RandomStream(seed, streams.generatedNoise)
  const points = [0, 1].flatMap((label) =>
    evenlySpaced(label * ANGLE_PER_CLASS, (label + 1) * ANGLE_PER_CLASS, classSize(samples, 2, label)).map(
      (exact): PlanarPoint => {
        const angle = exact + noise * random.normal()
        const radius = RADIUS * Math.sin(petals * angle) + noise * random.normal()
        return [radius * Math.sin(angle), radius * Math.cos(angle), label]
      },
    ),
  )
  return planarData(points, new RandomStream(seed, streams.generatedOrder), ['red', 'blue'])
}
