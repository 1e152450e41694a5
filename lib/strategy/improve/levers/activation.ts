import { activation as activationOf } from '../../../activations/activation.js'
import type { Json } from '../../../files/strict-json.js'
import type { TrialLayer } from '../../experiments/trial.js'
import { changeHidden } from '../layer-changes.js'
import { type Lever, layersSetting, type Setting } from './lever.js'

const names = ['relu', 'tanh', 'gelu', 'silu', 'leakyRelu', 'selu'] as const
const kinds = ['Dense', 'Activation', 'ParametricActivation'] as const

/**
 * Another activation in every hidden layer that has one, with weights and biases that start as they do by default with
 * it: how a layer starts belongs to its activation.
 */
export const activation: Lever = {
  name: 'activation',
  settings({ layers }) {
    const present = new Set(activationsOf(layers))
    if (present.size === 0) return 'The network has no hidden layer with an activation.'
    return names
      .filter((name) => present.size > 1 || !present.has(name))
      .map((name): Setting => layersSetting(`activation ${name}`, (own) => withActivation(own, name)))
  },
}

function withActivation(layers: readonly TrialLayer[], name: string): TrialLayer[] {
  return kinds.reduce<TrialLayer[]>(
    (own, kind) => changeHidden(own, kind, (options) => (isLinear(options) ? options : activated(kind, options, name))),
    [...layers],
  )
}

function activated(kind: string, options: Record<string, Json>, name: string): Record<string, Json> {
  if (kind !== 'Dense') return { ...options, activation: name }
  const { initializer: _, biasInitializer: __, ...others } = options
  return { ...others, activation: name }
}

function isLinear({ activation: own }: Record<string, Json>): boolean {
  return activationOf('activation', own as never).name === 'linear'
}

/** Names of the activations of hidden layers, without linear ones. */
function activationsOf(layers: readonly TrialLayer[]): string[] {
  const found: string[] = []
  for (const kind of kinds) {
    changeHidden(layers, kind, (options) => {
      const { name } = activationOf('activation', options.activation as never)
      if (name !== 'linear') found.push(name)
      return options
    })
  }
  return found
}
