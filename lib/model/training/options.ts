import { type Callback, callbackMethods } from '../../callbacks/callback.js'
import { ProgressBar } from '../../callbacks/progress-bar.js'
import type { DatasetInput } from '../../data/contents/from-arrays.js'
import { asDataset, Dataset, forRuns } from '../../data/dataset/dataset.js'
import type { Encoder } from '../../data/encoder/encoder.js'
import { DeepblasError } from '../../errors.js'
import { isAbortSignal } from '../../kinds.js'
import type { Loss } from '../../losses/loss.js'
import { type LossName, lossNames, loss as lossOf } from '../../losses/names.js'
import type { Metric } from '../../metrics/metric.js'
import { type MetricOption, metric } from '../../metrics/names.js'
import type { LBFGS } from '../../optimizers/lbfgs.js'
import { type AnyOptimizer, type OptimizerName, optimizerOf } from '../../optimizers/names.js'
import type { Optimizer } from '../../optimizers/optimizer.js'
import { taskOf } from '../../outputs/meaning.js'
import { type Precision, precisions } from '../../recording/precision.js'
import type { Steps } from '../../turns.js'
import {
  array,
  boolean,
  didYouMean,
  fraction,
  invalid,
  isCallable,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  positiveInteger,
  string,
} from '../../validate.js'
import { dataFor } from '../network/inputs.js'
import type { Network } from '../network/network.js'
import type { Scoring } from '../programs/compile.js'
import { ClassNames, type NamedModel } from '../scoring/class-names.js'
import { type ClassWeights, withClassWeights } from '../scoring/class-weights.js'
import { areOfClasses, requireComputable } from '../scoring/computable-metrics.js'
import { defaultLoss } from '../scoring/results.js'
import { requireWeight, tellOfNothing } from '../scoring/row-weights.js'
import { requireOneEncoder, targetUnits } from '../scoring/target-units.js'
import { requireMonitored } from './monitored-numbers.js'
import { type FitSettings, type FitSubject, type ResumeChange, resumeChanges } from './settings.js'
import type { TrainingState } from './state.js'

export interface FitOptions<Validation = number | Dataset> {
  /** A name, an instance such as huber({ delta: 1 }), or a loss of your own. */
  readonly loss: LossName | Loss
  /**
   * An optimizer such as new Adam({ learningRate: 0.01 }), or a name for one with default options, such as 'sgd'.
   * Default Adam.
   */
  readonly optimizer?: OptimizerName | Optimizer | LBFGS
  /** Number of passes over the training data. Default 10. */
  readonly epochs?: number
  /** Number of rows in a step, or 'full' for gradient descent on all rows. Default 32; with LBFGS 'full'. */
  readonly batchSize?: number | 'full'
  /** Validation data: a share of the rows to hold out (chosen by `seed`), or a data set. Default none. */
  readonly validation?: Validation
  /** Default none. */
  readonly metrics?: readonly MetricOption[]
  /**
   * Weights of the classes in training: 'balanced', one number for each class, or numbers by label. They multiply the
   * sample weights and do not apply to the validation. Default none: every class has weight 1.
   */
  readonly classWeights?: ClassWeights
  /** Default none. */
  readonly callbacks?: readonly Callback[]
  /**
   * Ends the fit when it is raised: the fit rejects with the signal's reason, and the model keeps the parameters of the
   * last completed step. Default none.
   */
  readonly signal?: AbortSignal
  /** Whether every epoch has a new random order of the rows. Default true. */
  readonly shuffle?: boolean
  /**
   * What the products of dense layers compute with in the steps of this fit: 'bfloat16' rounds their operands to 8
   * significant bits and sums in float32, which processors with AVX512-BF16 do at twice the rate and others emulate, slower
   * than float32 but with the same bits of the products. Weights, optimizer, biases, activations and losses stay float32,
   * and so do validation, predictions and evaluations. Layers below 32 inputs, 64 units or 4,096 weights stay float32.
   * See docs/guide/bfloat16.md. Default 'float32'.
   */
  readonly precision?: Precision
  /** Seed of the shuffles, of random layers and of the validation split. Default the model's seed. */
  readonly seed?: number
  /**
   * Path of a checkpoint. The fit runs the rest of the training that wrote it, to the same bits. Model, data and
   * options must be those of that training; `epochs` includes the epochs before the checkpoint. Default none.
   */
  readonly resume?: string
  /**
   * Names of options that may differ from the training that wrote the checkpoint, such as `['learningRate']`. With a
   * different learning rate or schedule, reductions by callbacks before the resume no longer apply. Default none: a
   * difference is an error.
   */
  readonly resumeChanges?: readonly ResumeChange[]
  /** Whether to show a progress bar on a terminal, and plain lines elsewhere. Default false: nothing is printed. */
  readonly progress?: boolean
}

