/*
 * The share of a target that a cross-entropy spreads over all classes: a number, or a schedule that fits follow.
 */
import type { Recorder } from '../recording/recorder.js'
import type { Element } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import { canBeSaved, savedSchedule, scheduleOrNumbers } from '../schedules/saved.js'
import { isSchedule, type Schedule } from '../schedules/schedule.js'
import { finiteNumber, fraction, invalid } from '../validate.js'
import type { Loss, LossRecording } from './loss.js'

/** Option `labelSmoothing`, checked. */
export class LabelSmoothing {
  /** The share where no schedule gives it: outside the steps of a fit there is none. */
  readonly fixed: number
  readonly #schedule: Schedule | undefined

  constructor(value: unknown) {
    const given = scheduleOrNumbers('labelSmoothing', value ?? 0, fraction)
    const isOne = isSchedule(given) ? typeof given.learningRate === 'number' : typeof given === 'number'
    if (!isOne) throw invalid('labelSmoothing', 'one share, or a schedule of one, for all members', value)
    this.#schedule = isSchedule(given) ? given : undefined
    this.fixed = isSchedule(given) ? 0 : finiteNumber('labelSmoothing', given)
  }

  get isNone(): boolean {
    return this.fixed === 0 && this.#schedule === undefined
  }

  /** What a loss tells of it; a schedule of the user's own is told by itself alone, since a file holds no code. */
  get told(): Pick<Loss, 'options' | 'schedules'> {
    if (this.#schedule === undefined) return this.isNone ? {} : { options: { labelSmoothing: this.fixed } }
    const schedules = [this.#schedule]
    if (!canBeSaved(this.#schedule)) return { schedules }
    return { schedules, options: { labelSmoothing: savedSchedule('labelSmoothing', this.#schedule) } }
  }

  /** A target of one of so many classes, smoothed as `trace` does. */
  smooth(target: number, classes: number): number {
    return target * (1 - this.fixed) + this.fixed / classes
  }

  /**
   * Records the smoothed targets (batch, columns); the targets themselves where nothing is smoothed.
   *
   * @param of an element's target before the smoothing. Default the target of the recording.
   */
  record(
    record: Recorder,
    { target, ofFit }: LossRecording,
    { columns, classes, of = (y) => y }: { columns: number; classes: number; of?: (y: Element) => Element },
  ): Tensor {
    const schedule = ofFit === true ? this.#schedule : undefined
    if (schedule === undefined && this.fixed === 0) return target
    const output = record.empty(columns)
    if (schedule === undefined) {
      record.map({ inputs: { target }, outputs: { output } }, ({ target: y }) => ({
        output: of(y)
          .times(1 - this.fixed)
          .plus(this.fixed / classes),
      }))
      return output
    }
    const numbers = { share: record.scheduled(schedule, fraction) }
    record.map({ inputs: { target }, numbers, outputs: { output } }, ({ target: y, share }) => ({
      output: of(y).times(share.negated().plus(1)).plus(share.over(classes)),
    }))
    return output
  }
}
