/*
 * What would help: the same training with one thing changed, a few seeds each.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Layer } from '../../layers/layer.js'
import { optimizerOf } from '../../optimizers/names.js'
import type { Lever, ProbeFigure } from './result.js'
import { gainOf, type Outcome, type Repetition, repeat, repeatAtRates, type Variation } from './trainings.js'
import { reactivated, widened } from './variations.js'

/** Factors of the learning rate: four orders up, since a rate may be far too low, and one down. */
const RATE_FACTORS = [0.1, 3, 10, 100, 1000, 10_000]
/** Updates that a longer training makes at least. */
const UPDATES = 1000
const TIMES_LONGER = 3
const MOST_TIMES_LONGER = 50

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

export async function runProbes(repetition: Repetition, standardized: Standardized): Promise<Probes> {
  const { subject, fit, train, heldOut } = repetition
  const { layers } = subject
  const epochs = fit.epochs!
  const given: Variation = { layers, train, heldOut, epochs }
  const stepped = optimizerOf(fit.optimizer).stepsOver === 'batches'
  const factors = stepped ? [1, ...RATE_FACTORS] : [1]
  const [base, ...atRates] = (await repeatAtRates(repetition, given, factors)) as [Outcome, ...Outcome[]]
  const probeOf = (lever: Lever, change: string, outcome: Outcome, rateFactor = 1): Probe => {
    const { train: onTrain, heldOut: onHeldOut, failed } = outcome
    const gain = gainOf(base, outcome, heldOut)
    return { lever, change, train: onTrain, heldOut: onHeldOut, gain, failed, outcome, rateFactor }
  }
  const changed = atRates.map((outcome, at) => {
    const rateFactor = RATE_FACTORS[at]!
    return probeOf('learningRate', `learning rate x ${rateFactor}`, outcome, rateFactor)
  })
  const add = async (lever: Lever, change: string, differs: Partial<Variation>) => {
    repetition.signal?.throwIfAborted()
    changed.push(probeOf(lever, change, await repeat(repetition, { ...given, ...differs })))
  }
  if (standardized !== undefined) await add('scale', 'inputs standardized', standardized)
  const times = timesLonger(epochs * Math.ceil(train.rows / batchOf(fit.batchSize, train.rows)))
  await add('longer', `${times * epochs} epochs`, { epochs: times * epochs })
  const other = (lever: Lever, change: string, made: readonly Layer[] | undefined) =>
    made === undefined ? undefined : add(lever, change, { layers: made })
  await other('activation', 'leaky relus in the hidden layers', reactivated(layers))
  await other('bigger', 'hidden layers four times as wide, 32 units at least', widened(layers))
  return { base, changed }
}

function timesLonger(updates: number): number {
  return Math.min(MOST_TIMES_LONGER, Math.max(TIMES_LONGER, Math.ceil(UPDATES / Math.max(1, updates))))
}

export function batchOf(batchSize: number | 'full' | undefined, rows: number): number {
  return batchSize === 'full' ? rows : Math.min(rows, batchSize ?? 32)
}
