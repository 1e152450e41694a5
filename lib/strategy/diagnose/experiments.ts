/*
 * The experiments of a diagnosis, in the order of what they tell.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { largestOf } from '../../extremes.js'
import type { RandomStream } from '../../random/stream.js'
import type { Allowance } from './allowance.js'
import { learningCurves } from './curve.js'
import { leastOf, type ReferenceFigure, remainingError } from './decide.js'
import { labelNoise } from './label-noise.js'
import { type Probe, type Probes, repeatAsGiven, runProbes, type Standardized } from './probes.js'
import { FEWEST_ROWS, referenceFits, referenceWork } from './reference.js'
import type { Curves, ErrorFigure, Estimate, LabelNoiseFigure } from './result.js'
import type { Subject } from './subject.js'
import { difference, estimate, type Outcome, type Repetition } from './trainings.js'

/**
 * Of the time left, what the fits for comparison may take. They are begun whatever they are expected to take: without them
 * nothing can be said of bias, and what a small training before them took tells little of larger ones.
 */
const SHARE_OF_TIME = 0.75

export interface ExperimentsOptions {
  readonly repetition: Repetition
  readonly allowance: Allowance
  /** The rows of the repetition, standardized; undefined where they are so already. */
  readonly standardized: Standardized
  /** Rows for the fits for comparison, standardized, and their numbers among the training rows. */
  readonly compared: { readonly data: Dataset; readonly rows: Int32Array; readonly repeats: number }
  readonly train: ErrorFigure
  /** Of the model, on rows that it has not seen: what is reached where there was no room for a repetition. */
  readonly unseen: ErrorFigure
  /** The error that the user wants. */
  readonly target: number | undefined
  random(part: 'folds' | 'curve'): RandomStream
}

/** What the experiments found. */
export interface Experiments {
  /** Undefined where there was no room for any. */
  readonly probes: Probes | undefined
  readonly curves: Curves
  readonly noise: LabelNoiseFigure | undefined
  readonly reference: ReferenceFigure | undefined
  /** The error that stays with any number of rows; undefined without the fits for comparison. */
  readonly remaining: Estimate | undefined
  /** The least error of a repetition on rows it had not seen. */
  readonly reached: ErrorFigure | undefined
}

/**
 * The training repeated as it was, then the fits for comparison; then, where these tell of a bias, changes that may close it,
 * and otherwise the learning curve first.
 */
export async function runExperiments(options: ExperimentsOptions): Promise<Experiments> {
  const { repetition, allowance, standardized, train, unseen, target, random } = options
  const { subject, heldOut } = repetition
  const base = await repeatAsGiven(repetition, allowance)
  const { noise, reference } = await outOfFold(options)
  const own = base === undefined ? [unseen] : []
  const known = remainingError([...own, ...fitsOf([base], subject, heldOut)], reference)
  const { value, error } = known ?? { value: 0, error: 0 }
  const biased = difference(train, { value: Math.max(target ?? 0, value), error }).certain
  const drawCurves = async (): Promise<Curves> =>
    base === undefined
      ? { rows: [], twice: undefined, epochs: [] }
      : await learningCurves(repetition, base, random('curve'), allowance)
  // They are compared with the repetition, and are not told one by one.
  if (base === undefined) allowance.leaveOut(['changes of the training', 'learning curves'])
  const early = biased ? undefined : await drawCurves()
  const changed = base && (await runProbes(repetition, base, standardized, allowance))
  const fits = [...own, ...fitsOf([base, ...(changed ?? []).map(({ outcome }) => outcome)], subject, heldOut)]
  return {
    probes: base && { base, changed: changed as readonly Probe[] },
    curves: early ?? (await drawCurves()),
    noise,
    reference,
    remaining: remainingError(fits, reference),
    reached: leastOf(fits),
  }
}

async function outOfFold({
  repetition,
  allowance,
  compared: { data, rows, repeats },
  random,
}: ExperimentsOptions): Promise<{ noise: LabelNoiseFigure | undefined; reference: ReferenceFigure | undefined }> {
  const { subject } = repetition
  if (data.rows < FEWEST_ROWS) return { noise: undefined, reference: undefined }
  const names = ['usual networks for comparison']
  const fits = await allowance.run(
    names,
    referenceWork(repetition, data.rows, repeats),
    (signal) => referenceFits({ ...repetition, signal }, data, random('folds'), repeats),
    SHARE_OF_TIME,
  )
  if (fits === undefined) return { noise: undefined, reference: undefined }
  const [whole, half] = [fits.scores, fits.halfScores].map((scores) => subject.errors(scores, data))
  const differences = half!.map((error, row) => error - whole![row]!)
  const { value, error } = subject.figure(differences, data)
  return {
    noise: labelNoise(subject, data, fits, rows),
    reference: {
      error: subject.figure(whole!, data),
      fewerRows: estimate(value, error),
      chance: chanceOf(subject, data),
    },
  }
}

/** The error of always answering the largest class, or the mean; of several answers of yes or no, of half of them. */
function chanceOf(subject: Subject, data: Dataset): number {
  if (!subject.hasClasses) return subject.task === 'values' ? 1 : 0.5
  const counts = new Float64Array(subject.classes)
  for (const one of subject.classesOf(data)) counts[one]!++
  return 1 - largestOf(counts) / data.rows
}

/** The errors on rows held out of all repetitions that did not fail. */
function fitsOf(outcomes: readonly (Outcome | undefined)[], subject: Subject, heldOut: Dataset): ErrorFigure[] {
  return outcomes
    .filter((one) => one !== undefined && one.failed < one.heldOutBySeed.length)
    .map((one) => subject.figure(one!.heldOutErrors, heldOut))
}
