/*
 * Several data sets, one below the other.
 */

import { DeepblasError } from '../../errors.js'
import { numberArrayClass } from '../../kinds.js'
import { allocate } from '../arrays/allocate.js'
import { renumberedTargets, sameNames } from '../arrays/class-names.js'
import { weightMatrix, weightsOf } from '../arrays/row-weights.js'
import type { NumberTable } from '../arrays/rows.js'
import { FeatureBuffer, type Parts } from './contents.js'

/** @param all at least one, of the same number of features */
export function joinParts(all: readonly Parts[]): Parts {
  const [first, ...others] = all as [Parts, ...Parts[]]
  const same = <Value>(of: (parts: Parts) => Value) => others.every((parts) => of(parts) === of(first))
  for (const [i, { features }] of others.entries()) {
    if (features !== first.features) {
      throw shapeError(`${first.features} features for others[${i}], as the data set has,`, features)
    }
  }
  const rows = all.reduce((sum, parts) => sum + parts.rows, 0)
  const bytes = first.xType === 'uint8' && same(({ xType }) => xType) && same(({ scale }) => scale)
  const features = new FeatureBuffer(rows, first.features, bytes ? 'uint8' : 'float32', bytes ? first.scale : 1)
  const { targets, labels } = joinTargets(all)
  let to = 0
  for (const { x, rows: count } of all) for (let row = 0; row < count; row++) features.set(to++, x.row(row))
  return {
    x: features.matrix(),
    xType: bytes ? 'uint8' : 'float32',
    scale: bytes ? first.scale : 1,
    features: first.features,
    rows,
    targets,
    labels,
    textTargets: all.some(({ textTargets }) => textTargets),
    weights: joinWeights(all, rows),
    featureShape: same(({ featureShape }) => featureShape.join()) ? first.featureShape : [first.features],
    inputs: same(({ inputs }) => JSON.stringify(inputs)) ? first.inputs : undefined,
    encoder: joinEncoders(all),
  }
}

/** One for all, or none: the columns of two encoders mean different things. */
function joinEncoders(all: readonly Parts[]): Parts['encoder'] {
  const [first, ...others] = all.map(({ encoder }) => encoder)
  const different = others.findIndex((one) => (first === undefined ? one !== undefined : !first.equals(one)))
  if (different < 0) return first
  throw dataError(
    `data sets of one encoder but others[${different}] is of another. Read them with option encoder: first.encoder`,
  )
}

/** Where some have weights, the rows of the others weigh 1. */
function joinWeights(all: readonly Parts[], rows: number): Parts['weights'] {
  if (all.every(({ weights }) => weights === undefined)) return undefined
  const values = new Float32Array(rows).fill(1)
  let to = 0
  for (const { weights, rows: count } of all) {
    if (weights !== undefined) values.set(weightsOf(weights), to)
    to += count
  }
  return weightMatrix(values)
}

function joinTargets(all: readonly Parts[]): Pick<Parts, 'targets' | 'labels'> {
  const first = all[0]!
  const tables: NumberTable[] = []
  for (const [i, { targets, labels }] of all.entries()) {
    const name = `others[${i - 1}]`
    if ((targets === undefined) !== (first.targets === undefined)) {
      throw dataError(`targets in all data sets or in none but ${name} has ${targets === undefined ? 'none' : 'some'}`)
    }
    if ((labels === undefined) !== (first.labels === undefined)) {
      throw dataError(
        `labels in all data sets or in none but ${name} has ${labels === undefined ? 'none' : 'some'}: ` +
          'a class would not be told from a number',
      )
    }
    if (targets === undefined) continue
    if (targets.columns !== first.targets!.columns) {
      throw shapeError(`${first.targets!.columns} columns of y for ${name}, as the data set has,`, targets.columns)
    }
    tables.push(targets)
  }
  const labels = joinLabels(all)
  if (tables.length === 0) return { targets: undefined, labels }
  const [{ data: kind, columns }] = tables as [NumberTable]
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const Same = numberArrayClass(kind)
  const same = tables.every((table) => numberArrayClass(table.data) === Same)
  const data = allocate(rows, columns, same ? Same : Float64Array)
  let to = 0
  for (const [i, table] of tables.entries()) {
    const own = all[i]!.labels
    if (own === undefined || labels === first.labels) {
      data.set(table.data, to)
      to += table.data.length
      continue
    }
    // Classes are numbered anew where the labels of the parts differ.
    data.set(renumberedTargets(table, own, labels!, columns).data, to)
    to += table.data.length
  }
  return { targets: { data, rows, columns }, labels }
}

/** The labels of all: the first's in their order, then those that come new. */
function joinLabels(all: readonly Parts[]): readonly string[] | undefined {
  const first = all[0]!
  if (first.labels === undefined) return undefined
  const labels = [...new Set(all.flatMap((parts) => parts.labels ?? []))]
  const differ = all.some((parts) => !sameNames(parts.labels!, first.labels!))
  if (!differ) return first.labels
  if (first.targets !== undefined && first.targets.columns > 1 && labels.length !== first.labels.length) {
    throw dataError('the same labels in all data sets whose targets are rows of probabilities')
  }
  return labels
}

function shapeError(expected: string, received: number): DeepblasError {
  return new DeepblasError('ERR_DEEPBLAS_SHAPE', `Expected ${expected} but received ${received}.`)
}

function dataError(expected: string): DeepblasError {
  return new DeepblasError('ERR_DEEPBLAS_DATA', `Expected ${expected}.`)
}
