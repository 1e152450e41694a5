/*
 * What would help: the same training with one thing changed, a few seeds each.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Layer } from '../../layers/layer.js'
import { optimizerOf } from '../../optimizers/names.js'
import { type Allowance, workOf } from './allowance.js'
import type { Lever, ProbeFigure } from './result.js'
import { gainOf, type Outcome, type Repetition, repeat, repeatAtRates, type Variation } from './trainings.js'
import { reactivated, widened } from './variations.js'

/**
 * Factors of the learning rate: four orders up, since a rate may be far too low, and one down; those that tell most first.
 * Each group is trained side by side.
 */
const RATE_FACTORS = [
  [10, 0.1],
  [3, 100],
  [1000, 10_000],
]
/** Updates that a longer training makes at least. */
const UPDATES = 1000
const TIMES_LONGER = 3
const MOST_TIMES_LONGER = 50
/** Of the time of a budget, what the training itself may take: the fits for comparison come after it. */
const SHARE_OF_TIME = 0.5

export interface Probe extends ProbeFigure {
  readonly outcome: Outcome
  /** Of the learning rate; 1 for probes of other things. */
  readonly rateFactor: number
}

export interface Probes {
  /** The training as it was, by other seeds. */
  readonly base: Outcome
  readonly changed: readonly Probe[]
}

/** Training rows and rows held out, standardized; undefined where they are so already. */
export type Standardized = { readonly train: Dataset; readonly heldOut: Dataset } | undefined

/** The training as it was given. */
export function asGiven({ subject, fit, train, heldOut }: Repetition): Variation {
  return { layers: subject.layers, train, heldOut, epochs: fit.epochs! }
}

/** The training repeated as it was, with its losses on the rows held out; undefined where there was no room for it. */
export async function repeatAsGiven(repetition: Repetition, allowance: Allowance): Promise<Outcome | undefined> {
  const given = asGiven(repetition)
  const work = repetition.seeds * workOf(repetition, given)
  const watched = { ...given, validation: given.heldOut }
  return await allowance.run(
    ['the training itself, repeated'],
    work,
    (signal) => repeat({ ...repetition, signal }, watched),
    SHARE_OF_TIME,
  )
}

/** The changes that there is room for, the most telling first. */
export async function runProbes(
  repetition: Repetition,
  base: Outcome,
  standardized: Standardized,
  allowance: Allowance,
): Promise<readonly Probe[]> {
  const { subject, fit, train, heldOut, seeds } = repetition
  const { layers } = subject
  const given = asGiven(repetition)
  const changed: Probe[] = []
  const add = (lever: Lever, change: string, outcome: Outcome, rateFactor = 1) => {
    const { train: onTrain, heldOut: onHeldOut, failed } = outcome
    const gain = gainOf(base, outcome, heldOut)
    changed.push({ lever, change, train: onTrain, heldOut: onHeldOut, gain, failed, outcome, rateFactor })
  }
  const tryOne = async (lever: Lever, change: string, differs: Partial<Variation>) => {
    const variation = { ...given, ...differs }
    const outcome = await allowance.run([change], seeds * workOf(repetition, variation), (signal) =>
      repeat({ ...repetition, signal }, variation),
    )
    if (outcome !== undefined) add(lever, change, outcome)
  }
  const tryRates = async (factors: readonly number[]) => {
    const names = factors.map((factor) => `learning rate x ${factor}`)
    const work = factors.length * seeds * workOf(repetition, given)
    const outcomes = await allowance.run(names, work, (signal) =>
      repeatAtRates({ ...repetition, signal }, given, factors),
    )
    for (const [at, outcome] of (outcomes ?? []).entries()) add('learningRate', names[at]!, outcome, factors[at]!)
  }
  const tryLayers = async (lever: Lever, change: string, made: readonly Layer[] | undefined) => {
    if (made !== undefined) await tryOne(lever, change, { layers: made })
  }
  const stepped = optimizerOf(fit.optimizer).stepsOver === 'batches'
  const [first, ...others] = stepped ? RATE_FACTORS : []
  if (standardized !== undefined) await tryOne('scale', 'inputs standardized', standardized)
  if (first !== undefined) await tryRates(first)
  await tryLayers('activation', 'leaky relus in the hidden layers', reactivated(layers))
  const times = timesLonger(given.epochs * Math.ceil(train.rows / batchOf(fit.batchSize, train.rows)))
  await tryOne('longer', `${times * given.epochs} epochs`, { epochs: times * given.epochs })
  await tryLayers('bigger', 'hidden layers four times as wide, 32 units at least', widened(layers))
  for (const factors of others) await tryRates(factors)
  return changed
}

function timesLonger(updates: number): number {
  return Math.min(MOST_TIMES_LONGER, Math.max(TIMES_LONGER, Math.ceil(UPDATES / Math.max(1, updates))))
}

export function batchOf(batchSize: number | 'full' | undefined, rows: number): number {
  return batchSize === 'full' ? rows : Math.min(rows, batchSize ?? 32)
}
