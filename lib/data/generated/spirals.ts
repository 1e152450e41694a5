import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { finiteNumber, invalid, knownOptions, nonNegativeInteger, positiveInteger } from '../../validate.js'
import type { GeneratedData } from './generated-data.js'
import { classSize, evenlySpaced, type PlanarPoint, planarData, requireSamples } from './planar.js'

export interface SpiralsOptions {
  /** Rows of all arms together. Default 300. */
  readonly samples?: number
  /** Arms, one class each, at least 2. Default 3. */
  readonly classes?: number
  /** Turns of an arm from the center to its end. Default 0.75. */
  readonly turns?: number
  /** Standard deviation of the angle, in radians. Default 0.2. */
  readonly noise?: number
  /** Default 0. */
  readonly seed?: number
}

/**
 * Arms that wind around each other from the center to radius 1, one class each.
 *
 * After the spiral of Stanford's CS231n notes, "Putting it together: minimal neural network case study". The points
 * are in random order.
 *
 * @returns x float32 (samples, 2), y from 0 to classes - 1
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 */
export function spirals(options?: SpiralsOptions): GeneratedData<Float32Array> {
  const {
    samples = 300,
    classes = 3,
    turns = 0.75,
    noise = 0.2,
    seed = 0,
  } = knownOptions<SpiralsOptions>('spirals', options, ['samples', 'classes', 'turns', 'noise', 'seed'])
  requireSamples(samples)
  positiveInteger('classes', classes)
  if (classes < 2) throw invalid('classes', 'integer of at least 2', classes)
  finiteNumber('turns', turns, { exclusiveMin: 0 })
  finiteNumber('noise', noise, { min: 0 })
  nonNegativeInteger('seed', seed)

  const random = new RandomStream(seed, streams.generatedNoise)
  const points: PlanarPoint[] = []
  for (let label = 0; label < classes; label++) {
    for (const radius of evenlySpaced(0, 1, classSize(samples, classes, label))) {
      const angle = 2 * Math.PI * (label / classes + turns * radius) + noise * random.normal()
      points.push([radius * Math.sin(angle), radius * Math.cos(angle), label])
    }
  }
  return planarData(points, new RandomStream(seed, streams.generatedOrder))
}
