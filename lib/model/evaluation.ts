import type { Dataset } from '../data/dataset.js'
import { type Arena, native, type Pass } from '../native/addon.js'
import { compileScoring, memberTable, type RowScore, type Scoring } from './compile.js'
import { dataMode, EVALUATION_BATCH, rowsOf } from './fit-data.js'
import { requireComputable } from './metric-task.js'
import type { Network } from './network.js'
import { requireWeight } from './row-weights.js'
import { ScorePass } from './score-pass.js'
import { type Evaluation, scoresOf } from './scores.js'
import { targetUnits } from './target-units.js'

/** Loss and metrics of every member of a network, over one data set for all, or one each. */
export class EvaluationRun {
  /** In the units of the data's targets. */
  readonly #scoring: Scoring
  readonly #members: number
  readonly #pass: Pass
  readonly #scores: readonly RowScore[]
  readonly #scorePass: ScorePass | undefined

  /** @throws DeepblasError for targets that the loss, or a metric, cannot be computed of */
  constructor(network: Network, parameters: Arena, data: readonly Dataset[], asked: Scoring, members: number) {
    const scoring = { ...asked, units: targetUnits('data', data) }
    this.#scoring = scoring
    this.#members = members
    requireWeight('data', data)
    const { mode, slots } = dataMode(data, scoring, network.outputs, false, false)
    requireComputable(scoring.metrics, scoring.loss, network, data)
    const rows = rowsOf(data, members)
    const compiled = compileScoring(network, mode, scoring, { costRows: rows })
    this.#scores = compiled.scores
    this.#pass = new (native().Pass)({
      program: compiled.program,
      batch: Math.min(EVALUATION_BATCH, Math.max(...rows)),
      keepAll: false,
      rows,
      numbers: memberTable(compiled, members),
      parameters,
      slots,
    })
    this.#scorePass = ScorePass.of(network, parameters, data, scoring, members)
  }

  async run(): Promise<Evaluation[]> {
    try {
      const accumulators = await this.#pass.run()
      await this.#scorePass?.run('async')
      return this.#evaluations(accumulators)
    } finally {
      this.#release()
    }
  }

  runSync(): Evaluation[] {
    try {
      const accumulators = this.#pass.runSync()
      this.#scorePass?.run('sync')
      return this.#evaluations(accumulators)
    } finally {
      this.#release()
    }
  }

  #release(): void {
    this.#pass.release()
    this.#scorePass?.release()
  }

  #evaluations(accumulators: Float64Array): Evaluation[] {
    const width = accumulators.length / this.#members
    return Array.from({ length: this.#members }, (_, member) =>
      scoresOf<Evaluation>(
        { array: accumulators, from: member * width },
        this.#scores,
        this.#scoring,
        this.#scorePass?.values(member),
      ),
    )
  }
}
