import { type ActivationOption, activation } from '../../activations/activation.js'
import { DeepblasError } from '../../errors.js'
import { native } from '../../native/addon.js'
import { elementTypes } from '../../native/generated/enums.js'
import { createRecorder } from '../../recording/recorder.js'
import { array, finiteNumber, invalid, knownOptions } from '../../validate.js'
import { afterPassSync } from '../programs/passes.js'

export interface CheckActivationOptions {
  /**
   * Inputs at which to compare. Default 34 points from -4.95 to 4.95. Leave out corners, where there is no derivative.
   */
  readonly points?: readonly number[]
  /** The largest difference that passes, divided by the larger of 1 and the derivative's size. Default 0.001. */
  readonly bound?: number
}

/** Differences are taken over this part of max(1, |x|): float32 has 24 bits, and both errors are about 2^-14 then. */
const STEP = 2 ** -7

/**
 * Compares an activation's derivative with differences of its output, `(g(x + h) - g(x - h)) / 2h`, as the native kernels
 * compute both.
 *
 * @returns the largest difference, divided by the larger of 1 and the derivative's size
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT if they differ by more than `bound`: it names the point of the largest
 *   difference
 * @example
 * checkActivation({ name: 'cube', forward: (x) => x.squared().times(x), derivative: (x) => x.squared().times(3) })
 */
export function checkActivation(of: ActivationOption, options?: CheckActivationOptions): number {
  const checked = activation('activation', of)
  if (!checked.elementWise) {
    throw invalid(
      'activation',
      'element-wise activation',
      checked.name,
      'Each of its outputs depends on all inputs of the row, so it has no derivative of one element.',
    )
  }
  const given = knownOptions<CheckActivationOptions>('checkActivation', options, ['points', 'bound'])
  const bound = finiteNumber('bound', given.bound ?? 1e-3, { exclusiveMin: 0 })
  const points = array('points', given.points ?? defaultPoints, 'numbers').map((point, i) =>
    Math.fround(finiteNumber(`points[${i}]`, point)),
  )
  if (points.length === 0) throw invalid('points', 'at least one number', points)

  const xs = points.flatMap((x) => {
    const step = STEP * Math.max(1, Math.abs(x))
    return [x, Math.fround(x - step), Math.fround(x + step)]
  })
  const { Arena, Matrix } = native()
  const record = createRecorder()
  record.label = `activation ${checked.name}`
  const x = record.data(0, 1, 'float32')
  const outputGradient = record.data(1, 1, 'float32')
  const output = record.empty(1)
  const inputGradient = record.empty(1)
  checked.recordForward(record, x, output)
  checked.recordBackward(record, { inputGradient, outputGradient, x, output })
  const column = (values: Float64Array) => new Matrix(values, xs.length, 1, elementTypes.float32, 1)
  const own = [column(Float64Array.from(xs)), column(new Float64Array(xs.length).fill(1))]
  const parameters = new Arena(1, 1)
  const settings = {
    program: record.program(),
    batch: xs.length,
    keepAll: true,
    rows: Float64Array.of(xs.length),
    parameters,
    slots: own.map((matrix) => [matrix]),
    own: [parameters, ...own],
  }
  const [y, derivative] = afterPassSync(settings, (pass) => [
    pass.readTensor(output.index, 0, xs.length),
    pass.readTensor(inputGradient.index, 0, xs.length),
  ])

  let worst = { difference: -1, point: 0, claimed: 0, measured: 0 }
  for (const [i, point] of points.entries()) {
    const measured = (y[3 * i + 2]! - y[3 * i + 1]!) / (xs[3 * i + 2]! - xs[3 * i + 1]!)
    const claimed = derivative[3 * i]!
    const difference = Math.abs(claimed - measured) / Math.max(1, Math.abs(measured))
    // NaN, too, is worse than anything.
    if (!(difference <= worst.difference)) worst = { difference, point, claimed, measured }
    if (Number.isNaN(difference)) break
  }
  if (worst.difference <= bound) return worst.difference
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected the derivative of activation '${checked.name}' at ${Number(worst.point.toPrecision(7))} to be ${worst.measured.toPrecision(6)}, ` +
      `by differences of its output, but it is ${worst.claimed.toPrecision(6)}. ` +
      'If there is a corner at that point, give other points.',
  )
}

const defaultPoints = Array.from({ length: 34 }, (_, i) => -4.95 + 0.3 * i)
