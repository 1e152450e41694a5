import type { Json } from '../files/strict-json.js'
import type { Recorder } from '../recording/recorder.js'
import { Element } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import {
  ActivationFunction,
  type ActivationGradient,
  type ActivationOutputs,
  type SuggestedInitializer,
} from './activation-function.js'

/** An activation as a rule over one element: recorded as data, evaluated natively. */
export interface ActivationRule {
  /** The name that tables, messages and losses use. */
  readonly name: string
  /** The output of an element `x`. */
  forward(x: Element): Element
  /**
   * The derivative at `x`, where the output is `output`: use either, or both. A training caches only what this function
   * uses.
   */
  derivative(x: Element, output: Element): Element | number
  /**
   * What the outputs are. With 'probabilities' (numbers from 0 to 1) or 'logProbabilities' metrics such as `logLoss` and
   * `brier` can be computed of them. Default 'values'.
   */
  readonly gives?: Exclude<ActivationOutputs, 'sums'>
  /** The initializer of a layer that has it, where the user names none. Default 'glorotUniform'. */
  readonly suggestedInitializer?: SuggestedInitializer
}

/** An activation that the kernel `map` evaluates element by element. */
export class ElementWise extends ActivationFunction {
  readonly name: string
  readonly derivativeNeedsInput: boolean
  readonly derivativeNeedsOutput: boolean
  override readonly gives: ActivationOutputs
  override readonly suggestedInitializer: SuggestedInitializer
  readonly #rule: ActivationRule
  readonly #saved: (() => Json) | undefined

  /** @param saved what a file holds, where that is more than the name */
  constructor(rule: ActivationRule, saved?: () => Json) {
    super()
    this.name = rule.name
    this.gives = rule.gives ?? 'values'
    this.suggestedInitializer = rule.suggestedInitializer ?? 'glorotUniform'
    this.#rule = rule
    this.#saved = saved
    const x = new Element('input', [], 0)
    const output = new Element('input', [], 1)
    const derivative = rule.derivative(x, output)
    this.derivativeNeedsInput = reads(derivative, x)
    this.derivativeNeedsOutput = reads(derivative, output)
  }

  saved(): Json {
    return this.#saved === undefined ? this.name : this.#saved()
  }

  recordForward(record: Recorder, x: Tensor, output: Tensor): void {
    record.map({ inputs: { x }, outputs: { output } }, (values) => ({ output: this.#rule.forward(values.x) }))
  }

  recordBackward(record: Recorder, { inputGradient, outputGradient, x, output }: ActivationGradient): void {
    const inputs: Record<string, Tensor> = {
      outputGradient,
      ...(this.derivativeNeedsInput ? { x: x! } : {}),
      ...(this.derivativeNeedsOutput ? { output: output! } : {}),
    }
    const unread = new Element('constant')
    record.map({ inputs, outputs: { inputGradient } }, (values) => {
      const derivative = this.#rule.derivative(values.x ?? unread, values.output ?? unread)
      return { inputGradient: values.outputGradient!.times(derivative) }
    })
  }
}

/** Whether a rule's value depends on an element. */
function reads(value: Element | number, element: Element): boolean {
  if (typeof value === 'number') return false
  const seen = new Set<Element>()
  const search = (one: Element): boolean => {
    if (one === element) return true
    if (seen.has(one)) return false
    seen.add(one)
    return one.operands.some(search)
  }
  return search(value)
}
