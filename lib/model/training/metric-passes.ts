/*
 * Passes over whole data sets after an epoch, beside the native run: the validation, where its outputs are wanted too, and
 * predictions of the training rows for the metrics that see all of them.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { largestOf } from '../../extremes.js'
import { isOfTraining, type MetricValue } from '../../metrics/metric.js'
import type { Arena } from '../../native/addon.js'
import { compilePrediction } from '../programs/compile.js'
import { EVALUATION_BATCH, featuresOf, rowsOf } from '../programs/data-binding.js'
import type { Opened } from '../programs/opened.js'
import { OpenPass, type PassSettings } from '../programs/passes.js'
import { type FitSteps, paused } from '../programs/requests.js'
import { AllRowsMetrics } from '../scoring/all-rows-metrics.js'
import { scoringPass } from '../scoring/scoring-pass.js'
import type { FitSettings } from './settings.js'

type Measured = Pick<FitSettings, 'network' | 'parameters' | 'scoring' | 'seeds' | 'validation'> & {
  /** What the validation is scored with. Default the parameters. */
  readonly averages?: Arena | undefined
}

type AllRowsValues = Readonly<Record<string, MetricValue>> | undefined

/** A pass that runs after every epoch, with the parameters of that time. Whoever opens one releases it. */
export class MetricPass {
  readonly #pass: OpenPass
  readonly #allRows: AllRowsMetrics | undefined

  private constructor(settings: PassSettings, allRows: AllRowsMetrics | undefined) {
    this.#pass = new OpenPass(settings)
    this.#allRows = allRows
  }

  /** Loss and all metrics on the validation data, where there is some. */
  static ofValidation({
    network,
    parameters,
    averages = parameters,
    scoring,
    seeds,
    validation,
  }: Measured): MetricPass | undefined {
    if (validation === undefined) return undefined
    const { settings, allRows } = scoringPass(network, averages, validation, scoring, seeds.length)
    return new MetricPass(settings, allRows)
  }

  /**
   * The metrics that see all rows on the training data, whose other scores are those of the steps. Undefined where there
   * are none.
   */
  static ofTraining(
    { network, parameters, scoring, seeds }: Measured,
    train: readonly Dataset[],
  ): MetricPass | undefined {
    const metrics = scoring.metrics.filter(isOfTraining)
    const allRows = AllRowsMetrics.of(network, train, { ...scoring, metrics }, seeds.length)
    if (allRows === undefined) return undefined
    const { type, matrices } = featuresOf(train)
    const rows = rowsOf(train, seeds.length)
    const settings = {
      program: compilePrediction(network, type),
      batch: Math.min(EVALUATION_BATCH, largestOf(rows)),
      rows,
      parameters,
      slots: [matrices],
      ...allRows.passOutput,
    }
    return new MetricPass(settings, allRows)
  }

  /** Gives the sums of all members; none of a pass over the training data. */
  run(): FitSteps<Float64Array> {
    return this.#pass.steps()
  }

  /** The metrics that see all rows, of the last run; the event loop may turn while they are computed. */
  *values(member: number): FitSteps<AllRowsValues> {
    return this.#allRows && (yield* paused(this.#allRows.valuing(member)))
  }

  release(): void {
    this.#pass.release()
  }
}

export interface MetricPasses {
  readonly training: MetricPass | undefined
  readonly validation: MetricPass | undefined
}

/** Opens those of a fit. They go with `opened`. */
export function metricPasses(measured: Measured, train: readonly Dataset[], opened: Opened): MetricPasses {
  const added = (pass: MetricPass | undefined) => pass && opened.add(pass)
  const training = added(MetricPass.ofTraining(measured, train))
  return { training, validation: added(MetricPass.ofValidation(measured)) }
}

/** What the passes after an epoch have measured. */
export interface MeasuredEpoch {
  /** Of all members on the validation data; undefined where no pass beside the native run has measured them. */
  readonly sums: Float64Array | undefined
  /** Of every member that was asked for. */
  readonly values: ReadonlyMap<number, readonly [training: AllRowsValues, validation: AllRowsValues]>
  readonly seconds: number
}

/**
 * Runs those that there are.
 *
 * @param members whose metrics are wanted
 */
export function* measureEpoch(
  { training, validation }: MetricPasses,
  members: readonly number[],
): FitSteps<MeasuredEpoch> {
  const begun = performance.now()
  if (training !== undefined) yield* training.run()
  const sums = validation && (yield* validation.run())
  const values = new Map<number, readonly [AllRowsValues, AllRowsValues]>()
  for (const member of members) {
    const ofTraining = training && (yield* training.values(member))
    values.set(member, [ofTraining, validation && (yield* validation.values(member))])
  }
  return { sums, values, seconds: (performance.now() - begun) / 1000 }
}
