/*
 * Where the training as given errs on the dev rows: trained once more, to the bits that the first judging seed had.
 */
import { DeepblasError } from '../../errors.js'
import { loss as lossOf } from '../../losses/names.js'
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { type ModelErrors, modelErrors } from '../diagnose/model-errors.js'
import { unlessStopped } from '../diagnose/stopped.js'
import { Deadline } from '../experiments/deadline.js'
import { trainedModel } from '../experiments/population-run.js'
import { substreams } from './curve-levers.js'
import { type Improvement, runOf } from './improvement.js'

/** Of the budget: so much later it may end. A budget is kept within a tenth. */
const LATE = 0.05

/** Null where there was no time for it, or it failed. */
export async function baselineErrorsOf(improvement: Improvement): Promise<ModelErrors | null> {
  const { lab, options, baseline } = improvement
  const { baseline: recipe, dev, metric, seed, budget } = options
  const [given] = baseline
  improvement.releaseErrors()
  const deadline = budget === undefined ? undefined : new Deadline(lab.left + LATE * budget)
  if (given === undefined || lab.aborted) return null
  const { recipe: _, owner: __, name, ...run } = runOf(given, improvement.judgingSeed(0))
  const stopped = new AbortController()
  const onProgress = () => {
    if (deadline?.passed === true || lab.aborted) stopped.abort()
  }
  const measure = { dev, groups: [], leftOut: false, metric, signal: stopped.signal, onProgress }
  try {
    const model = await unlessStopped(stopped.signal, () => trainedModel({ ...recipe, ...run, key: name }, measure))
    if (model === undefined) return null
    const random = new RandomStream(seed, streams.experiments, 0, substreams.segments)
    return await modelErrors(model, lossOf('fit.loss', recipe.loss), { train: recipe.train, dev }, random)
  } catch (error) {
    if (error instanceof DeepblasError && error.code === 'ERR_DEEPBLAS_NOT_FINITE') return null
    throw error
  }
}
