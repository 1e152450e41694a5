import type { Json } from '../../files/strict-json.js'
import { Layer } from '../../layers/layer.js'
import { Normalize } from '../../layers/normalize.js'
import { invalid } from '../../validate.js'
import type { TrialLayer } from './trial.js'

/**
 * Layers as trials hold them. A file holds the statistics of a Normalize as weights; a trial has no file, so they stand
 * among its options.
 */
export function trialLayers(layers: readonly Layer[]): TrialLayer[] {
  return layers.map((layer, at) => {
    if (!(layer instanceof Layer)) throw invalid(`layers[${at}]`, 'layer such as new Dense(10)', layer)
    return trialLayer(layer)
  })
}

function trialLayer(layer: Layer): TrialLayer {
  const options = layer.options()
  if (layer instanceof Normalize) return { type: layer.type, options: { ...options, ...statisticsOf(layer) } }
  const children = layer.children.map(([, child]) => child)
  if (children.length === 0) return { type: layer.type, options }
  // Layers stand within the options in the order of `children`.
  let next = 0
  const withStatistics = (value: Json): Json => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(withStatistics)
    const child = children[next]
    if (child !== undefined && value.type === child.type) {
      next++
      return { ...trialLayer(child) }
    }
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withStatistics(one)]))
  }
  return { type: layer.type, options: withStatistics(options) as Record<string, Json> }
}

function statisticsOf({ statistics }: Normalize): Record<string, Json> {
  if (statistics === undefined) return {}
  return { mean: [...statistics.mean], standardDeviation: [...statistics.standardDeviation] }
}
