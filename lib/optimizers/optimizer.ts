import { DeepblasError } from '../errors.js'
import { ofMember, type PerMember, requireMembers } from '../per-member.js'
import type { Recorder } from '../recording/recorder.js'
import { identityOf } from '../recording/recording-key.js'
import type { Element, Operand } from '../recording/rule.js'
import type { Scalar, StepNumber, Tensor } from '../recording/tensor.js'
import { isSchedule, type Schedule } from '../schedules/schedule.js'
import { recordAccumulation, recordNormFactor } from './gradient-stages.js'
import { checkedDecay, checkedOptions, type OptimizerOptions } from './options.js'
import { type Moment, TrainingMethod } from './training-method.js'

/** A range of the parameter arena that an optimizer updates. */
export interface Segment {
  readonly offset: number
  readonly length: number
  /** The learning rate of its parameters is the optimizer's times this. Default 1. */
  readonly learningRateFactor?: number
}

/** What else is recorded with the updates. */
export interface RecordSurroundings {
  /** Ranges of the arena that training changes in another way, such as running statistics. */
  readonly untrained?: readonly Segment[]
  /** Records the layers' constraints: they follow the update, and come before the parameters are averaged. */
  readonly constrain?: () => void
}

/** The arguments of a tuned kernel: the tensors of a range, and the numbers of the step. */
export interface Update<State extends string = string, Numbers extends string = string> {
  readonly parameter: Tensor
  readonly gradient: Tensor
  readonly states: Readonly<Record<State, Tensor>>
  readonly numbers: Readonly<Record<Numbers, StepNumber>>
  /** Coupled weight decay: this times the parameter is added to the gradient. */
  readonly weightDecay: Scalar
  /** Decoupled weight decay: the factor of the parameter; 1 where there is none. */
  readonly weightShrink: Scalar
  /** One number that the gradient is multiplied by first. Default 1. */
  readonly factor?: Tensor
  /** The largest magnitude of the gradient, which is cut off after that. Default unlimited. */
  readonly limit?: number
  /** 1 at a step that leaves parameters and states as they are, else 0. Default 0. */
  readonly waits?: StepNumber
}

/** The values that a rule computes from, for one element of the parameters. */
export type RuleValues<State extends string, Numbers extends string> = Readonly<
  Record<'parameter' | 'gradient' | State | Numbers, Element>
>

/** The values that a rule gives: the new parameter, and the new value of every state. */
export type RuleResult<State extends string> = Readonly<Record<'parameter' | State, Operand>>

/**
 * An update rule: a formula over one element, with states of its own that start at 0 and are laid out like the
 * parameters. The base class handles learning rate and schedule, weight decay, clipping, accumulation and averages: the
 * rule sees the gradient after them, and the parameter already shrunk by decoupled weight decay.
 *
 * An optimizer is configuration: its state belongs to the training, so one optimizer can be given to many fits. To
 * write your own, extend this class. A parameter that is 0, with gradient and states of 0, must stay 0.
 *
 * @example
 * class SignDescent extends Optimizer<'mean', 'rate'> {
 *   readonly name = 'SignDescent'
 *   get ruleStates() { return ['mean'] as const }
 *   constructor(options?: OptimizerOptions) { super(options, { learningRate: 1e-3 }) }
 *   numbers(_step: number, learningRate: number) { return { rate: learningRate } }
 *   protected rule({ parameter, gradient, mean, rate }: RuleValues<'mean', 'rate'>) {
 *     const next = mean.times(0.9).plus(gradient.times(0.1))
 *     return { parameter: parameter.minus(rate.times(next.sign())), mean: next }
 *   }
 * }
 */
export abstract class Optimizer<State extends string = string, Numbers extends string = string> extends TrainingMethod {
  readonly weightDecay: PerMember | Schedule
  readonly decoupled: boolean
  readonly clipNorm: number | undefined
  readonly clipValue: number | undefined
  readonly averageDecay: number | undefined
  readonly accumulate: number
  #names: readonly Numbers[] | undefined

