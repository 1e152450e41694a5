import type { Json } from '../files/strict-json.js'
import type { InputLayout } from '../inputs.js'
import type { Recorder } from '../recording/recorder.js'
import { columnIndex } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import { knownOptions } from '../validate.js'
import { CodeLayer } from './code-layer.js'
import type { Backward, Forward } from './layer.js'

export interface OneHotOptions {
  /** Number of categories. Default that of the model's input, `{ day: categorical(7) }`. */
  readonly levels?: number
}

/**
 * Turns a column of codes into one column per category: 1 at the row's category, 0 at the others. It is computed for
 * each batch, so the data set keeps one column. Where a dense layer follows, Embedding learns the same with less work.
 *
 * Input shape (batch, 1), codes from 0 to levels - 1; output shape (batch, levels). No parameters. It is the first
 * layer, or a part of a Concatenate that is the first layer. In a prediction an unknown code gives a row of zeros;
 * `fit` and `evaluate` refuse it.
 *
 * @example
 * new Sequential([new Concatenate({ day: new OneHot() }), new Dense(1)], { inputs: { numeric: 12, day: categorical(7) } })
 */
export class OneHot extends CodeLayer {
  readonly type = 'OneHot'

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: OneHotOptions) {
    super(knownOptions<OneHotOptions>('OneHot', options, ['levels']).levels)
  }

  get outputs(): number | undefined {
    return this.levels
  }

  bind(inputs: number, layout?: InputLayout): OneHot {
    return new OneHot({ levels: this.levelsOfInput(inputs, layout) })
  }

  forward(record: Recorder, x: Tensor): Forward {
    const output = record.empty(this.levels!)
    record.map({ inputs: { x }, outputs: { output } }, (given) => ({ output: given.x.equals(columnIndex()) }))
    return { output, cache: {} }
  }

  backward(): Backward {
    return { inputGradient: undefined }
  }

  options(): Record<string, Json> {
    return this.levels === undefined ? {} : { levels: this.levels }
  }

  override describe(): string {
    return this.levels !== undefined ? `OneHot ${this.levels}` : 'OneHot'
  }
}
