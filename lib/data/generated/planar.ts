import type { RandomStream } from '../../random/stream.js'
import { invalid, positiveInteger } from '../../validate.js'
import type { GeneratedData } from './generated-data.js'

/** A point of the plane and its class. */
export type PlanarPoint = readonly [x: number, y: number, label: number]

/** Points are made one by one, and JavaScript holds no list of many more. */
const MOST_SAMPLES = 2 ** 24

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what is no number of points */
export function requireSamples(samples: unknown): void {
  if (positiveInteger('samples', samples) > MOST_SAMPLES) throw invalid('samples', 'integer from 1 to 2^24', samples)
}

/** Puts points in random order, as data of two features. Both arrays are new. */
export function planarData(points: PlanarPoint[], order: RandomStream, labels?: string[]): GeneratedData<Float32Array> {
  const data = new Float32Array(2 * points.length)
  const y = new Int32Array(points.length)
  for (const [row, [first, second, label]] of order.shuffle(points).entries()) {
    data[2 * row] = first
    data[2 * row + 1] = second
    y[row] = label
  }
  const x = { data, shape: [points.length, 2] satisfies [number, number] }
  return labels === undefined ? { x, y } : { x, y, labels }
}

/** `count` numbers from `from` to `to`, both included (numpy's linspace); with one number it is `from`. */
export function evenlySpaced(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (count === 1 ? from : from + ((to - from) * i) / (count - 1)))
}

/** How many of `samples` fall to class `label`, when the first classes take what does not divide evenly. */
export function classSize(samples: number, classes: number, label: number): number {
  return Math.floor(samples / classes) + (label < samples % classes ? 1 : 0)
}
