import type { PerMember } from '../per-member.js'
import { scheduleOrNumbers } from '../schedules/saved.js'
import { type Schedule, scheduleOrRates } from '../schedules/schedule.js'
import { boolean, finiteNumber, fraction, knownOptions, positiveInteger } from '../validate.js'

/** Options that every optimizer takes. */
export interface OptimizerOptions {
  /**
   * A number of at least 0, a schedule such as `cosine({ learningRate: 0.1, steps: 1000 })`, or for a population also a
   * list with one number per member. The default depends on the optimizer.
   */
  readonly learningRate?: PerMember | Schedule
  /**
   * Strength of the weight decay, which shrinks all parameters, biases included. Coupled, as in PyTorch: `weightDecay ·
   * parameter` is added to the gradient. Decoupled: the parameter is multiplied by `1 - learningRate · weightDecay`
   * before the update. A number, a schedule such as `flatCosine({ learningRate: 0.02, steps: 1000 })`, or for a population
   * also a list with one number per member. Default 0; for AdamW 0.01.
   */
  readonly weightDecay?: PerMember | Schedule
  /** Whether the weight decay is decoupled (Loshchilov and Hutter, 2019). Default false; true for AdamW and Lion. */
  readonly decoupled?: boolean
  /**
   * The largest norm of the gradient of all parameters together: a longer one is multiplied by
   * `clipNorm / (norm + 1e-6)` (torch.nn.utils.clip_grad_norm_). Default none.
   */
  readonly clipNorm?: number
  /** Every element of the gradient is kept within `[-clipValue, clipValue]`, after `clipNorm`. Default none. */
  readonly clipValue?: number
  /**
   * Share of the past in an exponential moving average of the parameters, such as 0.999. `fit` validates with the
   * averaged parameters, and the model ends with them. Default none.
   */
  readonly averageDecay?: number
  /**
   * Number of batches per update, which uses the mean of their gradients. The batches left over at the end of an epoch
   * make a last, smaller update. Default 1.
   */
  readonly accumulate?: number
}

export const optimizerOptionNames = [
  'learningRate',
  'weightDecay',
  'decoupled',
  'clipNorm',
  'clipValue',
  'averageDecay',
  'accumulate',
] as const

/** The options, checked and with their defaults. */
export interface CheckedOptions {
  readonly learningRate: PerMember | Schedule
  readonly weightDecay: PerMember | Schedule
  readonly decoupled: boolean
  readonly clipNorm: number | undefined
  readonly clipValue: number | undefined
  readonly averageDecay: number | undefined
  readonly accumulate: number
}

/** `more`: names of the rule's own options, which the rule checks. */
export function checkedOptions(
  what: string,
  options: OptimizerOptions,
  defaults: OptimizerOptions,
  more: readonly string[],
): CheckedOptions {
  const names = [...optimizerOptionNames, ...more] as (keyof OptimizerOptions)[]
  const given = { ...defaults, ...withoutUndefined(knownOptions<OptimizerOptions>(what, options, names)) }
  const optional = (name: 'clipNorm' | 'clipValue') =>
    given[name] === undefined ? undefined : finiteNumber(name, given[name], { exclusiveMin: 0 })
  return {
    learningRate: scheduleOrRates('learningRate', given.learningRate),
    weightDecay: scheduleOrNumbers('weightDecay', given.weightDecay ?? 0, checkedDecay),
    decoupled: boolean('decoupled', given.decoupled ?? false),
    clipNorm: optional('clipNorm'),
    clipValue: optional('clipValue'),
    averageDecay: given.averageDecay === undefined ? undefined : fraction('averageDecay', given.averageDecay),
    accumulate: positiveInteger('accumulate', given.accumulate ?? 1),
  }
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what is no number of at least 0 */
export function checkedDecay(argument: string, value: unknown): number {
  return finiteNumber(argument, value, { min: 0 })
}

function withoutUndefined(options: OptimizerOptions): OptimizerOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
