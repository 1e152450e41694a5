import type { Dataset } from '../data/dataset.js'
import type { Loss } from '../losses/loss.js'
import { type Arena, native } from '../native/addon.js'
import type { Tensor } from '../native/tensor.js'
import { compileScoring } from './compile.js'
import { dataMode } from './fit.js'
import { type Network, newArena } from './network.js'

/** A matrix of the lesson, samples as rows: { data, shape: [batch, features] }. */
export interface TracedMatrix {
  readonly data: Float64Array
  readonly shape: [rows: number, columns: number]
}

/** One layer of a traced step. Z and dZ are undefined where the step did not keep them apart from A and dA. */
export interface LayerRecord {
  readonly name: string
  /** A of the layer before: what goes in. */
  readonly input: TracedMatrix
  readonly Z: TracedMatrix | undefined
  readonly A: TracedMatrix
  readonly dA: TracedMatrix | undefined
  /** Names of what the backward block used. */
  readonly cached: readonly string[]
}

/** One forward and backward pass over all rows, with every tensor kept. Nothing is updated. */
export function traceNetwork(network: Network, parameters: Arena, data: Dataset, loss: Loss) {
  const { mode, slots } = dataMode(data, { loss, metrics: [] }, network.outputs, false, true)
  const compiled = compileScoring(network, mode, { loss, metrics: [] }, { backward: true })
  const gradients = newArena(network)
  const rows = data.rows
  const pass = new (native().Pass)({
    program: compiled.program,
    batch: rows,
    keepAll: true,
    rows: Float64Array.of(rows),
    parameters,
    gradients,
    slots,
  })
  const [sum, weight] = pass.runSync()
  const read = (tensor: Tensor | undefined): TracedMatrix | undefined =>
    tensor && { data: pass.readTensor(tensor.index, 0, rows), shape: [rows, tensor.columns] }
  const layers = compiled.trace.map(({ x, forward, outputGradient }, index): LayerRecord => {
    const { preActivation } = forward.cache
    const layer = network.layers[index]!
    const logits = compiled.takesLogits && index === network.layers.length - 1
    const output = read(forward.output)!
    return {
      name: `layers.${index} ${layer.describe()}`,
      input: read(x)!,
      Z: read(preActivation) ?? (logits || layer.activationName === 'linear' ? output : undefined),
      A: output,
      dA: read(outputGradient),
      cached: Object.entries(forward.cache).flatMap(([name, tensor]) => (tensor === undefined ? [] : [name])),
    }
  })
  return { cost: sum! / weight!, layers, gradients }
}
