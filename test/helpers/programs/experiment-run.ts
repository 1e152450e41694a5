import { accuracy } from '../../../lib/index.js'
import { Experiment } from '../../../lib/strategy/experiments/experiment.js'
import { dev, figuresOf, trialOf } from '../../unit/strategy/experiments/trials.js'

/**
 * The figures of many trials, each with a number of epochs that few others have: a population is of three.
 *
 * @param most the process is killed in the training that comes once so many trials have a result
 */
export async function figures(journal: string, most = Number.POSITIVE_INFINITY): Promise<unknown[]> {
  const trials = Array.from({ length: 60 }, (_, at) =>
    trialOf({ key: `trial ${at}`, seed: at, epochs: 20 + Math.floor(at / 3) }),
  )
  let ended = 0
  const onTrial = () => ended++
  const onProgress = () => ended >= most && process.kill(process.pid, 'SIGKILL')
  const experiment = new Experiment({ dev, metric: accuracy, seed: 1, journal, onTrial, onProgress })
  return figuresOf(await experiment.run(trials))
}
