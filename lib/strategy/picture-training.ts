/*
 * A training on pictures of classes, where only a folder is given.
 */
import type { Dataset } from '../data/dataset/dataset.js'
import { Dense } from '../layers/dense.js'
import { Sequential } from '../model/sequential.js'
import type { FitOptions } from '../model/training/options.js'
import { Adam } from '../optimizers/adam.js'
import { array, finiteNumber, nonNegativeInteger, positiveInteger } from '../validate.js'

export interface PictureTrainingOptions {
  /** Units of the hidden layers, of relu. Default [64]. */
  readonly hidden?: readonly number[]
  /** Default 20. */
  readonly epochs?: number
  /** Default 64. */
  readonly batchSize?: number
  /** Of Adam. Default 0.001. */
  readonly learningRate?: number
}

export const pictureTrainingNames = ['hidden', 'epochs', 'batchSize', 'learningRate'] as const

/** Of the training pictures, of each class alike. */
const SHARE_OF_DEV = 0.15

export interface PictureTraining {
  readonly model: Sequential
  readonly train: Dataset
  readonly dev: Dataset
  readonly fit: FitOptions
}

/**
 * @param options checked here; others may be among them
 * @returns what makes the training of pictures: the pictures are asked for after the options are checked
 */
export function pictureTraining(
  options: PictureTrainingOptions & { readonly seed?: number },
): (pictures: Dataset) => PictureTraining {
  const seed = nonNegativeInteger('seed', options.seed ?? 0)
  const hidden = array('hidden', options.hidden ?? [64], 'numbers of units')
  const epochs = positiveInteger('epochs', options.epochs ?? 20)
  const batchSize = positiveInteger('batchSize', options.batchSize ?? 64)
  const learningRate = finiteNumber('learningRate', options.learningRate ?? 1e-3, { min: 0 })
  const layers = hidden.map((units, at) => new Dense(positiveInteger(`hidden[${at}]`, units), { activation: 'relu' }))
  return (pictures) => {
    const { train, dev, classes, loss } = heldOutPictures(pictures, seed)
    const output =
      classes <= 2 ? new Dense(1, { activation: 'sigmoid' }) : new Dense(classes, { activation: 'softmax' })
    const model = new Sequential([...layers, output], { inputs: train.features, seed })
    const optimizer = new Adam({ learningRate })
    return {
      model,
      train,
      dev,
      fit: { loss, optimizer, epochs, batchSize },
    }
  }
}

/** The pictures to learn from and those held out, and the loss of so many classes. */
export function heldOutPictures(pictures: Dataset, seed: number) {
  const [train, dev] = pictures.split(SHARE_OF_DEV, { seed, stratified: true })
  const classes = pictures.classCounts().length
  const loss = classes <= 2 ? ('binaryCrossEntropy' as const) : ('crossEntropy' as const)
  return { train, dev, classes, loss }
}
