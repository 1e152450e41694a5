/*
 * What the outputs of a network mean. Activation and loss say it together: the sums of a linear layer are logits to a
 * cross-entropy, logarithms of rates to `poisson`, and the values themselves to others.
 */
import type { OutputActivation } from '../activations/activation-function.js'
import type { Loss, TargetKind } from '../losses/loss.js'

/** How a metric reads an output, before the output becomes a probability or a value. */
export type OutputMeaning = 'logits' | 'logProbabilities' | 'logRates' | 'probabilities' | 'values'

/**
 * How targets are read: a class for every row; 0 or 1 for every output; or any numbers. Metrics that need classes
 * accept values that are all 0 or 1.
 */
export type MetricTask = 'classes' | 'binary' | 'values'

/** What has to be known of a network. */
export interface NetworkOutputs {
  /** How many there are for every row. */
  readonly outputs: number
  /** The activation of the last layer. */
  readonly outputActivation: OutputActivation
}

/** How metrics read the targets of a loss. */
export function taskOf(kind: TargetKind): MetricTask {
  if (kind === 'classes' || kind === 'probabilities') return 'classes'
  return kind === 'binary' || kind === 'signs' ? 'binary' : 'values'
}

/**
 * @param fused whether the outputs are looked at before the activation, which the last layer has left to the loss;
 *   otherwise they are what `predict` gives
 */
export function outputMeaning(
  { outputs, outputActivation }: NetworkOutputs,
  loss: Loss,
  fused: boolean,
): OutputMeaning {
  const { name, gives } = outputActivation
  if (loss.takesLogits(name, outputs) && (fused || gives === 'sums')) return 'logits'
  return gives === 'sums' ? (loss.linearOutput ?? 'values') : gives
}

/** Whether probabilities can be had of them. */
export function tellOfProbabilities(meaning: OutputMeaning): boolean {
  return meaning === 'probabilities' || meaning === 'logProbabilities' || meaning === 'logits'
}

/** Outputs above this count as class 1; so do targets, which are values. */
export function thresholdOf({ targetKind }: Loss, meaning: OutputMeaning): number {
  return targetKind === 'signs' || meaning === 'logits' ? 0 : 0.5
}
