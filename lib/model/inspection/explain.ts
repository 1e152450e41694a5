import { allocate } from '../../data/arrays/allocate.js'
import { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { type Loss, targetColumnsOf } from '../../losses/loss.js'
import { type Arena, type LaneDescription, native } from '../../native/addon.js'
import type { Optimizer } from '../../optimizers/optimizer.js'
import type { Precision } from '../../recording/precision.js'
import { leavesOf, type Network, newArena } from '../network/network.js'
import { type Compiled, compileScoring, roundedLayers } from '../programs/compile.js'
import { dataMode } from '../programs/data-binding.js'
import { OpenTraining } from '../programs/passes.js'

const WARM_UP = 2
const STEPS = 20
/** Of steps that take longer fewer are measured, since the event loop waits for them. */
const MILLISECONDS = 100
/** Numbers of a batch's rows in all layers: of a larger batch so many rows are measured as have as many. */
const MOST_NUMBERS = 1 << 23
/** What is done once a step, such as the update, is a small part beside so many rows. */
const LEAST_ROWS = 1024

/**
 * Measures some training steps on zeros and tells where their time goes: of a batch of very many rows, steps of a part of
 * them. The parameters given must not be used afterwards.
 *
 * A region is a part of a step that threads share without a pause between its calls; its time is that of a planned
 * step. A call's time is that of the call by itself on one thread.
 */
export function explainTraining(
  network: Network,
  parameters: Arena,
  batchSize: number,
  loss: Loss,
  optimizer: Optimizer,
  precision: Precision,
): string {
  const columns = loss.targetKind === 'classes' ? 1 : targetColumnsOf(loss, network.outputs)
  const rows = Math.min(batchSize, measuredRows(network))
  const data = Dataset.from({
    x: { data: allocate(rows, network.inputs, Float32Array), shape: [rows, network.inputs] },
    y: { data: allocate(rows, columns, Float32Array), shape: [rows, columns] },
  })
  const scoring = { loss, metrics: [] }
  const { mode, slots } = dataMode([data], scoring, network.outputs, { shuffled: true })
  const compiled = compileScoring(network, mode, scoring, { backward: true, optimizer, precision })
  const measured = (plainly: boolean) => measure({ network, parameters, rows, optimizer, compiled, slots }, plainly)
  const regionTimes = measured(false).regions
  const callTimes = measured(true).calls
  const { bytes } = compiled.program.describe(batchSize)
  const { regions, lanes } = compiled.program.describe(rows)
  const time = (spent: number) => `${spent.toFixed(1).padStart(10)} µs`
  const how = (kind: string, rowBlock: number) => {
    if (kind === 'whole') return 'in one piece'
    if (kind === 'tiles') return 'tiles of all its calls at once'
    return `blocks of ${rowBlock} rows through all its calls`
  }
  const total = regionTimes.reduce((sum, spent) => sum + spent, 0)
  return [
    `batch ${batchSize}, workspace ${bytes} bytes, ${compiled.labels.length} calls in ${regions.length} regions a step`,
    `${time(total)}  a step${rows < batchSize ? ` of ${rows} rows, on which all times are measured` : ''}`,
    ...(precision === 'bfloat16' ? [bfloat16Line(compiled)] : []),
    ...regions.flatMap(({ kind, rowBlock, calls, followers }, index) => [
      `${time(regionTimes[index]!)}  region ${index + 1}: ${how(kind, rowBlock)}`,
      ...calls.map((call) => `${time(callTimes[call]!)}    ${compiled.labels[call]}: ${compiled.kernels[call]}`),
      ...followers.map(
        (call) => `${time(callTimes[call]!)}    ${compiled.labels[call]} at every tile: ${compiled.kernels[call]}`,
      ),
    ]),
    membersTogether(lanes),
  ].join('\n')
}

function measuredRows({ layers, inputs }: Network): number {
  const columns = leavesOf(layers).reduce((sum, { outputs }) => sum + (outputs ?? 0), inputs)
  return Math.max(LEAST_ROWS, Math.floor(MOST_NUMBERS / columns))
}

function membersTogether({ count, serves, against, pays }: LaneDescription): string {
  if (serves && pays) return `in a population: ${count} members side by side in the lanes of a vector`
  if (against !== '') return `in a population: one member after the other (${against} has no version for lanes)`
  return 'in a population: one member after the other (side by side is not faster)'
}

/** Which layers multiply in bfloat16, and how. */
function bfloat16Line(compiled: Compiled): string {
  const layers = roundedLayers(compiled)
  const how = native().info().bfloat16 === 'instruction' ? "by the processor's instruction" : 'emulated'
  return layers.length === 0
    ? 'products in float32: every layer has less than 32 inputs, 64 units or 4,096 weights, or is shared by members'
    : `products in bfloat16 (${how}): ${layers.join(', ')}`
}

function notFinite(): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_NOT_FINITE',
    'Expected for explain a network whose loss of rows of zeros is finite but it is NaN or infinite, which ends a step. ' +
      'Set or load finite parameters; look at activations and losses of your own.',
  )
}

interface Measurement {
  readonly network: Network
  readonly parameters: Arena
  readonly rows: number
  readonly optimizer: Optimizer
  readonly compiled: Compiled
  readonly slots: ReturnType<typeof dataMode>['slots']
}

/** Microseconds of one step, the mean of several. */
function measure({ network, parameters, rows, optimizer, compiled, slots }: Measurement, plainly: boolean) {
  const gradients = newArena(network)
  const states = optimizer.stateNames.map(() => newArena(network))
  const training = new OpenTraining({
    program: compiled.program,
    batch: rows,
    keepAll: plainly,
    rows: Float64Array.of(rows),
    seeds: Float64Array.of(0),
    shuffle: true,
    epoch: 0,
    stepOfEpoch: 0,
    parameters,
    gradients,
    states,
    slots,
    own: [gradients, ...states],
  })
  const advance = (steps: number) => {
    // No learning rate: the parameters stay what they are, and random layers draw by seed and step 0.
    const numbers = new Float64Array(steps * compiled.stepNumbers)
    for (let step = 0; step < steps; step++) {
      const at = step * compiled.stepNumbers + compiled.optimizerNumbers
      const moment = { step: step + 1, stepOfEpoch: step, stepsPerEpoch: steps, factor: 0 }
      if (at < (step + 1) * compiled.stepNumbers) optimizer.fill(numbers, at, moment, compiled.rateFactors)
    }
    for (let left = steps; left > 0; ) {
      const limits = { steps: left, milliseconds: 1000, endAtEpoch: false, plainly }
      const { steps: taken, failures } = training.advanceSync(numbers.subarray(0, left * compiled.stepNumbers), limits)
      if (failures.length > 0) throw notFinite()
      left -= taken
    }
  }
  try {
    const begun = performance.now()
    advance(1)
    const affordable = Math.floor(MILLISECONDS / Math.max(performance.now() - begun, MILLISECONDS / STEPS))
    if (affordable > WARM_UP) advance(WARM_UP - 1)
    const steps = Math.max(1, affordable)
    training.measure(true)
    advance(steps)
    const { calls, regions } = training.microseconds()
    return { calls: calls.map((spent) => spent / steps), regions: regions.map((spent) => spent / steps) }
  } finally {
    training.release()
  }
}
