/*
 * Search for a configuration: the trainings that a method chooses, run side by side, and what they say of the options.
 */
import { Deadline } from '../experiments/deadline.js'
import { Experiment } from '../experiments/experiment.js'
import { finishedTrial } from '../experiments/finished-trial.js'
import { trainedModel } from '../experiments/population-run.js'
import { TrialMaker } from './configured-trial.js'
import { valueText } from './distributions.js'
import { importanceOf } from './importance.js'
import { plannedTrainings, runMethod } from './methods.js'
import { type CheckedSearch, checkedOptions, type SearchOptions } from './options.js'
import type { BestTrial, Importance, SearchProgress, SearchResult, SearchTrial } from './result.js'
import { type Configuration, gridValues, type SearchSpace } from './space.js'
import { scoreOf, TrialTable } from './table.js'
import { searchText } from './text.js'

/**
 * Searches a space of options for the configuration that is best on the dev rows: at random, over a grid, or by successive
 * halving. Trainings of one shape run side by side as one `Population`, on data that they share.
 *
 * Options that have a name here build network and training: `hidden` (units of every hidden layer) or `layers` and `units`,
 * `activation`, `dropout`, `l1`, `l2`, `normalization` ('none', 'batch', 'layer'), `normalize` (inputs by the statistics of
 * the training rows), `learningRate`, `optimizer`, `weightDecay`, `batchSize`, `epochs`. Whatever they leave open is
 * [64, 32] relu units and what `fit` says; loss and data say what the output layer is. Any other option is for the function
 * `model`.
 *
 * Configurations, their order and every training follow from the seed: with `tries` the same call gives the same figures;
 * a budget only decides after how many trainings it ends. A training that fails is told in its row.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option of the space or of the search that is unknown or wrong;
 *   ERR_DEEPBLAS_DATA, _SHAPE for data that cannot be used; ERR_DEEPBLAS_FILE for a journal of another search; and as `fit`
 * @example
 * const found = await search(
 *   { learningRate: logUniform(1e-4, 1e-1), hidden: choice([[32], [64, 64]]), dropout: uniform(0, 0.5) },
 *   { train, dev, fit: { loss: 'crossEntropy', epochs: 20 }, tries: 60, seed: 1, method: 'hyperband' },
 * )
 * console.log(found.best.configuration, found.text)
 */
export async function search<const Space extends SearchSpace>(
  space: Space,
  options: SearchOptions<Space>,
): Promise<SearchResult<Space>> {
  return (await runSearch(checkedOptions(space, options))) as unknown as SearchResult<Space>
}

/** @param begun milliseconds of work before, which the budget counts in */
export async function runSearch(given: CheckedSearch, begun = performance.now()): Promise<SearchResult> {
  const run = new Run(given, begun)
  await runMethod(given, (configurations, epochs, bracket) => run.attempt(configurations, epochs, bracket))
  return await run.result()
}

/** Of the budget, this share is kept for what follows the trainings: the shares of the options. At most so many ms. */
const SHARE_KEPT = 0.05
const MOST_KEPT = 500

function deadlineOf(budget: number, spent: number): Deadline {
  return new Deadline(Math.max(0, budget - spent - Math.min(MOST_KEPT, SHARE_KEPT * budget)))
}

/** One search under way. */
class Run {
  readonly #given: CheckedSearch
  readonly #begun: number
  readonly #maker: TrialMaker
  readonly #experiment: Experiment
  readonly #table: TrialTable
  readonly #planned: number | undefined

