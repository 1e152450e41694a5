import type { Augmentation, AugmentationFunction } from '../../../data/augmentation/augmentation.js'
import { flip } from '../../../data/augmentation/flip.js'
import { noise } from '../../../data/augmentation/noise.js'
import { rotate } from '../../../data/augmentation/rotate.js'
import { shift } from '../../../data/augmentation/shift.js'
import type { Dataset } from '../../../data/dataset/dataset.js'
import { memoryNow } from '../../../memory.js'
import { meanOf } from '../../../statistics.js'
import { Turns } from '../../../turns.js'
import { type NumericColumn, numericColumns } from '../feature-moments.js'
import type { Recipe } from '../recipe.js'
import { withRows } from '../schedule-length.js'
import type { Lever, LeverContext, Setting } from './lever.js'

type Functions = readonly (Augmentation | AugmentationFunction)[]

/** Every row comes in so many forms at most, itself among them. */
const MOST_FORMS = 8
/** Of full batches the time of a step grows with the rows. */
const FORMS_OF_FULL_BATCHES = 4
/** Of the memory that is free, the changed rows of all settings take this share at most. */
const SHARE_OF_MEMORY = 0.25
/** Of the time that is left, changing rows takes this share at most. */
const SHARE_OF_TIME = 0.2
/** Channels of a picture in colour: red, green and blue. */
const COLOURS = 3
/** Rows that tell how long all will take: so many at first, and twice as many until they take so many milliseconds. */
const PROBE = { rows: 16, milliseconds: 20 }

/**
 * Training rows in changed forms: pictures moved, turned and noisy, tables with noise on their numbers. Epochs become
 * fewer as rows become more, so that there are as many updates. Pictures in colour are mirrored too: photographs of things
 * have no side, where a mirrored digit or letter is another one.
 */
export const augment: Lever = {
  name: 'augment',
  readsRows: true,
  async settings(recipe, context) {
    const { train } = recipe
    const picture = train.featureShape.length === 2 || train.featureShape.length === 3
    const columns = await numericColumns(recipe)
    const kinds = picture ? ofPictures(train, columns) : ofTables(columns)
    if (kinds.length === 0) return 'No input holds numbers that noise could be added to.'
    if (recipe.epochs < 2) return 'The training sees every row once: more forms of it would take more updates.'
    const forms = formsFor(recipe, kinds.length)
    if (forms < 2) return 'There is no memory for rows in other forms.'
    // All forms or none: how many there are must not depend on how fast the machine is.
    const seconds = kinds.length * (forms - 1) * secondsOfCopy(train, kinds.at(-1)!.functions)
    if (seconds * 1000 > context.left() * SHARE_OF_TIME) {
      return `Making the changed rows would take ${Number(seconds.toPrecision(2))} s of the budget.`
    }
    const settings: Setting[] = []
    for (const { name, functions } of kinds) {
      const data = await changed(train, functions, forms - 1, context)
      settings.push({ name: `augment ${name}`, apply: (own) => onForms(own, data, forms) })
    }
    return settings
  },
}

interface Kind {
  readonly name: string
  readonly functions: Functions
}

function ofPictures({ featureShape }: Dataset, columns: readonly NumericColumn[]): Kind[] {
  // A fourteenth of the height: two pixels of a digit's 28.
  const pixels = Math.max(1, Math.round(featureShape[0]! / 14))
  const deviation = 0.1 * meanOf(columns.map((column) => column.deviation))
  const [moved, turned] = [shift({ pixels }), rotate({ degrees: 10 })]
  const mirrored = flip()
  const flips: Kind[] = [
    { name: 'flip', functions: [mirrored] },
    { name: `flip, shift ${pixels}`, functions: [mirrored, moved] },
  ]
  // What takes longest is the last.
  return [
    { name: 'noise', functions: [noise({ standardDeviation: deviation })] },
    { name: `shift ${pixels}`, functions: [moved] },
    ...(featureShape[2] === COLOURS ? flips : []),
    { name: 'rotate 10', functions: [turned] },
    { name: `shift ${pixels}, rotate 10`, functions: [moved, turned] },
  ]
}

function ofTables(columns: readonly NumericColumn[]): Kind[] {
  const noisy = columns.filter(({ twoValued, deviation }) => !twoValued && deviation > 0)
  if (noisy.length === 0) return []
  return [0.1, 0.3].map((share): Kind => {
    const add: AugmentationFunction = (features, random) => {
      for (const { column, deviation } of noisy) features[column]! += share * deviation * random.normal()
    }
    return { name: `noise ${share}`, functions: [add] }
  })
}

/** In how many forms every row comes: such that the epochs can be divided by it, and memory holds them. */
function formsFor({ train, epochs, batchSize }: Recipe, kinds: number): number {
  const bytes = train.rows * train.features * (train.type === 'uint8' ? 1 : Float32Array.BYTES_PER_ELEMENT)
  const room = Math.floor((memoryNow().free * SHARE_OF_MEMORY) / (bytes * kinds))
  if (batchSize === 'full') return Math.min(FORMS_OF_FULL_BATCHES, room)
  const most = Math.min(MOST_FORMS, epochs, room)
  const off = (forms: number) => Math.abs(Math.round(epochs / forms) * forms - epochs)
  let best = Math.min(2, most)
  for (let forms = best; forms <= most; forms++) if (off(forms) <= off(best)) best = forms
  return best
}

function onForms(recipe: Recipe, train: Dataset, forms: number): Recipe {
  const { epochs, batchSize } = recipe
  return withRows(recipe, train, batchSize === 'full' ? epochs : Math.max(1, Math.round(epochs / forms)))
}

/** Seconds that a changed copy of all rows takes. A call takes its time however few its rows are, so more are taken. */
function secondsOfCopy(train: Dataset, functions: Functions): number {
  const millisecondsOf = (probe: Dataset) => {
    const begun = performance.now()
    probe.augment(functions, { copies: 1 })
    return performance.now() - begun
  }
  // The first call compiles, or reads what is read once.
  millisecondsOf(train.take(1))
  for (let rows = PROBE.rows; ; rows *= 2) {
    const probe = train.take(Math.min(rows, train.rows))
    const milliseconds = millisecondsOf(probe)
    if (milliseconds > PROBE.milliseconds || probe.rows === train.rows) {
      return (milliseconds / 1000 / probe.rows) * train.rows
    }
  }
}

/** The rows and changed copies of them, a copy at a time. */
async function changed(
  train: Dataset,
  functions: Functions,
  copies: number,
  { seed, signal }: LeverContext,
): Promise<Dataset> {
  const turns = new Turns()
  const parts: Dataset[] = []
  for (let copy = 0; copy < copies; copy++) {
    await turns.giveWay()
    signal?.throwIfAborted()
    const { rows } = train
    parts.push(train.augment(functions, { copies: 1, seed: seed + copy }).slice(rows, 2 * rows))
  }
  return train.concat(...parts)
}
