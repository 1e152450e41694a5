/*
 * Which trials can be members of one population: those that differ in nothing but seeds, data, rate factors, weight decay
 * and the strengths of regularizers and random layers.
 */
import { forRuns } from '../../data/dataset/dataset.js'
import type { Json } from '../../files/strict-json.js'
import { identityOf } from '../../recording/recording-key.js'
import type { Trial, TrialLayer } from './trial.js'

/** Numbers of a layer's options that may differ between the members of a population. */
const perMember = new Set([
  'Dropout.rate',
  'GaussianNoise.standardDeviation',
  'Dense.regularizer.l1',
  'Dense.regularizer.l2',
  'Dense.biasRegularizer.l1',
  'Dense.biasRegularizer.l2',
])

/** The layers with every number that may differ between members replaced by what `change` gives, in order. */
function withChanged(layers: readonly TrialLayer[], change: (value: number) => Json): TrialLayer[] {
  const changed = (value: Json, at: string): Json => {
    if (typeof value === 'number') return perMember.has(at) ? change(value) : value
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((one) => changed(one, at))
    const { type, options } = value
    if (typeof type === 'string' && options !== undefined) return { ...value, options: changed(options, type) }
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, changed(one, `${at}.${name}`)]))
  }
  return layers.map(({ type, options }) => ({ type, options: changed(options, type) as Record<string, Json> }))
}

/** Layers of which only those are equal, as texts, that can be members of one population. */
export function shapeOfLayers(layers: readonly TrialLayer[]): TrialLayer[] {
  return withChanged(layers, () => '*')
}

/**
 * The layers of several trials of one shape as those of a population: numbers that differ become lists with one per
 * trial.
 */
export function layersTogether(trials: readonly Pick<Trial, 'layers'>[]): TrialLayer[] {
  const numbers = trials.map(({ layers }) => {
    const ofTrial: number[] = []
    withChanged(layers, (value) => ofTrial.push(value))
    return ofTrial
  })
  let place = 0
  return withChanged(trials[0]!.layers, (value) => {
    const each = numbers.map((ofTrial) => ofTrial[place]!)
    place++
    return each.every((one) => one === value) ? value : each
  })
}

/** A text that is equal for two trials that can be members of one population. */
export function shapeOf(trial: Trial): string {
  const { layers, inputs, labels, loss, optimizer, epochs, batchSize, classWeights, shuffle, callbacks = [] } = trial
  const alone = callbacks.some((callback) => callback.forMember === undefined)
  return JSON.stringify([
    shapeOfLayers(layers),
    inputs,
    labels ?? null,
    typeof loss === 'string' ? loss : identityOf(loss),
    identityOf(optimizer),
    trial.weightDecay === undefined,
    epochs,
    batchSize,
    typeof classWeights === 'object' ? identityOf(classWeights) : (classWeights ?? null),
    shuffle ?? true,
    alone ? trial.key : callbacks.map(identityOf),
    shapeOfData(trial),
  ])
}

function shapeOfData({ train }: Trial): Json {
  const { encoder, features, labels, type } = train
  const weighted = forRuns(train).weights !== undefined
  return [features, type, weighted, labels === undefined ? null : [...labels], encoder ? identityOf(encoder) : null]
}
