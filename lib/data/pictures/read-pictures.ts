/*
 * Folders of pictures as data sets: MNIST's four files, or NPY arrays.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asFileError, fileError } from '../../files/file-error.js'
import { isUint8Array } from '../../kinds.js'
import { boolean, knownOptions, positiveInteger, string } from '../../validate.js'
import { Dataset } from '../dataset/dataset.js'
import { digits } from '../generated/digits.js'
import { readIdxImages } from '../readers/arrays/idx.js'
import { readNpy } from '../readers/arrays/npy.js'

/** Pictures to learn from, and to test with where there are any. */
export interface PictureSets {
  readonly train: Dataset
  readonly test: Dataset | undefined
}

export interface ReadPicturesOptions {
  /** Pictures to learn from that are taken at most, the first. Default all. */
  readonly most?: number
  /** Whether the test pictures are taken too. Default true. */
  readonly test?: boolean
}

/**
 * Reads pictures of classes: a folder in MNIST's form, or one with train_x.npy and train_y.npy (and test_x.npy, test_y.npy); or
 * makes the 5,000 digits that `datasets.digits` draws, for the word 'digits'. Bytes become numbers from 0 to 1; other numbers
 * of NPY files stay as they are.
 *
 * @throws DeepblasError ERR_DEEPBLAS_FILE for a folder that holds neither; ERR_DEEPBLAS_ARGUMENT for a wrong option
 * @example
 * const { train, test } = await readPictures('data/mnist', { most: 10_000 })
 */
export async function readPictures(source: string, options?: ReadPicturesOptions): Promise<PictureSets> {
  string('source', source)
  const given = knownOptions<ReadPicturesOptions>('readPictures', options, ['most', 'test'])
  const most = given.most === undefined ? undefined : positiveInteger('most', given.most)
  const withTest = boolean('test', given.test ?? true)
  const { train, test } = source === 'digits' ? drawnDigits() : await picturesIn(source, withTest)
  return { train: most === undefined ? train : train.take(most), test: withTest ? test : undefined }
}

function drawnDigits(): PictureSets {
  const [train, test] = Dataset.from(digits({ samples: 5000, seed: 1 })).split(0.2)
  return { train, test }
}

async function picturesIn(folder: string, withTest: boolean): Promise<PictureSets> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw asFileError('read', folder, error)
  })
  if (names.includes('train_x.npy')) {
    const test = withTest && names.includes('test_x.npy') ? await fromNpy(folder, 'test') : undefined
    return { train: await fromNpy(folder, 'train'), test }
  }
  if (names.some((name) => name.startsWith('train-images'))) {
    const { train, test } = await readIdxImages(folder)
    return { train: Dataset.from(train), test: Dataset.from(test) }
  }
  throw fileError('read', folder, 'expected train-images-idx3-ubyte (with .gz or not) or train_x.npy in it')
}

async function fromNpy(folder: string, set: string): Promise<Dataset> {
  const path = join(folder, `${set}_x.npy`)
  const { data } = await readNpy(path)
  return Dataset.fromNPY(path, { y: join(folder, `${set}_y.npy`), ...(isUint8Array(data) && { scale: 1 / 255 }) })
}
