import { accuracy } from '../../../lib/index.js'
import { Experiment } from '../../../lib/strategy/experiments/experiment.js'
import { dev, figuresOf, trialOf } from '../../unit/strategy/experiments/trials.js'

/** The figures of many trials, each with a number of epochs that few others have: a population is of three. */
export async function figures(journal: string): Promise<unknown[]> {
  const trials = Array.from({ length: 60 }, (_, at) =>
    trialOf({ key: `trial ${at}`, seed: at, epochs: 20 + Math.floor(at / 3) }),
  )
  return figuresOf(await new Experiment({ dev, metric: accuracy, seed: 1, journal }).run(trials))
}
