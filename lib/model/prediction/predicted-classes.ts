import { DeepblasError } from '../../errors.js'
import { isBuiltInLoss } from '../../losses/loss.js'
import { classOfOutputs } from '../../outputs/classes.js'
import { type NetworkOutputs, outputMeaning, thresholdOf } from '../../outputs/meaning.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import type { Scoring } from '../programs/compile.js'

/**
 * Checks that the outputs stand for classes, by the loss of the last fit or by the last layer's activation.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT where they are values
 */
export function requireOutputsOfClasses(network: NetworkOutputs, scoring: Scoring | undefined): void {
  const loss = scoring?.loss
  // The meaning of outputs under a loss of the user's own is not known, and files of older versions do not say what the
  // targets were.
  if (loss === undefined || !isBuiltInLoss(loss) || !isOfValues(scoring!)) return
  if (scoring!.ofClasses ?? network.outputs > 1) return
  if (outputMeaning(network, loss, false) === 'probabilities') return
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
 * The class of every row of a prediction: 0 or 1 by the threshold of one output, else the index of the largest output.
 * Where some outputs have names, those without have never had a row and are not chosen.
 */
export function* choosingClasses(
  data: Float32Array,
  [rows, outputs]: readonly [rows: number, outputs: number],
  network: NetworkOutputs,
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
      const chosen = classOfOutputs(data, row * outputs, outputs, threshold, named)
      classes[row] = labels === undefined ? chosen : (labels[chosen] ?? String(chosen))
    }
  }
  return classes as number[] | string[]
}

/** Above it one output is class 1. Without a fit a linear output is taken for a logit. */
function thresholdFor(network: NetworkOutputs, scoring: Scoring | undefined): number {
  const loss = scoring?.loss
  if (loss === undefined || !isBuiltInLoss(loss)) return network.outputActivation.gives === 'sums' ? 0 : 0.5
  return thresholdOf(loss, outputMeaning(network, loss, false))
}
