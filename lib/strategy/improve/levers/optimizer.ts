import { Adam, AdamW } from '../../../optimizers/adam.js'
import type { Optimizer } from '../../../optimizers/optimizer.js'
import type { OptimizerOptions } from '../../../optimizers/options.js'
import { RMSProp } from '../../../optimizers/rmsprop.js'
import { SGD } from '../../../optimizers/sgd.js'
import { isSchedule } from '../../../schedules/schedule.js'
import type { Lever, Setting } from './lever.js'

type Make = (options: OptimizerOptions) => Optimizer

const optimizers: readonly (readonly [name: string, make: Make])[] = [
  ['adam', (options) => new Adam(options)],
  ['adamW', (options) => new AdamW(options)],
  ['sgd with momentum', (options) => new SGD({ momentum: 0.9, ...options })],
  ['rmsprop', (options) => new RMSProp(options)],
]

/**
 * Another optimizer, with rates around its own default. What is not the optimizer's stays: the shape of the schedule,
 * the clipping, averages and the steps that are gathered.
 */
export const optimizer: Lever = {
  name: 'optimizer',
  settings({ optimizer: present }) {
    return optimizers
      .filter(([, make]) => !isLike(make({}), present))
      .map(([name, make]) => settingOf(name, make, present))
  },
}

function isLike(one: Optimizer, other: Optimizer): boolean {
  return one.name === other.name && momentumOf(one) === momentumOf(other)
}

function momentumOf(optimizer: Optimizer): unknown {
  return (optimizer as { readonly momentum?: unknown }).momentum
}

function settingOf(name: string, make: Make, present: Optimizer): Setting {
  const { learningRate, clipNorm, clipValue, averageDecay, accumulate } = present
  const own = make({})
  const made = make({
    ...(isSchedule(learningRate) && { learningRate }),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(clipValue === undefined ? {} : { clipValue }),
    ...(averageDecay === undefined ? {} : { averageDecay }),
    ...(accumulate === 1 ? {} : { accumulate }),
  })
  const nominal = isSchedule(learningRate) ? (learningRate.learningRate as number) : (own.learningRate as number)
  return {
    name: `optimizer ${name}`,
    // Another optimizer has its own weight decay.
    apply: ({ weightDecay: _, ...recipe }) => ({ ...recipe, optimizer: made }),
    ownRate: (own.learningRate as number) / nominal,
  }
}
