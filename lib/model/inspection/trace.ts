import { type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { plainNumberArray } from '../../kinds.js'
import type { Loss } from '../../losses/loss.js'
import type { Arena } from '../../native/addon.js'
import type { Tensor } from '../../recording/tensor.js'
import { type Network, newArena } from '../network/network.js'
import { compileScoring, memberTable } from '../programs/compile.js'
import { dataMode } from '../programs/data-binding.js'
import { memberHeadsOf } from '../programs/member-losses.js'
import type { OpenPass, PassSettings } from '../programs/passes.js'

/** A matrix of the lesson, samples as rows: { data, shape: [batch, features] }. */
export interface TracedMatrix {
  readonly data: Float64Array
  readonly shape: [rows: number, columns: number]
}

/**
 * One layer of a traced step. Gradients are those of the cost J, so that they hold the lesson's 1/m. Z and dZ are
 * undefined for a layer without an activation of its own, dZ and dA below the lowest layer that trains.
 */
export interface LayerRecord {
  readonly name: string
  /** A of the layer before, which is this layer's input. */
  readonly input: TracedMatrix
  readonly Z: TracedMatrix | undefined
  readonly A: TracedMatrix
  readonly dA: TracedMatrix | undefined
  readonly dZ: TracedMatrix | undefined
  /** Names of the tensors that the backward block uses from the forward block. */
  readonly cached: readonly string[]
}

/** A traced step, while its tensors are kept. */
export interface TracedStep {
  readonly cost: number
  readonly gradients: Arena
  layers(): LayerRecord[]
}

/** A pass that keeps every tensor, and what its run tells. */
export interface TracePass {
  readonly settings: PassSettings
  readonly read: (pass: OpenPass, sums: Float64Array) => TracedStep
}

/** One forward and backward pass over all rows. Nothing is updated. */
export function tracePass(network: Network, parameters: Arena, data: Dataset, loss: Loss): TracePass {
  const { mode, slots, own } = dataMode([data], { loss, metrics: [] }, network.outputs, { asFloats: true })
  const compiled = compileScoring(network, mode, { loss, metrics: [] }, { backward: true, keepAll: true })
  const gradients = newArena(network)
  const rows = data.rows
  const settings = {
    program: compiled.program,
    batch: rows,
    keepAll: true,
    rows: Float64Array.of(rows),
    numbers: memberTable(compiled, 1),
    parameters,
    gradients,
    slots,
    own: [gradients, ...own],
  }
  const members = memberHeadsOf(network)?.members
  const read = (pass: OpenPass, [sum, weight]: Float64Array): TracedStep => {
    const matrix = (tensor: Tensor | undefined): TracedMatrix | undefined =>
      tensor && { data: plainNumberArray(pass.readTensor(tensor.index, 0, rows)), shape: [rows, tensor.columns] }
    const layers = () =>
      compiled.trace.map((record, index): LayerRecord => {
        const { x, forward, outputGradient, preActivationGradient } = record
        const layer = network.layers[index]!
        const last = index === network.layers.length - 1
        const fused = last && compiled.takesLogits && layer.outputActivation.gives !== 'sums'
        const kept = fused || (last && !compiled.takesLogits) ? compiled.lossOutput : undefined
        const A = matrix(kept ?? forward.output)!
        const dA = (last && compiled.lossOutputGradient) || outputGradient
        return {
          name: `layers.${index} ${layer.describe()}`,
          input: matrix(x)!,
          Z: matrix(forward.preActivation),
          A,
          // A fused loss goes straight to dZ, while the lesson also writes dA, so dA is computed here.
          dA: fused && outputGradient ? lossGradient(A, data, loss, layer.activationName, members) : matrix(dA),
          dZ: matrix(preActivationGradient),
          cached: Object.entries(forward.cache).flatMap(([name, tensor]) => (tensor === undefined ? [] : [name])),
        }
      })
    return { cost: sum! / weight!, layers, gradients }
  }
  return { settings, read }
}

/** dJ/dA of the last layer: every row's derivative times its share of the mean; of every member, where there are some. */
function lossGradient(A: TracedMatrix, data: Dataset, loss: Loss, outputActivation: string, members = 1): TracedMatrix {
  const [rows, columns] = A.shape
  const outputs = columns / members
  const weights = Array.from({ length: rows }, (_, row) => forRuns(data).weights?.row(row)[0] ?? 1)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const gradient = A.data.map((activation, at) => {
    const row = Math.floor(at / columns)
    const target = data.target(row)
    const wanted = target.length === outputs ? target[at % outputs]! : Number(target[0] === at % outputs)
    const place = { activation, target: wanted, outputs, column: at % outputs, outputActivation }
    return (weights[row]! / sum / members) * loss.activationGradient!(place)
  })
  return { data: gradient, shape: A.shape }
}
