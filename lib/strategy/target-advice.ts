/*
 * What to know of a target before a training: classes that cannot be learned, and accuracies that say little.
 */
import { type Task, tasks } from '../data/encoding/fit/options.js'
import type { Column } from '../data/table/column.js'
import { Table } from '../data/table/table.js'
import { atOnce, type Steps } from '../turns.js'
import { invalid, knownOptions, oneOf, string } from '../validate.js'
import { levelCounts } from './column-values.js'

/** A problem of a target's classes. */
export interface TargetAdvice {
  /**
   * 'unlearnable': most rows have a class of their own; 'manyClasses': few rows for each; 'rareClasses': some classes of a
   * few rows; 'imbalance': one class has nearly all rows.
   */
  readonly kind: 'unlearnable' | 'manyClasses' | 'rareClasses' | 'imbalance'
  /** The problem, with its numbers, and what to do about it. */
  readonly text: string
}

/** Options of `targetAdvice`. */
export interface TargetAdviceOptions {
  /** The column that is to be predicted. */
  readonly target: string
  /** Whether the target has classes or values. Default: classes unless it is a column of numbers. */
  readonly task?: Task
}

const FEWEST_OF_CLASS = 5
const FEW_OF_CLASS = 10
const NEARLY_ALL = 0.9
const MOST_NAMED = 5

/**
 * Finds problems of a target's classes before a training, such as rare classes. For a target of values the list is
 * empty.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a wrong option, ERR_DEEPBLAS_DATA for a column that is not there
 * @example
 * for (const { text } of targetAdvice(table, { target: 'churned' })) console.warn(text)
 */
export function targetAdvice(table: Table, options: TargetAdviceOptions): TargetAdvice[] {
  if (!(table instanceof Table)) throw invalid('table', 'Table', table, 'Make one with Table.fromRows or readCsv.')
  const given = knownOptions<TargetAdviceOptions>('targetAdvice', options, ['target', 'task'])
  const column = table.column(string('target', given.target))
  const task = given.task === undefined ? undefined : oneOf('task', given.task, tasks)
  return atOnce(adviceSteps(column, task))
}

/** The same, step by step, of options that have been checked. */
export function* adviceSteps(column: Column, task: Task | undefined): Steps<TargetAdvice[]> {
  const classes = task === undefined ? column.type !== 'number' : task !== 'regression'
  if (!classes) return []
  const known = yield* levelCounts(column)
  const rows = known.reduce((sum, [, count]) => sum + count, 0)
  const alone = known.filter(([, count]) => count === 1).length
  const { name } = column
  if (known.length > 2 && alone > rows / 2) {
    const values = column.type === 'number' ? "task: 'regression'" : valuesAdvice(column)
    return [
      {
        kind: 'unlearnable',
        text:
          `Expected classes of several rows for the target '${name}' but it has ${known.length} classes in ${rows} rows, and ` +
          `${alone} of them have one row: nothing can be learned from these. If it is an identifier, choose another target; ` +
          `${values}.`,
      },
    ]
  }
  const found: TargetAdvice[] = []
  if (rows < FEWEST_OF_CLASS * known.length) {
    found.push({
      kind: 'manyClasses',
      text:
        `the target '${name}' has ${known.length} classes in ${rows} rows, less than ${FEWEST_OF_CLASS} rows for each: more ` +
        'rows, or fewer and wider classes, would tell more.',
    })
  } else {
    const rare = known.filter(([, count]) => count < FEW_OF_CLASS)
    if (rare.length > 0) found.push({ kind: 'rareClasses', text: rareText(name, rare) })
  }
  const [[label, most] = ['', 0]] = [...known].sort((a, b) => b[1] - a[1])
  if (known.length > 1 && most > NEARLY_ALL * rows) {
    const share = most / rows
    found.push({
      kind: 'imbalance',
      text:
        `${(100 * share).toFixed(1)} % of the rows are '${label}': always answering that has accuracy ${share.toFixed(4)}, so ` +
        'the accuracy says little here. Look at balancedAccuracy, averagePrecision and the scores by class; ' +
        "classWeights: 'balanced' makes rows of rare classes count more.",
    })
  }
  return found
}

/** How to have values of a column of texts: by what is known of why they are texts. */
function valuesAdvice({ name, reading }: Column): string {
  const known = reading?.notes?.find(({ kind }) => kind === 'text' || kind === 'unit')
  if (known !== undefined) return `the column is ${known.text}`
  return `if its texts are values, read it with types: { '${name}': 'number' }`
}

function rareText(target: string, rare: readonly (readonly [string, number])[]): string {
  const named = rare.slice(0, MOST_NAMED).map(([label, count]) => `'${label}' (${count})`)
  const more = rare.length > MOST_NAMED ? ` and ${rare.length - MOST_NAMED} more` : ''
  return (
    `few rows of the target '${target}' are ${named.join(', ')}${more}: what is measured of ${rare.length === 1 ? 'this class' : 'these classes'} ` +
    'goes by a handful of rows.'
  )
}
