/*
 * An encoder as a model file keeps it, and back: a file is a stranger's until every part of it has been looked at.
 */
import type { Json } from '../../files/strict-json.js'
import {
  array,
  boolean,
  finiteNumber,
  invalid,
  knownOptions,
  oneOf,
  plainObject,
  positiveInteger,
  string,
} from '../../validate.js'
import { dateFormat } from '../table/dates/date-format.js'
import {
  type ColumnEncoding,
  type DroppedColumn,
  droppedReasons,
  type NumberScale,
  type TrainingRange,
} from './column-encoding.js'
import { tasks } from './fit/options.js'
import type { TargetEncoding } from './target-encoding.js'
import { textReadingFrom, textReadingNames } from './text-reading.js'

const VERSION = 1

export interface EncoderDescription {
  readonly columns: readonly ColumnEncoding[]
  readonly dropped: readonly DroppedColumn[]
  readonly target: TargetEncoding | undefined
  /** Training rows. */
  readonly rows: number
}

export function encoderToJson({ columns, dropped, target, rows }: EncoderDescription): { [name: string]: Json } {
  const plain = { version: VERSION, rows, columns, dropped, ...(target === undefined ? {} : { target }) }
  return structuredClone(plain) as unknown as { [name: string]: Json }
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names the part that is wrong */
export function encoderFromJson(value: unknown): EncoderDescription {
  const given = parts('encoder', value, ['version', 'rows', 'columns', 'dropped', 'target'])
  if (given.version !== VERSION) {
    throw invalid('encoder.version', `version ${VERSION}`, given.version, 'A newer deepblas may have written it.')
  }
  const columns = array('encoder.columns', given.columns, 'columns').map((one, i) =>
    columnFrom(`encoder.columns[${i}]`, one),
  )
  if (columns.length === 0) throw invalid('encoder.columns', 'at least one column', given.columns)
  const dropped = array('encoder.dropped', given.dropped, 'columns').map((one, i) => {
    const what = `encoder.dropped[${i}]`
    const { name, reason } = parts(what, one, ['name', 'reason'])
    return {
      name: string(`${what}.name`, name),
      reason: oneOf(`${what}.reason`, reason, Object.keys(droppedReasons) as DroppedColumn['reason'][]),
    }
  })
  const target = given.target === undefined ? undefined : targetFrom(given.target)
  const names = [...columns, ...dropped, ...(target === undefined ? [] : [target])].map(({ name }) => name)
  requireDistinct('encoder', names)
  requireDistinct(
    'the inputs of encoder',
    columns.flatMap((one) => (one.kind === 'embedding' ? [one.input!] : [])),
  )
  const firstCodes = columns.findIndex(({ kind }) => kind === 'embedding')
  if (firstCodes >= 0 && columns.slice(firstCodes).some(({ kind }) => kind !== 'embedding')) {
    throw invalid('encoder.columns', 'embedded columns behind all others', columns)
  }
  return { columns, dropped, target, rows: positiveInteger('encoder.rows', given.rows) }
}

function columnFrom(what: string, value: unknown): ColumnEncoding {
  const given = plainObject(what, value)
  return { ...encodingFrom(what, given), ...textReadingFrom(what, given) }
}

function encodingFrom(what: string, given: Record<string, unknown>): ColumnEncoding {
  const kinds = ['number', 'quantile', 'robust', 'boolean', 'date', 'oneHot', 'embedding'] as const
  const kind = oneOf(`${what}.kind`, given.kind, kinds)
  const name = string(`${what}.name`, given.name)
  const indicator = () => boolean(`${what}.indicator`, given.indicator)
  switch (kind) {
    case 'number':
      parts(what, given, ['name', 'kind', 'mean', 'deviation', 'min', 'max', 'indicator', ...textReadingNames])
      return { name, kind, ...scaleFrom(what, given), ...rangeFrom(what, given), indicator: indicator() }
    case 'quantile':
      parts(what, given, [
        'name',
        'kind',
        'mean',
        'deviation',
        'quantiles',
        'min',
        'max',
        'indicator',
        ...textReadingNames,
      ])
      return {
        name,
        kind,
        ...scaleFrom(what, given),
        quantiles: quantilesFrom(`${what}.quantiles`, given.quantiles),
        ...rangeFrom(what, given),
        indicator: indicator(),
      }
    case 'robust':
      parts(what, given, ['name', 'kind', 'median', 'distance', 'min', 'max', 'indicator', ...textReadingNames])
      return {
        name,
        kind,
        median: finiteNumber(`${what}.median`, given.median),
        distance: finiteNumber(`${what}.distance`, given.distance, { min: 0 }),
        ...rangeFrom(what, given),
        indicator: indicator(),
      }
    case 'boolean':
      parts(what, given, ['name', 'kind', 'signed', 'fill', 'indicator', ...textReadingNames])
      return {
        name,
        kind,
        ...(given.signed === undefined ? {} : { signed: boolean(`${what}.signed`, given.signed) }),
        fill: finiteNumber(`${what}.fill`, given.fill, { min: 0, max: 1 }),
        indicator: indicator(),
      }
    case 'date':
      parts(what, given, [
        'name',
        'kind',
        'days',
        'year',
        'dayOfMonth',
        'hour',
        'min',
        'max',
        'indicator',
        'format',
        ...textReadingNames,
      ])
      return {
        name,
        kind,
        days: exactScale(`${what}.days`, given.days),
        year: exactScale(`${what}.year`, given.year),
        dayOfMonth: exactScale(`${what}.dayOfMonth`, given.dayOfMonth),
        hour: boolean(`${what}.hour`, given.hour),
        ...rangeFrom(what, given),
        indicator: indicator(),
        // Files from before formats have none.
        ...(given.format === undefined ? {} : { format: formatFrom(`${what}.format`, given.format) }),
      }
    default: {
      const embedded = kind === 'embedding'
      const own = embedded ? ['input'] : []
      parts(what, given, ['name', 'kind', 'levels', 'unknown', 'ignoreCase', ...own, ...textReadingNames])
      const levels = array(`${what}.levels`, given.levels, 'strings').map((level, i) =>
        string(`${what}.levels[${i}]`, level),
      )
      if (levels.length === 0) throw invalid(`${what}.levels`, 'at least one level', levels)
      requireDistinct(`${what}.levels`, levels)
      const unknown = boolean(`${what}.unknown`, given.unknown)
      const input = embedded ? { input: inputFrom(`${what}.input`, given.input) } : {}
      return { name, kind, levels, unknown, ...input, ...ignoreCaseFrom(what, given) }
    }
  }
}

function targetFrom(value: unknown): TargetEncoding {
  const what = 'encoder.target'
  const given = plainObject(what, value)
  const name = string(`${what}.name`, given.name)
  const task = oneOf(`${what}.task`, given.task, tasks)
  if (task === 'regression') {
    parts(what, given, ['name', 'task', 'mean', 'deviation', 'min', 'max', ...textReadingNames])
    return { name, task, ...scaleFrom(what, given), ...rangeFrom(what, given), ...textReadingFrom(what, given) }
  }
  parts(what, given, ['name', 'task', 'labels', 'ignoreCase', ...textReadingNames])
  const labels = array(`${what}.labels`, given.labels, 'strings').map((label, i) =>
    string(`${what}.labels[${i}]`, label),
  )
  if (labels.length < 2) throw invalid(`${what}.labels`, 'at least two labels', labels)
  requireDistinct(`${what}.labels`, labels)
  return { name, task, labels, ...ignoreCaseFrom(what, given), ...textReadingFrom(what, given) }
}

/** Files from before it have none. */
function ignoreCaseFrom(what: string, { ignoreCase }: Record<string, unknown>): { ignoreCase?: boolean } {
  return ignoreCase === undefined ? {} : { ignoreCase: boolean(`${what}.ignoreCase`, ignoreCase) }
}

function exactScale(what: string, value: unknown): NumberScale {
  return scaleFrom(what, parts(what, value, ['mean', 'deviation']))
}

function scaleFrom(what: string, given: Record<string, unknown>): NumberScale {
  return {
    mean: finiteNumber(`${what}.mean`, given.mean),
    deviation: finiteNumber(`${what}.deviation`, given.deviation, { exclusiveMin: 0 }),
  }
}

function formatFrom(what: string, value: unknown): string {
  return dateFormat(what, string(what, value)).pattern
}

/** Files of earlier versions have none. */
function rangeFrom(what: string, { min, max }: Record<string, unknown>): TrainingRange {
  if (min === undefined && max === undefined) return {}
  const least = finiteNumber(`${what}.min`, min)
  return { min: least, max: finiteNumber(`${what}.max`, max, { min: least }) }
}

function quantilesFrom(what: string, value: unknown): number[] {
  const quantiles = array(what, value, 'numbers').map((one, i) => finiteNumber(`${what}[${i}]`, one))
  if (quantiles.length < 2) throw invalid(what, 'at least two numbers', quantiles)
  const falling = quantiles.findIndex((one, i) => i > 0 && one < quantiles[i - 1]!)
  if (falling >= 0) throw invalid(`${what}[${falling}]`, 'number not below the one before', quantiles[falling])
  return quantiles
}

function inputFrom(what: string, value: unknown): string {
  const name = string(what, value)
  if (name === 'numeric' || name === '__proto__' || !/^[A-Za-z_]\w*$/.test(name)) {
    throw invalid(what, "name of letters, digits and _, and not 'numeric'", name)
  }
  return name
}

function parts(what: string, value: unknown, names: readonly string[]): Record<string, unknown> {
  return knownOptions<Record<string, unknown>>(what, plainObject(what, value), names)
}

function requireDistinct(what: string, names: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw invalid(what, 'names that differ', name)
    seen.add(name)
  }
}
