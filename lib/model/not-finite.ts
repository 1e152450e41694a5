import { DeepblasError } from '../errors.js'
import type { Failure } from '../native/addon.js'

export function notFinite({ epoch, stepOfEpoch, label }: Failure): DeepblasError {
  const where = label === '' ? '' : ` The first result that is not finite came from ${label}.`
  return new DeepblasError(
    'ERR_DEEPBLAS_NOT_FINITE',
    `The loss became NaN or infinite at step ${stepOfEpoch + 1} of epoch ${epoch + 1}.${where} ` +
      'The parameters are those of the last good step. Try a smaller learningRate, or scale the inputs.',
  )
}
