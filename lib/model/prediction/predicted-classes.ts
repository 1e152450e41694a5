import { DeepblasError } from '../../errors.js'
import { isBuiltInLoss } from '../../losses/loss.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import type { Network } from '../network/network.js'
import type { Scoring } from '../programs/compile.js'
import { outputMeaning, thresholdOf } from '../scoring/metric-task.js'

/**
 * Checks that the outputs are of classes: by the loss of the last fit, or by the last layer's activation.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT where they are values
 */
export function requireOutputsOfClasses(network: Network, scoring: Scoring | undefined): void {
  const loss = scoring?.loss
  // Of a loss of a user's own nobody knows what its outputs mean; files of older versions do not say what targets were.
  if (loss === undefined || !isBuiltInLoss(loss) || !isOfValues(scoring!)) return
  if (scoring!.ofClasses ?? network.outputs > 1) return
  if (outputMeaning(network.layers.at(-1)!.activationName, loss, network.outputs, false) === 'probabilities') return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected a model of classes for predictClasses but this one gives values: it was trained with loss '${loss.name}'. ` +
      'Call predict.',
  )
}

function isOfValues({ loss }: Scoring): boolean {
  return loss.targetKind === 'values' || loss.targetKind === 'counts'
}

/**
 * The class of every row of a prediction: 0 or 1 by the threshold of one output, else the largest output's index. Outputs
 * without a name, where others have one, have never had a row and are no answer.
 */
export function* choosingClasses(
  data: Float32Array,
  [rows, outputs]: readonly [rows: number, outputs: number],
  network: Network,
  scoring: Scoring | undefined,
  labels: readonly string[] | undefined,
): Steps<number[] | string[]> {
  const threshold = thresholdFor(network, scoring)
  const named = labels === undefined ? outputs : Math.min(outputs, labels.length)
  const rowsOfStep = Math.ceil(ELEMENTS_OF_STEP / outputs)
  const classes = new Array<number | string>(rows)
  for (let first = 0; first < rows; first += rowsOfStep) {
    if (first > 0) yield
    const end = Math.min(rows, first + rowsOfStep)
    for (let row = first; row < end; row++) {
      const at = row * outputs
      let best = 0
      if (outputs === 1) best = Number(data[at]! > threshold)
      else for (let c = 1; c < named; c++) if (data[at + c]! > data[at + best]!) best = c
      classes[row] = labels === undefined ? best : (labels[best] ?? String(best))
    }
  }
  return classes as number[] | string[]
}

/** Above it one output is class 1. Without a fit a linear output is taken for a logit. */
function thresholdFor(network: Network, scoring: Scoring | undefined): number {
  const activation = network.layers.at(-1)!.activationName
  const loss = scoring?.loss
  if (loss === undefined || !isBuiltInLoss(loss)) return activation === 'linear' ? 0 : 0.5
  return thresholdOf(loss, outputMeaning(activation, loss, network.outputs, false))
}
