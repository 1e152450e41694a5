/*
 * The same network with one thing changed: wider, or with another activation.
 */
import { BatchNorm } from '../../layers/batch-norm.js'
import { Dense } from '../../layers/dense.js'
import { Dropout } from '../../layers/dropout.js'
import { GaussianNoise } from '../../layers/gaussian-noise.js'
import type { Layer } from '../../layers/layer.js'
import { LayerNorm } from '../../layers/layer-norm.js'
import { ParametricActivation } from '../../layers/parametric-activation.js'
import { layerFrom } from '../../layers/registry.js'
import { Scale } from '../../layers/scale.js'

/** Units that a wider layer has at least: fewer may still be too few. */
const FEWEST_UNITS = 32
const TIMES_WIDER = 4

/** Layers that take as many inputs as come. */
const ofAnyWidth = [BatchNorm, Dropout, GaussianNoise, LayerNorm, ParametricActivation, Scale]

/** Dense layers before the last layer: their number of units is free. */
export function hiddenDense(layers: readonly Layer[]): readonly Dense[] {
  return layers.slice(0, -1).filter((layer) => layer instanceof Dense)
}

/**
 * Four times as many units in every hidden layer, 32 at least; of a network without any, one of 32. Undefined where the
 * layers do not follow from the units alone: a Residual, a layer of the user's own.
 */
export function widened(layers: readonly Layer[]): readonly Layer[] | undefined {
  const first = layers.findIndex((layer) => layer instanceof Dense)
  const rest = layers.slice(first)
  if (first < 0 || !(rest.at(-1) instanceof Dense)) return undefined
  if (!rest.every((layer) => layer instanceof Dense || ofAnyWidth.some((Kind) => layer instanceof Kind)))
    return undefined
  const made = rest.map((layer, at) => {
    const options = layer.options()
    if (!(layer instanceof Dense) || at === rest.length - 1) return layerFrom(layer.type, options)
    return layerFrom(layer.type, { ...options, units: Math.max(FEWEST_UNITS, TIMES_WIDER * layer.units) })
  })
  const added = rest.length === 1 ? [new Dense(FEWEST_UNITS, { activation: 'relu' })] : []
  return [...layers.slice(0, first), ...added, ...made]
}

/** Leaky relus in place of the hidden activations, with weights and biases that start as usual; undefined without any. */
export function reactivated(layers: readonly Layer[]): readonly Layer[] | undefined {
  const hidden = hiddenDense(layers).filter(({ activation }) => activation.name !== 'linear')
  if (hidden.length === 0) return undefined
  return layers.map((layer) => {
    if (!(layer instanceof Dense) || !hidden.includes(layer)) return layer
    const { units, useBias: bias, regularizer, parametrization, learningRateFactor, biasLearningRateFactor } = layer
    const same = { bias, parametrization, learningRateFactor, biasLearningRateFactor }
    return new Dense(units, { activation: 'leakyRelu', ...same, ...(regularizer && { regularizer }) })
  })
}
