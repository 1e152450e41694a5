/*
 * What dominates: the error on the dev rows in parts, and what closes the largest of them.
 */

import type { Dataset } from '../../data/dataset/dataset.js'
import { FAR_BY_CHANCE } from './label-noise.js'
import type { Probe, Probes } from './probes.js'
import type { Dominant, ErrorFigure, Estimate, Finding, FindingKind, LabelNoiseFigure, Lever } from './result.js'
import { CERTAINTY, difference, estimate, gainOf, LEFT_TO_FALL } from './trainings.js'

/** The share of the rows out of fold that a usual network of ours gets wrong, and what half the rows cost it. */
export interface ReferenceFigure {
  readonly error: ErrorFigure
  /** The error of the best answer that is the same for every row. */
  readonly chance: number
  /** Error with half the rows, less that with all: the same rows, so that the difference is sharper than either. */
  readonly fewerRows: Estimate
}

/**
 * The error that stays however many rows there are, from the least error that any fit reached on rows it had not seen.
 *
 * @param fits errors of them
 * @returns undefined without a reference: how the error falls with the rows is not known then
 */
export function remainingError(
  fits: readonly ErrorFigure[],
  reference: ReferenceFigure | undefined,
): Estimate | undefined {
  if (reference === undefined) return undefined
  const best = leastOf([reference.error, ...fits])!
  const { fewerRows } = reference
  const falls = Math.max(0, fewerRows.value) * LEFT_TO_FALL
  return estimate(Math.max(0, best.value - falls), Math.hypot(best.error, LEFT_TO_FALL * fewerRows.error))
}

/** The least of some errors; undefined of none. */
export function leastOf(fits: readonly ErrorFigure[]): ErrorFigure | undefined {
  return fits.reduce<ErrorFigure | undefined>(
    (least, one) => (least && least.value <= one.value ? least : one),
    undefined,
  )
}

/** Standard errors of a one-sided test at 95 %. */
const ONE_SIDED = 1.645

export interface Measured {
  readonly train: ErrorFigure
  readonly trainDev: ErrorFigure | undefined
  readonly dev: ErrorFigure
  /** The error that the user wants, where it was said. */
  readonly target: number | undefined
  /** The error that stays with any number of rows; undefined where it could not be inferred. */
  readonly remaining: Estimate | undefined
  /** The least error of a repetition on rows it had not seen. */
  readonly reached: ErrorFigure | undefined
  readonly reference: ReferenceFigure | undefined
  readonly labelNoise: LabelNoiseFigure | undefined
  readonly classes: boolean
  /** Undefined where there was no room for any. */
  readonly probes: Probes | undefined
  readonly heldOut: Dataset
  /** Of the layers: what makes an activation a likelier cause than a rate. */
  readonly layers: readonly Finding[]
}

export interface Parts {
  /** Undefined where neither the error that stays nor the one that the user wants is known. */
  readonly bias: Estimate | undefined
  readonly variance: Estimate
  readonly mismatch: Estimate | undefined
  /** Error that wrong labels make, above the error that the user wants. */
  readonly noise: Estimate
}

export interface Decision {
  readonly dominant: Dominant
  readonly parts: Parts
  /** Of the parts that are certain. */
  readonly findings: readonly Finding[]
}

export function decide(measured: Measured): Decision {
  const { dev, target, probes } = measured
  const parts = partsOf(measured)
  const reached = target !== undefined && !difference(dev, { value: target, error: 0 }).certain
  const findings = [
    biasFinding(measured, parts.bias),
    varianceFinding(measured, parts.variance),
    mismatchFinding(measured, parts.mismatch),
    noiseFinding(measured, parts.noise),
  ].filter((one) => one !== undefined)
  const failing = probes && probes.base.failed === probes.base.heldOutBySeed.length ? notFinite(probes) : undefined
  if (failing !== undefined) return { dominant: 'optimization', parts, findings: [failing, ...findings] }
  if (reached) return { dominant: 'none', parts, findings: [] }
  const gravest = findings.reduce<Finding | undefined>(
    (most, one) => (most === undefined || one.severity > most.severity ? one : most),
    undefined,
  )
  return { dominant: gravest === undefined ? 'none' : wordOf(gravest.kind), parts, findings }
}

