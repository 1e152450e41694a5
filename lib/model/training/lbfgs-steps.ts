/*
 * A fit by an optimizer that asks for loss and gradient of all rows, as often as it likes: L-BFGS. The iterations are
 * TypeScript; the native passes between them run wherever the fit's form says.
 */

import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import type { Arena } from '../../native/addon.js'
import { newFloats } from '../../native/memory.js'
import type { LBFGS } from '../../optimizers/lbfgs.js'
import { Curvature, type Evaluation, iteration, type Place } from '../../optimizers/lbfgs-iteration.js'
import type { Segment } from '../../optimizers/optimizer.js'
import { SGD } from '../../optimizers/sgd.js'
import { newArena, trainableCount, trainableSegments } from '../network/network.js'
import { type Compiled, compileScoring, memberTable } from '../programs/compile.js'
import { dataMode } from '../programs/data-binding.js'
import type { Opened } from '../programs/opened.js'
import { OpenPass } from '../programs/passes.js'
import type { FitSteps } from '../programs/requests.js'
import { runPasses, scorePasses } from '../scoring/all-rows-metrics.js'
import { Watches } from './callback-list.js'
import { epochResult, type History, newHistory } from './epoch-results.js'
import { heldOut } from './native-run.js'
import { notFinite } from './not-finite.js'
import type { FitSettings } from './settings.js'

/** An evaluation, with the accumulators of loss and metrics. */
interface Scored extends Evaluation {
  readonly sums: Float64Array
}

/** What it opens is added to `opened`, which its caller releases. */
export function* wholeFit(
  settings: FitSettings,
  train: Dataset,
  optimizer: LBFGS,
  opened: Opened,
): FitSteps<History[]> {
  const { network, parameters, scoring, validation, epochs, signal } = settings
  const { evaluate, compiled } = evaluation(settings, train, opened)
  const segments = trainableSegments(network)
  const history = newHistory()
  const watches = new Watches({ ...settings, train: [train] }, [history], () => {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      'Expected another optimizer for a checkpoint: LBFGS cannot resume.',
    )
  })
  let held: OpenPass | undefined
  let passes: ReturnType<typeof scorePasses> = []
  // Iterations before a partialFit count as its epochs do; what they have learnt of the curvature is gone.
  const before = settings.start?.epoch ?? 0
  let done = before
  let converged: string | undefined
  let place: Place = { point: readPoint(parameters, segments), loss: Number.NaN, gradient: new Float32Array() }
  try {
    held = validation && opened.add(new OpenPass(heldOut(settings, validation)))
    passes = scorePasses(settings, [train], opened)
    yield* watches.start({
      epochs,
      ...(before === 0 ? {} : { epochsDone: before }),
      stepsPerEpoch: 1,
      batchSize: train.rows,
      rows: train.rows,
      parameters: trainableCount(network),
    })
    const begun = performance.now()
    const curvature = new Curvature(optimizer.memory)
    const first = yield* evaluate()
    if (!Number.isFinite(first.loss))
      throw notFinite({ member: 0, epoch: before, stepOfEpoch: 0, label: '' }, parameters)
    place = { ...place, ...first }
    while (done < epochs && watches.active.size > 0) {
      const epochBegun = performance.now()
      const moment = { step: done + 1, stepOfEpoch: 0, stepsPerEpoch: 1, factor: watches.factorOf(0) }
      const options = { first: optimizer.rateAt(moment), evaluations: optimizer.lineSearchEvaluations }
      const scored = new Map<Float32Array, Float64Array>()
      const steps = iteration(place, curvature, options)
      let turn = steps.next()
      while (turn.done !== true) {
        signal?.throwIfAborted()
        writePoint(parameters, segments, turn.value)
        const result = yield* evaluate()
        scored.set(turn.value, result.sums)
        turn = steps.next(result)
      }
      if (turn.value === undefined) {
        converged = 'no step along the gradient makes the cost smaller'
        break
      }
      place = turn.value
      writePoint(parameters, segments, place.point)
      const heldSums = held === undefined ? undefined : yield* held.steps()
      yield* runPasses(passes)
      const result = epochResult({
        epoch: done,
        scores: compiled.scores,
        scoring,
        training: { array: scored.get(place.point)!, from: 0 },
        validation: heldSums && { array: heldSums, from: 0 },
        values: passes.map((one) => one?.values(0)),
        learningRate: options.first,
        seconds: (performance.now() - epochBegun) / 1000,
      })
      history.epochs.push(result)
      done++
      const { loss } = result
      const seconds = (performance.now() - begun) / 1000
      const progress = { epoch: done, epochs, step: 1, stepsPerEpoch: 1, totalStep: done - before, loss, seconds }
      watches.progress(progress)
      yield* watches.step(progress, done, true)
      yield* watches.epoch(new Map([[0, result]]), done < epochs)
      watches.dropStopped(done < epochs)
      yield* watches.saveDeferred()
      signal?.throwIfAborted()
      const point = readPoint(parameters, segments)
      if (point.some((value, i) => value !== place.point[i])) {
        // A callback has put others back.
        place = { point, ...(yield* evaluate()) }
        curvature.forget()
      }
      if (place.gradient.every((value) => Math.abs(value) <= optimizer.gradientTolerance)) {
        converged = `no part of the gradient is larger than gradientTolerance, ${optimizer.gradientTolerance}`
        break
      }
    }
    if (done < epochs) history.stopped = 'early'
    writePoint(parameters, segments, place.point)
    yield* watches.end(
      done < epochs && converged !== undefined
        ? `LBFGS ended the training after ${done} iterations: ${converged}.`
        : undefined,
    )
    return [history]
  } catch (error) {
    // The last completed iteration's, not those of a line search under way.
    writePoint(parameters, segments, place.point)
    throw error
  } finally {
    settings.remember({ optimizer, states: [], epoch: done, steps: [done] })
  }
}

