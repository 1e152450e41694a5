import { finiteNumber, knownOptions, oneOf } from '../../validate.js'
import { type Augmentation, pictureShape } from './augmentation.js'

export interface FlipOptions {
  /** 'horizontal' swaps left and right, 'vertical' top and bottom. Default 'horizontal'. */
  readonly direction?: 'horizontal' | 'vertical'
  /** Share of the pictures that are flipped, 0 to 1. Default 0.5. */
  readonly probability?: number
}

/**
 * Mirrors pictures at random.
 *
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE at use, if the data set has no featureShape of a picture
 */
export function flip(options?: FlipOptions): Augmentation {
  const given = knownOptions<FlipOptions>('flip', options, ['direction', 'probability'])
  const direction = oneOf('flip.direction', given.direction ?? 'horizontal', ['horizontal', 'vertical'])
  const probability = finiteNumber('flip.probability', given.probability ?? 0.5, { min: 0, max: 1 })
  return {
    name: 'flip',
    bind(source) {
      const [height, width, channels] = pictureShape('flip', source)
      const before = new Float32Array(source.features)
      const horizontal = direction === 'horizontal'
      return {
        apply({ x }, random) {
          if (random.uniform() >= probability) return
          before.set(x)
          for (let row = 0; row < height; row++) {
            for (let column = 0; column < width; column++) {
              const from = horizontal ? row * width + width - 1 - column : (height - 1 - row) * width + column
              const to = row * width + column
              for (let c = 0; c < channels; c++) x[to * channels + c] = before[from * channels + c]!
            }
          }
        },
      }
    },
  }
}
