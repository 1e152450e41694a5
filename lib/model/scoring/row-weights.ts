/*
 * Rows that count nothing: where all do there is nothing to compute, and where those of a class or a step do, the user is
 * told.
 */
import { type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import type { Loss } from '../../losses/loss.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { describe } from '../../validate.js'
import type { Network } from '../network/network.js'
import { classOfRows } from './class-weights.js'

/**
 * Checks that some row of every data set counts: of weights that are all 0 there is no mean.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA where none does
 */
export function requireWeight(argument: string, data: readonly Dataset[]): void {
  for (const [i, one] of data.entries()) {
    if (forRuns(one).rowsThatCount > 0) continue
    const name = data.length === 1 ? argument : `${argument}[${i}]`
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected for ${name} at least one row of a weight above 0 but all of its ${one.rows} rows have weight 0 ` +
        '(sampleWeights times classWeights). Give rows a weight, or leave this data out.',
    )
  }
}

/** What has been told of a network's data: once is enough, also where batch follows batch. */
const told = new WeakMap<Network, Set<string>>()

/**
 * Tells, as a warning of the process, of classes and steps that train nothing, since their rows have weight 0.
 *
 * @param shuffle whether the rows of a step are drawn: then it is known only where there are fewer than steps
 */
export function* tellOfNothing(
  network: Network,
  data: readonly Dataset[],
  loss: Loss,
  batch: number | 'full',
  shuffle: boolean,
): Steps<void> {
  for (const one of new Set(data)) {
    const { rows, rowsThatCount } = forRuns(one)
    if (rowsThatCount === rows) continue
    const steps = batch === 'full' ? 1 : Math.ceil(rows / batch)
    if (rowsThatCount < steps) {
      tell(
        network,
        'steps',
        `Only ${rowsThatCount} of ${rows} rows have a weight above 0, fewer than the ${steps} steps of an epoch: some steps ` +
          'train nothing. Leave rows of weight 0 out, or take a larger batchSize.',
      )
    }
    const first = shuffle || rowsThatCount < steps || batch === 'full' ? -1 : firstStepOfNothing(one, batch)
    if (first >= 0) {
      const from = first * Number(batch)
      tell(
        network,
        'steps',
        `Step ${first + 1} of every epoch trains nothing: all its rows, ${from} to ${Math.min(rows, from + Number(batch)) - 1}, ` +
          'have weight 0, and shuffle is false. Leave rows of weight 0 out, or let them be shuffled.',
      )
    }
    for (const name of yield* classesWithoutWeight(one, loss, network.outputs)) {
      tell(
        network,
        `class ${name}`,
        `No row of class ${name} trains: all of them have weight 0 (sampleWeights times classWeights). The network does not ` +
          'learn that class.',
      )
    }
  }
}

/** The first step, of rows in their order, none of which counts; -1 where there is none. */
function firstStepOfNothing(data: Dataset, batch: number): number {
  const weights = data.sampleWeights()!
  for (let from = 0; from < data.rows; from += batch) {
    if (!weights.subarray(from, from + batch).some((weight) => weight > 0)) return from / batch
  }
  return -1
}

/** Classes that have rows, none of which counts. */
function* classesWithoutWeight(data: Dataset, loss: Loss, outputs: number): Steps<string[]> {
  const classes = yield* classOfRows(data, loss, outputs)
  if (classes === undefined) return []
  const weights = data.sampleWeights()!
  const most: (number | undefined)[] = []
  for (let row = 0; row < classes.length; row++) {
    if (row % ELEMENTS_OF_STEP === 0) yield
    const one = classes[row]!
    most[one] = Math.max(most[one] ?? 0, weights[row]!)
  }
  const nothing = most.flatMap((weight, one) => (weight === 0 ? [one] : []))
  return nothing
    .sort((a, b) => a - b)
    .map((one) => (data.labels?.[one] === undefined ? String(one) : describe(data.labels[one])))
}

function tell(network: Network, what: string, message: string): void {
  const known = told.get(network) ?? new Set()
  told.set(network, known)
  if (known.has(what)) return
  known.add(what)
  process.emitWarning(message, { type: 'DeepblasWarning', code: 'DEEPBLAS_WEIGHT_ZERO' })
}