/** Options of one more pass; options that are left out are those of the last fit. */
export interface PartialFitOptions<Validation = number | Dataset>
  extends Omit<FitOptions<Validation>, 'loss' | 'epochs' | 'resume' | 'resumeChanges'> {
  /** The loss; default that of the last fit. */
  readonly loss?: LossName | Loss
}

export const optionNames = [
  'loss',
  'optimizer',
  'epochs',
  'batchSize',
  'validation',
  'metrics',
  'classWeights',
  'callbacks',
  'signal',
  'shuffle',
  'precision',
  'seed',
  'resume',
  'resumeChanges',
  'progress',
] as const

/** The networks to train: one, or the members of a population. */
export interface Trainee extends NamedModel {
  /** Seed of every member. */
  readonly seeds: readonly number[]
}

type Several = number | Dataset | readonly Dataset[]

/** Checks everything that the user gave to `fit`, before anything is computed. */
export function* fitSettings(
  trainee: Trainee,
  train: Dataset | readonly Dataset[],
  options: FitOptions<Several>,
): Steps<
  Omit<FitSettings, keyof FitSubject> & {
    readonly train: readonly Dataset[]
    /** Names of the classes, and the encoder, that the model has from now on. */
    readonly labels: readonly string[] | undefined
    readonly encoder: Encoder | undefined
  }
> {
  const { network } = trainee
  const given = knownOptions<FitOptions<Several>>('fit', options, optionNames)
  const datasets = datasetsOf('train', train, network, trainee.seeds.length)
  const asked = lossFor(network, given.loss)
  const classes = new ClassNames(trainee, asked)
  const all = classes.learn('train', datasets)
  const [rows, validation] = yield* splitValidation(
    all,
    given.validation,
    seedsOf(trainee, given.seed),
    network,
    classes,
  )
  const units = targetUnits('train', all)
  requireOneEncoder('validation', all[0]!, validation ?? [])
  const { scoring, ...common } = yield* commonSettings(trainee, { ...given, loss: asked }, validation)
  const { loss, metrics } = scoring
  const batchSize = batchSizeOf(given.batchSize, common.optimizer)
  if (common.optimizer.stepsOver === 'allRows') requireWhole(common.optimizer, batchSize, rows[0]!, given.resume)
  for (const data of rows) yield* forRuns(data).makingTargets(loss, network.outputs)
  yield* requireComputable(metrics, loss, network, rows)
  requireWeight('train', rows)
  yield
  const counted = yield* weighted(rows, given.classWeights, loss, network, classes.names)
  const shuffle = boolean('shuffle', given.shuffle ?? true)
  yield* tellOfNothing(network, counted, loss, batchSize, shuffle)
  const ofValues = taskOf(loss.targetKind) === 'values'
  return {
    ...common,
    labels: classes.names,
    encoder: datasets[0]!.encoder,
    scoring: { ...scoring, units, ...(ofValues && { ofClasses: yield* areOfClasses(rows, loss, network) }) },
    train: counted,
    batchSize,
    shuffle,
  }
}

/** Checks that the loss fits the network, and gives it. */
export function lossFor(network: Network, given: unknown): Loss {
  if (given === undefined) {
    const hint = `The last layer's activation suggests loss: '${defaultLoss(network)}'.`
    throw invalid('loss', `one of ${lossNames.map((name) => `'${name}'`).join(', ')}`, undefined, hint)
  }
  const loss = lossOf('loss', given)
  loss.takesLogits(network.outputActivation.name, network.outputs)
  return loss
}

