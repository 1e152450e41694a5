/*
 * Iterations of an optimizer that asks for loss and gradient of all rows as often as it likes: L-BFGS. The iterations
 * are TypeScript; the native passes between them run on this thread or off it, as the fit asks.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { newFloats } from '../../memory.js'
import type { Arena } from '../../native/addon.js'
import type { LBFGS } from '../../optimizers/lbfgs.js'
import { type CostEvaluation, Curvature, iteration, type Place } from '../../optimizers/lbfgs-iteration.js'
import type { Segment } from '../../optimizers/optimizer.js'
import { SGD } from '../../optimizers/sgd.js'
import { type Network, newArena, trainableSegments } from '../network/network.js'
import { type Compiled, compileScoring, memberTable } from '../programs/compile.js'
import { dataMode } from '../programs/data-binding.js'
import type { Opened } from '../programs/opened.js'
import { OpenPass } from '../programs/passes.js'
import type { FitSteps } from '../programs/requests.js'
import type { CallbackList } from './callback-list.js'
import type { Batches } from './checkpoint/standing.js'
import { epochResult } from './epoch-results.js'
import { type MetricPasses, measureEpoch, metricPasses } from './metric-passes.js'
import { notFinite } from './not-finite.js'
import type { FitSettings } from './settings.js'
import type { StepPlace, Stepper, Stretch } from './stepper.js'

/** A loss and gradient, with the accumulators of loss and metrics. */
interface Scored extends CostEvaluation {
  readonly sums: Float64Array
}

/** The steps of one network; an epoch is one iteration. */
export class LbfgsSteps implements Stepper {
  readonly stepsPerEpoch = 1
  readonly batchSize: number
  readonly rows: number
  readonly batches: Batches
  readonly train: readonly Dataset[]
  readonly millisecondsOfProgress = 0
  readonly #settings: FitSettings
  readonly #optimizer: LBFGS
  readonly #opened: Opened
  readonly #cost: Cost
  readonly #curvature: Curvature
  /** Epochs before a `partialFit`, which starts with no knowledge of the curvature. */
  readonly #before: number
  #epoch: number
  #passes: MetricPasses | undefined
  /** The point after the last whole iteration; undefined before the first evaluation. */
  #place: Place | undefined
  #converged: string | undefined

  constructor(settings: FitSettings, optimizer: LBFGS, train: Dataset, batches: Batches, opened: Opened) {
    this.#settings = settings
    this.#optimizer = optimizer
    this.#opened = opened
    this.train = [train]
    this.batches = batches
    this.batchSize = train.rows
    this.rows = train.rows
    this.#before = settings.start?.epoch ?? 0
    this.#epoch = this.#before
    this.#curvature = new Curvature(optimizer.memory)
    this.#cost = opened.add(new Cost(settings, train))
  }

  get epoch(): number {
    return this.#epoch
  }

