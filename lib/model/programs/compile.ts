/*
 * Compiles layers to programs. A program depends only on the architecture and the mode: batch size and memory come with
 * a run.
 */

import { type LayerForward, recordBackward, recordForward } from '../../layers/chain.js'
import type { RecordOptions } from '../../layers/layer.js'
import type { Loss } from '../../losses/loss.js'
import { lossKey } from '../../losses/names.js'
import { type Metric, taskOfMetric } from '../../metrics/metric.js'
import { metricKey } from '../../metrics/names.js'
import type { Program } from '../../native/addon.js'
import { type Optimizer, rateFactorsOf } from '../../optimizers/optimizer.js'
import { outputMeaning, thresholdOf } from '../../outputs/meaning.js'
import { scaledTarget, type TargetUnits } from '../../outputs/units.js'
import type { Precision } from '../../recording/precision.js'
import { createRecorder, type Recorder } from '../../recording/recorder.js'
import type { Tensor } from '../../recording/tensor.js'
import { leavesOf, type Network, trainableSegments, untrainedSegments } from '../network/network.js'
import { memberHeadsOf, recordMemberLosses } from './member-losses.js'

/**
 * The form in which a run reads its data: shuffled rows and uint8 are gathered, consecutive float32 rows are read in
 * place, and so are bytes where the first layer reads them.
 */
export interface DataMode {
  readonly xType: 'float32' | 'uint8'
  readonly shuffled: boolean
  readonly targetType: 'float32' | 'int32'
  readonly targetColumns: number
  readonly weighted: boolean
}

export interface Scoring {
  readonly loss: Loss
  readonly metrics: readonly Metric[]
  /**
   * Units of targets that an encoder has scaled: metrics are in the units from before the scaling, and of predictions
   * within the bounds.
   */
  readonly units?: TargetUnits | undefined
  /** For a loss of values: whether the targets were nevertheless classes, 0 and 1. */
  readonly ofClasses?: boolean | undefined
}

/** One layer of a recording; without gradients where the walk back did not reach it. */
export interface LayerTrace extends LayerForward {
  readonly outputGradient?: Tensor
  readonly preActivationGradient?: Tensor | undefined
}

/** A mean over rows, and the function that gives the score from it. */
export interface RowScore {
  readonly name: string
  finish(mean: number): number
}

export interface Compiled {
  readonly program: Program
  /** Labels of calls, in order. */
  readonly labels: readonly string[]
  /** Names of the kernels called, in order. */
  readonly kernels: readonly string[]
  /** 'loss', then the metrics that are means over rows: the accumulators' order. */
  readonly scores: readonly RowScore[]
  /** Columns of the step table. */
  readonly stepNumbers: number
  /** The first of the columns that the optimizer fills. */
  readonly optimizerNumbers: number
  /** The factors of the learning rate for which it fills them. */
  readonly rateFactors: readonly number[]
  /** Columns that hold one number per member. */
  readonly memberNumbers: Recorder['memberNumbers']
  /** Columns that schedules fill. */
  readonly scheduledNumbers: Recorder['scheduledNumbers']
  readonly randomColumns: Recorder['randomColumns']
  readonly trace: readonly LayerTrace[]
  readonly takesLogits: boolean
  /** The last layer's activations, where a fused loss was asked to keep them; those of all members, where it has some. */
  readonly lossOutput: Tensor | undefined
  /** The gradient of the last layer's activations, where they are those of members and the loss is not fused. */
  readonly lossOutputGradient: Tensor | undefined
}

export interface ScoringOptions {
  /** Whether to record the gradients too. Default false. */
  readonly backward?: boolean
  /** The optimizer whose update is recorded too. Default none. */
  readonly optimizer?: Optimizer
  /** Every layer's Z, A, dZ and dA as tensors of their own, also where training does not need them. Default false. */
  readonly keepAll?: boolean
  /**
   * Number of rows of every member's whole cost (the lesson's m), for an evaluation in batches. Default the batch's
   * rows.
   */
  readonly costRows?: Float64Array
  /** What the products of dense layers compute with. Default 'float32'. */
  readonly precision?: Precision
  /**
   * For an evaluation: whether the outputs of all rows, as a prediction gives them, are written to the slot after those
   * of the data. Default false.
   */
  readonly givesOutputs?: boolean
}

