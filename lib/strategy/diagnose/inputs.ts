/*
 * Inputs that make it hard to learn, or too easy: on other scales, constant, or the target in disguise.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { forRuns } from '../../data/dataset/dataset.js'
import type { Column } from '../../data/table/column.js'
import { Table } from '../../data/table/table.js'
import { inTurns } from '../../turns.js'
import { suspiciousSteps } from '../suspicious-columns.js'
import type { Finding } from './result.js'
import type { FeatureMoments } from './scaling.js'
import type { Subject } from './subject.js'

/**
 * A column of deviation 1 and mean 0 is what initializers and rates are made for. Within this factor of it, all is well.
 */
const FAR = 10
const MOST_NAMED = 3
/** Columns and rows that are looked at for leaks. */
const MOST_COLUMNS = 1000
const MOST_ROWS = 5000

/** Features whose values or mean are far from what a network expects, of those that vary. */
function unscaledFeatures({ moments, features, scaledByModel }: Names): readonly number[] {
  if (scaledByModel) return []
  return features.filter((feature) => {
    const { mean, deviation, size } = moments[feature]!
    return deviation > 0 && (deviation > FAR || size < 1 / FAR || Math.abs(mean) > FAR)
  })
}

export interface Names {
  readonly names: readonly string[]
  readonly moments: readonly FeatureMoments[]
  readonly features: readonly number[]
  /** Whether the model's first layer brings every feature to the same scale. */
  readonly scaledByModel: boolean
}

export function scaleFinding(inputs: Names): Finding | undefined {
  const { names, moments, features } = inputs
  const unscaled = unscaledFeatures(inputs)
  if (unscaled.length === 0) return undefined
  const sizes = [...unscaled].sort((a, b) => moments[a]!.deviation - moments[b]!.deviation)
  const [least, most] = [sizes[0]!, sizes.at(-1)!]
  const told = (feature: number) => `${moments[feature]!.deviation.toPrecision(2)} (${names[feature]})`
  return {
    kind: 'unscaledInputs',
    severity: unscaled.length / features.length,
    evidence:
      `${unscaled.length} of ${features.length} inputs are far from mean 0 and deviation 1: deviations from ${told(least)} ` +
      `to ${told(most)}.`,
    levers: ['scale'],
  }
}

/** Inputs that do not vary; of pictures, whose rims often do not, only where all are so. */
export function constantFinding({ names, moments, features }: Names): Finding | undefined {
  const constant = features.filter((feature) => moments[feature]!.deviation === 0)
  if (constant.length === 0) return undefined
  const named = constant.slice(0, MOST_NAMED).map((feature) => names[feature])
  const more = constant.length > MOST_NAMED ? ` and ${constant.length - MOST_NAMED} more` : ''
  return {
    kind: 'constantInput',
    severity: constant.length / features.length,
    evidence: `The same value in every training row: ${named.join(', ')}${more}. It tells nothing.`,
    levers: [],
  }
}

/** Columns that tell the target alone, as `suspiciousColumns` finds them. */
export async function leakFindings(subject: Subject, train: Dataset, { names, features }: Names): Promise<Finding[]> {
  const { data, columns } = forRuns(train).targets!
  if (features.length > MOST_COLUMNS || (columns > 1 && !subject.hasClasses)) return []
  const step = Math.ceil(train.rows / MOST_ROWS)
  const rows = Array.from({ length: Math.ceil(train.rows / step) }, (_, at) => at * step)
  const values = rows.map((row) => train.row(row))
  const classes = subject.hasClasses ? subject.classesOf(train) : undefined
  const column = (name: string, of: (at: number) => number): Column =>
    ({ name, type: 'number', values: Float64Array.from(rows, (_, at) => of(at)) }) as Column
  const table = Table.of([
    ...features.map((feature) => column(`${feature}`, (at) => values[at]![feature]!)),
    column('target', (at) => (classes === undefined ? data[rows[at]!]! : classes[rows[at]!]!)),
  ])
  const task = classes === undefined ? 'regression' : 'classification'
  const found = await inTurns(suspiciousSteps(table, { target: 'target', task, keep: [] }))
  return found
    .filter(({ kind, reason }) => kind === 'leak' && reason === 'determines the target alone')
    .map(({ column: feature }) => ({
      kind: 'leak',
      severity: 1,
      evidence: `${names[Number(feature)]} determines the target alone. Is it known when the model is asked?`,
      levers: [],
    }))
}
