/*
 * From a folder of pictures to the levers of their training: `deepblas improve folder`.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Dataset } from '../../data/dataset/dataset.js'
import { readIdxImages } from '../../data/readers/arrays/idx.js'
import { readNpy } from '../../data/readers/arrays/npy.js'
import { asFileError, fileError } from '../../files/file-error.js'
import { isUint8Array } from '../../kinds.js'
import { Dense } from '../../layers/dense.js'
import { Sequential } from '../../model/sequential.js'
import { Adam } from '../../optimizers/adam.js'
import { array, finiteNumber, knownOptions, nonNegativeInteger, positiveInteger, string } from '../../validate.js'
import { improve } from './improve.js'
import { confirmations, type ExperimentSettings, experimentNames, leftOf } from './options.js'
import type { ImproveResult } from './result.js'

export interface ImprovePicturesOptions extends ExperimentSettings {
  /** Units of the hidden layers, of relu. Default [64]. */
  readonly hidden?: readonly number[]
  /** Default 20. */
  readonly epochs?: number
  /** Default 64. */
  readonly batchSize?: number
  /** Of Adam. Default 0.001. */
  readonly learningRate?: number
}

const optionNames = ['hidden', 'epochs', 'batchSize', 'learningRate', ...experimentNames] as const

/** Of the training pictures, of each class alike. */
const SHARE_OF_DEV = 0.15

/**
 * Tells which lever moves a training on pictures of classes. The folder holds the four files of MNIST's format, or
 * train_x.npy and train_y.npy, and test_x.npy and test_y.npy for `confirm`. 15 % of the training pictures are the dev
 * rows; the test pictures are read for `confirm` alone. The budget counts from the call on, reading included.
 *
 * @throws DeepblasError ERR_DEEPBLAS_FILE for a folder without such files; as `improve`
 * @example
 * const { text } = await improvePictures('mnist', { hidden: [64, 32], budget: 300_000 })
 */
export async function improvePictures(folder: string, options?: ImprovePicturesOptions): Promise<ImproveResult> {
  const begun = performance.now()
  const given = knownOptions<ImprovePicturesOptions>('improvePictures', options, optionNames)
  const seed = nonNegativeInteger('seed', given.seed ?? 0)
  const hidden = array('hidden', given.hidden ?? [64], 'numbers of units')
  const epochs = positiveInteger('epochs', given.epochs ?? 20)
  const batchSize = positiveInteger('batchSize', given.batchSize ?? 64)
  const learningRate = finiteNumber('learningRate', given.learningRate ?? 1e-3, { min: 0 })
  const layers = hidden.map((units, at) => new Dense(positiveInteger(`hidden[${at}]`, units), { activation: 'relu' }))
  const pictures = await picturesOf(string('folder', folder), confirmations(given.confirm) > 0)
  const [train, dev] = pictures.train.split(SHARE_OF_DEV, { seed, stratified: true })
  const classes = pictures.train.classCounts().length
  const binary = classes <= 2
  const output = binary ? new Dense(1, { activation: 'sigmoid' }) : new Dense(classes, { activation: 'softmax' })
  const model = new Sequential([...layers, output], { inputs: train.features, seed })
  return improve(
    model,
    { train, dev, ...(pictures.test && { test: pictures.test }) },
    {
      ...leftOf(given, begun),
      fit: {
        loss: binary ? 'binaryCrossEntropy' : 'crossEntropy',
        optimizer: new Adam({ learningRate }),
        epochs,
        batchSize,
      },
    },
  )
}

interface Pictures {
  readonly train: Dataset
  readonly test: Dataset | undefined
}

async function picturesOf(folder: string, withTest: boolean): Promise<Pictures> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw asFileError('read', folder, error)
  })
  if (names.includes('train_x.npy')) {
    const test = withTest ? await fromNpy(folder, 'test') : undefined
    return { train: await fromNpy(folder, 'train'), test }
  }
  if (!names.some((name) => name.startsWith('train-images'))) {
    throw fileError('read', folder, "expected the files of MNIST's format, or train_x.npy and train_y.npy, in it")
  }
  const { train, test } = await readIdxImages(folder)
  const of = ({ x, y, featureShape, scale }: typeof train) => Dataset.from({ x, y }, { featureShape, scale })
  return { train: of(train), test: withTest ? of(test) : undefined }
}

/** Bytes become numbers from 0 to 1; other numbers stay as they are. */
async function fromNpy(folder: string, set: string): Promise<Dataset> {
  const path = join(folder, `${set}_x.npy`)
  const { data } = await readNpy(path)
  return Dataset.fromNPY(path, { y: join(folder, `${set}_y.npy`), ...(isUint8Array(data) && { scale: 1 / 255 }) })
}
