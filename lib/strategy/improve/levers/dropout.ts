import type { TrialLayer } from '../../experiments/trial.js'
import { changeAll, hasKind, hiddenPlaces, outputPlace } from '../layer-changes.js'
import { type Lever, layersSetting, noHiddenLayer } from './lever.js'

const rates = [0.1, 0.2, 0.4]

/** Dropout after each hidden layer; where there is some already, other rates of it, none among them. */
export const dropout: Lever = {
  name: 'dropout',
  settings({ layers }) {
    if (hasKind(layers, 'Dropout')) {
      const present = ratesOf(layers)
      return [0, ...rates]
        .filter((rate) => present.some((one) => one !== rate))
        .map((rate) => layersSetting(`dropout ${rate}`, (own) => changeAll(own, 'Dropout', () => ({ rate }))))
    }
    if (hiddenPlaces(layers).length === 0) return noHiddenLayer
    return rates.map((rate) => layersSetting(`dropout ${rate}`, (own) => withDropout(own, rate)))
  },
}

function ratesOf(layers: readonly TrialLayer[]): number[] {
  const found: number[] = []
  changeAll(layers, 'Dropout', (options) => {
    found.push(options.rate as number)
    return options
  })
  return found
}

/** Before every Dense layer that follows a hidden one: after the hidden layer's normalization and activation. */
function withDropout(layers: readonly TrialLayer[], rate: number): TrialLayer[] {
  const [first] = hiddenPlaces(layers)
  const end = outputPlace(layers)
  return layers.flatMap((layer, at) =>
    layer.type === 'Dense' && at > first! && at <= end ? [{ type: 'Dropout', options: { rate } }, layer] : [layer],
  )
}
