/*
 * Models as commands are given them: with an encoder, or not to be used on a table.
 */
import type { Encoder } from '../data/encoder/encoder.js'
import type { ColumnType } from '../data/table/column.js'
import { DeepblasError } from '../errors.js'
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

/** How the columns of a file are to be read for a model, its target too. */
export function typesFor(encoder: Encoder, target: string): Record<string, ColumnType> {
  const { labels } = encoder
  // 01 and 1.0 are names too: as numbers they would come back as 1.
  const texts = labels?.some((label) => String(Number(label)) !== label && label !== 'true' && label !== 'false')
  const own = labels === undefined ? 'number' : texts ? 'category' : undefined
  return { ...encoder.types, ...(own === undefined ? {} : { [target]: own }) }
}
