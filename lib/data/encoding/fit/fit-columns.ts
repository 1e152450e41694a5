/*
 * From what is known of the training rows' columns to how they are encoded.
 */

import { DeepblasError } from '../../../errors.js'
import type { Steps } from '../../../turns.js'
import {
  type CategoryEncoding,
  type ColumnEncoding,
  type DroppedColumn,
  droppedReasons,
  type TrainingRange,
} from '../column-encoding.js'
import { tooLarge } from '../float32-range.js'
import { RunningScale } from '../mean-and-deviation.js'
import { normalScore, quantilesOf } from '../normal-scores.js'
import { robustScaleOf } from '../robust-scores.js'
import type { ColumnStatistics } from './column-statistics.js'
import type { CheckedOptions } from './options.js'

/** A column of fewer rows may well have different texts. */
const FEWEST_OF_IDENTIFIER = 20
/** Steps of rank that quantiles tell apart. */
const QUANTILE_STEPS = 256
const MOST_RARE = 5

export interface FittedColumns {
  readonly columns: readonly ColumnEncoding[]
  readonly dropped: readonly DroppedColumn[]
}

/** @throws DeepblasError ERR_DEEPBLAS_DATA where no column is left, or numbers are too large to be scaled */
export function* fitColumns(statistics: readonly ColumnStatistics[], options: CheckedOptions): Steps<FittedColumns> {
  const columns: ColumnEncoding[] = []
  const dropped: DroppedColumn[] = [...options.ignore]
  const inputs = new Set<string>(['numeric'])
  for (const one of statistics) {
    const encoding = encodingOf(one, options, inputs)
    if (typeof encoding === 'string') dropped.push({ name: one.name, reason: encoding })
    else columns.push({ ...encoding, ...one.texts })
    yield
  }
  if (columns.length === 0) throw noColumn(dropped)
  // Numbers first, as the inputs of a model have them.
  const codes = columns.filter(({ kind }) => kind === 'embedding')
  return { columns: [...columns.filter(({ kind }) => kind !== 'embedding'), ...codes], dropped }
}

/** Columns of an error that are named. */
const MOST_NAMED = 20

function noColumn(dropped: readonly DroppedColumn[]): DeepblasError {
  const start = 'Expected a column that tells something of the rows but received none'
  if (dropped.length === 0) return new DeepblasError('ERR_DEEPBLAS_DATA', `${start}: there is only the target.`)
  const list = dropped.slice(0, MOST_NAMED).map(({ name, reason }) => `'${name}' ${droppedReasons[reason]} (${reason})`)
  const more = dropped.length > MOST_NAMED ? `; and ${dropped.length - MOST_NAMED} more` : ''
  const kept = dropped.find(({ reason }) => reason === 'identifier' || reason === 'rare')
  const advice = kept === undefined ? '' : ` To learn from '${kept.name}' all the same: keep: ['${kept.name}'].`
  return new DeepblasError('ERR_DEEPBLAS_DATA', `${start}: ${list.join('; ')}${more}.${advice}`)
}

/** How a column is encoded, or why it is not. */
function encodingOf(
  one: ColumnStatistics,
  options: CheckedOptions,
  inputs: Set<string>,
): ColumnEncoding | DroppedColumn['reason'] {
  const { name, type } = one
  const kept = options.keep.includes(name)
  if (one.known === 0 && kept && type === 'category') throw nothingToKeep(name)
  if (one.known === 0 && !kept) return 'missing'
  if (type === 'category' && options.dropIdentifiers && !kept && allDifferent(one)) return 'identifier'
  const scaling = type === 'number' ? options.scaling(name) : 'standardize'
  // Numbers that differ by next to nothing, such as 1e-323, can be ranked but not scaled.
  const bySize = type === 'number' && scaling === 'standardize'
  const varies = one.varies && (!bySize || one.values.deviation > 0 || one.values.overflows)
  if (!varies && !kept && one.missing === 0) return 'constant'
  const indicator = options.missingIndicator && one.missing > 0
  if (!varies && !kept && type !== 'category' && !indicator) return 'constant'
  switch (type) {
    case 'category':
      return categoryOf(one, options, inputs, kept)
    case 'boolean':
      return {
        name,
        kind: 'boolean',
        ...(options.scaling(name) === 'robust' ? { signed: true } : {}),
        fill: one.values.scale().mean,
        indicator,
      }
    case 'date':
      return {
        name,
        kind: 'date',
        days: one.days.scale(),
        year: one.years.scale(),
        dayOfMonth: one.daysOfMonth.scale(),
        hour: one.hour,
        ...rangeOf(one),
        indicator,
        ...(one.format === undefined ? {} : { format: one.format }),
      }
    case 'number':
      if (scaling === 'quantile' && varies) return quantileOf(one, indicator)
      return scaling === 'robust' && one.known > 0 ? robustOf(one, indicator) : numberOf(one, indicator)
  }
}