/** Refuses layers that do in training what the cost alone does not tell. */
function refuseChanging(cost: Compiled, step: Compiled): void {
  const calls = ({ labels, kernels }: Compiled) =>
    labels.map((label, i) => [label, kernels[i]!] as const).filter(([label]) => !label.startsWith('optimizer '))
  const alone = calls(cost)
  const differing = calls(step).find(([label, kernel], i) => alone[i]?.[0] !== label || alone[i]?.[1] !== kernel)
  if (differing === undefined) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    'Expected layers without random numbers, running statistics and constraints for LBFGS, whose cost must stay the ' +
      `same function, but received ${differing[0].split(' ').slice(0, 2).join(' ')}. Use another optimizer, such as Adam.`,
  )
}

/** A pass over all rows, with the gradients of all parameters. */
function evaluation({ network, parameters, scoring }: FitSettings, train: Dataset, opened: Opened) {
  const { mode, slots, own } = dataMode([train], scoring, network.outputs, { asFloats: true })
  const compiled = compileScoring(network, mode, scoring, { backward: true })
  refuseChanging(compiled, compileScoring(network, mode, scoring, { backward: true, optimizer: new SGD() }))
  const gradients = newArena(network)
  const pass = opened.add(
    new OpenPass({
      program: compiled.program,
      batch: train.rows,
      rows: Float64Array.of(train.rows),
      numbers: memberTable(compiled, 1),
      parameters,
      gradients,
      slots,
      own: [gradients, ...own],
    }),
  )
  const segments = trainableSegments(network)
  function* evaluate(): FitSteps<Scored> {
    const sums = yield* pass.steps()
    return { loss: sums[0]! / sums[1]!, gradient: readPoint(gradients, segments), sums }
  }
  return { evaluate, compiled }
}

function readPoint(arena: Arena, segments: readonly Segment[]): Float32Array {
  const size = segments.reduce((sum, { length }) => sum + length, 0)
  const point = newFloats(size, () => 'the parameters of a line search')
  let at = 0
  for (const { offset, length } of segments) {
    point.set(arena.read(0, offset, 1, length, 0), at)
    at += length
  }
  return point
}

function writePoint(arena: Arena, segments: readonly Segment[], point: Float32Array): void {
  let at = 0
  for (const { offset, length } of segments) {
    arena.write(0, offset, 1, length, 0, point.subarray(at, at + length))
    at += length
  }
}
