import { finiteNumber, knownOptions, nonNegativeInteger } from '../../validate.js'
import { type Augmentation, pictureShape } from './augmentation.js'

export interface ShiftOptions {
  /** The most that a picture moves, along each side. Whole pixels. */
  readonly pixels: number
  /** Value of pixels that come in at the border, as the network sees it (scaled). Default 0. */
  readonly fill?: number
}

/**
 * Moves pictures along both sides, each by a whole number of pixels from `-pixels` to `pixels`, all as likely.
 *
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE at use, if the data set has no featureShape of a picture
 */
export function shift(options: ShiftOptions): Augmentation {
  const given = knownOptions<ShiftOptions>('shift', options, ['pixels', 'fill'])
  const pixels = nonNegativeInteger('shift.pixels', given.pixels)
  const fill = finiteNumber('shift.fill', given.fill ?? 0)
  return {
    name: 'shift',
    bind(source) {
      const [height, width, channels] = pictureShape('shift', source)
      const before = new Float32Array(source.features)
      return {
        apply({ x }, random) {
          const down = random.integer(2 * pixels + 1) - pixels
          const right = random.integer(2 * pixels + 1) - pixels
          if (down === 0 && right === 0) return
          before.set(x)
          x.fill(fill)
          const length = width - Math.abs(right)
          if (length <= 0) return
          for (let row = Math.max(0, down); row < Math.min(height, height + down); row++) {
            const from = ((row - down) * width + Math.max(0, -right)) * channels
            const to = (row * width + Math.max(0, right)) * channels
            x.set(before.subarray(from, from + length * channels), to)
          }
        },
      }
    },
  }
}