/** Programs by what they were recorded for, so that a second fit of the same kind records nothing. */
const kept = new WeakMap<Network, Map<string, Compiled | Program>>()
/** The most programs kept for one network; the oldest is dropped first. */
const MOST_KEPT = 32

function keeping<Kept extends Compiled | Program>(network: Network, key: unknown[], record: () => Kept): Kept {
  const programs = kept.get(network) ?? new Map<string, Compiled | Program>()
  kept.set(network, programs)
  const text = JSON.stringify(key)
  const known = programs.get(text) ?? record()
  programs.set(text, known)
  if (programs.size > MOST_KEPT) programs.delete(programs.keys().next().value!)
  return known as Kept
}

const X = 0
const TARGET = 1
const WEIGHTS = 2

/** Forward, loss, metrics; with `backward` the gradients too; with an optimizer the update. */
export function compileScoring(
  network: Network,
  mode: DataMode,
  scoring: Scoring,
  options: ScoringOptions = {},
): Compiled {
  const { loss, metrics, units } = scoring
  const { backward, optimizer, keepAll, costRows, precision = 'float32', givesOutputs } = options
  const trainable = leavesOf(network.layers).map((layer) => layer.trainable)
  const rowsKey = costRows && network.layers.some(({ penaltyPerRow }) => penaltyPerRow) ? [...costRows] : undefined
  const key = [
    mode,
    lossKey(loss),
    metrics.map(metricKey),
    backward,
    optimizer?.recordingKey,
    keepAll,
    rowsKey,
    trainable,
    boundsOf(units),
    precision,
    givesOutputs,
  ]
  return keeping(network, key, () => recordScoring(network, mode, scoring, options))
}

