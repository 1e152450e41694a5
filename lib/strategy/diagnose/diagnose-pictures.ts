/*
 * From a folder of pictures to a diagnosis of their training: `deepblas diagnose folder`.
 */
import { readPictures } from '../../data/pictures/read-pictures.js'
import type { Sequential } from '../../model/sequential.js'
import { knownOptions, string } from '../../validate.js'
import { type PictureTrainingOptions, pictureTraining, pictureTrainingNames } from '../picture-training.js'
import { diagnose } from './diagnose.js'
import { checkedRun, type DiagnoseOptions } from './options.js'
import type { Diagnosis } from './result.js'

export interface DiagnosePicturesOptions
  extends PictureTrainingOptions,
    Pick<DiagnoseOptions, 'target' | 'budget' | 'onProgress' | 'signal' | 'seed'> {}

export interface PictureDiagnosis extends Diagnosis {
  /** The model that was diagnosed. */
  readonly model: Sequential
}

/**
 * Diagnoses a training on pictures of classes. The folder holds the four files of MNIST's format, or train_x.npy and
 * train_y.npy; or it is the word 'digits', for drawn ones. 15 % of the training pictures are the dev rows; the test pictures
 * are not read. `budget` counts from the end of the model's training on.
 *
 * @throws DeepblasError ERR_DEEPBLAS_FILE for a folder without such files; as `diagnose`
 * @example
 * const { text } = await diagnosePictures('data/mnist', { hidden: [64, 32], epochs: 10, budget: 120_000 })
 */
export async function diagnosePictures(folder: string, options?: DiagnosePicturesOptions): Promise<PictureDiagnosis> {
  const own = ['target', 'budget', 'onProgress', 'signal', 'seed'] as const
  const given = knownOptions<DiagnosePicturesOptions>('diagnosePictures', options, [...pictureTrainingNames, ...own])
  const trainingOf = pictureTraining(given)
  const { target, signal } = checkedRun(given)
  const pictures = await readPictures(string('folder', folder), { test: false })
  const { model, train, dev, fit } = trainingOf(pictures.train)
  await model.fit(train, { ...fit, ...(signal && { signal }) })
  const { budget, onProgress, seed } = given
  const found = await diagnose(model, {
    train,
    dev,
    ...(target === undefined ? {} : { target }),
    ...(budget === undefined ? {} : { budget }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
    ...(seed === undefined ? {} : { seed }),
  })
  return { ...found, model }
}