  /**
   * @param options the options that the user gave
   * @param defaults of those options that every optimizer takes; a learning rate at least
   * @param more names of the options that the rule adds
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
   */
  constructor(options: OptimizerOptions | undefined, defaults: OptimizerOptions, more: readonly string[] = []) {
    const checked = checkedOptions(new.target.name, options ?? {}, defaults, more)
    super(checked.learningRate)
    this.weightDecay = checked.weightDecay
    this.decoupled = checked.decoupled
    this.clipNorm = checked.clipNorm
    this.clipValue = checked.clipValue
    this.averageDecay = checked.averageDecay
    this.accumulate = checked.accumulate
  }

  get stepsOver(): 'batches' {
    return 'batches'
  }

  /**
   * Names of the states that the rule keeps for every element from update to update; each starts at 0. At most three.
   */
  abstract get ruleStates(): readonly State[]

  /**
   * The numbers that change from update to update, by name; the names must be the same every time. At most five. Where
   * parameters have learning rate factors, it is asked once for every factor there is.
   *
   * @param step the update, counted from 1
   * @param learningRate of this update: the schedule's rate times the factor that callbacks set and that of the
   *   parameters
   * @param member index of the member in its population
   */
  abstract numbers(step: number, learningRate: number, member?: number): Readonly<Record<Numbers, number>>

  /** The update of one element. The function runs once, when a program is recorded. */
  protected abstract rule(values: RuleValues<State, Numbers>): RuleResult<State>

  /** Records a tuned kernel in place of the rule and gives true, where there is one for these options. */
  protected recordKernel(_record: Recorder, _update: Update<State, Numbers>): boolean {
    return false
  }

  override get stateNames(): readonly string[] {
    return [
      ...this.ruleStates,
      ...(this.accumulate > 1 ? ['gradientSum'] : []),
      ...(this.averageDecay === undefined ? [] : ['average']),
    ]
  }

  override get averageSlot(): number | undefined {
    return this.averageDecay === undefined ? undefined : this.stateNames.length - 1
  }

  /** A key for cached programs: equal for two optimizers that record the same calls. Rates are not recorded. */
  get recordingKey(): string {
    // What a class of the user's own records may depend on more than its fields.
    if (!isOurs(this)) return identityOf(this)
    const { weightDecay } = this
    // The numbers of a schedule come with the steps; a program of coupled decay tells which schedule gives them.
    const decay = isSchedule(weightDecay) ? (this.decoupled ? 'scheduled' : identityOf(weightDecay)) : weightDecay
    return JSON.stringify({ ...this, learningRate: undefined, weightDecay: decay })
  }

  override requireMembers(members: number): void {
    super.requireMembers(members)
    const { weightDecay } = this
    if (isSchedule(weightDecay)) requireMembers('weightDecay.learningRate', weightDecay.learningRate, members)
    else requireMembers('weightDecay', weightDecay, members)
  }

  /** Whether all members use the same numbers at every step. */
  get sameForAll(): boolean {
    const numbers = [this.learningRate, this.weightDecay].map((one) => (isSchedule(one) ? one.learningRate : one))
    return numbers.every((one) => typeof one === 'number')
  }

