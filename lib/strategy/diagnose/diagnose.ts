/*
 * Which lever? What keeps a model from being better, told by experiment: course 3, week 1.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { BatchNorm } from '../../layers/batch-norm.js'
import type { Layer } from '../../layers/layer.js'
import { Normalize } from '../../layers/normalize.js'
import { inputsOfModel, layersOfModel } from '../../model/inside.js'
import { Sequential } from '../../model/sequential.js'
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { Allowance, workFor, workOf } from './allowance.js'
import { decide, type Measured } from './decide.js'
import { runExperiments } from './experiments.js'
import { wordsOf } from './feature-words.js'
import { constantFinding, leakFindings, type Names, scaleFinding } from './inputs.js'
import { layerFigures, layerFindings } from './layers.js'
import { type MeasuredRows, measuredRows } from './model-errors.js'
import { type CheckedDiagnoseOptions, checkedOptions, type DiagnoseOptions, FIRST_TRAINING } from './options.js'
import { asGiven } from './probes.js'
import { REPEATS, referenceWork } from './reference.js'
import type { Diagnosis, DiagnosisFigures, Finding } from './result.js'
import { type FeatureMoments, momentsOf, numericFeatures, standardized } from './scaling.js'
import { classFigures, classFindings, segmentFindings, weakSegments } from './segments.js'
import { nothingKnown, unlessStopped } from './stopped.js'
import { rowWeights, Subject } from './subject.js'
import { diagnosisText } from './text.js'
import { estimate, type Repetition } from './trainings.js'

/** Seeds of every repeated training. */
const SEEDS = 3
/** Rows times epochs times parameters of one repeated training: of more, it takes fewer rows. */
const MOST_WORK = 1e10
const FEWEST_ROWS = 200
/** Rows that repetitions are measured on, and that are looked at for wrong labels. */
const MOST_ROWS = 10_000
/** Of all work of the experiments, what the fits for comparison may take. */
const SHARE_TO_COMPARE = 0.5
/** Rows times epochs times parameters that a slow core does in a millisecond: sizes the fits for comparison by a budget. */
const WORK_A_MILLISECOND = 2e6
const MOST_WORST = 20

/** Parts of the random stream. */
const parts = { rows: 0, folds: 1, curve: 2, segments: 3, seeds: 4, heldOut: 5 } as const

/**
 * Tells what keeps a model from being better: bias, variance, mismatch between the rows it was trained on and those it is
 * for, wrong labels, inputs, or the optimization; the figures that this rests on; and which levers address it. The training
 * is repeated with one thing changed at a time (a few seeds side by side), so the causes of a bias are told by experiment.
 * Only differences beyond two and a half standard errors count. Statistics: docs/guide/diagnose.md.
 *
 * The model itself stays as it is. A model that no fit has changed yet is trained first, as a clone, by `fit`. Callbacks and
 * schedules of the training are not known to the repetitions, but for the optimizer's own schedule. Large trainings are
 * repeated on part of the rows (rows times epochs times parameters at most 10^10), and their experiments have a budget, the
 * most telling first. Budget and signal end it with what is known by then.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or wrong, or where `fit` is not given and not
 *   known; ERR_DEEPBLAS_SHAPE, _DATA for rows that do not fit the model
 * @example
 * const { dominant, findings, text } = await diagnose(model, { train, dev, target: 0.99 })
 * console.log(text)
 */