/** Refuses a softmax of one output, which divides by the sum and so is always 1. */
function requireSeveralOutputs({ outputActivation, outputs }: Network): void {
  if (outputs > 1 || outputActivation.elementWise) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected at least 2 outputs for activation '${outputActivation.name}' but received 1, which would always be the same. ` +
      "For yes or no write new Dense(1, { activation: 'sigmoid' }) with loss 'binaryCrossEntropy'.",
  )
}

/** Checks the options that do not depend on how the training data comes. */
export function* commonSettings(
  trainee: Trainee,
  given: Partial<FitOptions<Several>>,
  validation: readonly Dataset[] | undefined,
): Steps<Omit<FitSettings, keyof FitSubject | 'batchSize' | 'shuffle'>> {
  const { network, seeds } = trainee
  const epochs = nonNegativeInteger('epochs', given.epochs ?? 10)
  const optimizer = optimizerOf(given.optimizer)
  optimizer.requireMembers(seeds.length)
  if (given.signal !== undefined && !isAbortSignal(given.signal)) {
    throw invalid('signal', 'AbortSignal', given.signal)
  }
  const callbacks = checkedCallbacks(given.callbacks)
  const twice = callbacks.findIndex((callback, i) => callbacks.indexOf(callback) !== i)
  if (twice >= 0) {
    const first = callbacks.indexOf(callbacks[twice]!)
    throw invalid(
      `callbacks[${twice}]`,
      `another callback than callbacks[${first}]`,
      callbacks[twice],
      'Name each once.',
    )
  }
  if (boolean('progress', given.progress ?? false)) callbacks.push(new ProgressBar())
  const scoring = { loss: lossFor(network, given.loss), metrics: metricsOf(given.metrics ?? []) }
  requireSeveralOutputs(network)
  // Targets are checked before anything is computed.
  requireWeight('validation', validation ?? [])
  for (const data of validation ?? []) yield* forRuns(data).makingTargets(scoring.loss, network.outputs)
  yield* requireComputable(scoring.metrics, scoring.loss, network, validation ?? [])
  requireMonitored(callbacks, scoring.metrics, validation, given.validation)
  return {
    network,
    validation,
    scoring,
    optimizer,
    epochs,
    precision: precisionOf(given.precision, optimizer),
    seeds: seedsOf(trainee, given.seed),
    callbacks,
    signal: given.signal,
    resume: given.resume === undefined ? undefined : string('resume', given.resume),
    resumeChanges: resumeChangesOf(given.resumeChanges, given.resume),
  }
}

function precisionOf(precision: unknown, { name, stepsOver }: AnyOptimizer): Precision {
  const known = oneOf('precision', precision ?? 'float32', precisions)
  if (known === 'float32' || stepsOver === 'batches') return known
  const hint = 'Its line search compares costs that rounding would blur; leave precision out.'
  throw invalid('precision', `'float32' with ${name}`, precision, hint)
}

/** Refuses a callback without any known method, which is a mistake such as a misspelled name. */
/** A list of callbacks, each checked; nothing stands for none. */
export function checkedCallbacks(callbacks: unknown): Callback[] {
  return array('callbacks', callbacks ?? [], 'callbacks').map((callback, i) =>
    checkedCallback(`callbacks[${i}]`, callback),
  )
}

function checkedCallback(argument: string, callback: unknown): Callback {
  if (typeof callback !== 'object' || callback === null) {
    throw invalid(argument, 'callback such as new EarlyStopping()', callback)
  }
  const methods = callback as Readonly<Record<string, unknown>>
  const known = callbackMethods.filter((name) => methods[name] !== undefined)
  if (known.length === 0 && methods.needs === undefined) {
    const near = Object.keys(callback).flatMap((key) => didYouMean(key, callbackMethods) ?? [])[0]
    throw invalid(argument, `callback with a method of ${callbackMethods.join(', ')}`, callback, near)
  }
  const bad = known.find((name) => !isCallable(methods[name]))
  if (bad !== undefined) throw invalid(`${argument}.${bad}`, 'function', methods[bad])
  if (methods.monitors !== undefined) string(`${argument}.monitors`, methods.monitors)
  const { needs } = methods
  if (typeof needs === 'object' && needs !== null) {
    positiveInteger(`${argument}.needs.steps`, (needs as { steps?: unknown }).steps)
  } else if (needs !== undefined && needs !== 'epoch' && needs !== 'step') {
    throw invalid(`${argument}.needs`, "'epoch', 'step' or { steps }", needs, didYouMean(needs, ['epoch', 'step']))
  }
  return callback
}

function resumeChangesOf(changes: unknown, resume: unknown): readonly ResumeChange[] {
  if (changes === undefined) return []
  const all = array('resumeChanges', changes, "names such as 'learningRate'")
  if (resume === undefined) throw invalid('resume', 'path of a checkpoint with resumeChanges', resume)
  return all.map((one, i) => oneOf(`resumeChanges[${i}]`, one, resumeChanges))
}

function batchSizeOf(batchSize: unknown, { stepsOver }: AnyOptimizer): number | 'full' {
  const size = batchSize ?? (stepsOver === 'allRows' ? 'full' : 32)
  return size === 'full' ? 'full' : positiveInteger('batchSize', size)
}

/** L-BFGS compares losses: they must be those of the same rows. */
function requireWhole({ name }: AnyOptimizer, batchSize: number | 'full', { rows }: Dataset, resume: unknown): void {
  if (batchSize !== 'full' && batchSize < rows) {
    throw invalid(
      'batchSize',
      `'full' with ${name}`,
      batchSize,
      'It looks at all rows at every step; leave batchSize out.',
    )
  }
  if (resume !== undefined) throw invalid('resume', `no resume with ${name}`, resume, 'Call fit again: it goes on.')
}

function seedsOf({ seeds }: Trainee, seed: unknown): readonly number[] {
  return seed === undefined ? seeds : seeds.map((_, member) => nonNegativeInteger('seed', seed) + member)
}

function* weighted(
  train: readonly Dataset[],
  classWeights: ClassWeights | undefined,
  loss: Loss,
  { outputs }: Network,
  names: readonly string[] | undefined,
): Steps<readonly Dataset[]> {
  if (classWeights === undefined) return train
  const counted: Dataset[] = []
  for (const data of train) counted.push(yield* withClassWeights(data, classWeights, loss, outputs, names))
  return counted
}

/** Whether the optimizer that the user gave steps over all rows; it has not been checked yet. */
function stepsOverAllRows(optimizer: unknown): boolean {
  return (optimizer as Partial<AnyOptimizer> | null | undefined)?.stepsOver === 'allRows'
}

/** Path of the checkpoint whose class names a model without names takes, before its data is read. */
export function checkpointOfNames(options: Partial<FitOptions<Several>>, { labels }: NamedModel): string | undefined {
  const { resume, optimizer } = options ?? {}
  return labels === undefined && typeof resume === 'string' && !stepsOverAllRows(optimizer) ? resume : undefined
}

/** Checks the options of one pass that continues from `state`. */
export function partialFitOptions(
  options: PartialFitOptions<Several> | undefined,
  state: TrainingState | undefined,
  scoring: Scoring | undefined,
): FitOptions<Several> {
  const names = optionNames.filter((name) => name !== 'epochs' && name !== 'resume' && name !== 'resumeChanges')
  const given = knownOptions<PartialFitOptions<Several>>('partialFit', options, names)
  const loss = given.loss ?? scoring?.loss
  if (loss === undefined) throw invalid('loss', "loss such as 'crossEntropy' for a first partialFit", loss)
  const optimizer = given.optimizer ?? state?.optimizer
  return {
    ...given,
    loss,
    metrics: given.metrics ?? scoring?.metrics ?? [],
    ...(optimizer === undefined ? {} : { optimizer }),
    epochs: (state?.epoch ?? 0) + 1,
  }
}

/** A data set, or the batch that becomes one. */
export function datasetOf(batch: Dataset | DatasetInput): Dataset {
  return batch instanceof Dataset ? batch : Dataset.from(batch)
}

/**
 * Checks one data set for all members, or one for each, with the network's features. With `known`, codes must be those
 * of a category.
 */
export function datasetsOf(argument: string, given: unknown, network: Network, members: number): readonly Dataset[] {
  const list = Array.isArray(given) && members > 1 ? (given as unknown[]) : [given]
  if (list.length !== 1 && list.length !== members) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected one Dataset for ${argument}, or ${members}, one per member, but received ${list.length}.`,
    )
  }
  return list.map((data, member) => {
    const name = list.length === 1 ? argument : `${argument}[${member}]`
    if (!(data instanceof Dataset)) throw invalid(name, 'Dataset', data, 'Make one with Dataset.from({ x, y }).')
    return dataFor(name, data, network)
  })
}