  /** @internal */
  override placeOf(moment: Moment): { readonly update: number; readonly updatesPerEpoch: number } {
    return { update: this.#updates(moment), updatesPerEpoch: Math.ceil(moment.stepsPerEpoch / this.accumulate) }
  }

  /**
   * Writes the numbers of one step and member into the step table, from column `at` on.
   *
   * @param factors those of the segments that were recorded, as `rateFactorsOf` gives them
   * @internal
   */
  fill(table: Float64Array, at: number, moment: Moment, factors: readonly number[] = [1]): void {
    const { member = 0 } = moment
    const rate = this.rateAt(moment)
    const update = this.#updates(moment) + 1
    let column = at
    if (this.#shrinks) {
      const decay = this.#decayAt(moment)
      for (const factor of factors) table[column++] = 1 - rate * factor * decay
    }
    if (this.accumulate > 1) {
      const { stepOfEpoch, stepsPerEpoch } = moment
      const place = stepOfEpoch % this.accumulate
      table[column++] = Number(place === 0)
      table[column++] = 1 / Math.min(this.accumulate, stepsPerEpoch - (stepOfEpoch - place))
      table[column++] = Number(place < this.accumulate - 1 && stepOfEpoch < stepsPerEpoch - 1)
    }
    if (this.averageDecay !== undefined) table[column++] = update === 1 ? 0 : this.averageDecay
    for (const factor of factors) {
      const numbers = this.numbers(update, rate * factor, member)
      for (const name of this.#numberNames) table[column++] = numbers[name]
    }
  }

  /** Records the update of every segment, with the stages before it and what follows it. @internal */
  record(record: Recorder, segments: readonly Segment[], surroundings: RecordSurroundings = {}): void {
    if (segments.length === 0) return
    const { label } = record
    const { untrained = [], constrain } = surroundings
    const column = (wanted: boolean) => (wanted ? record.stepNumber() : undefined)
    // In the order of `fill`.
    const factors = rateFactorsOf(segments)
    const shrinks = factors.map(() => column(this.#shrinks))
    const [first, share, waits] = [0, 1, 2].map(() => column(this.accumulate > 1))
    const keep = column(this.averageDecay !== undefined)
    const names = this.#numberNames
    const numbers = factors.map(
      () => Object.fromEntries(names.map((name) => [name, record.stepNumber()])) as Record<Numbers, StepNumber>,
    )
    const weightDecay = this.decoupled ? 0 : this.#recordDecay(record)

    const ranges = segments.map(({ offset, length, learningRateFactor = 1 }) => ({
      group: factors.indexOf(learningRateFactor),
      parameter: record.range('parameter', offset, length),
      gradient: record.range('gradient', offset, length),
      states: this.stateNames.map((_, slot) => record.range('state', offset, length, slot)),
    }))
    if (first !== undefined && share !== undefined) {
      const slot = this.ruleStates.length
      for (const { gradient, states } of ranges) {
        recordAccumulation(record, gradient, states[slot]!, { first, share })
      }
    }
    const gradients = ranges.map(({ gradient }) => gradient)
    const factor = this.clipNorm === undefined ? undefined : recordNormFactor(record, gradients, this.clipNorm)
    for (const { group, parameter, gradient, states } of ranges) {
      const own = Object.fromEntries(this.ruleStates.map((name, slot) => [name, states[slot]])) as Record<State, Tensor>
      const weightShrink = shrinks[group] ?? 1
      const update: Update<State, Numbers> = {
        parameter,
        gradient,
        states: own,
        numbers: numbers[group]!,
        weightDecay,
        weightShrink,
        ...(factor && { factor }),
        ...(this.clipValue !== undefined && { limit: this.clipValue }),
        ...(waits && { waits }),
      }
      if (!(isOurs(this) && this.recordKernel(record, update))) this.#recordRule(record, update)
    }
    constrain?.()
    if (keep === undefined) return
    record.label = label
    for (const { parameter, states } of ranges)
      recordAverage(record, states[this.averageSlot!]!, parameter, keep, waits)
    for (const { offset, length } of untrained) {
      const parameter = record.range('parameter', offset, length)
      const average = record.range('state', offset, length, this.averageSlot!)
      record.map({ inputs: { parameter }, outputs: { average } }, (given) => ({ average: given.parameter }))
    }
  }

  #recordRule(
    record: Recorder,
    { parameter, gradient, states, numbers, weightDecay, weightShrink, factor, limit, waits }: Update<State, Numbers>,
  ): void {
    const inputs: Record<string, Tensor> = { parameter, gradient, ...states, ...(factor && { '#factor': factor }) }
    const given: Record<string, Scalar> = { ...numbers }
    if (weightDecay !== 0) given['#decay'] = weightDecay
    if (weightShrink !== 1) given['#shrink'] = weightShrink
    const outputs: Record<string, Tensor> = { parameter, ...states }
    requireDistinct(this.name, ['parameter', 'gradient', ...this.ruleStates, ...this.#numberNames])
    record.map({ inputs, numbers: given, outputs, waits }, (values) => {
      let g = values.gradient!
      if (values['#factor'] !== undefined) g = g.times(values['#factor'])
      if (limit !== undefined) g = g.atLeast(-limit).atMost(limit)
      if (values['#decay'] !== undefined) g = g.plus(values['#decay'].times(values.parameter!))
      const p = values['#shrink'] === undefined ? values.parameter! : values.parameter!.times(values['#shrink'])
      const results: Record<string, Operand> = this.rule({ ...values, parameter: p, gradient: g } as RuleValues<
        State,
        Numbers
      >)
      requireAll(this.name, Object.keys(outputs), results)
      return results
    })
  }

  /** Computed once, since a step of a small network takes less time than computing it. */
  get #numberNames(): readonly Numbers[] {
    this.#names ??= Object.keys(this.numbers(1, 0, 0)) as Numbers[]
    return this.#names
  }

  get #shrinks(): boolean {
    return this.decoupled && this.weightDecay !== 0
  }

  #decayAt(moment: Moment): number {
    const { weightDecay } = this
    const { member = 0 } = moment
    if (!isSchedule(weightDecay)) return ofMember(weightDecay, member)
    const { update, updatesPerEpoch } = this.placeOf(moment)
    const decay = weightDecay.rate(update, { stepsPerEpoch: updatesPerEpoch, member })
    return checkedDecay(`rate(${update}) of the schedule '${weightDecay.name}'`, decay)
  }

  #recordDecay(record: Recorder): Scalar {
    const { weightDecay } = this
    return isSchedule(weightDecay) ? record.scheduled(weightDecay, checkedDecay) : record.scalar(weightDecay)
  }

  /** Number of updates before this one. */
  #updates({ step, stepOfEpoch, stepsPerEpoch }: Moment): number {
    if (this.accumulate === 1) return step - 1
    const before = step - 1 - stepOfEpoch
    const epochs = Number.isFinite(stepsPerEpoch) ? Math.floor(before / stepsPerEpoch) : 0
    const rest = before - (epochs === 0 ? 0 : epochs * stepsPerEpoch)
    const whole = epochs === 0 ? 0 : epochs * Math.ceil(stepsPerEpoch / this.accumulate)
    return whole + Math.ceil(rest / this.accumulate) + Math.floor(stepOfEpoch / this.accumulate)
  }
}