function recordScoring(
  network: Network,
  mode: DataMode,
  { loss, metrics, units }: Scoring,
  { backward = false, optimizer, keepAll = false, costRows, precision = 'float32', givesOutputs }: ScoringOptions,
): Compiled {
  const record = createRecorder()
  const { name: outputActivation } = network.outputActivation
  const takesLogits = loss.takesLogits(outputActivation, network.outputs)
  record.label = 'batch'
  const order = mode.shuffled ? record.order() : undefined
  const bring = (slot: number, columns: number, type: 'float32' | 'uint8' | 'int32'): Tensor => {
    const source = record.data(slot, columns, type, mode.shuffled)
    if (order === undefined && (type !== 'uint8' || network.layers[0]!.readsBytes)) return source
    const output = record.empty(columns, type === 'uint8' ? 'float32' : type)
    record.gather({ output, source, order })
    return output
  }
  const x = bring(X, network.inputs, mode.xType)
  const target = bring(TARGET, mode.targetColumns, mode.targetType)
  const sampleWeights = mode.weighted ? bring(WEIGHTS, 1, 'float32') : undefined
  const weightSum = mode.weighted ? record.scratch(1, 1, 0, 'float64') : undefined
  if (weightSum !== undefined) record.weightSum({ sum: weightSum, sampleWeights: sampleWeights! })

  const options = { keepAll, training: backward, random: backward && optimizer !== undefined, precision }
  const forward = recordForward(record, network.layers, 'layers', x, { ...options, logits: takesLogits })
  const result = forward.at(-1)!.forward.output
  if (givesOutputs) {
    record.label = `layers.${network.layers.length - 1} outputs`
    const outputs = takesLogits ? recordActivated(record, network, forward.at(-1)!, options) : result
    recordResult(record, outputs, mode.weighted ? WEIGHTS + 1 : WEIGHTS)
  }
  const rowLoss = record.empty(1, 'float64')
  const gradient = backward ? record.empty(result.columns) : undefined
  record.label = `loss ${loss.name}`
  const heads = memberHeadsOf(network)
  const kept = () => (keepAll ? record.empty(result.columns) : undefined)
  const output = takesLogits || heads ? kept() : undefined
  const outputGradient = heads && !takesLogits ? kept() : undefined
  const recording = { target, sampleWeights, weightSum, rowLoss, output, outputActivation, ofFit: options.random }
  const ofMembers = heads && gradient && { heads, loss, takesLogits, z: result, gradient, outputGradient }
  if (ofMembers) recordMemberLosses(record, ofMembers, recording)
  else loss.record(record, { ...recording, prediction: result, gradient })
  const total = record.accumulator()
  for (const [index, layer] of network.layers.entries()) {
    record.label = `layers.${index} ${layer.type} penalty`
    layer.recordPenalty(record, total, weightSum, costRows)
  }
  record.label = `loss ${loss.name}`
  record.accumulate({ accumulator: total, rowValue: rowLoss, sampleWeights, gate: Number(backward) })
  const meaning = outputMeaning(network, loss, takesLogits)
  const threshold = thresholdOf(loss, meaning)
  const rowMetrics = metrics.filter((metric) => metric.record !== undefined)
  record.label = `layers.${network.layers.length - 1} mean of the members`
  const ofMean = ofMembers && rowMetrics.length > 0
  const prediction = ofMean ? heads.recordMean(record, result, takesLogits) : result
  record.label = 'output that metrics read'
  const scored = rowMetrics.length === 0 ? prediction : recordScored(record, prediction, loss)
  const bounds = boundsOf(units)
  for (const metric of rowMetrics) {
    record.label = `metric ${metric.name}`
    const rowValue = record.empty(1, 'float64')
    const task = taskOfMetric(metric, loss, network.outputs)
    const output = task === 'values' && bounds !== undefined ? recordBounds(record, scored, bounds) : scored
    metric.record!(record, { output, meaning, target, task, threshold, rowValue })
    record.accumulate({ accumulator: record.accumulator(), rowValue, sampleWeights, gate: 0 })
  }
  const caches = forward.map((one) => one.forward.cache)
  const back = { ...options, logits: takesLogits }
  // Only parameters need gradients: a model that is frozen as a whole has its loss and metrics, and no walk back.
  const gradients = gradient && recordBackward(record, network.layers, 'layers', caches, gradient, false, back)
  const optimizerNumbers = record.stepNumberCount
  const segments = trainableSegments(network)
  if (optimizer !== undefined) {
    record.label = `optimizer ${optimizer.name}`
    optimizer.record(record, segments, {
      untrained: untrainedSegments(network),
      constrain() {
        for (const [index, layer] of network.layers.entries()) {
          record.label = `layers.${index} ${layer.type} constraint`
          layer.recordConstraint(record)
        }
      },
    })
  }
  return {
    program: record.program(),
    labels: record.labels,
    kernels: record.kernels,
    scores: rowScores(metrics),
    stepNumbers: record.stepNumberCount,
    optimizerNumbers,
    rateFactors: rateFactorsOf(segments),
    memberNumbers: record.memberNumbers,
    scheduledNumbers: record.scheduledNumbers,
    randomColumns: record.randomColumns,
    trace: forward.map((one, index) => ({ ...one, ...gradients?.[index] })),
    takesLogits,
    lossOutput: output,
    lossOutputGradient: outputGradient,
  }
}

/** What a prediction gives where the last layer has left its activation to the loss. */
function recordActivated(
  record: Recorder,
  { layers, outputActivation }: Network,
  { x, forward: { output: logits } }: LayerForward,
  options: Omit<RecordOptions, 'logits'>,
): Tensor {
  const nothingLeft = outputActivation.gives === 'sums'
  return nothingLeft ? logits : layers.at(-1)!.recordActivated(record, { x, logits }, { ...options, logits: false })
}

