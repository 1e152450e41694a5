/*
 * Models as commands are given them: with an encoder, or not to be used on a table.
 */
import type { Encoder } from '../data/encoder/encoder.js'
import { DeepblasError } from '../errors.js'
import { readModelFile } from '../files/model-file.js'
import { Sequential } from '../model/sequential.js'

/** @throws DeepblasError ERR_DEEPBLAS_FILE for a model that knows no columns */
export async function loadWithEncoder(path: string): Promise<{ model: Sequential; encoder: Encoder; target: string }> {
  const model = await Sequential.load(path)
  const { encoder } = model
  if (encoder?.target !== undefined) return { model, encoder, target: encoder.target }
  throw new DeepblasError(
    'ERR_DEEPBLAS_FILE',
    `${path} was not trained on a table: it does not know which columns its inputs are. Train one with deepblas train.`,
  )
}

/** Epochs of the training that wrote a model file; 0 where the file does not say. */
export async function trainedEpochs(path: string): Promise<number> {
  const epochs = (await readModelFile(path)).training?.epochs
  return typeof epochs === 'number' ? epochs : 0
}
