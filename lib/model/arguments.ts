/*
 * Checks of arguments that users of other libraries pass to a model; each message says what to write instead.
 */
import { Dataset } from '../data/dataset/dataset.js'
import { DeepblasError } from '../errors.js'
import { Layer } from '../layers/layer.js'
import { describe, invalid, typeName } from '../validate.js'
import { isOfModel } from './network/network.js'

/**
 * The layers of a model, checked one by one.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that says what to write
 */
export function checkedLayers(what: string, layers: unknown, members: number): readonly Layer[] {
  if (!Array.isArray(layers) || layers.length === 0) {
    const hint = Array.isArray(layers)
      ? undefined
      : `Give a list: new ${what}([new Dense(16), new Dense(1)], { inputs: 2 }).`
    throw invalid('layers', 'array of at least one layer', layers, hint)
  }
  for (const [index, layer] of layers.entries()) {
    const argument = `layers[${index}]`
    if (!(layer instanceof Layer)) throw invalid(argument, 'layer such as new Dense(10)', layer, adviceOnLayer(layer))
  }
  requireShallow(layers as readonly Layer[])
  for (const layer of layers as readonly Layer[]) layer.requireMembers(members)
  tellOfNewWeights(layers as readonly Layer[])
  return layers as readonly Layer[]
}

/** A file holds JSON of at most 64 levels; a block takes three of them, and the architecture around it a few. */
const DEEPEST_BLOCK = 19

/** Refuses, before any training, layers nested too deep to be saved or resumed. */
function requireShallow(layers: readonly Layer[]): void {
  // Level by level: thousands of blocks inside one another would overflow the stack.
  let level = layers
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST_BLOCK) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        `Expected blocks inside one another at most ${DEEPEST_BLOCK} deep, as deep as a file can hold them, for layers but ` +
          'received deeper ones. Write blocks one behind the other: [new Residual(…), new Residual(…)].',
      )
    }
    level = level.flatMap((layer) => layer.children.map(([, child]) => child))
  }
}

/** Layers for which the warning has been given. */
const told = new WeakSet<Layer>()

/** Warns about layers of another model: other libraries keep their weights, while here the weights are drawn anew. */
function tellOfNewWeights(layers: readonly Layer[]): void {
  const index = layers.findIndex((layer) => isOfModel(layer) && !told.has(layer))
  if (index < 0) return
  for (const layer of layers) told.add(layer)
  process.emitWarning(
    `layers[${index}] is a layer of another model: the new model has a layer like it, with new weights. To take over those ` +
      'that fit: model.setWeights(other.getWeights(), { partial: true }).',
    { type: 'DeepblasWarning', code: 'DEEPBLAS_NEW_WEIGHTS' },
  )
}

function adviceOnLayer(value: unknown): string | undefined {
  if (value === undefined) return 'Is there a comma too many in the list?'
  if (Array.isArray(value)) return 'Spread the inner list: [...block, new Dense(1)].'
  if (typeof value === 'number') return `Write new Dense(${value}).`
  if (typeof value === 'object' && value !== null && 'layers' in value) {
    return 'A model is no layer. Spread its layers, [...model.layers, new Dense(1)], which start with new weights; the guide to fine-tuning keeps the weights.'
  }
  return undefined
}

/**
 * Refuses data in place of the options of a call: `fit(x, y)` of other libraries.
 *
 * @param call as users write it: `fit`
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT with the call to write
 */
export function requireNoData(call: 'fit' | 'partialFit' | 'evaluate', options: unknown): void {
  const told = `of type ${typeName(options)}`
  const more = call === 'evaluate' ? '' : ', { loss, epochs }'
  if (options instanceof Dataset) {
    const hint =
      call === 'evaluate'
        ? 'Call it once for each data set.'
        : `The data to validate on is an option: ${call}(train, { loss, validation }).`
    throw wrong(call, `a second Dataset. ${hint}`)
  }
  if (!isData(options)) return
  throw wrong(
    call,
    `${describe(options)} ${told}. Features and targets are one data set: model.${call}(Dataset.from({ x, y })${more}).`,
  )
}

function wrong(call: string, received: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected options as the second argument of ${call} but received ${received}`,
  )
}

/** Arrays, typed arrays, tensors of other libraries. */
function isData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (
    Array.isArray(value) || ArrayBuffer.isView(value) || 'dataSync' in value || ('data' in value && 'shape' in value)
  )
}
