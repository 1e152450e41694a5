// `npm start`: makes the clone ready, then runs the main example with the arguments given after `--`.

import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setup } from './setup.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

setup()
const main = join(root, 'examples', 'digits', 'main.mjs')
const child = spawn(process.execPath, [main, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
// The child decides how it ends, and its end is ours. From a terminal Ctrl-C reaches it twice, which does no harm.
process.on('SIGINT', () => child.kill('SIGINT'))
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('error', (error) => {
  console.error(`Could not start ${main}: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})
