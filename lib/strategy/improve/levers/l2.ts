import type { Json } from '../../../files/strict-json.js'
import type { TrialLayer } from '../../experiments/trial.js'
import { changeAll, outputPlace } from '../layer-changes.js'
import { type Lever, layersSetting } from './lever.js'

const strengths = [1e-5, 1e-4, 1e-3, 1e-2]

/** A penalty on the squared weights of every Dense layer; where there is one already, other strengths, none among them. */
export const l2: Lever = {
  name: 'l2',
  settings({ layers }) {
    if (outputPlace(layers) < 0) return 'The network has no Dense layer.'
    const present = new Set(strengthsOf(layers))
    const tried = present.has(0) && present.size === 1 ? strengths : [0, ...strengths]
    return tried
      .filter((strength) => present.size > 1 || !present.has(strength))
      .map((strength) =>
        layersSetting(`l2 ${strength}`, (own) => changeAll(own, 'Dense', (options) => penalized(options, strength))),
      )
  },
}

function penalized(options: Record<string, Json>, l2: number): Record<string, Json> {
  const { l1 = 0 } = (options.regularizer ?? {}) as { l1?: number }
  return { ...options, regularizer: { l1, l2, perRow: false } }
}

function strengthsOf(layers: readonly TrialLayer[]): number[] {
  const found: number[] = []
  changeAll(layers, 'Dense', (options) => {
    const { l2 = 0 } = (options.regularizer ?? {}) as { l2?: number }
    found.push(l2)
    return options
  })
  return found
}
