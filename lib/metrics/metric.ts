/*
 * What a metric is: either a value of every row, recorded and averaged natively, or a function of all scores at once.
 */
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import { type Loss, targetColumnsOf } from '../losses/loss.js'
import { type MetricTask, type OutputMeaning, taskOf } from '../outputs/meaning.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { atOnce, type Steps } from '../turns.js'
import { invalid, isPromise, knownOptions, string } from '../validate.js'

/** A metric's result: a number, or counts such as a confusion matrix. */
export type MetricValue = number | readonly number[] | readonly (readonly number[])[]

/** A requirement of a metric on targets and outputs; if it is not met, an error names the metric. */
export type MetricNeed =
  /** Classes, or 0 and 1. */
  | 'labels'
  /** One class for every row, not several outputs of 0 and 1 each. */
  | 'oneLabel'
  /** Not more than two classes. */
  | 'twoClasses'
  /** At least two outputs, of which one is right. */
  | 'severalClasses'
  /** Outputs that are probabilities, or logits of probabilities. */
  | 'probabilities'
  /** A number for every output, not a class. */
  | 'numbers'

export interface MetricRecording {
  /**
   * (batch, outputs): the last layer's output, or its logits; for a loss whose outputs share one target, such as
   * `quantile`, the one output (batch, 1) that is the predicted value.
   */
  readonly output: Tensor
  readonly meaning: OutputMeaning
  /** (batch, outputs), or class indices (batch, 1) as int32. */
  readonly target: Tensor
  readonly task: MetricTask
  /** Outputs above this count as class 1; on the scale of `output`. */
  readonly threshold: number
  /** The metric writes here: (batch, 1) in float64, the values that it averages. */
  readonly rowValue: Tensor
}

/** All rows of a data set with their targets, and the scores that the model gives them. */
export interface ScoredRows {
  readonly task: MetricTask
  readonly rows: number
  readonly outputs: number
  /**
   * (rows, outputs), row-major: probabilities where the loss reads logits, else the same numbers as `predict` gives.
   */
  readonly scores: Float64Array
  /** The class of every row (rows) for the task 'classes', else (rows, outputs), row-major. */
  readonly targets: Float64Array
  /** One weight per row, where the data has weights. */
  readonly weights: Float64Array | undefined
  /** Scores above this count as class 1. */
  readonly threshold: number
}

/**
 * A metric has one of two forms. `record` records a value of every row, which runs natively; the metric is its mean,
 * weighted by the sample weights. `fromScores` is a function of all rows at once, in float64, for which the outputs of
 * all rows are kept.
 */
export interface Metric {
  /** The metric's name in results. */
  readonly name: string
  /** The name of a metric of deepblas's, such as 'topK'; undefined for a metric of the user's own. */
  readonly type?: string
  /** The options that the metric was made with, as a model file keeps them. */
  readonly options?: Readonly<Record<string, Json>>
  readonly needs?: readonly MetricNeed[]
  /**
   * Whether a higher number is the better one: callbacks that monitor the metric go by it. Left out, nobody knows, and
   * such a callback must be told by its option `mode`.
   */
  readonly higherIsBetter?: boolean
  record?(record: Recorder, recording: MetricRecording): void
  /**
   * For `record`: 1 for a result in the targets' unit, 2 for one in its square. Default none: the result has no unit.
   */
  readonly unitPower?: 1 | 2
  /** For `record`: turns the mean into the metric's value, a number, for example by its square root. */
  finish?(mean: number): number
  /** Returns the value at once, not a promise; NaN where the rows leave it undefined. */
  fromScores?(rows: ScoredRows): MetricValue
}

/** A metric with default options that is also a function: call it for the same metric with other options. */
export type ConfigurableMetric<Options> = Metric & ((options?: Options) => Metric)

/** Every metric of deepblas's takes another name for the results, so that it can be asked for twice. */
export interface NamedMetric {
  /** The metric's name in results. Default its own name. */
  readonly name?: string
}

