import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import { packageRoot } from '../package-root.js'
import { info } from '../system.js'
import type { Command, Given } from './command.js'
import { say, type Terminal } from './terminal.js'
import { choice } from './values.js'

const blasNames = ['openblas', 'blis', 'mkl', 'accelerate'] as const

export const build: Command = {
  name: 'build',
  summary: 'Builds the native addon from source, where the package brings none or another BLAS is wanted.',
  arguments: [],
  options: {
    blas: { value: '<name>', help: `what multiplies: ${blasNames.join(', ')} of this system. Default: openblas` },
    debug: { help: 'with checks and symbols for a debugger, beside the build that is loaded' },
  },
  notes: `
The sources are part of the package, and nothing is loaded from the network. It needs CMake, make, a C++17 compiler and the
BLAS with its headers; where one is missing, the message has the lines that install them. The addon goes to
build/Release/deepblas.node in the package's folder, and is loaded from then on in place of the one that came with the
package: remove the folder build to go back. Installing the package anew removes it too. What CMake and the compiler say
goes to standard error.

--json: { file, blas, info }; info is that of the addon as it was loaded, null with --debug.

Exit code: 0; 1 failed; 2 wrong use; 130 after Ctrl+C.`,
  run: runBuild,
}

async function runBuild(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const blas = choice(given, 'blas', blasNames) ?? 'openblas'
  const debug = given.switches.has('debug')
  const root = packageRoot()
  const script = join(root, 'scripts', 'build-native.mjs')
  if (!existsSync(script)) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_FILE',
      `Expected the builder in ${script} but there is none. Install deepblas anew.`,
    )
  }
  await ended(terminal, [script, `--blas=${blas}`, ...(debug ? ['--debug'] : [])])
  const file = join(root, 'build', debug ? 'Debug' : 'Release', 'deepblas.node')
  if (debug) {
    say(given, terminal, `built: ${file}`)
    return { file, blas, info: null }
  }
  // Loaded here for the first time: that it can be is part of the result.
  const made = info()
  say(given, terminal, `built: ${file}\nloads: ${made.blas} (${made.openblas}), ${made.instructionSet}`)
  return { file, blas, info: { ...made, instructionSets: [...made.instructionSets] } }
}

/**
 * What the builder writes is shown as it comes.
 *
 * @throws DeepblasError ERR_DEEPBLAS_LOAD where it fails
 */
async function ended(terminal: Terminal, args: readonly string[]): Promise<void> {
  const { signal } = terminal
  const builder = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = () => builder.kill()
  signal.addEventListener('abort', stop)
  for (const stream of [builder.stdout, builder.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => terminal.stderr.write(text))
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    builder.on('error', reject)
    builder.on('close', resolve)
  })
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  if (code !== 0) {
    throw new DeepblasError('ERR_DEEPBLAS_LOAD', `The build ended with ${code ?? 'a signal'}; the reason is above.`)
  }
}
