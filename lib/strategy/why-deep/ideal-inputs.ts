/*
 * Activation maximization: inputs that excite units the most, by gradient ascent (Erhan, Bengio, Courville, Vincent,
 * "Visualizing higher-layer features of a deep network", 2009). The inputs are the weights of a layer put in front of the
 * frozen network, so that an ordinary fit climbs.
 */

import { Dataset } from '../../data/dataset/dataset.js'
import { Dense } from '../../layers/dense.js'
import type { Layer } from '../../layers/layer.js'
import { Normalize } from '../../layers/normalize.js'
import { layerFrom } from '../../layers/registry.js'
import { defineLoss } from '../../losses/define-loss.js'
import { Sequential } from '../../model/sequential.js'
import { SGD } from '../../optimizers/sgd.js'

export interface IdealInputsTask {
  readonly model: Sequential
  readonly layer: number
  /** Units of the layer, and the deviation of each over real rows: 0 of a unit that is the same for all. */
  readonly units: readonly number[]
  readonly deviations: readonly number[]
  /** Where every climb begins: the mean of the real rows. */
  readonly start: Float32Array
  /** No input leaves the range of the real ones. */
  readonly low: number
  readonly high: number
  readonly steps: number
  readonly signal: AbortSignal | undefined
}

/** Layers that act in training alone: without them the network is what it is in predictions. */
const TRAINING_ONLY = new Set(['Dropout', 'GaussianNoise'])
/** A step moves a pixel's logit by so much (root of the mean of the squares), whatever the network's scale. */
const STEP = 1 / 20
/** The objective is so large that the clipping of its gradient decides the length of a step, not the network. */
const LARGE = 1e6

/** Sum over rows of the outputs that the targets name, to be made large. */
const excitation = defineLoss({
  name: 'excitation',
  rule: ({ prediction, target }) => ({ value: prediction.times(target).times(-1), derivative: target.times(-1) }),
})

/** One input for each unit, [units][features]. */
export async function idealInputs(task: IdealInputsTask): Promise<Float32Array[]> {
  const { model, layer, units, deviations, start, low, high, steps, signal } = task
  const features = model.inputs
  const span = high - low
  const asGiven = low === 0 && high === 1
  const front: Layer[] = [
    new Dense(features, { activation: 'sigmoid', bias: false, initializer: 'zeros' }),
    ...(asGiven ? [] : [scaling(features, low, span)]),
  ]
  const kept = [...model.layers.keys()].slice(0, layer + 1).filter((at) => !TRAINING_ONLY.has(model.layers[at]!.type))
  const behind = kept.map((at) => (at === layer ? withoutActivation(model.layers[at]!) : copied(model.layers[at]!)))
  const climber = new Sequential([...front, ...behind], { inputs: units.length })
  const logits = Float32Array.from(start, (value) => logit((value - low) / span))
  const weight = new Float32Array(features * units.length)
  for (let i = 0; i < weight.length; i++) weight[i] = logits[Math.floor(i / units.length)]!
  const place = new Map(kept.map((at, i) => [`layers.${at}.`, `layers.${front.length + i}.`]))
  const own = model.getWeights().flatMap((one) => {
    const prefix = [...place.keys()].find((begin) => one.name.startsWith(begin))
    return prefix === undefined ? [] : [{ ...one, name: place.get(prefix)! + one.name.slice(prefix.length) }]
  })
  const before = climber.getWeights().filter(({ name }) => name.startsWith('layers.1.') && !asGiven)
  climber.setWeights([{ name: 'layers.0.weight', shape: [features, units.length], data: weight }, ...before, ...own])
  for (const one of climber.layers.slice(1)) one.trainable = false

  const outputs = climber.outputs
  const wanted = units.map((unit, row) => {
    const target = new Array<number>(outputs).fill(0)
    target[unit] = deviations[row]! > 0 ? LARGE / deviations[row]! : 0
    return target
  })
  if (wanted.some((target) => target.some((value) => value !== 0))) {
    const one = units.map((_, row) => units.map((__, column) => Number(row === column)))
    await climber.fit(Dataset.from({ x: one, y: wanted }), {
      loss: excitation,
      optimizer: new SGD({ learningRate: STEP * Math.sqrt(features * units.length), clipNorm: 1 }),
      epochs: steps,
      batchSize: 'full',
      ...(signal === undefined ? {} : { signal }),
    })
  }
  const found = climber.getWeights()[0]!.data
  return units.map((_, row) =>
    Float32Array.from({ length: features }, (__, i) => low + span / (1 + Math.exp(-found[i * units.length + row]!))),
  )
}

/** From 0..1 to the range of the inputs. */
function scaling(features: number, low: number, span: number): Normalize {
  const all = (value: number) => new Float32Array(features).fill(value)
  return new Normalize({ mean: all(-low / span), standardDeviation: all(1 / span) })
}

function copied(layer: Layer): Layer {
  return layerFrom(layer.type, layer.options())
}

/** A unit that its activation shuts off has no gradient: its sum is climbed instead, which rises with it. */
function withoutActivation(layer: Layer): Layer {
  return layer.type === 'Dense' ? layerFrom('Dense', { ...layer.options(), activation: 'linear' }) : copied(layer)
}

/** Kept from the ends, where sigmoid is flat. */
function logit(share: number): number {
  const inside = Math.min(0.98, Math.max(0.02, share))
  return Math.log(inside / (1 - inside))
}