/** Checks the options of a metric that takes only a name. */
export function nameOption(metric: string, options: NamedMetric | undefined): Readonly<Record<string, Json>> {
  const { name } = knownOptions<NamedMetric>(metric, options, ['name'])
  return name === undefined ? {} : { name }
}

type ValueOfScores = (rows: ScoredRows) => MetricValue

/** The steps of those functions for `fromScores` that work in steps. */
const stepsOf = new WeakMap<ValueOfScores, (rows: ScoredRows) => Steps<MetricValue>>()

/** Makes a function for `fromScores` from steps, between which asynchronous calls pause. */
export function inSteps(steps: (rows: ScoredRows) => Steps<MetricValue>): ValueOfScores {
  const whole = (rows: ScoredRows) => atOnce(steps(rows))
  stepsOf.set(whole, steps)
  return whole
}

/** The value of a metric of all scores, with the pauses that its steps have. */
export function* valueOfScores(metric: Metric, rows: ScoredRows): Steps<MetricValue> {
  const steps = stepsOf.get(metric.fromScores!)
  const value = steps === undefined ? metric.fromScores!(rows) : yield* steps(rows)
  if (!isBuiltInMetric(metric)) requireValue(metric, value)
  return value
}

/** Checks the result of a user's own `fromScores`. */
function requireValue({ name }: Metric, value: unknown): asserts value is MetricValue {
  const result = `the result of fromScores of metric '${name}'`
  if (isPromise(value)) {
    // Nobody handles its rejection, and Node ends a process for that.
    Promise.resolve(value).catch(() => undefined)
    const message = `Expected ${VALUE} for ${result} but received a Promise. Return the value itself: nobody awaits it.`
    throw new DeepblasError('ERR_DEEPBLAS_ARGUMENT', message)
  }
  if (!Array.isArray(value)) {
    if (typeof value !== 'number') throw invalid(result, VALUE, value, adviceOnResult(value))
    return
  }
  // By index: a hole is no number.
  for (let row = 0; row < value.length; row++) {
    const items: unknown = value[row]
    if (typeof items === 'number') continue
    if (!Array.isArray(items)) {
      throw invalid(`[${row}] of ${result}`, 'number or array of numbers', items, adviceOnResult(items))
    }
    for (let column = 0; column < items.length; column++) {
      if (typeof items[column] !== 'number')
        throw invalid(`[${row}][${column}] of ${result}`, 'number', items[column], NOT_KNOWN)
    }
  }
}

const VALUE = 'number, or array of numbers or of arrays of numbers,'
const NOT_KNOWN = 'Return NaN where the metric is not defined.'

function adviceOnResult(value: unknown): string {
  if (value === undefined) return `Is a 'return' missing in it? ${NOT_KNOWN}`
  return ArrayBuffer.isView(value) ? 'Make an array of it: [...values].' : NOT_KNOWN
}

const builtIn = new WeakSet<object>()

/** Whether the metric is one of deepblas's, which name and options identify. */
export function isBuiltInMetric(metric: Metric): boolean {
  return builtIn.has(metric)
}

/** Makes a metric that can be used as it is, or called with options. */
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

const ofValidation = new WeakSet<object>()

/** The same metric for a `fit` that is to measure it on the validation alone, where it sees all scores at once. */
export function onValidationAlone(metric: Metric): Metric {
  const copy: Metric = { ...metric }
  if (isBuiltInMetric(metric)) builtIn.add(copy)
  ofValidation.add(copy)
  return copy
}

/** Whether a `fit` measures the metric on the training data too. */
export function isOfTraining(metric: Metric): boolean {
  return !ofValidation.has(metric)
}

/** The task of a metric: values of 0 and 1 are classes to one that needs them. */
export function taskOfMetric({ needs = [] }: Metric, loss: Loss, outputs: number): MetricTask {
  const task = taskOf(loss.targetKind)
  const labels = needs.some((need) => need !== 'numbers')
  if (task !== 'values' || !labels) return task
  return targetColumnsOf(loss, outputs) === 1 ? 'binary' : 'classes'
}