export async function diagnose(model: Sequential, options: DiagnoseOptions): Promise<Diagnosis> {
  const given = checkedOptions(model, options)
  const trained = await trainedModel(model, given)
  if (trained === undefined) {
    return nothingKnown({ train: given.train.rows, trainDev: given.trainDev?.rows, dev: given.dev.rows })
  }
  const subject = new Subject(trained.model, given.fit.loss, given.train)
  const all = { train: subject.numbered(given.train), dev: subject.numbered(given.dev) }
  const trainDev = given.trainDev && subject.numbered(given.trainDev)
  const random = (part: keyof typeof parts) => new RandomStream(given.seed, streams.diagnosis, 0, parts[part])

  const [onTrain, onDev, onTrainDev] = [
    await measuredRows(subject, all.train),
    await measuredRows(subject, all.dev),
    trainDev && (await measuredRows(subject, trainDev)),
  ]
  const figures = { train: onTrain.figure, dev: onDev.figure, trainDev: onTrainDev?.figure }
  const moments = await momentsOf(all.train)
  const names = namesOf(all.train, trained.model, moments)
  const repetition = repetitionOf(subject, all.train, trainDev ?? all.dev, given, random)
  const scaled = scaleFinding(names) !== undefined
  const standard = (data: Dataset) => standardized(data, moments, names.features)
  const training = workOf(repetition, asGiven(repetition))
  const { deadline, signal, onProgress } = given
  const allowance = new Allowance({ training, deadline, signal, onProgress })
  const mostToCompare = deadline === undefined ? Number.POSITIVE_INFINITY : WORK_A_MILLISECOND * deadline.left
  const comparison = sizeOfComparison(repetition, all.train.rows, Math.min(workFor(training), mostToCompare))
  const rows = drawn(all.train, comparison.rows, random('rows'))
  const target = given.target === undefined ? undefined : 1 - given.target
  const { probes, curves, noise, reference, remaining, reached } = await runExperiments({
    repetition,
    allowance,
    standardized: scaled ? { train: standard(repetition.train), heldOut: standard(repetition.heldOut) } : undefined,
    compared: { data: standard(all.train.subset(rows)), rows, repeats: comparison.repeats },
    train: figures.train,
    unseen: figures.trainDev ?? figures.dev,
    target,
    random,
  })
  const layers = await layerFigures(subject, all.train)
  const ofLayers = layerFindings(subject, layers)
  const measure: Measured = {
    ...figures,
    target,
    remaining,
    reached,
    reference,
    labelNoise: noise,
    classes: subject.hasClasses,
    probes,
    heldOut: repetition.heldOut,
    layers: ofLayers,
  }
  const decision = decide(measure)
  const segments = await weakSegments(subject, all.dev, onDev.errors, random('segments'))
  const result: DiagnosisFigures = {
    ...figures,
    attainable:
      target === undefined ? remaining && { ...remaining, given: false } : { ...estimate(target, 0), given: true },
    bias: decision.parts.bias,
    variance: decision.parts.variance,
    mismatch: decision.parts.mismatch,
    probes: (probes?.changed ?? []).map(({ outcome: _, rateFactor: __, ...figure }) => figure),
    learningCurve: { rows: curves.rows, epochs: trained.losses ?? curves.epochs.map(({ train }) => train) },
    curves,
    labelNoise: noise,
    classes: classFigures(subject, all.dev, onDev.errors),
    segments,
    worstRows: worstRows(subject, all.dev, onDev),
    layers,
    leftOut: allowance.leftOut,
  }
  const ofInputs = [scaleFinding(names), constantFinding(names), ...(await leakFindings(subject, all.train, names))]
  const findings = merged(decision.findings, [
    ...ofLayers,
    ...ofInputs.filter((one) => one !== undefined),
    ...classFindings(subject, all.dev, onDev.errors, given.fit.classWeights !== undefined),
    ...segmentFindings(segments),
  ])
  const { dominant } = decision
  const stopped = signal?.aborted === true ? 'aborted' : result.leftOut.length > 0 ? 'budget' : 'completed'
  const found = { dominant, figures: result, findings, stopped } as const
  return { ...found, text: diagnosisText(found) }
}

/** The causes first, then what was seen besides, each kind once but for segments, classes and leaks; the gravest first. */
function merged(causes: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  const known = new Set(causes.map(({ kind }) => kind))
  const order = (a: Finding, b: Finding) => b.severity - a.severity
  return [...[...causes].sort(order), ...others.filter(({ kind }) => !known.has(kind)).sort(order)]
}

/**
 * The model, or where no fit has changed it, a clone that is trained; and the losses of its training. Undefined where the
 * signal ended that.
 */