function partsOf(measured: Measured): Parts {
  const { train, trainDev, dev, target, remaining } = measured
  const near = trainDev ?? dev
  const noise = noiseOf(measured)
  // What cannot be told from 0 does not count against the rows.
  const floor = Math.max(target ?? 0, ...[remaining, noise].map((one) => (one?.certain ? one.value : 0)))
  const gap = difference(near, train)
  return {
    bias: biasOf(train, target, remaining),
    variance: { ...gap, value: near.value - Math.max(train.value, floor) },
    mismatch: trainDev && difference(dev, trainDev),
    noise: estimate(noise.value - (target ?? 0), noise.error),
  }
}

function biasOf(train: ErrorFigure, target: number | undefined, remaining: Estimate | undefined): Estimate | undefined {
  if (target !== undefined && target >= (remaining?.value ?? 0)) return difference(train, { value: target, error: 0 })
  return remaining && difference(train, remaining)
}

/** The word of `dominant` that a finer one belongs to. */
export function wordOf(kind: FindingKind): Dominant {
  if (kind === 'tooSmall' || kind === 'bias' || kind === 'weakClass' || kind === 'weakSegment') return 'bias'
  if (kind === 'tooLittleData' || kind === 'overfitting' || kind === 'variance') return 'variance'
  if (kind === 'unscaledInputs' || kind === 'constantInput' || kind === 'leak' || kind === 'inputs') return 'inputs'
  return kind === 'mismatch' || kind === 'labelNoise' ? kind : 'optimization'
}

function noiseFinding({ labelNoise, dev, classes }: Measured, noise: Estimate): Finding | undefined {
  if (labelNoise === undefined || !noise.certain) return undefined
  const { amongTheSurest, suspects, share } = labelNoise
  return {
    kind: 'labelNoise',
    severity: shareOf(noise.value, dev),
    evidence:
      `Of models that have not seen a row, the error is ${told(amongTheSurest.value)} even on the half of the rows that they ` +
      `are surest of${classes ? '' : `, and ${told(100 * share)} % of the values lie far beyond the scatter of the others`}. The rows ` +
      `to check first: ${suspects.slice(0, 5).join(', ')}.`,
    levers: ['l2', 'dropout', 'smaller', 'moreData'],
  }
}

/**
 * The error that wrong labels make: that of the surest half of the rows, where it is more than half of the error of all (a
 * model that lacks rows or units errs much less there), certain on one side at 95 %; and the inputs tell something at all.
 * Fits to few rows may be sure of a wrong answer, so that error must also stay as the rows grow. Values may scatter
 * everywhere, which is no wrong label, so some must lie farther off than those of a normal distribution do.
 */
function noiseOf({ labelNoise, reference, classes }: Measured): Estimate {
  if (labelNoise === undefined || reference === undefined) return estimate(0, 0)
  const { value, error } = labelNoise.amongTheSurest
  const { error: whole, chance } = reference
  const informed = estimate(chance - whole.value, whole.error).certain
  const everywhere = value - ONE_SIDED * error > whole.value / 2
  const { share, rows, staying } = labelNoise
  const someStandOut = classes || estimate(share - FAR_BY_CHANCE, Math.sqrt(share / rows.length)).certain
  return informed && everywhere && staying.certain && someStandOut ? labelNoise.amongTheSurest : estimate(0, 0)
}

/** What closes the gap between the training error and the attainable one. */
function biasFinding(measured: Measured, known: Estimate | undefined): Finding | undefined {
  const { probes, heldOut, layers, dev, train, reached } = measured
  // What a repetition has reached can be reached: so much bias there is at least.
  const bias = known ?? (reached && difference(train, reached))
  if (bias?.certain !== true) return undefined
  const severity = shareOf(bias.value, dev)
  const level = known === undefined ? 'that of another training on rows it has not seen' : 'what can be reached'
  const gap = `The error on the training rows is ${told(bias.value)} above ${level}`
  const cause = probes && causeOf(probes, heldOut, layers)
  if (probes === undefined || cause === undefined) {
    const levers: Lever[] = ['bigger', 'deeper', 'longer', 'activation']
    const tried = probes !== undefined && probes.changed.length > 0
    const closing = tried
      ? 'no single change that was tried closes it'
      : 'no change was tried, so its cause is not known'
    return { kind: 'bias', severity, evidence: `${gap}; ${closing}.`, levers }
  }
  const { kind, levers, probe } = cause
  // What is not learned is not generalized either: the change takes away more than the gap.
  const gained = shareOf(Math.max(bias.value, probe.gain.value), dev)
  const evidence =
    `${gap}. With ${probe.change} and nothing else changed, the error on rows held out falls by ` +
    `${told(probe.gain.value)} (± ${told(CERTAINTY * probe.gain.error)}), from ${told(probes.base.heldOut)} to ${told(probe.heldOut)}.`
  return { kind, severity: gained, evidence, levers }
}