function* splitValidation(
  all: readonly Dataset[],
  validation: Several | undefined,
  seeds: readonly number[],
  network: Network,
  classes: ClassNames,
): Steps<[rows: readonly Dataset[], validation: readonly Dataset[] | undefined]> {
  if (validation === undefined) return [all, undefined]
  if (typeof validation !== 'number') {
    if (!(validation instanceof Dataset) && !Array.isArray(validation)) {
      const hint =
        typeof validation === 'object' && validation !== null && 'x' in validation
          ? 'Make one with Dataset.from({ x, y }).'
          : 'Write a share of the rows such as 0.2, or a data set of your own.'
      throw invalid('validation', 'fraction or Dataset', validation, hint)
    }
    return [all, classes.known('validation', datasetsOf('validation', validation, network, seeds.length))]
  }
  if (fraction('validation', validation) === 0)
    throw invalid('validation', 'fraction above 0', 0, 'Leave it out for none.')
  // Every member splits by its own seed, as it would alone.
  const parts: [Dataset, Dataset][] = []
  for (const [member, seed] of seeds.entries()) {
    const [rows, held] = yield* forRuns(all[member] ?? all[0]!).splitting(validation, { seed })
    parts.push([asDataset(rows), asDataset(held)])
  }
  return [parts.map(([rows]) => rows), parts.map(([, held]) => held)]
}

export function metricsOf(metrics: unknown): Metric[] {
  const all = array('metrics', metrics, "metrics such as 'accuracy'").map((one, i) => metric(`metrics[${i}]`, one))
  const twice = all.find(({ name }, i) => all.findIndex((other) => other.name === name) !== i)
  if (twice === undefined) return all
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected metrics of different names but received '${twice.name}' twice. Give one another name: ` +
      `topK({ k: 3, name: 'top3' }).`,
  )
}
