// One workload, all contenders: each is a process of its own, opened and warmed up one after the other, then measured in
// turns, A B C, C B A, so that a disturbance of the machine, or its slowing down as it gets warm, meets all of them alike.
import { loadavg } from 'node:os'
import { TooSlow } from './process.mjs'
import { QUIET_CORES, untilQuiet, withForeign } from './quiet.mjs'
import { summary } from './statistics.mjs'

const SAMPLE_SECONDS = 0.25
/** To open a contender: torch.compile takes a minute for some nets. */
const OPEN_SECONDS = 240
/** Undisturbed samples that are enough to leave the disturbed ones out. */
const ENOUGH = 3
const CLEARLY_SLOWER = 1.6

/**
 * @param {{ rounds: number, threads: number, budget: number, patience: number, until?: number }} options
 *   budget: seconds that a contender's first step may take, and that all its samples may take; patience: seconds that may
 *   be spent on waiting for a quiet machine; until: no round begins after this `performance.now()` but the first ones
 * @param {(name: string, seconds: number) => void} [opened] is told what a contender took until it was warm
 * @returns results by the contender's name: a summary in seconds a step, or { skipped: why }; and all samples by round
 */
export async function measureWorkload(workload, contenders, options, opened = () => {}) {
  const { rounds, threads, budget, patience, until = Infinity } = options
  const running = []
  const skipped = {}
  const before = loadavg()[0]
  let patienceLeft = patience
  try {
    for (const contender of contenders) {
      const why = contender.leavesOut(workload)
      if (why !== undefined) {
        skipped[contender.name] = why
        continue
      }
      const start = performance.now()
      // A contender that cannot choose its number of threads well takes part with one and with all; the better counts.
      for (const count of contender.tries === 'threads' ? new Set([1, threads]) : [threads]) {
        // What is chosen and warmed up beside other work would be chosen wrongly.
        patienceLeft -= await untilQuiet(patienceLeft / 2)
        const worker = contender.start(workload, count, threads)
        const entry = { contender, worker, samples: [], spent: 0 }
        try {
          entry.about = await worker.open(OPEN_SECONDS)
          await warmUp(entry, budget)
          running.push(entry)
        } catch (error) {
          worker.close()
          skipped[contender.name] =
            error instanceof TooSlow ? `a step takes more than ${budget} s` : firstLine(error.message)
        }
      }
      opened(contender.name, (performance.now() - start) / 1000)
    }
    dropSlower(running)
    for (let round = 0; round < rounds && (round < ENOUGH || performance.now() < until); round++) {
      for (const entry of round % 2 === 0 ? running : running.toReversed()) {
        if (round > 0 && entry.spent > budget) continue
        patienceLeft -= await untilQuiet(patienceLeft)
        const { result, foreign } = await withForeign(entry.worker.pid, () =>
          entry.worker.run(entry.steps, 10 * budget + 60),
        )
        entry.samples.push({ round, seconds: result.seconds / result.steps, foreign })
        entry.spent += result.seconds
        entry.loss = result.loss
      }
    }
  } finally {
    for (const { worker } of running) worker.close()
  }
  const results = {}
  for (const contender of contenders) {
    const tried = running.filter((entry) => entry.contender === contender).map(resultOf)
    tried.sort((a, b) => a.median - b.median)
    if (tried.length === 0) results[contender.name] = { skipped: skipped[contender.name] }
    else results[contender.name] = { ...tried[0], ...(tried.length > 1 ? { alsoTried: tried.slice(1) } : {}) }
  }
  const byContender = Object.fromEntries(running.map(({ contender, samples }) => [contender.name, samples]))
  return { load: { before, after: loadavg()[0] }, results, samples: byContender }
}

/**
 * The ratios of two contenders' samples of the same rounds, those beside other work left out if enough are left.
 *
 * @returns {{ ratios: number[], disturbed: boolean }}
 */
export function pairedRatios(ours, theirs) {
  const pairs = ours.flatMap((one) => {
    const other = theirs.find(({ round }) => round === one.round)
    return other === undefined ? [] : [{ ratio: one.seconds / other.seconds, quiet: isQuiet(one) && isQuiet(other) }]
  })
  const quiet = pairs.filter((pair) => pair.quiet)
  const disturbed = quiet.length < Math.min(ENOUGH, pairs.length)
  return { ratios: (disturbed ? pairs : quiet).map(({ ratio }) => ratio), disturbed }
}

const isQuiet = ({ foreign }) => foreign === undefined || foreign < QUIET_CORES

/** The summary of the undisturbed samples, or of all where those are too few. */
function resultOf({ samples, about, steps, loss }) {
  const quiet = samples.filter(isQuiet)
  const disturbed = quiet.length < Math.min(ENOUGH, samples.length)
  const counted = (disturbed ? samples : quiet).map(({ seconds }) => seconds)
  return {
    ...summary(counted),
    steps,
    ...about,
    ...(disturbed ? { disturbed } : {}),
    ...(loss == null ? {} : { loss }),
  }
}

/** Of one contender's numbers of threads, those that are clearly slower than another when warm take no turns. */
function dropSlower(running) {
  for (const entry of [...running]) {
    const same = running.filter(({ contender }) => contender === entry.contender)
    if (entry.warm <= CLEARLY_SLOWER * Math.min(...same.map(({ warm }) => warm))) continue
    entry.worker.close()
    running.splice(running.indexOf(entry), 1)
  }
}

/** Runs until the speed is known and just-in-time compilers have done their work; sets the steps of a sample. */
async function warmUp(entry, budget) {
  let taken = await entry.worker.run(1, budget)
  let total = taken.seconds
  while (total < SAMPLE_SECONDS) {
    taken = await entry.worker.run(Math.max(1, Math.ceil((taken.steps * 0.1) / Math.max(taken.seconds, 1e-6))), budget)
    total += taken.seconds
  }
  entry.warm = taken.seconds / taken.steps
  entry.steps = Math.max(1, Math.round((taken.steps * SAMPLE_SECONDS) / taken.seconds))
}

/** From the same weights and over the same rows in the same order: the losses must agree. */
export async function checkWorkload(workload, contenders, { threads, budget }) {
  const losses = {}
  for (const contender of contenders) {
    losses[contender.name] = contender.leavesOut(workload)
    if (losses[contender.name] !== undefined) continue
    const worker = contender.start(workload, threads)
    try {
      await worker.open(OPEN_SECONDS)
      losses[contender.name] = (await worker.check(4, 4 * budget)).loss
    } catch (error) {
      losses[contender.name] = error instanceof TooSlow ? 'too slow' : firstLine(error.message)
    } finally {
      worker.close()
    }
  }
  return losses
}

const firstLine = (text) => text.split('\n')[0].replace(/^Error: /, '')
