#!/usr/bin/env node
import { removeUnfinished } from '../files/atomic-write.js'
import { plainCharacters } from '../report/terminal/locale.js'
import { run } from './run.js'
import { exitCodes, Interrupted } from './terminal.js'

const controller = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever presses twice does not want to wait for the end of a step.
    if (controller.signal.aborted) leave(exitCodes.interrupted)
    controller.abort(new Interrupted())
  })
}
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `deepblas predict … | head`: the reader has enough.
  if (error.code === 'EPIPE') leave(exitCodes.done)
  process.stderr.write(`Cannot write to standard output: ${error.message}\n`)
  leave(exitCodes.failed)
})

function leave(code: number): never {
  removeUnfinished()
  process.exit(code)
}

let reading = false
// CommonJS, as which it is built, has no await at the top.
run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
  ascii: plainCharacters(),
  get stdin() {
    reading = true
    return process.stdin
  },
}).then((code) => {
  process.exitCode = code
  // What still writes to us must not keep the process: it has its result.
  if (reading) process.stdin.destroy()
})
