/*
 * Trainings of more or fewer epochs or rows, whose learning rate goes through the same course.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { optimizerClasses } from '../../optimizers/names.js'
import type { Optimizer } from '../../optimizers/optimizer.js'
import { withLearningRate } from '../../optimizers/with-weight-decay.js'
import { isSchedule, type Schedule } from '../../schedules/schedule.js'
import { stretched, withUpdatesPerEpoch } from '../../schedules/stretched.js'
import type { Recipe } from './recipe.js'

/**
 * The recipe with so many epochs. A schedule is stretched over them: cut off, it would end at a rate that is not its
 * last; continued, it would stay at its last one, which is often near 0.
 */
export function withEpochs(recipe: Recipe, epochs: number): Recipe {
  const times = epochs / recipe.epochs
  const optimizer = rescheduled(recipe.optimizer, `x ${times}`, (own) => stretched(own, times))
  return { ...recipe, epochs, ...(times !== 1 && { optimizer }) }
}

/**
 * The recipe with other rows, in so many epochs that there are as many updates. A schedule that counts in epochs goes on
 * counting in those of the recipe.
 */
export function withRows(recipe: Recipe, train: Dataset, epochs: number): Recipe {
  const { batchSize, optimizer } = recipe
  const batches = batchSize === 'full' ? 1 : Math.ceil(recipe.train.rows / batchSize)
  const updates = Math.ceil(batches / optimizer.accumulate)
  const counting = (own: Schedule) => withUpdatesPerEpoch(own, updates)
  return { ...recipe, train, epochs, optimizer: rescheduled(optimizer, `${updates} an epoch`, counting) }
}

/** Why the training cannot be made longer; undefined where it can. */
export function whyNotLonger({ optimizer }: Recipe): string | undefined {
  if (!isSchedule(optimizer.learningRate) || canBeMadeAgain(optimizer)) return undefined
  return (
    'The learning rate follows a schedule, which would have to be stretched, and the optimizer is of a class of your ' +
    'own, which cannot be made again with another schedule.'
  )
}

function canBeMadeAgain(optimizer: Optimizer): boolean {
  return (optimizerClasses[optimizer.name] as unknown) === optimizer.constructor
}

/** Trainings of one population have one optimizer: of a change the same instance every time. */
const known = new WeakMap<Optimizer, Map<string, Optimizer>>()

/** The optimizer with its schedule changed; itself where it has none, or cannot be made again. */
function rescheduled(optimizer: Optimizer, name: string, change: (schedule: Schedule) => Schedule): Optimizer {
  const { learningRate } = optimizer
  if (!isSchedule(learningRate) || !canBeMadeAgain(optimizer)) return optimizer
  const made = known.get(optimizer) ?? new Map<string, Optimizer>()
  known.set(optimizer, made)
  const own = made.get(name) ?? withLearningRate(optimizer, change(learningRate))
  made.set(name, own)
  return own
}
