// Everything that is measured beside the time of a step: a name for --only, a title, and a function that gives rows.
import busy from './busy.mjs'
import concurrency from './concurrency.mjs'
import eventLoop from './event-loop.mjs'
import importTime from './import-time.mjs'
import load from './load.mjs'
import memory from './memory.mjs'
import overhead from './overhead.mjs'
import predictMany from './predict-many.mjs'
import predictOne from './predict-one.mjs'
import predictions from './predictions.mjs'
import scaling from './scaling.mjs'

/**
 * @type {{
 *   name: string,
 *   title: string,
 *   run: (given: { contenders: object[], threads: number, rounds: number }) => Promise<{ name: string, text: string }[]>
 * }[]}
 */
export const measures = [
  overhead,
  predictOne,
  predictMany,
  load,
  importTime,
  memory,
  eventLoop,
  scaling,
  busy,
  concurrency,
  predictions,
]

export const measureNames = measures.map(({ name }) => name)
