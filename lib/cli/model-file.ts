/*
 * Models as commands are given them: with an encoder, or not to be used on a table.
 */
import type { Encoder } from '../data/encoder/encoder.js'
import { DeepblasError } from '../errors.js'
import { readModelFile } from '../files/model-file.js'
import { Population } from '../model/population.js'
import { Sequential } from '../model/sequential.js'
import { loadModel } from '../strategy/tables/load-model.js'
import type { TableModel } from '../strategy/tables/table-model.js'

/** A model with all that it needs to read a table. */
export interface ModelWithEncoder {
  readonly model: Sequential | TableModel
  readonly encoder: Encoder
  readonly target: string
}

/** @throws DeepblasError ERR_DEEPBLAS_FILE for a model that knows no columns */
export async function loadWithEncoder(path: string): Promise<ModelWithEncoder> {
  const model = await loadModel(path)
  if (!(model instanceof Population)) {
    const { encoder } = model
    if (encoder?.target !== undefined) return { model, encoder, target: encoder.target }
  }
  throw new DeepblasError(
    'ERR_DEEPBLAS_FILE',
    `${path} was not trained on a table: it does not know which columns its inputs are. Train one with deepblas train.`,
  )
}

/** @throws DeepblasError ERR_DEEPBLAS_FILE also for a model of several networks */
export async function loadOneWithEncoder(path: string): Promise<Sequential> {
  const { model } = await loadWithEncoder(path)
  if (model instanceof Sequential) return model
  throw new DeepblasError(
    'ERR_DEEPBLAS_FILE',
    `${path} holds ${model.members} networks, and a diagnosis is of one. Train one with deepblas train --preset fast.`,
  )
}

/** Epochs of the training that wrote a model file; 0 where the file does not say. */
export async function trainedEpochs(path: string): Promise<number> {
  const epochs = (await readModelFile(path)).training?.epochs
  return typeof epochs === 'number' ? epochs : 0
}
