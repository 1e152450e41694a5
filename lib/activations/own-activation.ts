import { DeepblasError } from '../errors.js'
import { Element } from '../recording/rule.js'
import { describe, invalid, isCallable, oneOf, string } from '../validate.js'
import type { ActivationFunction, SuggestedInitializer } from './activation-function.js'
import { type ActivationRule, ElementWise } from './element-wise.js'
import { activationNames } from './names.js'

const outputsOfRules = ['probabilities', 'logProbabilities', 'values'] as const
const initializersOfRules = [
  'glorotUniform',
  'heNormal',
  'lecunNormal',
] as const satisfies readonly SuggestedInitializer[]

/**
 * Makes an activation of your own from a rule over one element and its derivative; it runs natively for layers of any
 * size. Check the derivative with `checkActivation`. A model that has one cannot be saved, since a file holds no code.
 *
 * @param rule name, `forward(x)`, `derivative(x, output)`; `gives: 'probabilities'` where its outputs are such,
 *   `suggestedInitializer: 'heNormal'` where it cuts off one side as relu does
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a name that is taken, or a function that gives no element
 * @example
 * const squaredRelu = defineActivation({
 *   name: 'squaredRelu',
 *   forward: (x) => x.atLeast(0).squared(),
 *   derivative: (x) => x.atLeast(0).times(2),
 * })
 * new Dense(64, { activation: squaredRelu })
 */
export function defineActivation(rule: ActivationRule): ActivationFunction {
  return ownActivation('rule', rule)
}

/** @param argument the argument's name in messages */
export function ownActivation(argument: string, value: unknown): ActivationFunction {
  if (typeof value !== 'object' || value === null) {
    throw invalid(argument, '{ name, forward, derivative }', value)
  }
  const rule = value as ActivationRule
  const name = string(`${argument}.name`, rule.name)
  if (name === '' || (activationNames as readonly string[]).includes(name)) {
    throw invalid(`${argument}.name`, 'name of its own', name, 'Losses fuse with activations by their names.')
  }
  for (const part of ['forward', 'derivative'] as const) {
    if (!isCallable(rule[part])) throw invalid(`${argument}.${part}`, 'function of elements', rule[part])
  }
  if (rule.gives !== undefined) oneOf(`${argument}.gives`, rule.gives, outputsOfRules)
  if (rule.suggestedInitializer !== undefined) {
    oneOf(`${argument}.suggestedInitializer`, rule.suggestedInitializer, initializersOfRules)
  }
  const x = new Element('input', [], 0)
  const output = rule.forward(x)
  requireElement(`${argument}.forward`, output)
  const derivative = rule.derivative(x, new Element('input', [], 1))
  if (typeof derivative !== 'number') requireElement(`${argument}.derivative`, derivative)
  return new ElementWise(rule, () => {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Activation '${name}' is your own, and a file holds no code: a model with it cannot be saved. ` +
        'Keep its weights (getWeights, writeSafetensors), build the model again in code, and call setWeights.',
    )
  })
}

function requireElement(argument: string, result: unknown): void {
  if (result instanceof Element) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected ${argument} to return an element, such as x.atLeast(0), but it returned ${describe(result)}.`,
  )
}
