import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import type { TargetUnits } from '../../outputs/units.js'

/**
 * The units of the targets: those of the one encoder that has made all the data sets.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA for data sets of different encoders, or where only some have one
 */
export function targetUnits(argument: string, data: readonly Dataset[]): TargetUnits | undefined {
  requireOneEncoder(argument, data[0]!, data)
  return data[0]!.encoder?.targetScale
}

/** @throws DeepblasError ERR_DEEPBLAS_DATA for a data set that is not of the first one's encoder */
export function requireOneEncoder(argument: string, { encoder }: Dataset, data: readonly Dataset[]): void {
  const other = data.find((one) => (encoder === undefined ? one.encoder !== undefined : !encoder.equals(one.encoder)))
  if (other === undefined) return
  const told = (one: Dataset['encoder']) => (one === undefined ? 'none' : 'one of its own')
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected for ${argument} the encoder of the training data, which has ${encoder === undefined ? 'none' : 'one'}, but ` +
      `received ${told(other.encoder)}. Give the reader that encoder: ` +
      'Dataset.fromCSV(path, { encoder: train.encoder }), or encode a table: train.encoder.encode(table).',
  )
}
