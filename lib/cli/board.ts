/*
 * `--board`: a live page of a long run.
 */
import { openRunBoard, type RunBoard, type RunBoardOptions, type RunProgress } from '../pages/board/run-board.js'
import type { Given, OptionDescription } from './command.js'
import { Interrupted, type Terminal, tell } from './terminal.js'

export const boardOption: OptionDescription = {
  help: 'opens a page on this machine that shows the run while it goes on, with a button that stops it',
}

/** A run that may have a board. */
export interface Watched {
  /** Of Ctrl+C and of the stop button. */
  readonly signal: AbortSignal
  /** To be called with all progress. Undefined without a board. */
  readonly tell: ((progress: RunProgress, stage: string) => void) | undefined
}

/** Runs something, with a board for as long as it takes where --board asks for one. Its address is told on stderr. */
export async function withBoard<Result>(
  given: Given,
  terminal: Terminal,
  options: Omit<RunBoardOptions, 'onStop'>,
  run: (watched: Watched) => Promise<Result>,
): Promise<Result> {
  if (!given.switches.has('board')) return run({ signal: terminal.signal, tell: undefined })
  const stop = new AbortController()
  const board: RunBoard = await openRunBoard({ ...options, onStop: () => stop.abort(new Interrupted()) })
  tell(terminal, `board: ${board.url}\n`)
  try {
    const signal = AbortSignal.any([terminal.signal, stop.signal])
    return await run({ signal, tell: (progress, stage) => board.tell(progress, stage) })
  } finally {
    await board.close()
  }
}
