/*
 * Losses and parameters that are not finite.
 */
import { DeepblasError } from '../errors.js'
import type { Arena, Failure } from '../native/addon.js'
import type { History } from './epoch-results.js'

const ADVICE = 'Try a smaller learningRate, or scale the inputs.'
const OF_NO_USE =
  'The update before has made parameters that are not finite: set or load others before the model is used. '

export function notFinite({ epoch, stepOfEpoch, label }: Failure, parameters: Arena): DeepblasError {
  const where = label === '' ? '' : ` The first result that is not finite came from ${label}.`
  return new DeepblasError(
    'ERR_DEEPBLAS_NOT_FINITE',
    `The loss became NaN or infinite at step ${stepOfEpoch + 1} of epoch ${epoch + 1}.${where} ` +
      `${parameters.isFinite(0) ? 'The parameters are those of the last good step. ' : OF_NO_USE}${ADVICE}`,
  )
}

/**
 * The loss tells of an update at the next step: after the last one there is none.
 *
 * @throws DeepblasError ERR_DEEPBLAS_NOT_FINITE for one model; a member of a population has failed
 */
export function requireFiniteUpdate(parameters: Arena, histories: readonly History[]): void {
  for (const [member, history] of histories.entries()) {
    if (parameters.isFinite(member)) continue
    if (histories.length === 1) {
      throw new DeepblasError('ERR_DEEPBLAS_NOT_FINITE', `The training has ended, but badly. ${OF_NO_USE}${ADVICE}`)
    }
    history.stopped = 'failed'
  }
}
