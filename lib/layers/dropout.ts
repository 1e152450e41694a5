import type { Json } from '../files/strict-json.js'
import { ofMember, type PerMember, requireMembers } from '../per-member.js'
import type { Recorder } from '../recording/recorder.js'
import type { Scalar, Tensor } from '../recording/tensor.js'
import { savedSchedule, scheduleOfMember, scheduleOrNumbers } from '../schedules/saved.js'
import { isSchedule, type Schedule } from '../schedules/schedule.js'
import { fraction } from '../validate.js'
import type { Backward, Cache, Forward, RecordOptions } from './layer.js'
import { SameShape } from './same-shape.js'

/**
 * Sets a share `rate` of the features to 0 at every training step, and scales the others by `1 / (1 - rate)`, so that
 * their expectation stays (inverted dropout: Srivastava et al., 2014; course 2, week 1). It acts only in the steps of a
 * `fit`: predictions, evaluations, `gradients` and `trace` leave the features unchanged. Masks differ from step to step
 * and from layer to layer; the same seed of `fit` gives the same masks. By a schedule the rate changes from update to
 * update.
 *
 * Input shape (batch, inputs); output shape the same. No parameters. Derivation: docs/math/dropout.md.
 *
 * @example
 * new Sequential([new Dense(512, { activation: 'relu' }), new Dropout(0.2), new Dense(10, { activation: 'softmax' })],
 *   { inputs: 784 })
 * new Dropout(flatCosine({ learningRate: 0.15, steps: 50, unit: 'epoch' }))
 */
export class Dropout extends SameShape {
  readonly type = 'Dropout'
  readonly rate: PerMember | Schedule

  /**
   * @param rate share of features that are dropped, at least 0 and less than 1, or a schedule of it; for a population also
   *   a list with one rate per member
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a rate out of range
   */
  constructor(rate: PerMember | Schedule) {
    super()
    this.rate = scheduleOrNumbers('rate', rate, fraction)
  }

  override get columnByColumn(): boolean {
    return true
  }

  forward(record: Recorder, x: Tensor, { random }: RecordOptions): Forward {
    if (!random) return { output: x, cache: {} }
    const [output, chance] = [record.empty(x.columns), record.empty(x.columns)]
    const source = record.randomSource()
    record.dropout({ output, x, chance, ...source, rate: this.#recordRate(record) })
    return { output, cache: { chance } }
  }

  backward(record: Recorder, { chance }: Cache, outputGradient: Tensor, wantInputGradient: boolean): Backward {
    if (!wantInputGradient) return { inputGradient: undefined }
    if (chance === undefined) return { inputGradient: outputGradient }
    const inputGradient = record.empty(outputGradient.columns)
    record.dropoutBackward({ inputGradient, outputGradient, chance, rate: this.#recordRate(record) })
    return { inputGradient }
  }

  override requireMembers(members: number): void {
    const { rate } = this
    requireMembers(`the rate of ${this.describe()}`, isSchedule(rate) ? rate.learningRate : rate, members)
  }

  override forMember(member: number): Dropout {
    const { rate } = this
    return new Dropout(isSchedule(rate) ? scheduleOfMember(rate, member) : ofMember(rate, member))
  }

  override get schedules(): readonly Schedule[] {
    return isSchedule(this.rate) ? [this.rate] : []
  }

  options(): Record<string, Json> {
    const { rate } = this
    return { rate: isSchedule(rate) ? savedSchedule(this.type, rate) : (rate as Json) }
  }

  override describe(): string {
    const { rate } = this
    if (isSchedule(rate)) return `Dropout ${rate.name}`
    return typeof rate === 'number' ? `Dropout ${rate}` : 'Dropout'
  }

  protected copy(): Dropout {
    return new Dropout(this.rate)
  }

  #recordRate(record: Recorder): Scalar {
    const { rate } = this
    return isSchedule(rate) ? record.scheduled(rate, fraction) : record.scalar(rate)
  }
}
