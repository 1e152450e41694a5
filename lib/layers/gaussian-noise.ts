import type { Json } from '../files/strict-json.js'
import { distributions } from '../native/generated/enums.js'
import { ofMember, type PerMember, perMember, requireMembers } from '../per-member.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { finiteNumber } from '../validate.js'
import type { Backward, Cache, Forward, RecordOptions } from './layer.js'
import { SameShape } from './same-shape.js'

/**
 * Adds normal noise of mean 0 to every feature at every training step: a mild regularizer, and an augmentation where it
 * is the first layer. It acts only in the steps of a `fit`, as Dropout does.
 *
 * Input shape (batch, inputs); output shape the same. No parameters. See docs/math/dropout.md.
 *
 * @example
 * new Sequential([new GaussianNoise(0.1), new Dense(1)], { inputs: 8 })
 */
export class GaussianNoise extends SameShape {
  readonly type = 'GaussianNoise'
  readonly standardDeviation: PerMember

  /**
   * @param standardDeviation standard deviation of the noise, at least 0; for a population also a list with one per
   *   member
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a number out of range
   */
  constructor(standardDeviation: PerMember) {
    super()
    this.standardDeviation = perMember('standardDeviation', standardDeviation, (name, value) =>
      finiteNumber(name, value, { min: 0 }),
    )
  }

  override get columnByColumn(): boolean {
    return true
  }

  forward(record: Recorder, x: Tensor, { random }: RecordOptions): Forward {
    if (!random) return { output: x, cache: {} }
    const noise = record.empty(x.columns)
    const output = record.empty(x.columns)
    record.random({ output: noise, ...record.randomSource(), kind: distributions.normal })
    record.map(
      { inputs: { x, noise }, numbers: { deviation: record.scalar(this.standardDeviation) }, outputs: { output } },
      (given) => ({ output: given.x.plus(given.noise.times(given.deviation)) }),
    )
    return { output, cache: {} }
  }

  backward(_record: Recorder, _cache: Cache, outputGradient: Tensor, wantInputGradient: boolean): Backward {
    return { inputGradient: wantInputGradient ? outputGradient : undefined }
  }

  override requireMembers(members: number): void {
    requireMembers(`the standard deviation of ${this.describe()}`, this.standardDeviation, members)
  }

  override forMember(member: number): GaussianNoise {
    return new GaussianNoise(ofMember(this.standardDeviation, member))
  }

  options(): Record<string, Json> {
    return { standardDeviation: this.standardDeviation as Json }
  }

  override describe(): string {
    return typeof this.standardDeviation === 'number' ? `GaussianNoise ${this.standardDeviation}` : 'GaussianNoise'
  }

  protected copy(): GaussianNoise {
    return new GaussianNoise(this.standardDeviation)
  }
}
