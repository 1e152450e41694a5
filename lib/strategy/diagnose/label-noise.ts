/*
 * Labels that may be wrong, by what a model says that has not seen them.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { weightedMean } from '../../statistics.js'
import type { Reference } from './reference.js'
import type { Estimate, LabelNoiseFigure } from './result.js'
import type { Subject } from './subject.js'
import { estimate, LEFT_TO_FALL } from './trainings.js'

const MOST_SUSPECTS = 20
/** Robust deviations beyond which a residual of a normal distribution lies once in two thousand times. */
const FAR = 3.5
/** The share of a normal distribution that lies so far off. */
export const FAR_BY_CHANCE = 4.65e-4
/** The median of the absolute deviations times this is the deviation of a normal distribution. */
const MEDIAN_TO_DEVIATION = 1.4826

/** @param fits out of fold, of every row of the data */
export function labelNoise(subject: Subject, data: Dataset, fits: Reference, rows: Int32Array): LabelNoiseFigure {
  const errors = subject.errors(fits.scores, data)
  const halfErrors = subject.errors(fits.halfScores, data)
  const found = subject.hasClasses ? ofClasses(subject, data, fits.scores, rows) : ofValues(errors, rows)
  return { ...found, ...amongTheSurest(subject, errors, halfErrors, surenessOf(subject, fits)) }
}

type Found = Omit<LabelNoiseFigure, 'amongTheSurest' | 'staying'>

/**
 * Confident learning: a row counts as mislabelled where the probability of some other class is as high as that class's
 * rows have it on average, and higher than that of every other such class. The counts by given and guessed class, brought to
 * the number of rows of each given class, estimate the joint distribution; what lies off its diagonal is noise.
 */
function ofClasses(subject: Subject, data: Dataset, scores: Float64Array, rows: Int32Array): Found {
  const labels = subject.classesOf(data)
  const count = subject.classes
  const probability = (row: number, of: number) => subject.probability(scores, row, of)
  const thresholds = Array.from({ length: count }, (_, one) => {
    const own = [...labels.keys()].filter((row) => labels[row] === one)
    return own.reduce((sum, row) => sum + probability(row, one), 0) / own.length
  })
  const joint = Array.from({ length: count }, () => new Float64Array(count))
  for (const [row, label] of labels.entries()) {
    let guess = -1
    for (let one = 0; one < count; one++) {
      const p = probability(row, one)
      if (p >= thresholds[one]! && (guess < 0 || p > probability(row, guess))) guess = one
    }
    if (guess >= 0) joint[label]![guess]!++
  }
  let off = 0
  for (const [label, counts] of joint.entries()) {
    const sum = counts.reduce((total, one) => total + one, 0)
    const own = labels.reduce((total, one) => total + Number(one === label), 0)
    if (sum > 0) off += (own * (sum - counts[label]!)) / sum
  }
  const own = Float64Array.from(labels, (label, row) => probability(row, label))
  return { share: off / labels.length, scores: own, rows, suspects: leastOf(own, rows) }
}

/**
 * The error among the half of the rows that the fits are surest of. Where a model errs for want of knowledge, it errs less the
 * surer it is; a wrong label does not ask how sure the model is (so the most confident rows serve as anchors of the noise:
 * Patrini et al., 2017). And what of it stays however many rows there are, by how much more it is on the same rows with half
 * of the rows to learn from: fits to few rows may be sure of a wrong answer, which more rows mend, and no wrong label.
 */
function amongTheSurest(
  subject: Subject,
  errors: Float64Array,
  halfErrors: Float64Array,
  sureness: Float64Array,
): Pick<LabelNoiseFigure, 'amongTheSurest' | 'staying'> {
  const order = [...sureness.keys()].sort((a, b) => sureness[b]! - sureness[a]! || a - b)
  const surest = order.slice(0, Math.ceil(order.length / 2))
  const meanAndError = (of: (row: number) => number): Estimate => {
    const own = Float64Array.from(surest, of)
    const value = weightedMean(own.length, (row) => own[row]!, undefined)
    return estimate(value, subject.standardError(own, value, undefined))
  }
  const found = meanAndError((row) => errors[row]!)
  const fewerRows = meanAndError((row) => halfErrors[row]! - errors[row]!)
  const falls = LEFT_TO_FALL * Math.max(0, fewerRows.value)
  const staying = estimate(Math.max(0, found.value - falls), Math.hypot(found.error, LEFT_TO_FALL * fewerRows.error))
  return { amongTheSurest: found, staying }
}

/** Of classes the largest probability; otherwise how little the fits disagree. */
function surenessOf(subject: Subject, { scores, disagreement }: Reference): Float64Array {
  if (!subject.hasClasses) return disagreement.map((one) => -one)
  return disagreement.map((_, row) => {
    let most = 0
    for (let one = 0; one < subject.classes; one++) most = Math.max(most, subject.probability(scores, row, one))
    return most
  })
}

/** Residuals far beyond what most of them are. */
function ofValues(squares: Float64Array, rows: Int32Array): Found {
  const residuals = squares.map(Math.sqrt)
  const sorted = [...residuals].sort((a, b) => a - b)
  const deviation = MEDIAN_TO_DEVIATION * sorted[Math.floor(sorted.length / 2)]!
  const far = residuals.filter((one) => one > FAR * deviation).length
  const scores = residuals.map((one) => (deviation > 0 ? Math.exp(-((one / deviation) ** 2) / 2) : Number(one === 0)))
  const worst = [...residuals.keys()].sort((a, b) => residuals[b]! - residuals[a]! || a - b)
  return { share: far / rows.length, scores, rows, suspects: worst.slice(0, MOST_SUSPECTS).map((at) => rows[at]!) }
}

function leastOf(scores: Float64Array, rows: Int32Array): number[] {
  const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]! || a - b)
  return order.slice(0, MOST_SUSPECTS).map((at) => rows[at]!)
}
