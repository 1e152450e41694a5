/*
 * Trainings of more or fewer epochs or rows, whose learning rate, weight decay and dropout go through the same course.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Json } from '../../files/strict-json.js'
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

/** Trainings of one population have one optimizer: of a change the same instance every time. */
const known = new WeakMap<Optimizer, Map<string, Optimizer>>()

type Change = (schedule: Schedule) => Schedule

/** The optimizer and the layers of a recipe with their schedules changed. */
function changed({ optimizer, layers }: Recipe, name: string, change: Change): Pick<Recipe, 'optimizer' | 'layers'> {
  const dropout = ({ rate, ...rest }: Record<string, Json>): Record<string, Json> => ({
    ...rest,
    rate: isDescription(rate) ? savedSchedule('Dropout', change(scheduleFrom('rate', rate))) : rate!,
  })
  return { optimizer: rescheduled(optimizer, name, change), layers: changeAll(layers, 'Dropout', dropout) }
}

function isDescription(rate: Json | undefined): boolean {
  return typeof rate === 'object' && rate !== null && !Array.isArray(rate)
}

/** The optimizer with its schedules changed; itself where it has none, or cannot be made again. */
function rescheduled(optimizer: Optimizer, name: string, change: Change): Optimizer {
  const { learningRate, weightDecay } = optimizer
  if (![learningRate, weightDecay].some(isSchedule) || !canBeMadeAgain(optimizer)) return optimizer
  const made = known.get(optimizer) ?? new Map<string, Optimizer>()
  known.set(optimizer, made)
  const ofRate = () => (isSchedule(learningRate) ? withLearningRate(optimizer, change(learningRate)) : optimizer)
  const both = () => (isSchedule(weightDecay) ? withWeightDecay(ofRate(), change(weightDecay)) : ofRate())
  const own = made.get(name) ?? both()
  made.set(name, own)
  return own
}
