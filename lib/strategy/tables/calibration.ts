/*
 * What rows that networks have not seen tell of their predictions: how sure probabilities are to be, and how far values
 * may be off.
 */

import { DeepblasError } from '../../errors.js'
import type { Json } from '../../files/strict-json.js'
import { checkedQuantiles } from '../../losses/quantile.js'
import { SMALLEST_PROBABILITY } from '../../metrics/functions/probabilities.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { array, finiteNumber, invalid, plainObject, positiveInteger } from '../../validate.js'
import { type SetMethod, setMethods } from '../conformal/sets.js'

/** Of how many residuals a model keeps all; of more it keeps as many order statistics. */
const MOST_RESIDUALS = 4096

/**
 * Residuals of values (target minus prediction, in the target's units) of rows that the networks had not seen: some of
 * their order statistics, the smallest and the largest among them.
 */
export interface Residuals {
  /** Of how many rows. */
  readonly rows: number
  /** Places among all residuals in rising order, from 0, and rising. */
  readonly ranks: readonly number[]
  /** The residuals at these places. */
  readonly values: readonly number[]
}

/** What a `TableModel` has learned from rows that its networks had not seen. */
export interface Calibration {
  /** Probabilities become more even above 1 and more extreme below 1; undefined where none was fitted. */
  readonly temperature?: number
  readonly residuals?: Residuals
  /** The quantiles that the outputs are; undefined where they are means or probabilities. */
  readonly quantiles?: readonly number[]
  /** Of quantiles: how far targets lie outside the outermost ones; negative inside. */
  readonly outside?: Residuals
  /** Of classes: how badly the true class fits its probabilities, by each way of making sets. */
  readonly misfits?: Readonly<Record<SetMethod, Residuals>>
  /** Probabilities of the later of two classes above this make it the prediction. Default 0.5. */
  readonly threshold?: number
}

/**
 * Brings probabilities to a temperature, in place: of one output p becomes the sigmoid of its logit divided by the
 * temperature, of several they become proportional to their powers of 1 / temperature.
 *
 * @param outputs of a row: 1 for two classes
 */
export function* applyTemperature(probabilities: Float64Array, outputs: number, temperature: number): Steps<void> {
  if (temperature === 1) return
  const rowsOfStep = Math.ceil(ELEMENTS_OF_STEP / outputs)
  const rows = probabilities.length / outputs
  for (let row = 0; row < rows; row++) {
    if (row % rowsOfStep === rowsOfStep - 1) yield
    if (outputs === 1) {
      const p = probabilities[row]!
      probabilities[row] = 1 / (1 + Math.exp((Math.log1p(-p) - Math.log(p)) / temperature))
    } else {
      temper(probabilities.subarray(row * outputs, (row + 1) * outputs), temperature)
    }
  }
}

function temper(row: Float64Array, temperature: number): void {
  let largest = 0
  for (const p of row) largest = Math.max(largest, p)
  let sum = 0
  for (let at = 0; at < row.length; at++) sum += row[at] = (row[at]! / largest) ** (1 / temperature)
  for (let at = 0; at < row.length; at++) row[at]! /= sum
}

/** Temperatures between which one is looked for. */
const MOST_TEMPERATURE = 20
/** How sure it is before any row that the temperature is near 1: the deviation of its logarithm. A few rows say little. */
const PRIOR_DEVIATION = 0.5
const GOLDEN = (Math.sqrt(5) - 1) / 2
/** Steps of the search: the logarithm of the temperature to some millionths. */
const SEARCH_STEPS = 32

/**
 * The temperature under which the log loss of these rows is least (Guo et al., "On calibration of modern neural
 * networks", 2017), with a normal prior of its logarithm around 0. Found by golden-section search: the loss has one
 * minimum.
 *
 * @param targets class of every row
 * @param outputs of a row: 1 for two classes
 */
export function* fittedTemperature(targets: Float64Array, probabilities: Float64Array, outputs: number): Steps<number> {
  const loss = function* (logarithm: number): Steps<number> {
    const tempered = probabilities.slice()
    yield* applyTemperature(tempered, outputs, Math.exp(logarithm))
    let sum = (logarithm / PRIOR_DEVIATION) ** 2 / 2
    for (let row = 0; row < targets.length; row++) {
      const own = outputs === 1 ? tempered[row]! : tempered[row * outputs + targets[row]!]!
      sum -= Math.log(Math.max(outputs === 1 && targets[row] === 0 ? 1 - own : own, SMALLEST_PROBABILITY))
      if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
    }
    return sum
  }
  let [low, high] = [-Math.log(MOST_TEMPERATURE), Math.log(MOST_TEMPERATURE)]
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
  let [ofLeft, ofRight] = [yield* loss(left), yield* loss(right)]
  for (let step = 0; step < SEARCH_STEPS; step++) {
    if (ofLeft < ofRight) {
      high = right
      right = left
      ofRight = ofLeft
      left = high - GOLDEN * (high - low)
      ofLeft = yield* loss(left)
    } else {
      low = left
      left = right
      ofLeft = ofRight
      right = low + GOLDEN * (high - low)
      ofRight = yield* loss(right)
    }
  }
  return Math.exp((low + high) / 2)
}

