/*
 * From a folder of pictures to a diagnosis of their training: `deepblas diagnose folder`.
 */
import { readPictures } from '../../data/pictures/read-pictures.js'
import type { Sequential } from '../../model/sequential.js'
import { knownOptions, string } from '../../validate.js'
import { leftOfBudget } from '../experiments/checks.js'
import { type PictureTrainingOptions, pictureTraining, pictureTrainingNames } from '../picture-training.js'
import { diagnose } from './diagnose.js'
import { checkedRun, type DiagnoseOptions, FIRST_TRAINING } from './options.js'
import type { Diagnosis } from './result.js'
import { nothingKnown, unlessStopped } from './stopped.js'

export interface DiagnosePicturesOptions
  extends PictureTrainingOptions,
    Pick<DiagnoseOptions, 'target' | 'budget' | 'onProgress' | 'signal' | 'seed'> {}

export interface PictureDiagnosis extends Diagnosis {
  /** The model that was diagnosed; undefined where it was stopped before that was trained. */
  readonly model: Sequential | undefined
}

/**
 * Diagnoses a training on pictures of classes. The folder holds the four files of MNIST's format, or train_x.npy and
 * train_y.npy; or it is the word 'digits', for drawn ones. 15 % of the training pictures are the dev rows; the test pictures
 * are not read. `budget` counts from the call on, reading and the model's training included; an abort from that training on
 * ends it with what is known by then.
 *
 * @throws DeepblasError ERR_DEEPBLAS_FILE for a folder without such files; as `diagnose`
 * @example
 * const { text } = await diagnosePictures('data/mnist', { hidden: [64, 32], epochs: 10, budget: 120_000 })
 */
export async function diagnosePictures(folder: string, options?: DiagnosePicturesOptions): Promise<PictureDiagnosis> {
  const begun = performance.now()
  const own = ['target', 'budget', 'onProgress', 'signal', 'seed'] as const
  const given = knownOptions<DiagnosePicturesOptions>('diagnosePictures', options, [...pictureTrainingNames, ...own])
  const trainingOf = pictureTraining(given)
  const { target, signal } = checkedRun(given)
  const pictures = await readPictures(string('folder', folder), { test: false })
  const { model, train, dev, fit } = trainingOf(pictures.train)
  const { budget, onProgress, seed } = given
  onProgress?.({ experiments: [FIRST_TRAINING] })
  const trained = await unlessStopped(signal, () => model.fit(train, { ...fit, ...(signal && { signal }) }))
  if (trained === undefined) {
    return { ...nothingKnown({ train: train.rows, trainDev: undefined, dev: dev.rows }), model: undefined }
  }
  const found = await diagnose(model, {
    train,
    dev,
    ...(target === undefined ? {} : { target }),
    ...(budget === undefined ? {} : { budget: leftOfBudget(budget, begun) }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
    ...(seed === undefined ? {} : { seed }),
  })
  return { ...found, model }
}