  get updates(): readonly number[] {
    return [this.#epoch]
  }

  begin(): void {
    this.#passes = metricPasses(this.#settings, this.train, this.#opened)
  }

  *next(callbacks: CallbackList): FitSteps<Stretch | undefined> {
    const { epochs, scoring } = this.#settings
    if (this.#epoch >= epochs) return undefined
    if (this.#place === undefined) {
      this.#place = { point: this.#cost.point, ...(yield* this.#cost.evaluate()) }
      if (!Number.isFinite(this.#place.loss)) {
        const failure = { member: 0, epoch: this.#epoch, stepOfEpoch: 0, label: '' }
        return { failures: new Map([[0, notFinite(failure, this.#settings.parameters)]]), more: true }
      }
    } else if (yield* this.#hasConverged(this.#place)) return undefined
    const begun = performance.now()
    const factor = callbacks.factorOf(0)
    const learningRate = this.#optimizer.rateAt({ step: this.#epoch + 1, stepOfEpoch: 0, stepsPerEpoch: 1, factor })
    const sums = yield* this.#iterate(learningRate)
    if (sums === undefined) return undefined
    const measured = yield* measureEpoch(this.#passes!, [0])
    const result = epochResult({
      epoch: this.#epoch,
      scores: this.#cost.compiled.scores,
      scoring,
      training: { array: sums, from: 0 },
      validation: measured.sums && { array: measured.sums, from: 0 },
      values: measured.values.get(0)!,
      learningRate,
      seconds: (performance.now() - begun) / 1000,
    })
    this.#epoch++
    const progress = { epoch: this.#epoch, step: 1, totalStep: this.#epoch - this.#before, loss: result.loss }
    return {
      steps: { progress, done: this.#epoch, endEpoch: true },
      epochs: [new Map([[0, result]])],
      more: this.#epoch < epochs,
    }
  }

  place(): StepPlace {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      'Expected another optimizer for a checkpoint: LBFGS cannot resume.',
    )
  }

  /** Nothing to do: the checks between two evaluations of a line search see the signal. */
  cancel(): void {}

  end() {
    if (this.#epoch >= this.#settings.epochs) return {}
    const why = this.#converged
    return {
      early: true,
      reason: why && `LBFGS ended the training after ${this.#epoch} iterations: ${why}.`,
    }
  }

  abandon(): void {
    if (this.#place !== undefined) this.#cost.moveTo(this.#place.point)
  }

  /** Whether the fit has converged; the point where the iteration starts is evaluated if it is not that of `before`. */
  *#hasConverged(before: Place): FitSteps<boolean> {
    const { point } = this.#cost
    if (point.some((value, i) => value !== before.point[i])) {
      // A callback has restored other parameters.
      this.#place = { point, ...(yield* this.#cost.evaluate()) }
      this.#curvature.forget()
    }
    const { gradientTolerance } = this.#optimizer
    if (!this.#place!.gradient.every((value) => Math.abs(value) <= gradientTolerance)) return false
    this.#converged = `no part of the gradient is larger than gradientTolerance, ${gradientTolerance}`
    return true
  }

  /** Moves to a better point and gives its accumulators, or undefined where the line search finds none. */
  *#iterate(learningRate: number): FitSteps<Float64Array | undefined> {
    const { signal } = this.#settings
    const options = { first: learningRate, evaluations: this.#optimizer.lineSearchEvaluations }
    const scored = new Map<Float32Array, Float64Array>()
    const search = iteration(this.#place!, this.#curvature, options)
    let turn = search.next()
    while (turn.done !== true) {
      signal?.throwIfAborted()
      this.#cost.moveTo(turn.value)
      const { sums, ...evaluation } = yield* this.#cost.evaluate()
      scored.set(turn.value, sums)
      turn = search.next(evaluation)
    }
    if (turn.value === undefined) this.#converged = 'no step along the gradient makes the cost smaller'
    else this.#place = turn.value
    this.#cost.moveTo(this.#place!.point)
    return turn.value && scored.get(turn.value.point)
  }
}

/** The cost over all rows and its gradient, as a function of the trainable parameters, which are the point. */
class Cost {
  readonly compiled: Compiled
  readonly #parameters: Arena
  readonly #gradients: Arena
  readonly #segments: readonly Segment[]
  readonly #pass: OpenPass

  constructor({ network, parameters, scoring }: FitSettings, train: Dataset) {
    refuseFactors(network)
    const { mode, slots, own } = dataMode([train], scoring, network.outputs, { asFloats: true })
    this.compiled = compileScoring(network, mode, scoring, { backward: true })
    refuseChanging(this.compiled, compileScoring(network, mode, scoring, { backward: true, optimizer: new SGD() }))
    this.#parameters = parameters
    this.#gradients = newArena(network)
    this.#segments = trainableSegments(network)
    this.#pass = new OpenPass({
      program: this.compiled.program,
      batch: train.rows,
      rows: Float64Array.of(train.rows),
      numbers: memberTable(this.compiled, 1),
      parameters,
      gradients: this.#gradients,
      slots,
      own: [this.#gradients, ...own],
    })
  }

  get point(): Float32Array {
    return read(this.#parameters, this.#segments)
  }

  moveTo(point: Float32Array): void {
    let at = 0
    for (const { offset, length } of this.#segments) {
      this.#parameters.write(0, offset, 1, length, 0, point.subarray(at, at + length))
      at += length
    }
  }

  *evaluate(): FitSteps<Scored> {
    const sums = yield* this.#pass.steps()
    return { loss: sums[0]! / sums[1]!, gradient: read(this.#gradients, this.#segments), sums }
  }

  release(): void {
    this.#pass.release()
  }
}

/** Refuses factors of the learning rate: a line search goes along one direction with one length for all parameters. */
function refuseFactors({ layers }: Network): void {
  const [own] = layers.flatMap((layer) => layer.trainableParameters).filter((one) => one.learningRateFactor !== 1)
  if (own === undefined) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    'Expected layers without a learningRateFactor for LBFGS, which takes one step length for all parameters, but ' +
      `received ${own.learningRateFactor} for ${own.name}. Use another optimizer, such as Adam.`,
  )
}

/**
 * Refuses layers whose training step changes more than the gradients: random numbers, running statistics, constraints.
 */
function refuseChanging(cost: Compiled, step: Compiled): void {
  const calls = ({ labels, kernels }: Compiled) =>
    labels.map((label, i) => [label, kernels[i]!] as const).filter(([label]) => !label.startsWith('optimizer '))
  const [scheduled] = step.scheduledNumbers
  if (scheduled !== undefined) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      'Expected numbers that stay the same for LBFGS, whose cost must stay the same function, but received the schedule ' +
        `'${scheduled.schedule.name}'. Give a number in its place, or use another optimizer, such as Adam.`,
    )
  }
  const alone = calls(cost)
  const differing = calls(step).find(([label, kernel], i) => alone[i]?.[0] !== label || alone[i]?.[1] !== kernel)
  if (differing === undefined) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    'Expected layers without random numbers, running statistics and constraints for LBFGS, whose cost must stay the ' +
      `same function, but received ${differing[0].split(' ').slice(0, 2).join(' ')}. Use another optimizer, such as Adam.`,
  )
}

function read(arena: Arena, segments: readonly Segment[]): Float32Array {
  const size = segments.reduce((sum, { length }) => sum + length, 0)
  const point = newFloats(size, () => 'the parameters of a line search')
  let at = 0
  for (const { offset, length } of segments) {
    point.set(arena.read(0, offset, 1, length, 0), at)
    at += length
  }
  return point
}
