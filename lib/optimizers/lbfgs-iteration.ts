/*
 * One iteration of L-BFGS as arithmetic alone. It is a generator: it yields points and is given their loss and gradient,
 * so that the caller may compute them on another thread.
 */

export interface CostEvaluation {
  readonly loss: number
  readonly gradient: Float32Array
}

/** A point that was evaluated. */
export interface Place extends CostEvaluation {
  readonly point: Float32Array
}

/** A point on the line of a search. */
interface Trial extends Place {
  /** How far along the direction. */
  readonly length: number
  readonly slope: number
}

export interface LineSearchOptions {
  /** The first length tried. */
  readonly first: number
  readonly evaluations: number
}

/** The Wolfe conditions' shares of the slope: of decrease, and of curvature. */
const DECREASE = 1e-4
const CURVATURE = 0.9
/** A step changes no number where it is below this share of one. */
const LEAST_CHANGE = 1e-9
/** Zoom keeps this share of the interval away from its ends. */
const MARGIN = 0.1
const LARGEST_GROWTH = 10

type Search<Result> = Generator<Float32Array, Result, CostEvaluation>

/** What past steps tell of the curvature. */
export class Curvature {
  readonly #pairs: { readonly step: Float64Array; readonly change: Float64Array; readonly inverse: number }[] = []
  readonly #most: number

  constructor(memory: number) {
    this.#most = memory
  }

  get known(): boolean {
    return this.#pairs.length > 0
  }

  forget(): void {
    this.#pairs.length = 0
  }

  learn(from: Place, to: Place): void {
    const step = Float64Array.from(to.point, (value, i) => value - from.point[i]!)
    const change = Float64Array.from(to.gradient, (value, i) => value - from.gradient[i]!)
    const product = dot(step, change)
    // Only a positive product keeps directions downhill.
    if (!(product > 1e-10 * dot(change, change))) return
    this.#pairs.push({ step, change, inverse: 1 / product })
    if (this.#pairs.length > this.#most) this.#pairs.shift()
  }

  /** Minus the inverse Hessian times the gradient, by the two loops. */
  direction(gradient: Float32Array): Float64Array {
    const direction = Float64Array.from(gradient, (value) => -value)
    const last = this.#pairs.at(-1)
    const shares: number[] = []
    for (const { step, change, inverse } of this.#pairs.toReversed()) {
      const share = inverse * dot(step, direction)
      shares.unshift(share)
      add(direction, -share, change)
    }
    if (last !== undefined) {
      const scale = 1 / (last.inverse * dot(last.change, last.change))
      for (let i = 0; i < direction.length; i++) direction[i]! *= scale
    }
    for (const [i, { step, change, inverse }] of this.#pairs.entries()) {
      add(direction, shares[i]! - inverse * dot(change, direction), step)
    }
    return direction
  }
}

/** The next place; undefined where none is better. */
export function* iteration(from: Place, curvature: Curvature, options: LineSearchOptions): Search<Place | undefined> {
  for (const fresh of [false, true]) {
    // Where the curvature leads nowhere, the gradient alone may.
    if (fresh && !curvature.known) return undefined
    if (fresh) curvature.forget()
    const direction = curvature.direction(from.gradient)
    const slope = dot(direction, from.gradient)
    if (!(slope < 0)) continue
    const size = direction.reduce((sum, value) => sum + Math.abs(value), 0)
    const first = curvature.known ? options.first : options.first * Math.min(1, 1 / size)
    const found = yield* strongWolfe(from, direction, slope, { ...options, first })
    if (found === undefined) continue
    curvature.learn(from, found)
    return found
  }
  return undefined
}

function* strongWolfe(
  from: Place,
  direction: Float64Array,
  slope: number,
  { first, evaluations }: LineSearchOptions,
): Search<Trial | undefined> {
  let left = evaluations
  function* at(length: number): Search<Trial> {
    left--
    const point = Float32Array.from(from.point, (value, i) => value + length * direction[i]!)
    const { loss, gradient } = yield point
    const usable = Number.isFinite(loss)
    return { point, length, gradient, loss: usable ? loss : Infinity, slope: usable ? dot(direction, gradient) : NaN }
  }
  const start: Trial = { ...from, length: 0, slope }
  const tooHigh = ({ length, loss }: Trial) => loss > from.loss + DECREASE * length * slope
  const flat = (trial: Trial) => Math.abs(trial.slope) <= -CURVATURE * slope

  let low = start
  let high: Trial | undefined
  for (let length = first; high === undefined && left > 0; ) {
    const trial = yield* at(length)
    if (tooHigh(trial) || (low !== start && trial.loss >= low.loss)) high = trial
    else if (flat(trial)) return trial
    else if (trial.slope >= 0) [low, high] = [trial, low]
    else {
      const next = cubicMinimum(low, trial)
      low = trial
      length = Math.min(Math.max(next, length * 1.1), length * LARGEST_GROWTH)
      if (Number.isNaN(next)) length = low.length * LARGEST_GROWTH
    }
  }
  const largest = direction.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  while (high !== undefined && left > 0 && Math.abs(high.length - low.length) * largest > LEAST_CHANGE) {
    const trial: Trial = yield* at(within(low, high, cubicMinimum(low, high)))
    if (tooHigh(trial) || trial.loss >= low.loss) high = trial
    else {
      if (flat(trial)) return trial
      if (trial.slope * (high.length - low.length) >= 0) high = low
      low = trial
    }
  }
  return low === start ? undefined : low
}

/** Where the cubic through both losses and slopes is smallest; NaN where it is nowhere. */
function cubicMinimum(a: Trial, b: Trial): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.length - b.length)
  const d2 = Math.sign(b.length - a.length) * Math.sqrt(d1 * d1 - a.slope * b.slope)
  return b.length - ((b.length - a.length) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2)
}

/** Between two lengths, away from both; the middle for NaN, and near `low` where nothing is known of `high`. */
function within(low: Trial, high: Trial, length: number): number {
  if (high.loss === Infinity) return low.length + MARGIN * (high.length - low.length)
  const [least, most] = [Math.min(low.length, high.length), Math.max(low.length, high.length)]
  if (!Number.isFinite(length)) return (least + most) / 2
  const margin = MARGIN * (most - least)
  return Math.min(Math.max(length, least + margin), most - margin)
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function add(to: Float64Array, factor: number, values: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * values[i]!
}
