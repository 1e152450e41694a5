/*
 * What a judgement of all levers takes, for where there was no room for one.
 */
import { trainingsOfJudging, trainingsOfRates, trainingsOfSelection } from './counts.js'
import type { Improvement } from './improvement.js'
import { FIRST_JUDGING_SEEDS } from './judging.js'
import { secondsWords } from './report.js'

/** Trainings until every lever has been judged on its first seeds, about. */
export function trainingsToJudge(improvement: Improvement): number {
  return trainingsOfRates() + trainingsOfSelection(improvement) + trainingsOfJudging(improvement, FIRST_JUDGING_SEEDS)
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