/** The factors of the learning rate that segments have, each once, in the order in which they come. */
export function rateFactorsOf(segments: readonly Segment[]): number[] {
  return [...new Set(segments.map(({ learningRateFactor = 1 }) => learningRateFactor))]
}

/** Checks that every value of a rule has a name of its own. */
function requireDistinct(optimizer: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice === undefined) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected states and numbers of other names than each other, parameter and gradient for ${optimizer} but received ` +
      `'${twice}' twice.`,
  )
}

function requireAll(optimizer: string, names: readonly string[], results: Readonly<Record<string, unknown>>): void {
  const missing = names.filter((name) => results?.[name] === undefined)
  if (missing.length === 0) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected the rule of ${optimizer} to give ${names.join(', ')} but it gave no ${missing.join(', ')}.`,
  )
}

/** Records a moving average of the parameters, which begins with those after the first update. */
function recordAverage(
  record: Recorder,
  average: Tensor,
  parameter: Tensor,
  keep: StepNumber,
  waits: StepNumber | undefined,
): void {
  record.map({ inputs: { average, parameter }, numbers: { keep }, outputs: { average }, waits }, (given) => ({
    average: given.parameter.plus(given.keep.times(given.average.minus(given.parameter))),
  }))
}

const ours = new Set<unknown>()

/** Marks classes whose recordings their fields tell in full, and whose kernels compute their rules. Not for subclasses. */
export function recordedByFields(...classes: readonly unknown[]): void {
  for (const one of classes) ours.add(one)
}

function isOurs(optimizer: object): boolean {
  return ours.has(optimizer.constructor)
}