/**
 * The order statistics that a model keeps of residuals.
 *
 * @param most how many at most
 */
export function residualsOf(residuals: Float64Array, most = MOST_RESIDUALS): Residuals {
  const sorted = residuals.slice().sort()
  const rows = sorted.length
  const kept = Math.min(rows, most)
  const ranks = Array.from({ length: kept }, (_, at) => (kept === 1 ? 0 : Math.round((at * (rows - 1)) / (kept - 1))))
  return { rows, ranks, values: ranks.map((rank) => sorted[rank]!) }
}

/**
 * The distances from a prediction within which the target lies with the coverage asked for (split conformal prediction;
 * Lei et al., "Distribution-free predictive inference for regression", 2018), each tail by itself: of n residuals the
 * bounds are the ⌊(n + 1) α / 2⌋-th and the ⌈(n + 1) (1 - α / 2)⌉-th in rising order, with α = 1 - coverage. Where a
 * residual of that place was not kept, the next one further out is taken.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT where there are too few residuals for so much coverage
 */
export function residualBounds({ rows, ranks, values }: Residuals, coverage: number): [low: number, high: number] {
  const tail = (1 - coverage) / 2
  // A rounding error of the product must not cost a place.
  const place = Math.floor((rows + 1) * tail * (1 + 1e-12))
  if (place < 1) {
    const needed = Math.ceil(1 / tail - 1 - 1e-9)
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected at most ${Math.floor(((rows - 1) / (rows + 1)) * 1000) / 1000} for coverage, as ${rows} out-of-fold rows ` +
        `allow, but received ${coverage}. It takes ${needed} rows.`,
    )
  }
  const [lower, upper] = [place - 1, rows - place]
  const low = values[ranks.findLastIndex((rank) => rank <= lower)]!
  const high = values[ranks.findIndex((rank) => rank >= upper)]!
  return [low, high]
}

/** As a file keeps it. */
export function calibrationJson(calibration: Calibration): { [name: string]: Json } {
  const { temperature, residuals, quantiles, threshold, outside, misfits } = calibration
  return {
    ...(quantiles && { quantiles: [...quantiles] }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(residuals && { residuals: residualsJson(residuals) }),
    ...(outside && { outside: residualsJson(outside) }),
    ...(misfits && {
      misfits: Object.fromEntries(setMethods.map((method) => [method, residualsJson(misfits[method])])),
    }),
  }
}

function residualsJson({ rows, ranks, values }: Residuals): { [name: string]: Json } {
  return { rows, ranks: [...ranks], values: [...values] }
}

/** @throws DeepblasError for what is none */
export function calibrationOf(table: Readonly<Record<string, unknown>>): Calibration {
  const { temperature, residuals, quantiles, threshold, outside, misfits } = table
  return {
    ...(quantiles === undefined ? {} : { quantiles: checkedQuantiles('table.quantiles', quantiles) }),
    ...(threshold === undefined ? {} : { threshold: finiteNumber('table.threshold', threshold) }),
    ...(temperature === undefined
      ? {}
      : { temperature: finiteNumber('table.temperature', temperature, { exclusiveMin: 0 }) }),
    ...(residuals === undefined ? {} : { residuals: checkedResiduals('residuals', residuals) }),
    ...(outside === undefined ? {} : { outside: checkedResiduals('outside', outside) }),
    ...(misfits === undefined ? {} : { misfits: checkedMisfits(misfits) }),
  }
}

function checkedMisfits(given: unknown): Record<SetMethod, Residuals> {
  const found = plainObject('table.misfits', given)
  const of = (method: SetMethod) => [method, checkedResiduals(`misfits.${method}`, found[method])] as const
  return Object.fromEntries(setMethods.map(of)) as Record<SetMethod, Residuals>
}

function checkedResiduals(name: string, given: unknown): Residuals {
  const place = `table.${name}`
  const found = plainObject(place, given)
  const rows = positiveInteger(`${place}.rows`, found.rows)
  const numbers = (name: 'ranks' | 'values') =>
    array(`${place}.${name}`, found[name], 'numbers').map((value, at) => finiteNumber(`${place}.${name}[${at}]`, value))
  const [ranks, values] = [numbers('ranks'), numbers('values')]
  const rises = (list: readonly number[], by: number) => list.every((one, at) => at === 0 || one - list[at - 1]! >= by)
  const whole = ranks.every(Number.isInteger) && rises(ranks, 1) && ranks[0] === 0 && ranks.at(-1) === rows - 1
  if (!whole || values.length !== ranks.length || !rises(values, 0)) {
    throw invalid(place, `order statistics of ${rows} residuals`, given)
  }
  return { rows, ranks, values }
}
