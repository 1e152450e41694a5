/*
 * The column that is to be predicted: class numbers and their names, or scaled values.
 */

import { DeepblasError } from '../../errors.js'
import { scaledTarget } from '../../outputs/units.js'
import type { Steps } from '../../turns.js'
import { describe, invalid } from '../../validate.js'
import type { Column } from '../table/column.js'
import { cellOf } from '../table/column.js'
import type { CategoryEncoding, NumberEncoding, NumberScale, TrainingRange } from './column-encoding.js'
import type { ColumnStatistics } from './fit/column-statistics.js'
import type { CheckedOptions, Task } from './fit/options.js'
import { LARGEST_FLOAT32, tooLarge } from './float32-range.js'
import { codesOf, type NameOfRow, numbersOf } from './read-columns.js'
import type { TextReading } from './text-reading.js'

/** Whole numbers of more values than this are no classes, unless one says so. */
const MOST_NUMBER_CLASSES = 20
const FEWEST_ROWS_OF_CLASS = 5
/** Rows between two steps. */
const ROWS_OF_STEP = 16_384

export type TargetEncoding =
  | ({
      readonly name: string
      readonly task: 'classification'
      readonly labels: readonly string[]
      /** Whether spellings of a label are one; labels are then in lower case. */
      readonly ignoreCase?: boolean
    } & TextReading)
  /**
   * The network's values times `deviation` plus `mean` are the column's; with a range, no prediction is outside of it.
   */
  | ({ readonly name: string; readonly task: 'regression' } & NumberScale & TrainingRange & TextReading)

/** @throws DeepblasError ERR_DEEPBLAS_DATA for a target with missing values, of one value, that is a date or no number, or too large a one */
export function fitTarget(
  one: ColumnStatistics,
  { task: asked, scaleTarget, clampPredictions }: CheckedOptions,
): TargetEncoding {
  const { name } = one
  if (one.missing > 0) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected a target in every row but column '${name}' has none in ${one.missing} of ${one.rows} rows. Leave these ` +
        'rows out, or give another target.',
    )
  }
  // Neither task takes dates: no advice about tasks or types would help.
  if (one.type === 'date') {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected numbers, texts or booleans for the target '${name}' but its column is of dates. Make numbers of them, such ` +
        'as days since 1970 (date.getTime() / 86_400_000), or texts, such as their months.',
    )
  }
  if (!one.varies) {
    const [only] = one.counts.keys()
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected a target of two or more different values but column '${name}' has only ${describe(only)} in ${one.rows} ` +
        `row${one.rows === 1 ? '' : 's'}. There is nothing to learn from it.`,
    )
  }
  const task = asked ?? suggestedTask(one)
  const { texts } = one
  if (task === 'classification') {
    if (clampPredictions) {
      const hint = `The target '${name}' is one of classes; for values give task: 'regression'.`
      throw invalid('clampPredictions', 'target of values beside it', clampPredictions, hint)
    }
    return { name, task, labels: labelsOf(one), ...(one.ignoreCase ? { ignoreCase: true } : {}), ...texts }
  }
  if (one.type === 'category') {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected numbers for the target '${name}' of a regression but its column is of texts. Read it with types: ` +
        `{ '${name}': 'number' }, or give task: 'classification'.`,
    )
  }
  const hint = 'Correct it, leave the row out, or divide all by a number.'
  if (one.values.overflows) throw tooLarge(one, `whose squares float64 can add up for the target '${name}'`, hint)
  const range = clampPredictions ? { min: one.least, max: one.most } : {}
  if (scaleTarget) return { name, task, ...one.values.scale(), ...range, ...texts }
  if (Math.abs(one.largest) > LARGEST_FLOAT32) {
    throw tooLarge(one, `that float32 can hold, since scaleTarget is false, for the target '${name}'`, hint)
  }
  return { name, task, mean: 0, deviation: 1, ...range, ...texts }
}

function suggestedTask({ type, whole, counts, levelsLeftOut, known }: ColumnStatistics): Task {
  if (type !== 'number') return 'classification'
  const few = levelsLeftOut === 0 && counts.size <= MOST_NUMBER_CLASSES
  return whole && few && (counts.size === 2 || known >= FEWEST_ROWS_OF_CLASS * counts.size)
    ? 'classification'
    : 'regression'
}

/** Numbers in order of size, other labels in order of their letters. */
function labelsOf({ name, counts, levelsLeftOut }: ColumnStatistics): string[] {
  if (levelsLeftOut > 0) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected classes for the target '${name}' but it has more than ${counts.size} different values. Give task: ` +
        "'regression', or another target.",
    )
  }
  const labels = [...counts.keys()].sort()
  return labels.every((label) => label.trim() !== '' && Number.isFinite(Number(label)))
    ? labels.sort((a, b) => Number(a) - Number(b))
    : labels
}

/**
 * The targets of a table: class numbers, or values as the network is to give them.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA for a missing value, or a label that the encoder does not have
 */
export function* encodeTarget(
  target: TargetEncoding,
  column: Column,
  rowName: NameOfRow,
): Steps<Int32Array | Float64Array> {
  if (target.task === 'regression') {
    const { name, notation, missing } = target
    const texts = { ...(notation && { notation }), ...(missing && { missing }) }
    const encoding: NumberEncoding = { name, kind: 'number', mean: 0, deviation: 1, indicator: false, ...texts }
    const values = yield* numbersOf(encoding, column, rowName)
    const scaled = new Float64Array(values.length)
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!
      if (!Number.isFinite(value)) throw unusable(target, rowName(row), cellOf(column, row), 'a number')
      scaled[row] = scaledTarget(value, target)
      if (Math.abs(scaled[row]!) > LARGEST_FLOAT32) {
        throw unusable(target, rowName(row), value, 'a number that float32 can hold once it is scaled')
      }
      if (row % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
    }
    return scaled
  }
  const { name, labels, ignoreCase = false } = target
  const encoding: CategoryEncoding = { name, kind: 'oneHot', levels: labels, unknown: false, ignoreCase }
  const codes = yield* codesOf(encoding, column)
  for (let row = 0; row < codes.length; row++) {
    if (codes[row] === 0) {
      const shown = labels.slice(0, 10).join(', ')
      const expected = `one of the labels ${shown}${labels.length > 10 ? ', …' : ''}`
      throw unusable(target, rowName(row), cellOf(column, row), expected)
    }
    codes[row]!--
    if (row % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  return codes
}

function unusable({ name }: TargetEncoding, row: string, value: unknown, expected: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected ${expected} for the target '${name}' in ${row} but received ` +
      `${value === undefined ? 'nothing' : describe(value)}.`,
  )
}
