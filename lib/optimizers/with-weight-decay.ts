import type { PerMember } from '../per-member.js'
import type { Schedule } from '../schedules/schedule.js'
import { invalid } from '../validate.js'
import { optimizerClasses } from './names.js'
import type { Optimizer } from './optimizer.js'
import type { OptimizerOptions } from './options.js'

type MakeOptimizer = new (options: OptimizerOptions) => Optimizer

/**
 * The same optimizer with another weight decay.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an optimizer of the user's own, which only its maker can make again
 */
export function withWeightDecay(optimizer: Optimizer, weightDecay: PerMember | Schedule): Optimizer {
  const Class = Object.values(optimizerClasses).find((one) => (one as unknown) === optimizer.constructor)
  if (Class === undefined) {
    throw invalid(
      'optimizer',
      "one of deepblas's optimizers beside a weightDecay",
      optimizer,
      'Give an optimizer that has this weight decay.',
    )
  }
  return made(Class, optimizer, { weightDecay })
}

/** One of deepblas's optimizers by name, with another learning rate or schedule. */
export function withLearningRate(optimizer: Optimizer, learningRate: number | Schedule): Optimizer {
  return made(optimizerClasses[optimizer.name], optimizer, { learningRate })
}

function made(Class: unknown, optimizer: Optimizer, changes: OptimizerOptions): Optimizer {
  // The fields of an optimizer are its options, and its name.
  const options = Object.entries(optimizer).filter(([field, value]) => field !== 'name' && value !== undefined)
  return new (Class as MakeOptimizer)({ ...Object.fromEntries(options), ...changes })
}
