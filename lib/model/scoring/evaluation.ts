import type { Dataset } from '../../data/dataset/dataset.js'
import { largestOf } from '../../extremes.js'
import type { Arena } from '../../native/addon.js'
import { atOnce, inTurns, type Steps } from '../../turns.js'
import type { Network } from '../network/network.js'
import { compileScoring, memberTable, type RowScore, type Scoring } from '../programs/compile.js'
import { dataMode, EVALUATION_BATCH, rowsOf } from '../programs/data-binding.js'
import { type PassSettings, runPass, runPassSync } from '../programs/passes.js'
import { readScores } from './accumulators.js'
import { ScorePass } from './all-rows-metrics.js'
import { requireComputable } from './computable-metrics.js'
import type { Evaluation } from './results.js'
import { requireWeight } from './row-weights.js'
import { targetUnits } from './target-units.js'

/** Loss and metrics of every member of a network, over one data set for all, or one each. Runs once. */
export class EvaluationRun {
  /** In the units of the data's targets. */
  readonly #scoring: Scoring
  readonly #members: number
  readonly #pass: PassSettings
  readonly #scores: readonly RowScore[]
  readonly #openScorePass: () => ScorePass | undefined

  /** @throws DeepblasError for targets that the loss, or a metric, cannot be computed of */
  constructor(network: Network, parameters: Arena, data: readonly Dataset[], asked: Scoring, members: number) {
    const scoring = { ...asked, units: targetUnits('data', data) }
    this.#scoring = scoring
    this.#members = members
    requireWeight('data', data)
    const { mode, slots, own } = dataMode(data, scoring, network.outputs)
    atOnce(requireComputable(scoring.metrics, scoring.loss, network, data))
    const rows = rowsOf(data, members)
    const compiled = compileScoring(network, mode, scoring, { costRows: rows })
    this.#scores = compiled.scores
    this.#pass = {
      program: compiled.program,
      batch: Math.min(EVALUATION_BATCH, largestOf(rows)),
      rows,
      numbers: memberTable(compiled, members),
      parameters,
      slots,
      own,
    }
    this.#openScorePass = () => ScorePass.of(network, parameters, data, scoring, members)
  }

  async run(): Promise<Evaluation[]> {
    const accumulators = await runPass(this.#pass)
    const scorePass = this.#openScorePass()
    try {
      await scorePass?.run('async')
      return await inTurns(this.#evaluations(accumulators, scorePass))
    } finally {
      scorePass?.release()
    }
  }

  runSync(): Evaluation[] {
    const accumulators = runPassSync(this.#pass)
    const scorePass = this.#openScorePass()
    try {
      scorePass?.run('sync')
      return atOnce(this.#evaluations(accumulators, scorePass))
    } finally {
      scorePass?.release()
    }
  }

  *#evaluations(accumulators: Float64Array, scorePass: ScorePass | undefined): Steps<Evaluation[]> {
    const width = accumulators.length / this.#members
    const all: Evaluation[] = []
    for (let member = 0; member < this.#members; member++) {
      const values = scorePass && (yield* scorePass.valuing(member))
      const own = { array: accumulators, from: member * width }
      all.push(readScores<Evaluation>(own, this.#scores, this.#scoring, values))
    }
    return all
  }
}
