/*
 * Losses and parameters that are not finite.
 */
import { DeepblasError } from '../../errors.js'
import type { Arena, Failure } from '../../native/addon.js'
import type { History } from './epoch-results.js'
import type { FitSettings } from './settings.js'

const ADVICE = 'Try a smaller learningRate, or scale the inputs.'
const OF_NO_USE =
  'The update before made parameters that are not finite: set or load other parameters before you use the model. '

export function notFinite({ member, epoch, stepOfEpoch, label }: Failure, parameters: Arena): DeepblasError {
  const where = label === '' ? '' : ` The first result that is not finite came from ${label}.`
  return new DeepblasError(
    'ERR_DEEPBLAS_NOT_FINITE',
    `The loss became NaN or infinite at step ${stepOfEpoch + 1} of epoch ${epoch + 1}.${where} ` +
      `${parameters.isFinite(member) ? 'The parameters are those of the last good step. ' : OF_NO_USE}${ADVICE}`,
  )
}

/** What is said of a member whose update made parameters that are not finite, which it does not keep. */
export function spoiltUpdate({ epoch, stepOfEpoch }: Failure): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_NOT_FINITE',
    `The update at step ${stepOfEpoch + 1} of epoch ${epoch + 1} made parameters that are not finite. The parameters are ` +
      `those before it. ${ADVICE}`,
  )
}

/** Ends the training of one member of a population, while others continue. */
export function fail(history: History, { message }: DeepblasError): void {
  history.stopped = 'failed'
  history.reason = message
}

/**
 * Checks the parameters after the last update, which no later loss would show.
 *
 * @param ofPopulation whether they are members of a population, of which each fails alone
 * @throws DeepblasError ERR_DEEPBLAS_NOT_FINITE for a model of its own; a member of a population has failed
 */
export function requireFiniteUpdate(
  { parameters, ofPopulation, failed }: Pick<FitSettings, 'parameters' | 'ofPopulation' | 'failed'>,
  histories: readonly History[],
): void {
  for (const [member, history] of histories.entries()) {
    // What has failed before says at which step.
    if (history.stopped === 'failed' || parameters.isFinite(member)) continue
    const error = new DeepblasError(
      'ERR_DEEPBLAS_NOT_FINITE',
      `The last update of the training made parameters that are not finite: set or load other parameters before you use ` +
        `the model. ${ADVICE}`,
    )
    if (!ofPopulation) throw error
    fail(history, error)
    failed(member)
  }
}
