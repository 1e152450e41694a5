/*
 * A run that is made up, for tests of the board: trainings that end when the test says so.
 */
import { type Board, openBoard } from '../../lib/pages/board/board.js'
import { BoardRecord } from '../../lib/pages/board/record.js'

export interface BoardRun {
  readonly board: Board
  readonly record: BoardRecord
  /** How often the run was asked to stop. */
  readonly stops: () => number
  /** Lets so many trainings end, the last of which failed. */
  end(trials: number): void
}

export async function boardRun(title = 'improve bank.csv', name = 'dropout=0.2'): Promise<BoardRun> {
  const record = new BoardRecord({ metric: 'accuracy', format: 'percent', budget: 600_000, planned: 40 })
  let stops = 0
  const onStop = () => {
    stops++
    record.stopping()
  }
  const board = await openBoard({ title, command: `deepblas ${title}`, state: () => record.state(), onStop })
  record.stage('dropout, selection')
  const key = (at: number) => `${name} rate=3 seed=${at}`
  record.running(
    Array.from({ length: 12 }, (_, at) => ({ key: key(at) })),
    { epoch: 3, epochs: 4 },
  )
  return {
    board,
    record,
    stops: () => stops,
    end: (trials) => {
      for (let at = 0; at < trials; at++) {
        const last = at === trials - 1
        const curve = Array.from({ length: 30 }, (_, epoch) => 0.8 + 0.01 * at - 0.4 / (epoch + 2))
        const value = last ? null : curve.at(-1)!
        const failed = last ? { failed: 'Its loss was not finite in epoch 3.' } : {}
        record.ended({ key: key(at), value, curve, seconds: 1.5, ...failed })
      }
    },
  }
}
