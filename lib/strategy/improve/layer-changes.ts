/*
 * Changes of a list of layers: of its hidden layers, of their units, of what stands between them.
 */
import type { Json } from '../../files/strict-json.js'
import type { TrialLayer } from '../experiments/trial.js'

/** The place of the Dense layer that gives the outputs: the last one. -1 where there is none. */
export function outputPlace(layers: readonly TrialLayer[]): number {
  return layers.findLastIndex(({ type }) => type === 'Dense')
}

/** Places of the hidden Dense layers of the list itself, without those inside of other layers. */
export function hiddenPlaces(layers: readonly TrialLayer[]): number[] {
  const end = outputPlace(layers)
  return layers.flatMap(({ type }, at) => (type === 'Dense' && at < end ? [at] : []))
}

/** Every layer of a kind changed, also inside of other layers; the layers from the output on stay as they are. */
export function changeHidden(
  layers: readonly TrialLayer[],
  kind: string,
  change: (options: Record<string, Json>) => Record<string, Json>,
): TrialLayer[] {
  const end = outputPlace(layers)
  return layers.map((layer, at) => (at < end ? changedLayer(layer, kind, change) : layer))
}

/** The same of all layers, the output among them. */
export function changeAll(
  layers: readonly TrialLayer[],
  kind: string,
  change: (options: Record<string, Json>) => Record<string, Json>,
): TrialLayer[] {
  return layers.map((layer) => changedLayer(layer, kind, change))
}

function changedLayer(
  { type, options }: TrialLayer,
  kind: string,
  change: (options: Record<string, Json>) => Record<string, Json>,
): TrialLayer {
  if (type === kind) return { type, options: change(options) }
  const inner = Object.entries(options).map(([name, value]): [string, Json] => [
    name,
    isLayers(value) ? (value.map((one) => changedLayer(one, kind, change)) as unknown as Json) : value,
  ])
  return { type, options: Object.fromEntries(inner) }
}

/** Whether there is a layer of a kind, also inside of other layers. */
export function hasKind(layers: readonly TrialLayer[], kind: string): boolean {
  return layers.some(
    ({ type, options }) =>
      type === kind || Object.values(options).some((value) => isLayers(value) && hasKind(value, kind)),
  )
}

function isLayers(value: Json | undefined): value is Json & TrialLayer[] {
  if (!Array.isArray(value) || value.length === 0) return false
  return value.every((one) => {
    const layer = one as Partial<TrialLayer> | null
    return typeof layer === 'object' && layer !== null && typeof layer.type === 'string' && layer.options !== undefined
  })
}

/** The units of the hidden Dense layers multiplied, rounded, at least 1. */
export function scaleUnits(layers: readonly TrialLayer[], factor: number): TrialLayer[] {
  return changeHidden(layers, 'Dense', ({ units, ...options }) => ({
    ...options,
    units: Math.max(1, Math.round((units as number) * factor)),
  }))
}

/** The units of the hidden Dense layers of the list, one after another. */
export function unitsOf(layers: readonly TrialLayer[]): number[] {
  return hiddenPlaces(layers).map((at) => layers[at]!.options.units as number)
}

/** The layers with other units in the hidden Dense layers of the list. */
export function withUnits(layers: readonly TrialLayer[], units: readonly number[]): TrialLayer[] {
  const places = hiddenPlaces(layers)
  return layers.map((layer, at) => {
    const place = places.indexOf(at)
    return place < 0 ? layer : { type: layer.type, options: { ...layer.options, units: units[place]! } }
  })
}

/**
 * The layers with the last hidden one, and what stands between it and the output, repeated.
 *
 * @param times repetitions beside the one that is there
 */
export function deepened(layers: readonly TrialLayer[], times: number): TrialLayer[] {
  const end = outputPlace(layers)
  const from = hiddenPlaces(layers).at(-1)
  if (from === undefined) return [...layers]
  const repeated = Array.from({ length: times }, () => layers.slice(from, end)).flat()
  return [...layers.slice(0, end), ...repeated.map(withoutInputs), ...layers.slice(end)]
}

/** A Dense layer that is told its inputs would keep them. */
function withoutInputs({ type, options }: TrialLayer): TrialLayer {
  const { inputs: _, ...others } = options
  return type === 'Dense' ? { type, options: others } : { type, options }
}
