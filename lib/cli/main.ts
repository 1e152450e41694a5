#!/usr/bin/env node
import { run } from './run.js'
import { exitCodes, Interrupted } from './terminal.js'

const controller = new AbortController()
process.on('SIGINT', () => {
  // Whoever presses twice does not want to wait for the end of a step.
  if (controller.signal.aborted) process.exit(exitCodes.interrupted)
  controller.abort(new Interrupted())
})
// `deepblas predict … | head`: the reader has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done)
  throw error
})

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
})
