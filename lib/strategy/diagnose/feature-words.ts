/*
 * Features and bounds in words: of a table by its columns, in their own units; otherwise by number.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { ColumnEncoding } from '../../data/encoding/column-encoding.js'
import { featureNames, widthOf } from '../../data/encoding/column-encoding.js'
import { valueOfRobustScore } from '../../data/encoding/robust-scores.js'

/** How a feature is told, and what its split at a bound means. */
export interface FeatureWords {
  readonly name: string
  /** Rows below the bound, and those that are not. */
  split(bound: number): readonly [below: string, other: string]
  /** Rows that have the value, and those that have not; undefined for features that are in order. */
  readonly equals: ((value: number) => readonly [same: string, other: string]) | undefined
}

export function wordsOf(data: Dataset): readonly FeatureWords[] {
  const { encoder } = data
  if (encoder === undefined) return Array.from({ length: data.features }, (_, at) => plain(`feature ${at}`))
  // Codes of embeddings stand behind the numbers.
  const codes = encoder.columns.filter(({ kind }) => kind === 'embedding')
  const numbers = encoder.columns.filter(({ kind }) => kind !== 'embedding')
  return [...numbers, ...codes].flatMap((column) => wordsOfColumn(column))
}

function wordsOfColumn(column: ColumnEncoding): FeatureWords[] {
  const names = featureNames(column)
  const { name } = column
  if (column.kind === 'oneHot') {
    return names.map((feature, at) => {
      const level = column.levels[at - Number(column.unknown)]
      return yesOrNo(
        feature,
        level === undefined ? `${name} unknown` : `${name} ${level}`,
        level === undefined ? `${name} known` : `${name} not ${level}`,
      )
    })
  }
  if (column.kind === 'embedding') {
    const level = (code: number) => (code === 0 ? `${name} unknown` : `${name} ${column.levels[code - 1]}`)
    const other = (code: number) => (code === 0 ? `${name} known` : `${name} not ${column.levels[code - 1]}`)
    return [
      {
        name,
        split: (bound) => [`${name} code < ${told(bound)}`, `${name} code >= ${told(bound)}`],
        equals: (code) => [level(code), other(code)],
      },
    ]
  }
  const words = names.slice(0, widthOf(column) - indicatorsOf(column)).map((feature, at): FeatureWords => {
    if (column.kind === 'boolean') return yesOrNo(feature, `${name} true`, `${name} false`)
    if (column.kind === 'robust') return plain(feature, (bound) => valueOfRobustScore(column, bound))
    const scale =
      column.kind === 'number'
        ? column
        : column.kind === 'date'
          ? [column.days, column.year, column.dayOfMonth][at]
          : undefined
    return scale === undefined ? plain(feature) : plain(feature, (bound) => bound * scale.deviation + scale.mean)
  })
  return indicatorsOf(column) === 0 ? words : [...words, yesOrNo(names.at(-1)!, `${name} unknown`, `${name} known`)]
}

function indicatorsOf(column: ColumnEncoding): number {
  return Number('indicator' in column && column.indicator)
}

function plain(name: string, inUnits = (bound: number) => bound): FeatureWords {
  const words = (bound: number) => told(inUnits(bound))
  return { name, split: (bound) => [`${name} < ${words(bound)}`, `${name} >= ${words(bound)}`], equals: undefined }
}

/** A feature of 0 and 1. */
function yesOrNo(name: string, yes: string, no: string): FeatureWords {
  return { name, split: () => [no, yes], equals: undefined }
}

function told(value: number): string {
  return String(Number(value.toPrecision(3)))
}