/** Gives out a tensor: to a slot that a pass binds to its output. */
function recordResult(record: Recorder, x: Tensor, slot: number): void {
  const output = record.data(slot, x.columns, 'float32')
  record.activationForward({ output, x, activation: 'linear' })
}

/** The outputs that metrics read beside the targets. */
function recordScored(record: Recorder, prediction: Tensor, { sharedTarget, valueOutput }: Loss): Tensor {
  if (sharedTarget !== true || prediction.columns === 1) return prediction
  const output = record.empty(1)
  record.copyColumns({ output, x: prediction, from: valueOutput!, to: 0, count: 1 })
  return output
}

/** The bounds of predicted values, as the network gives them; undefined where there are none. */
function boundsOf(units: TargetUnits | undefined): readonly [least: number, most: number] | undefined {
  if (units?.min === undefined || units.max === undefined) return undefined
  return [scaledTarget(units.min, units), scaledTarget(units.max, units)]
}

/** Metrics are of what a prediction gives; the loss is of the network's outputs themselves. */
function recordBounds(record: Recorder, x: Tensor, [least, most]: readonly [number, number]): Tensor {
  const output = record.empty(x.columns)
  record.map({ inputs: { x }, outputs: { output } }, (given) => ({ output: given.x.atLeast(least).atMost(most) }))
  return output
}

/** The scores of a program's accumulators, in their order: 'loss', then the metrics that are means over rows. */
export function rowScores(metrics: readonly Metric[]): RowScore[] {
  const rowMetrics = metrics.filter(({ record }) => record !== undefined)
  const same = (mean: number) => mean
  return [{ name: 'loss', finish: same }, ...rowMetrics.map(({ name, finish = same }) => ({ name, finish }))]
}

/** The columns of a program without an optimizer, [members, columns]: the same at every batch. */
export function memberTable({ memberNumbers, stepNumbers }: Compiled, members: number): Float64Array {
  const table = new Float64Array(members * stepNumbers)
  for (const { column, values } of memberNumbers) {
    for (let member = 0; member < members; member++) table[member * stepNumbers + column] = values[member]!
  }
  return table
}

/** Rows to the output of layer `upTo` (default the last); `raw` leaves out the last layer's activation. */
export function compilePrediction(
  network: Network,
  xType: 'float32' | 'uint8',
  { raw = false, upTo = network.layers.length - 1 }: { raw?: boolean; upTo?: number } = {},
): Program {
  return keeping(network, ['prediction', xType, raw, upTo], () => recordPrediction(network, xType, raw, upTo))
}

function recordPrediction(network: Network, xType: 'float32' | 'uint8', raw: boolean, upTo: number): Program {
  const record = createRecorder()
  record.label = 'batch'
  let x = record.data(0, network.inputs, xType)
  if (xType === 'uint8' && !network.layers[0]!.readsBytes) {
    const output = record.empty(network.inputs)
    record.gather({ output, source: x })
    x = output
  }
  const layers = network.layers.slice(0, upTo + 1)
  const logits = raw && upTo === network.layers.length - 1
  const forward = recordForward(record, layers, 'layers', x, { logits, keepAll: false, training: false, random: false })
  const result = forward.at(-1)!.forward.output
  record.label = 'result'
  recordResult(record, result, 1)
  return record.program()
}

/** What the products of a training that asks for this precision compute with: bfloat16 where some layer takes it. */
export function takenPrecision({ layers, inputs }: Network, asked: Precision): Precision {
  if (asked === 'float32') return asked
  const record = createRecorder()
  const x = record.data(X, inputs, 'float32')
  recordForward(record, layers, 'layers', x, {
    logits: false,
    keepAll: false,
    training: true,
    random: true,
    precision: asked,
  })
  return roundedLayers(record).length > 0 ? asked : 'float32'
}

/** The layers whose products take operands rounded to bfloat16, by their places. */
export function roundedLayers({ labels, kernels }: Pick<Compiled, 'labels' | 'kernels'>): string[] {
  return labels.filter((_, call) => kernels[call] === 'bfloat16Forward').map((label) => label.split(' ')[0]!)
}