interface Cause {
  readonly kind: FindingKind
  readonly levers: readonly Lever[]
  readonly probe: Probe
}

/**
 * The change that gains most; of those that gain as much as far as one can tell the simplest: inputs first, then an
 * activation where units are dead or gradients vanish, then rate, time, activation, and units last.
 */
function causeOf(probes: Probes, heldOut: Dataset, layers: readonly Finding[]): Cause | undefined {
  const helpful = probes.changed.filter(({ gain }) => gain.certain)
  if (helpful.length === 0) return undefined
  const best = helpful.reduce((most, one) => (one.gain.value > most.gain.value ? one : most))
  const tied = helpful.filter((one) => one === best || !gainOf(one.outcome, best.outcome, heldOut).certain)
  const unsound = layers.find(({ kind }) => kind === 'deadUnits' || kind === 'vanishingGradients')
  const order: readonly Lever[] = [
    'scale',
    ...(unsound ? ['activation' as const] : []),
    'learningRate',
    'longer',
    'activation',
    'bigger',
  ]
  const lever = order.find((one) => tied.some((probe) => probe.lever === one))!
  const probe = tied
    .filter((one) => one.lever === lever)
    .reduce((most, one) => (one.gain.value > most.gain.value ? one : most))
  const raised = probe.rateFactor > 1
  switch (lever) {
    case 'scale':
      return { kind: 'unscaledInputs', levers: ['scale'], probe }
    case 'learningRate':
      return {
        kind: raised ? 'learningRateTooLow' : 'learningRateTooHigh',
        levers: ['learningRate', 'optimizer', ...(raised ? ['longer' as const] : [])],
        probe,
      }
    case 'longer':
      return { kind: 'tooFewEpochs', levers: ['longer', 'learningRate', 'optimizer'], probe }
    case 'activation':
      return { kind: unsound?.kind ?? 'optimization', levers: ['activation', 'learningRate'], probe }
    default:
      return { kind: 'tooSmall', levers: ['bigger', 'hiddenUnits', 'deeper'], probe }
  }
}

/** A gap that a fit which holds back does not have is overfitting; otherwise there are too few rows. */
function varianceFinding({ trainDev, dev, reference, train }: Measured, variance: Estimate): Finding | undefined {
  if (!variance.certain) return undefined
  const near = trainDev ?? dev
  const held = reference && difference(near, reference.error)
  const over = held?.certain === true
  const gap = `The error is ${told(near.value)} on rows it was not trained on and ${told(train.value)} on those it was`
  return {
    kind: over ? 'overfitting' : 'tooLittleData',
    severity: shareOf(variance.value, dev),
    evidence: over
      ? `${gap}; a usual network that stops in time has ${told(reference!.error.value)} on rows it has not seen.`
      : `${gap}${reference === undefined ? '' : `; with half the rows a usual network has ${told(reference.fewerRows.value)} more`}.`,
    levers: over
      ? ['l2', 'dropout', 'smaller', 'moreData', 'augment']
      : ['moreData', 'augment', 'l2', 'dropout', 'smaller'],
  }
}

function mismatchFinding({ trainDev, dev }: Measured, mismatch: Estimate | undefined): Finding | undefined {
  if (mismatch?.certain !== true) return undefined
  return {
    kind: 'mismatch',
    severity: shareOf(mismatch.value, dev),
    evidence:
      `The error on the dev rows is ${told(dev.value)}, on rows like the training's that it has not seen ` +
      `${told(trainDev!.value)}: the dev rows are of another kind.`,
    levers: ['moreData', 'augment'],
  }
}

function notFinite({ changed }: Probes): Finding {
  const finite = changed.filter(({ failed, outcome }) => failed < outcome.heldOutBySeed.length)
  const best = finite.reduce<Probe | undefined>(
    (least, one) => (least && least.heldOut <= one.heldOut ? least : one),
    undefined,
  )
  const lever = best?.lever ?? 'learningRate'
  return {
    kind: 'notFinite',
    severity: 1,
    evidence: `Repeated with other seeds, the loss is not finite${best === undefined ? '' : `; with ${best.change} it is`}.`,
    levers: [...new Set<Lever>([lever, 'learningRate', 'scale', 'optimizer'])],
  }
}

function shareOf(part: number, dev: ErrorFigure): number {
  return dev.value > 0 ? Math.min(1, Math.max(0, part / dev.value)) : 0
}

/** An error as it is told: three digits. */
export function told(error: number): string {
  return String(Number(error.toPrecision(3)))
}
