import { finiteNumber, knownOptions } from '../../validate.js'
import { type Augmentation, pictureShape } from './augmentation.js'

export interface RotateOptions {
  /** The largest angle, either way; 0 to 180. */
  readonly degrees: number
  /** Value of pixels that come from outside the picture, as the network sees it (scaled). Default 0. */
  readonly fill?: number
}

/**
 * Turns pictures around their middle by an angle from `-degrees` to `degrees`, all as likely. A pixel takes the weighted
 * mean of the four around the place it comes from (bilinear interpolation).
 *
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE at use, if the data set has no featureShape of a picture
 */
export function rotate(options: RotateOptions): Augmentation {
  const given = knownOptions<RotateOptions>('rotate', options, ['degrees', 'fill'])
  const degrees = finiteNumber('rotate.degrees', given.degrees, { min: 0, max: 180 })
  const fill = finiteNumber('rotate.fill', given.fill ?? 0)
  return {
    name: 'rotate',
    bind(source) {
      const [height, width, channels] = pictureShape('rotate', source)
      const before = new Float32Array(source.features)
      return {
        apply({ x }, random) {
          const angle = ((2 * random.uniform() - 1) * degrees * Math.PI) / 180
          if (angle === 0) return
          before.set(x)
          turn(before, x, height, width, channels, angle, fill)
        },
      }
    },
  }
}

/** Counterclockwise as the picture is looked at: row 0 is its top. */
export function turn(
  from: Float32Array,
  to: Float32Array,
  height: number,
  width: number,
  channels: number,
  angle: number,
  fill: number,
): void {
  const cosine = Math.cos(angle)
  const sine = Math.sin(angle)
  const middleRow = (height - 1) / 2
  const middleColumn = (width - 1) / 2
  const pixel = (row: number, column: number, channel: number) =>
    row >= 0 && row < height && column >= 0 && column < width
      ? from[(row * width + column) * channels + channel]!
      : fill
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const down = row - middleRow
      const right = column - middleColumn
      // Back to where the pixel was before the turn.
      const sourceRow = middleRow + cosine * down + sine * right
      const sourceColumn = middleColumn + cosine * right - sine * down
      const top = Math.floor(sourceRow)
      const left = Math.floor(sourceColumn)
      const below = sourceRow - top
      const beside = sourceColumn - left
      for (let channel = 0; channel < channels; channel++) {
        const upper = (1 - beside) * pixel(top, left, channel) + beside * pixel(top, left + 1, channel)
        const lower = (1 - beside) * pixel(top + 1, left, channel) + beside * pixel(top + 1, left + 1, channel)
        to[(row * width + column) * channels + channel] = (1 - below) * upper + below * lower
      }
    }
  }
}