  constructor(given: CheckedSearch, begun: number) {
    const { dev, metric, seed, signal, budget, tries, journal } = given
    this.#given = given
    this.#begun = begun
    this.#maker = new TrialMaker(given)
    this.#table = new TrialTable(metric.higherIsBetter!)
    this.#planned = plannedTrainings(given)
    this.#experiment = new Experiment({
      dev,
      metric,
      seed,
      ...(signal === undefined ? {} : { signal }),
      ...(budget === undefined ? {} : { deadline: deadlineOf(budget, performance.now() - begun) }),
      ...(tries === undefined ? {} : { tries }),
      ...(journal === undefined ? {} : { journal }),
      onTrial: (result) => {
        this.#table.keep(result)
        this.#tell(0, { finished: finishedTrial(result, metric.higherIsBetter!) })
      },
      onProgress: (running, { epoch, epochs }) => this.#tell(running.length, { members: running, epoch, epochs }),
    })
  }

  /** Trains every configuration by all seeds. Gives those that did not fail, the best first; undefined where it has ended. */
  async attempt(
    configurations: readonly Configuration[],
    epochs: number | undefined,
    bracket: number | undefined,
  ): Promise<readonly Configuration[] | undefined> {
    const { seed, seeds } = this.#given
    const entries = configurations.map((configuration) => {
      const trials = Array.from({ length: seeds }, (_, at) => this.#maker.trial(configuration, seed + at, epochs))
      return this.#table.add(configuration, trials, bracket)
    })
    await this.#experiment.run(entries.flatMap(({ trials }) => trials))
    if (this.#experiment.over) return undefined
    return entries
      .filter((entry) => !Number.isNaN(scoreOf(entry)))
      .sort((a, b) => scoreOf(b) - scoreOf(a))
      .map(({ configuration }) => configuration)
  }

  async result(): Promise<SearchResult> {
    const { metric, method, seeds, seed } = this.#given
    const trials = this.#table.rows()
    const found = {
      best: await this.#best(),
      trials,
      importance: await this.#importance(trials),
      metric: { name: metric.name, higherIsBetter: metric.higherIsBetter! },
      method,
      seeds,
      seed,
      tries: this.#experiment.tried,
      seconds: (performance.now() - this.#begun) / 1000,
      stopped: this.#stopped,
    }
    return { ...found, text: searchText(found) }
  }

  get #stopped(): SearchResult['stopped'] {
    const { signal, tries } = this.#given
    if (this.#experiment.over && signal?.aborted === true) return 'aborted'
    if (tries !== undefined && this.#experiment.tried >= tries && this.#planned === tries) return 'tries'
    return this.#experiment.over ? 'budget' : 'completed'
  }

  async #best(): Promise<BestTrial | undefined> {
    const found = this.#table.best()
    if (found === undefined) return undefined
    const best = { ...found.row, interval: found.interval }
    const { refit, dev, metric, signal } = this.#given
    if (!refit || signal?.aborted === true) return best
    const measure = {
      dev,
      groups: [],
      leftOut: false,
      metric,
      signal: signal ?? new AbortController().signal,
      onProgress: () => undefined,
    }
    return { ...best, model: await trainedModel(found.entry.trials[0]!, measure) }
  }

  #importance(trials: readonly SearchTrial[]): Promise<Importance> {
    const { space, method, levels, seed, seeds, metric, budget = Number.POSITIVE_INFINITY } = this.#given
    const whole = method === 'grid' ? wholeGrid(gridValues(space, levels), trials, seeds) : undefined
    const isLate = () => performance.now() - this.#begun > budget
    return importanceOf(space, trials, metric.higherIsBetter!, seed, { whole, isLate })
  }

  #tell(running: number, more: Pick<SearchProgress, 'members' | 'epoch' | 'epochs' | 'finished'>): void {
    const { onProgress } = this.#given
    onProgress({
      tried: this.#experiment.tried,
      planned: this.#planned,
      running,
      seconds: (performance.now() - this.#begun) / 1000,
      best: this.#table.leader(),
      ...more,
    })
  }
}

/** The values of every option, as text, where every configuration of the grid has all its seeds; undefined otherwise. */
function wholeGrid(
  values: ReturnType<typeof gridValues>,
  trials: readonly SearchTrial[],
  seeds: number,
): ReadonlyMap<string, readonly string[]> | undefined {
  const size = values.reduce((product, [, { length }]) => product * length, 1)
  if (trials.length < size || trials.some((trial) => trial.values.length < seeds)) return undefined
  return new Map(values.map(([name, ofOption]) => [name, ofOption.map(valueText)]))
}
