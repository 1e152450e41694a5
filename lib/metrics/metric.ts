/*
 * What a metric is: either a value of every row, recorded and averaged natively, or a function of all scores at once.
 */
import type { Json } from '../files/strict-json.js'
import type { TargetKind } from '../losses/loss.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { atOnce, type Steps } from '../turns.js'
import { knownOptions, string } from '../validate.js'

/** A metric's result: a number, or counts such as a confusion matrix. */
export type MetricValue = number | readonly number[] | readonly (readonly number[])[]

/**
 * How targets are read: a class for every row; 0 or 1 for every output; or any numbers. Values that are all 0 or 1 are
 * taken for classes by the metrics that need them.
 */
export type MetricTask = 'classes' | 'binary' | 'values'

/** What an output is to a metric, before it is made a probability or a value. */
export type OutputMeaning = 'logits' | 'logProbabilities' | 'logRates' | 'probabilities' | 'values'

/** What a metric asks of targets and outputs, or it is an error that names the metric. */
export type MetricNeed =
  /** Classes, or 0 and 1. */
  | 'labels'
  /** One class for every row, not several outputs of 0 and 1 each. */
  | 'oneLabel'
  /** Not more than two classes. */
  | 'twoClasses'
  /** At least two outputs, of which one is right. */
  | 'severalClasses'
  /** Outputs that are probabilities, or logits of such. */
  | 'probabilities'
  /** A number for every output, not a class. */
  | 'numbers'

export interface MetricRecording {
  /** (batch, outputs): the last layer's output, or its logits. */
  readonly output: Tensor
  readonly meaning: OutputMeaning
  /** (batch, outputs), or class indices (batch, 1) as int32. */
  readonly target: Tensor
  readonly task: MetricTask
  /** What an output above it is taken for a 1, in terms of `output`. */
  readonly threshold: number
  /** To be written: (batch, 1) in float64, what the metric averages. */
  readonly rowValue: Tensor
}

/** All rows of a data set with what `predict` gives for them. */
export interface ScoredRows {
  readonly task: MetricTask
  readonly rows: number
  readonly outputs: number
  /** (rows, outputs), row-major: probabilities where the loss reads logits, else what `predict` gives. */
  readonly scores: Float64Array
  /** The class of every row (rows) for the task 'classes', else (rows, outputs), row-major. */
  readonly targets: Float64Array
  /** One a row, where the data has weights. */
  readonly weights: Float64Array | undefined
  /** A score above it is taken for a 1. */
  readonly threshold: number
}

/**
 * A metric has one of two forms. `record`: a value of every row, recorded once and run natively; the metric is its mean,
 * weighted by the sample weights. `fromScores`: a function of all rows, in float64, for which a prediction pass is made.
 */
export interface Metric {
  /** Its name in results. */
  readonly name: string
  /** Of deepblas's own: the name it is known by. */
  readonly type?: string
  /** What it was configured with, as a model file keeps it. */
  readonly options?: Readonly<Record<string, Json>>
  readonly needs?: readonly MetricNeed[]
  record?(record: Recorder, recording: MetricRecording): void
  /** Of `record`: of which power of the targets' unit its result is. Default none: it is a plain number. */
  readonly unitPower?: 1 | 2
  /** What the mean of `record` is turned into, such as its root. */
  finish?(mean: number): number
  fromScores?(rows: ScoredRows): MetricValue
}

/** A metric as it is, and a function that makes it with other options. */
export type ConfigurableMetric<Options> = Metric & ((options?: Options) => Metric)

/** Every configurable metric takes another name for the results, so that one can be asked for twice. */
export interface NamedMetric {
  /** Its name in results. Default the metric's own. */
  readonly name?: string
}

/** For metrics without other options. */
export function nameOption(metric: string, options: NamedMetric | undefined): Readonly<Record<string, Json>> {
  const { name } = knownOptions<NamedMetric>(metric, options, ['name'])
  return name === undefined ? {} : { name }
}

type ValueOfScores = (rows: ScoredRows) => MetricValue

/** The steps of functions for `fromScores` that have some. */
const stepsOf = new WeakMap<ValueOfScores, (rows: ScoredRows) => Steps<MetricValue>>()

/** For `fromScores`: work with pauses, which asynchronous calls make. */
export function inSteps(steps: (rows: ScoredRows) => Steps<MetricValue>): ValueOfScores {
  const whole = (rows: ScoredRows) => atOnce(steps(rows))
  stepsOf.set(whole, steps)
  return whole
}

/** What a metric of all scores comes to, with the pauses that it has. */
export function* valueOfScores(metric: Metric, rows: ScoredRows): Steps<MetricValue> {
  const steps = stepsOf.get(metric.fromScores!)
  return steps === undefined ? metric.fromScores!(rows) : yield* steps(rows)
}

const builtIn = new WeakSet<object>()

/** Whether deepblas made it: it is then known by name and options. */
export function isBuiltInMetric(metric: Metric): boolean {
  return builtIn.has(metric)
}

/** A metric that may be used as it is, or called with options. */
export function configurableMetric<Options>(
  type: string,
  make: (options: Options | undefined) => Omit<Metric, 'name' | 'type'>,
): ConfigurableMetric<Options> {
  const known = (options?: Options): Metric => {
    const made = make(options)
    const metric = { ...made, type, name: string('name', made.options?.name ?? type) }
    builtIn.add(metric)
    return metric
  }
  const metric = Object.defineProperties(known, Object.getOwnPropertyDescriptors(known()))
  builtIn.add(metric)
  return metric as unknown as ConfigurableMetric<Options>
}

/** How a loss's targets are read. */
export function taskOf(kind: TargetKind): MetricTask {
  if (kind === 'classes' || kind === 'probabilities') return 'classes'
  return kind === 'binary' || kind === 'signs' ? 'binary' : 'values'
}
