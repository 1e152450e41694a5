import type { FinishedTrial } from '../../strategy/experiments/finished-trial.js'
import {
  boolean,
  finiteNumber,
  invalid,
  isCallable,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  plainObject,
  string,
} from '../../validate.js'
import { numberFormats } from '../numbers.js'
import { type Board, openBoard } from './board.js'
import { BoardRecord, type BoardRun } from './record.js'

/** What `improve` and `search` tell on the way, as far as the board shows it. */
export interface RunProgress {
  /** Trainings that run side by side, and the epoch that they are at. */
  readonly members?: readonly { readonly key: string }[]
  readonly epoch?: number
  readonly epochs?: number
  /** The training that has just ended. */
  readonly finished?: FinishedTrial
}

export interface RunBoardOptions extends BoardRun {
  /** Heading of the page. */
  readonly title: string
  /** The command of the run, to be shown. Default none. */
  readonly command?: string
  /** Called once, when the stop button is pressed: abort the signal of the run. */
  readonly onStop: () => void
}

/** The board of a run, which hears what the run tells. */
export interface RunBoard extends Pick<Board, 'url'> {
  /** To be called with all progress. @param stage what is done at the moment, in words */
  tell(progress: RunProgress, stage: string): void
  /** The run has ended: sends that, and closes the board. */
  close(): Promise<void>
}

/**
 * Opens a live page of a run of `improve` or `search`, on 127.0.0.1 and at a port that is free: progress of each training,
 * curves, the time that is left, and a button that stops the run. Only who knows the token of its address gets it; a page
 * of elsewhere can neither read it nor stop the run. It survives a reload, and is gone when the run is. The process does not
 * wait for it, and nothing is computed for it while no one looks.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that cannot be used; the error of Node where no port is free
 * @example
 * const stop = new AbortController()
 * const board = await openRunBoard({ title: 'Cats', metric: 'accuracy', format: 'percent', onStop: () => stop.abort() })
 * console.log(board.url)
 * const onProgress = (progress) => board.tell({ ...progress, members: progress.running }, progress.stage)
 * const result = await improve(model, data, { budget: 600_000, signal: stop.signal, onProgress })
 * await board.close()
 */
export async function openRunBoard(options: RunBoardOptions): Promise<RunBoard> {
  const { title, command, onStop, ...run } = checkedOptions(options)
  const record = new BoardRecord(run)
  const board = await openBoard({
    title,
    ...(command === undefined ? {} : { command }),
    state: () => record.state(),
    onStop: () => {
      record.stopping()
      onStop()
    },
  })
  return {
    url: board.url,
    tell: ({ members, epoch, epochs, finished }, stage) => {
      record.stage(stage)
      if (finished !== undefined) record.ended(finished)
      if (members !== undefined && epoch !== undefined && epochs !== undefined) {
        record.running(members, { epoch, epochs })
      }
    },
    close: () => {
      record.end()
      return board.close()
    },
  }
}

const optionNames = [
  'title',
  'command',
  'onStop',
  'metric',
  'format',
  'higherIsBetter',
  'budget',
  'planned',
] as const satisfies readonly (keyof RunBoardOptions)[]

function checkedOptions(options: RunBoardOptions): RunBoardOptions {
  plainObject('options', options, 'For example openRunBoard({ title, metric, format, onStop }).')
  const given = knownOptions<RunBoardOptions>('openRunBoard', options, optionNames)
  string('title', given.title)
  if (given.command !== undefined) string('command', given.command)
  if (!isCallable(given.onStop)) throw invalid('onStop', 'function that stops the run', given.onStop)
  string('metric', given.metric)
  oneOf('format', given.format, numberFormats)
  if (given.higherIsBetter !== undefined) boolean('higherIsBetter', given.higherIsBetter)
  if (given.budget !== undefined) finiteNumber('budget', given.budget, { min: 0 })
  if (given.planned !== undefined) nonNegativeInteger('planned', given.planned)
  return options
}
