/*
 * Trainings of more or fewer epochs or rows, whose learning rate and other scheduled numbers go through the same course.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Json } from '../../files/strict-json.js'
import { isBuiltInLoss } from '../../losses/loss.js'
import { lossFromFile } from '../../losses/names.js'
import { optimizerClasses } from '../../optimizers/names.js'
import type { Optimizer } from '../../optimizers/optimizer.js'
import { withLearningRate, withWeightDecay } from '../../optimizers/with-weight-decay.js'
import { savedSchedule, scheduleFrom } from '../../schedules/saved.js'
import { isSchedule, type Schedule } from '../../schedules/schedule.js'
import { stretched, withUpdatesPerEpoch } from '../../schedules/stretched.js'
import { changeAll } from './layer-changes.js'
import type { Recipe } from './recipe.js'

/**
 * The recipe with so many epochs. A schedule is stretched over them: cut off, it would end at a rate that is not its
 * last; continued, it would stay at its last one, which is often near 0.
 */
export function withEpochs(recipe: Recipe, epochs: number): Recipe {
  const times = epochs / recipe.epochs
  if (times === 1) return { ...recipe, epochs }
  return { ...recipe, epochs, ...changed(recipe, `x ${times}`, (own) => stretched(own, times)) }
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
  return { ...recipe, train, epochs, ...changed(recipe, `${updates} an epoch`, counting) }
}

/** Why the training cannot be made longer; undefined where it can. */
export function whyNotLonger({ optimizer }: Recipe): string | undefined {
  const { learningRate, weightDecay } = optimizer
  if (canBeMadeAgain(optimizer) || ![learningRate, weightDecay].some(isSchedule)) return undefined
  return (
    `The ${isSchedule(learningRate) ? 'learning rate' : 'weight decay'} follows a schedule, which would have to be stretched, and the optimizer is of a class of your ` +
    'own, which cannot be made again with another schedule.'
  )
}

function canBeMadeAgain(optimizer: Optimizer): boolean {
  return (optimizerClasses[optimizer.name] as unknown) === optimizer.constructor
}

/** Trainings of one population have one optimizer and one loss: of a change the same instance every time. */
const known = new WeakMap<object, Map<string, object>>()

function once<Kind extends object>(of: Kind, name: string, make: () => Kind): Kind {
  const made = known.get(of) ?? new Map<string, object>()
  known.set(of, made)
  const own = (made.get(name) as Kind | undefined) ?? make()
  made.set(name, own)
  return own
}

type Change = (schedule: Schedule) => Schedule

/** What of a recipe has schedules, with these changed. */
function changed(
  { optimizer, layers, loss }: Recipe,
  name: string,
  change: Change,
): Pick<Recipe, 'optimizer' | 'layers' | 'loss'> {
  const dropout = ({ rate, ...rest }: Record<string, Json>): Record<string, Json> => ({
    ...rest,
    rate: changedDescription(rate, change) ?? rate!,
  })
  return {
    optimizer: rescheduled(optimizer, name, change),
    layers: changeAll(layers, 'Dropout', dropout),
    loss: rescheduledLoss(loss, name, change),
  }
}

/** A schedule as files and trials hold it, changed; undefined for what is none. */
function changedDescription(saved: Json | undefined, change: Change): Json | undefined {
  return isDescription(saved) ? savedSchedule('a training', change(scheduleFrom('schedule', saved))) : undefined
}

/** A loss whose label smoothing follows a schedule of ours, with that changed; the same instance every time. */
function rescheduledLoss(loss: Recipe['loss'], name: string, change: Change): Recipe['loss'] {
  if (typeof loss === 'string') return loss
  const labelSmoothing = changedDescription(loss.options?.labelSmoothing, change)
  if (labelSmoothing === undefined || !isBuiltInLoss(loss)) return loss
  return once(loss, name, () => lossFromFile('loss', { name: loss.name, options: { ...loss.options, labelSmoothing } }))
}

function isDescription(rate: Json | undefined): boolean {
  return typeof rate === 'object' && rate !== null && !Array.isArray(rate)
}

/** The optimizer with its schedules changed; itself where it has none, or cannot be made again. */
function rescheduled(optimizer: Optimizer, name: string, change: Change): Optimizer {
  const { learningRate, weightDecay } = optimizer
  if (![learningRate, weightDecay].some(isSchedule) || !canBeMadeAgain(optimizer)) return optimizer
  const ofRate = () => (isSchedule(learningRate) ? withLearningRate(optimizer, change(learningRate)) : optimizer)
  const both = () => (isSchedule(weightDecay) ? withWeightDecay(ofRate(), change(weightDecay)) : ofRate())
  return once(optimizer, name, both)
}