async function trainedModel(
  model: Sequential,
  { train, fit, lastFit, signal, onProgress }: CheckedDiagnoseOptions,
): Promise<{ model: Sequential; losses: readonly number[] | undefined } | undefined> {
  const losses = lastFit?.history.epochs.map(({ loss }) => loss)
  if (!isUntrained(model)) return { model, losses: losses !== undefined && losses.length > 0 ? losses : undefined }
  const clone = model.clone()
  onProgress?.({ experiments: [FIRST_TRAINING] })
  const history = await unlessStopped(signal, () => clone.fit(train, { ...fit, ...(signal && { signal }) }))
  return history && { model: clone, losses: history.epochs.map(({ loss }) => loss) }
}

/** Whether all parameters are those it was made with. */
function isUntrained(model: Sequential): boolean {
  const fresh = new Sequential(layersOfModel(model), { inputs: inputsOfModel(model), seed: model.seed }).getWeights()
  return model.getWeights().every(({ data }, at) => data.every((value, place) => value === fresh[at]!.data[place]))
}

function namesOf(train: Dataset, { encoder, layers }: Sequential, moments: readonly FeatureMoments[]): Names {
  const inputs = encoder?.namedInputs ?? train.inputs
  const coded = layers[0]?.takesCodes === true
  const features = numericFeatures(train, (name) => coded && inputs !== undefined && name !== inputs[0]?.name)
  return { names: wordsOf(train).map(({ name }) => name), moments, features, scaledByModel: scalesItsInputs(layers) }
}

/** Whether the first layer brings every feature to mean 0 and deviation 1, so that their scales do not matter. */
function scalesItsInputs([first]: readonly Layer[]): boolean {
  return first instanceof Normalize || first instanceof BatchNorm
}

function repetitionOf(
  subject: Subject,
  train: Dataset,
  heldOut: Dataset,
  { fit, signal }: CheckedDiagnoseOptions,
  random: (part: keyof typeof parts) => RandomStream,
): Repetition {
  const { model } = subject
  const work = fit.epochs * Math.max(1, model.parameterCount)
  const most = Math.max(FEWEST_ROWS, Math.floor(MOST_WORK / work))
  return {
    subject,
    inputs: inputsOfModel(model),
    fit,
    train: some(train, most, random('rows')),
    heldOut: some(heldOut, MOST_ROWS, random('heldOut')),
    seeds: SEEDS,
    seed: random('seeds').uint32(),
    signal,
  }
}

function some(data: Dataset, most: number, random: RandomStream): Dataset {
  const rows = drawn(data, most, random)
  return rows.length === data.rows ? data : data.subset(rows)
}

/** All rows that weigh something, or as many of them as are wanted, in ascending order. */
function drawn(data: Dataset, most: number, random: RandomStream): Int32Array {
  const weights = rowWeights(data)
  const all = Int32Array.from({ length: data.rows }, (_, row) => row).filter((row) => weights?.[row] !== 0)
  return most >= all.length ? all : random.shuffle(all).slice(0, most).sort()
}

/**
 * As many rows as the fits for comparison can take without using more than their share of the work; where even few rows need
 * more, as of pictures with thousands of inputs, one network for every fold instead of two.
 */
function sizeOfComparison(repetition: Repetition, all: number, work: number): { rows: number; repeats: number } {
  const most = SHARE_TO_COMPARE * work
  let rows = Math.min(all, MOST_ROWS)
  while (rows > FEWEST_ROWS && referenceWork(repetition, rows) > most) {
    rows = Math.max(FEWEST_ROWS, Math.floor(0.9 * rows))
  }
  return { rows, repeats: referenceWork(repetition, rows) > most ? 1 : REPEATS }
}

function worstRows(subject: Subject, dev: Dataset, { errors, scores }: MeasuredRows): DiagnosisFigures['worstRows'] {
  const classes = subject.hasClasses ? subject.classesOf(dev) : undefined
  const trust = Float64Array.from(errors, (_, row) =>
    classes === undefined ? 0 : subject.probability(scores, row, classes[row]!),
  )
  const order = [...errors.keys()].sort((a, b) => errors[b]! - errors[a]! || trust[a]! - trust[b]! || a - b)
  return order
    .slice(0, MOST_WORST)
    .filter((row) => errors[row]! > 0)
    .map((row) => ({ row, error: errors[row]! }))
}
