/*
 * From a folder of pictures to the levers of their training: `deepblas improve folder`.
 */
import { readPictures } from '../../data/pictures/read-pictures.js'
import { knownOptions, string } from '../../validate.js'
import { type PictureTrainingOptions, pictureTraining, pictureTrainingNames } from '../picture-training.js'
import { improve } from './improve.js'
import { confirmations, type ExperimentSettings, experimentNames, leftOf } from './options.js'
import type { ImproveResult } from './result.js'

export interface ImprovePicturesOptions extends ExperimentSettings, PictureTrainingOptions {}

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
  const names = [...pictureTrainingNames, ...experimentNames] as const
  const given = knownOptions<ImprovePicturesOptions>('improvePictures', options, names)
  const trainingOf = pictureTraining(given)
  const pictures = await readPictures(string('folder', folder), { test: confirmations(given.confirm) > 0 })
  const { model, train, dev, fit } = trainingOf(pictures.train)
  const data = { train, dev, ...(pictures.test && { test: pictures.test }) }
  return improve(model, data, { ...leftOf(given, begun), fit })
}
