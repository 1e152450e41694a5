/*
 * What a judgement of all levers takes, for where there was no room for one.
 */
import { rowsOfCurve } from './curve-levers.js'
import { FIRST_JUDGING_SEEDS, type Improvement, SELECTION_SEEDS } from './improvement.js'
import { secondsWords } from './report.js'
import { NEAREST } from './selection.js'

/** Settings at their rates that a lever is tried with, about, before its settings are known. */
const ENTRIES_OF_LEVER = 9

/** Trainings until every lever has been judged on its first seeds, about: grids that are made longer take more. */
export function trainingsToJudge({ options, candidates, byCurve }: Improvement): number {
  const rates = (2 * NEAREST + 1) * SELECTION_SEEDS
  const chosen = options.levers.filter((name) => name !== 'learningRate' && !byCurve.some((one) => one === name))
  const selecting = chosen.map((name) => {
    const own = candidates.filter(({ owner }) => owner === name)
    if (candidates.length === 0) return halvedTrainings(ENTRIES_OF_LEVER)
    return halvedTrainings(own.reduce((sum, { powers }) => sum + powers.length, 0))
  })
  const curves = byCurve.length * Math.max(1, rowsOfCurve(options.baseline).length)
  const judging = FIRST_JUDGING_SEEDS * (2 + chosen.length + curves)
  return rates + selecting.reduce((sum, one) => sum + one, 0) + judging
}

/** Entries that are tried on one selection seed after another, always the better half of them. */
function halvedTrainings(entries: number): number {
  let [sum, left] = [0, entries]
  for (let seed = 0; seed < SELECTION_SEEDS; seed++) {
    sum += left
    left = Math.ceil(left / 2)
  }
  return sum
}

/** 'A training takes about 3 s, and to judge all levers takes about 200 of them: 10 min.' */
export function needsWords(improvement: Improvement): string {
  const trainings = Number(trainingsToJudge(improvement).toPrecision(2))
  const { lab, options } = improvement
  // What tries end repeats exactly, which times do not.
  const seconds = options.budget === undefined && options.tries !== undefined ? undefined : lab.secondsOfTraining
  if (seconds === undefined) return `To judge all levers takes about ${trainings} trainings.`
  const all = `to judge all levers takes about ${trainings} of them, ${secondsWords(trainings * seconds)}`
  return `A training takes about ${secondsWords(seconds)}; ${all}.`
}
