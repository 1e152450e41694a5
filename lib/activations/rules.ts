/*
 * The element-wise activations without a kernel of their own: a rule and its derivative each. Sources and derivations:
 * docs/math/activations.md.
 */
import { type Element, elementOf } from '../recording/rule.js'
import type { SuggestedInitializer } from './activation-function.js'
import type { ActivationRule } from './element-wise.js'

/** e^x - 1 without the loss of digits near 0: tanh(x/2) (e^x + 1) is the same. */
function exponentialMinusOne(x: Element): Element {
  return x.times(0.5).tanh().times(x.exponential().plus(1))
}

export const relu6: ActivationRule = {
  name: 'relu6',
  suggestedInitializer: 'heNormal',
  forward: (x) => x.atLeast(0).atMost(6),
  derivative: (_, output) => output.moreThan(0).times(output.lessThan(6)),
}

/** Maas et al. (2013). The output has the sign of x: it tells the side. */
export const leakyReluRule = (slope: number): ActivationRule => ({
  name: 'leakyRelu',
  suggestedInitializer: 'heNormal',
  forward: (x) => x.moreThan(0).select(x, x.times(slope)),
  derivative: (_, output) => output.moreThan(0).select(1, slope),
})

/** Clevert et al. (2016). Where x < 0, alpha e^x = output + alpha. */
export const eluRule = (alpha: number): ActivationRule => scaledElu('elu', 1, alpha, 'heNormal')

/** Klambauer et al. (2017): both numbers are the fixed point's that keeps mean 0 and variance 1. */
export const selu: ActivationRule = scaledElu('selu', 1.0507009873554805, 1.6732632423543772, 'lecunNormal')

function scaledElu(
  name: string,
  scale: number,
  alpha: number,
  suggestedInitializer: SuggestedInitializer,
): ActivationRule {
  return {
    name,
    suggestedInitializer,
    forward: (x) => {
      const below = exponentialMinusOne(x.atMost(0)).times(scale * alpha)
      return x.moreThan(0).select(x.times(scale), below)
    },
    derivative: (_, output) => output.moreThan(0).select(scale, output.plus(scale * alpha)),
  }
}

const rootOfTwoOverPi = Math.sqrt(2 / Math.PI)

/** Hendrycks and Gimpel (2016), their approximation: 1 + tanh u = 2 sigmoid(2 u), which keeps the digits of the left tail. */
export const geluTanh: ActivationRule = {
  name: 'gelu',
  suggestedInitializer: 'heNormal',
  forward: (x) => x.times(geluGate(x)),
  derivative: (x) => {
    const gate = geluGate(x)
    const slope = x
      .squared()
      .times(3 * 0.044715)
      .plus(1)
      .times(2 * rootOfTwoOverPi)
    return gate.plus(x.times(gate).times(elementOf(1).minus(gate)).times(slope))
  },
}

function geluGate(x: Element): Element {
  return x
    .squared()
    .times(0.044715)
    .plus(1)
    .times(x)
    .times(2 * rootOfTwoOverPi)
    .sigmoid()
}

/** Elfwing et al. (2018); Ramachandran et al. (2017) call it swish. */
export const silu: ActivationRule = {
  name: 'silu',
  suggestedInitializer: 'heNormal',
  forward: (x) => x.times(x.sigmoid()),
  derivative: (x) => {
    const gate = x.sigmoid()
    return gate.plus(x.times(gate).times(elementOf(1).minus(gate)))
  },
}

/** Misra (2019). */
export const mish: ActivationRule = {
  name: 'mish',
  suggestedInitializer: 'heNormal',
  forward: (x) => x.times(x.softplus().tanh()),
  derivative: (x) => {
    const gate = x.softplus().tanh()
    return gate.plus(x.times(elementOf(1).minus(gate.squared())).times(x.sigmoid()))
  },
}

export const softplus: ActivationRule = {
  name: 'softplus',
  forward: (x) => x.softplus(),
  derivative: (x) => x.sigmoid(),
}

export const softsign: ActivationRule = {
  name: 'softsign',
  forward: (x) => x.over(x.absolute().plus(1)),
  derivative: (x) => elementOf(1).over(x.absolute().plus(1).squared()),
}

/** relu6(x + 3) / 6, as PyTorch's (Howard et al., 2019). Keras 2's was another line. */
export const hardSigmoid: ActivationRule = {
  name: 'hardSigmoid',
  gives: 'probabilities',
  forward: (x) => x.plus(3).atLeast(0).atMost(6).over(6),
  derivative: (_, output) =>
    output
      .moreThan(0)
      .times(output.lessThan(1))
      .times(1 / 6),
}

/** x hardSigmoid(x) (Howard et al., 2019). */
export const hardSwish: ActivationRule = {
  name: 'hardSwish',
  suggestedInitializer: 'heNormal',
  forward: (x) => x.times(x.plus(3).atLeast(0).atMost(6).over(6)),
  derivative: (x) => x.lessThan(-3).select(0, x.lessThan(3).select(x.times(1 / 3).plus(0.5), 1)),
}
