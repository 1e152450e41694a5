import { Layer } from './layer.js'

/** A layer with as many outputs as inputs; it knows their number once it belongs to a model. */
export abstract class SameShape extends Layer {
  #inputs: number | undefined

  get inputs(): number | undefined {
    return this.#inputs
  }

  get outputs(): number | undefined {
    return this.#inputs
  }

  abstract override get columnByColumn(): boolean

  bind(inputs: number): Layer {
    const bound = this.copy()
    bound.#inputs = inputs
    bound.trainable = this.trainable
    bound.build(inputs)
    return bound
  }

  /** Gives a new layer with the same options. */
  protected abstract copy(): SameShape

  /** Makes the parameters of a copy whose inputs have just become known. */
  protected build(_inputs: number): void {}
}
