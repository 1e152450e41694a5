import type { Dataset } from '../../data/dataset/dataset.js'
import type { Arena } from '../../native/addon.js'
import { atOnce, inTurns, type Steps } from '../../turns.js'
import type { Network } from '../network/network.js'
import type { Scoring } from '../programs/compile.js'
import { runPass, runPassSync } from '../programs/passes.js'
import { readScores } from './accumulators.js'
import { requireComputable } from './computable-metrics.js'
import type { Evaluation } from './results.js'
import { requireWeight } from './row-weights.js'
import { type ScoringPass, scoringPass } from './scoring-pass.js'
import { targetUnits } from './target-units.js'

/** Loss and metrics of every member of a network, over one data set for all, or one each. Runs once. */
export class EvaluationRun {
  /** In the units of the data's targets. */
  readonly #scoring: Scoring
  readonly #members: number
  readonly #pass: ScoringPass

  /** @throws DeepblasError for targets that the loss, or a metric, cannot be computed of */
  constructor(network: Network, parameters: Arena, data: readonly Dataset[], asked: Scoring, members: number) {
    const scoring = { ...asked, units: targetUnits('data', data) }
    this.#scoring = scoring
    this.#members = members
    requireWeight('data', data)
    atOnce(requireComputable(scoring.metrics, scoring.loss, network, data))
    this.#pass = scoringPass(network, parameters, data, scoring, members)
  }

  async run(): Promise<Evaluation[]> {
    return await inTurns(this.#evaluations(await runPass(this.#pass.settings)))
  }

  runSync(): Evaluation[] {
    return atOnce(this.#evaluations(runPassSync(this.#pass.settings)))
  }

  *#evaluations(accumulators: Float64Array): Steps<Evaluation[]> {
    const { scores, allRows } = this.#pass
    const width = accumulators.length / this.#members
    const all: Evaluation[] = []
    for (let member = 0; member < this.#members; member++) {
      const values = allRows && (yield* allRows.valuing(member))
      const own = { array: accumulators, from: member * width }
      all.push(readScores<Evaluation>(own, scores, this.#scoring, values))
    }
    return all
  }
}
