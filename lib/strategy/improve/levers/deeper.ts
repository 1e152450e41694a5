import { Dense } from '../../../layers/dense.js'
import type { TrialLayer } from '../../experiments/trial.js'
import { deepened, hiddenPlaces, outputPlace } from '../layer-changes.js'
import { type Lever, layersSetting } from './lever.js'

/** Units of a first hidden layer, where there is no other to take after. */
const UNITS = 32

/** One and two more hidden layers like the last, with what stands between it and the output. */
export const deeper: Lever = {
  name: 'deeper',
  settings({ layers }) {
    if (outputPlace(layers) < 0) return 'The network has no Dense layer.'
    const present = hiddenPlaces(layers).length
    return [1, 2].map((more) =>
      layersSetting(more === 1 ? '1 layer more' : `${more} layers more`, (own) =>
        present > 0 ? deepened(own, more) : deepened(withFirst(own), more - 1),
      ),
    )
  },
}

function withFirst(layers: readonly TrialLayer[]): TrialLayer[] {
  const end = outputPlace(layers)
  const { type, options } = { type: 'Dense', options: new Dense(UNITS, { activation: 'relu' }).options() }
  return [...layers.slice(0, end), { type, options }, ...layers.slice(end)]
}