function numberOf(one: ColumnStatistics, indicator: boolean): ColumnEncoding {
  const { name } = one
  if (one.values.overflows) {
    const hint = `Correct it, make it null (missing), or give scaling: { '${name}': 'quantile' }, which goes by ranks.`
    throw tooLarge(one, `whose squares float64 can add up in column '${name}'`, hint)
  }
  return { name, kind: 'number', ...one.values.scale(), ...rangeOf(one), indicator }
}

function rangeOf({ known, least, most }: ColumnStatistics): TrainingRange {
  return known === 0 ? {} : { min: least, max: most }
}

function quantileOf(one: ColumnStatistics, indicator: boolean): ColumnEncoding {
  const sorted = one.sorted()
  const quantiles = quantilesOf(sorted, Math.min(QUANTILE_STEPS, sorted.length - 1))
  if (!Number.isFinite(quantiles.at(-1)! - quantiles[0]!)) throw tooFarApart(one)
  const scores = new RunningScale()
  for (const value of sorted) scores.add(normalScore(quantiles, value))
  return { name: one.name, kind: 'quantile', ...scores.scale(), quantiles, ...rangeOf(one), indicator }
}

function robustOf(one: ColumnStatistics, indicator: boolean): ColumnEncoding {
  const scale = robustScaleOf(one.sorted())
  if (!Number.isFinite(scale.distance)) throw tooFarApart(one)
  return { name: one.name, kind: 'robust', ...scale, ...rangeOf(one), indicator }
}

function tooFarApart(one: ColumnStatistics): DeepblasError {
  const hint = 'Correct it, or make it null (missing).'
  return tooLarge(one, `whose differences float64 can hold in column '${one.name}'`, hint)
}

function nothingToKeep(name: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected values in the column '${name}', which keep names, but it has none in the training rows. Take it out of keep.`,
  )
}

function categoryOf(
  one: ColumnStatistics,
  options: CheckedOptions,
  inputs: Set<string>,
  kept: boolean,
): CategoryEncoding | DroppedColumn['reason'] {
  const { name, rows, missing, levelsLeftOut } = one
  const rareBelow = options.rareBelow ?? Math.min(MOST_RARE, Math.ceil(rows / 100))
  const frequent = [...one.counts].filter(([, count]) => count >= rareBelow)
  const levels = (kept && frequent.length === 0 ? [...one.counts] : frequent).map(([level]) => level)
  // Whatever the order of the rows.
  levels.sort()
  const unknown = missing > 0 || levelsLeftOut > 0 || levels.length < one.counts.size
  if (!kept && levels.length + Number(unknown) < 2) return levels.length < one.counts.size ? 'rare' : 'constant'
  const { embeddings, oneHotLevels } = options
  const embedded = embeddings === 'auto' ? levels.length > oneHotLevels : embeddings
  const folded = one.ignoreCase ? { ignoreCase: true } : {}
  if (!embedded) return { name, kind: 'oneHot', levels, unknown, ...folded }
  return { name, kind: 'embedding', levels, unknown, input: inputName(name, inputs), ...folded }
}

/** A name for the model's input that is also one of parameters: letters, digits and _. */
function inputName(column: string, taken: Set<string>): string {
  const plain = column.replaceAll(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d|__proto__$)/, 'column_')
  const name = plain === '' || plain === '_' ? 'column' : plain
  let own = name
  for (let i = 2; taken.has(own); i++) own = `${name}_${i}`
  taken.add(own)
  return own
}

function allDifferent({ counts, known, levelsLeftOut }: ColumnStatistics): boolean {
  return known >= FEWEST_OF_IDENTIFIER && counts.size + levelsLeftOut === known
}
