import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import type { InputLayout } from '../inputs.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { invalid } from '../validate.js'
import {
  backwardChain,
  bindChain,
  describeLayers,
  errorsInside,
  forwardChain,
  type LayerOrLayers,
  layerList,
  membersBehind,
} from './chain.js'
import { type Backward, type Cache, type Forward, Layer, type RecordOptions } from './layer.js'

/**
 * Adds the input of a block of layers to its output: `output = x + block(x)` (He et al., "Deep residual learning for
 * image recognition", 2016). The gradient has a path around the block, so deep networks can be trained.
 *
 * Input shape (batch, inputs); output shape the same: the block must give as many features as it gets. Its parameters
 * are those of the block, named as in 'layers.2.block.0.weight'; `residual.block[0]` is a layer, as `model.layers[0]`
 * is.
 *
 * @example
 * new Sequential([
 *   new Dense(64, { activation: 'relu' }),
 *   new Residual([new LayerNorm(), new Dense(64, { activation: 'relu' }), new Dense(64)]),
 *   new Dense(10, { activation: 'softmax' }),
 * ], { inputs: 784 })
 */
export class Residual extends Layer {
  readonly type = 'Residual'
  readonly block: readonly Layer[]
  #inputs: number | undefined

  /**
   * @param block one layer, or a list of layers that follow one another
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything that is not a layer or a list of layers
   */
  constructor(block: LayerOrLayers) {
    super()
    this.block = [...layerList('block', block)]
    if (this.block[0]!.takesCodes) {
      throw invalid('block', 'layers that take numbers', this.block[0]!.describe(), 'Codes cannot be added to.')
    }
  }

  get inputs(): number | undefined {
    return this.#inputs
  }

  get outputs(): number | undefined {
    return this.#inputs
  }

  override get children(): readonly (readonly [path: string, layer: Layer])[] {
    return this.block.map((layer, index) => [`block.${index}`, layer] as const)
  }

  override membersBehind(members: number | undefined): number | undefined {
    const behind = membersBehind(this.block, members)
    if (behind === members) return members
    throw invalid(
      `the layers of ${this.describe()}`,
      'layers with as many members behind them as before',
      `${behind ?? 'none'} behind ${members ?? 'none'}`,
      'MemberScaling and MemberHeads stand outside of a Residual.',
    )
  }

  bind(inputs: number, _layout?: InputLayout, members?: number): Residual {
    const errors = errorsInside(this.describe(), this.block)
    const bound = new Residual(bindChain(errors, this.block, inputs, undefined, members))
    bound.#inputs = inputs
    const { outputs } = bound.block.at(-1)!
    if (outputs === inputs) return bound
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected a block of ${inputs} outputs for ${this.describe()}, as many as its inputs, but its last layer gives ` +
        `${outputs}. The input is added to the block's output, so both need the same number of features.`,
    )
  }

  forward(record: Recorder, x: Tensor, options: RecordOptions): Forward {
    const { output: change, cache } = forwardChain(record, this.block, 'block', x, options)
    const output = record.empty(x.columns)
    record.map({ inputs: { x, change }, outputs: { output } }, (given) => ({ output: given.x.plus(given.change) }))
    return { output, cache }
  }

  backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    wantInputGradient: boolean,
    options: RecordOptions,
  ): Backward {
    const change = backwardChain(record, this.block, 'block', cache, outputGradient, wantInputGradient, options)
    if (!wantInputGradient || change === undefined) return { inputGradient: undefined }
    const inputGradient = record.empty(outputGradient.columns)
    record.map({ inputs: { outputGradient, change }, outputs: { inputGradient } }, (given) => ({
      inputGradient: given.outputGradient.plus(given.change),
    }))
    return { inputGradient }
  }

  override forMember(member: number): Residual {
    return new Residual(this.block.map((layer) => layer.forMember(member)))
  }

  override withMembers(members: number): Residual {
    return new Residual(this.block.map((layer) => layer.withMembers(members)))
  }

  options(): Record<string, Json> {
    return { block: describeLayers(this.block) }
  }

  override describe(): string {
    return `Residual (${this.block.map((layer) => layer.describe()).join(', ')})`
  }
}
