import type { TargetKind } from '../losses/loss.js'
import type { Recorder } from '../native/recorder.js'
import type { Tensor } from '../native/tensor.js'
import { oneOf } from '../validate.js'

export const metricNames = ['accuracy'] as const
export type MetricName = (typeof metricNames)[number]

export interface MetricRecording {
  readonly output: Tensor
  /** Whether `output` holds logits. */
  readonly logits: boolean
  readonly target: Tensor
  readonly targetKind: TargetKind
  /** float64, one value a row: what the metric averages. */
  readonly rowValue: Tensor
}

/** A metric is the weighted mean of one value a row, added up in float64. */
export interface Metric {
  readonly name: MetricName
  record(record: Recorder, recording: MetricRecording): void
}

/**
 * The share of rows whose largest output is the target class; for binary outputs the share of outputs on the right side
 * of one half.
 */
export const accuracy: Metric = {
  name: 'accuracy',
  record(record, { output, logits, target, targetKind, rowValue }) {
    const binary = targetKind === 'binary' || output.columns === 1
    record.accuracy({ rowValue, output, target, binary: Number(binary), threshold: logits ? 0 : 0.5 })
  },
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown name, with the nearest one */
export function metric(argument: string, value: unknown): Metric {
  if (value === accuracy) return accuracy
  return { accuracy }[oneOf(argument, value, metricNames)]
}
