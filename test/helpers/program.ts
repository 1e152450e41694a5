import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Ended {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface ProgramOptions {
  readonly args?: readonly string[]
  readonly flags?: readonly string[]
  readonly env?: Record<string, string>
  readonly cwd?: string
  /** A program, and its arguments, that runs Node: such as one that takes rights away. */
  readonly through?: readonly string[]
}

/** Runs a JavaScript file in a process of its own and waits for its end, whatever that is. */
export function runFile(
  path: string,
  { args = [], flags = [], env = {}, cwd = root, through = [] }: ProgramOptions = {},
) {
  return new Promise<Ended>((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout: 240_000, maxBuffer: 2 ** 26 }
    const [program, ...given] = [...through, process.execPath, ...flags, path, ...args]
    const child = execFile(program!, given, options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
    )
  })
}

/** Runs one of test/helpers/programs, which must end well, and returns the JSON of its last line. */
export async function runProgram<Result>(name: string, options?: ProgramOptions): Promise<Result> {
  const ended = await runFile(fileURLToPath(new URL(`programs/${name}`, import.meta.url)), options)
  if (ended.code !== 0) throw new Error(`${name} ended with ${ended.code ?? ended.signal}: ${ended.stderr}`)
  return JSON.parse(ended.stdout.trim().split('\n').at(-1)!) as Result
}
