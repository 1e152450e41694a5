import type { ProgressStream } from '../callbacks/progress-bar.js'

/** Where a command writes and what may end it: the process's own, or those of a test. */
export interface Terminal {
  /** Results: with `--json` one object and nothing else. */
  readonly stdout: NodeJS.WritableStream
  /** Everything else: profile, progress, warnings, errors. */
  readonly stderr: ProgressStream
  /** Of Ctrl+C. */
  readonly signal: AbortSignal
}

/** What the user typed is wrong: exit code 2. */
export class UsageError extends Error {}

/** The user has pressed Ctrl+C: exit code 130. */
export class Interrupted extends Error {
  constructor() {
    super('Interrupted.')
  }
}

export const exitCodes = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const

/** A write that waits where the reader is slower: what is piped to a slow program does not pile up in memory. */
export async function writeAll(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (stream.write(text)) return
  await new Promise<void>((resolve, reject) => {
    const done = () => {
      stream.removeListener('error', failed)
      resolve()
    }
    const failed = (error: Error) => {
      stream.removeListener('drain', done)
      reject(error)
    }
    stream.once('drain', done)
    stream.once('error', failed)
  })
}

/** Results for people: on standard output, unless that is for one JSON object. */
export function say(
  given: { readonly switches: ReadonlySet<string> },
  { stdout, stderr }: Terminal,
  text: string,
): void {
  if (given.switches.has('json')) stderr.write(`${text}\n`)
  else stdout.write(`${text}\n`)
}
