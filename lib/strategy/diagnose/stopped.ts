/*
 * A diagnosis that is stopped: it ends with what is known by then.
 */
import type { Diagnosis, ErrorFigure } from './result.js'

/** The result of a training; undefined where the signal ended it. */
export async function unlessStopped<Result>(
  signal: AbortSignal | undefined,
  training: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await training()
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) return undefined
    throw error
  }
}

/** Numbers of rows. */
interface Sizes {
  readonly train: number
  readonly trainDev: number | undefined
  readonly dev: number
}

/** What is known before the model has been trained: nothing but the numbers of rows. */
export function nothingKnown({ train, trainDev, dev }: Sizes): Diagnosis {
  const unmeasured = (rows: number): ErrorFigure => ({ value: Number.NaN, error: Number.NaN, rows })
  return {
    dominant: 'none',
    figures: {
      train: unmeasured(train),
      trainDev: trainDev === undefined ? undefined : unmeasured(trainDev),
      dev: unmeasured(dev),
      attainable: undefined,
      bias: undefined,
      variance: { value: Number.NaN, error: Number.NaN, certain: false },
      mismatch: undefined,
      probes: [],
      learningCurve: { rows: [], epochs: [] },
      curves: { rows: [], twice: undefined, epochs: [] },
      labelNoise: undefined,
      classes: undefined,
      segments: [],
      worstRows: [],
      layers: [],
      leftOut: [],
    },
    findings: [],
    stopped: 'aborted',
    text: 'Stopped before the model was trained: nothing can be said of it.',
  }
}
