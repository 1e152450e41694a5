import { setImmediate } from 'node:timers/promises'
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

/** Signals arrive between turns of the event loop: work that has held it up has held them up too. */
export async function throwIfInterrupted({ signal }: Terminal): Promise<void> {
  await setImmediate()
  signal.throwIfAborted()
}

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

/** A value as a shell takes it. */
export function optionValue(text: string): string {
  return /^[\p{L}\p{N}_.,:=/@%+-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** Advice of the library, in the words of the command line. */
export function inOptions(message: string): string {
  return message
    .replaceAll("decimal: ','", '--decimal ,')
    .replaceAll('Give fit the model, data and options', 'Give the command the data and options')
    .replaceAll('skipBadRows: true', '--skip-bad-rows')
    .replaceAll(/\b(quote|escape): ''/g, '--$1 none')
    .replaceAll("escape: '\\\\'", "--escape '\\'")
    .replaceAll(/\bskipRows: (\d+)/g, '--skip-rows $1')
    .replaceAll(/\b(comment|encoding): '([^']+)'/g, "--$1 '$2'")
    .replaceAll(", or give duplicateNames: 'number'", '')
    .replaceAll(' (if that stands for nothing, name it in missing)', '')
    .replaceAll('if that stands for nothing, name it in missing; ', '')
    .replaceAll(
      /\b(types|scaling): \{ '?([^':]+)'?: '(\w+)' \}/g,
      (_, option: string, name: string, value: string) => `--${option} ${optionValue(`${name}=${value}`)}`,
    )
    .replaceAll(
      /\b(keep|ignore): \['([^']+)'\]/g,
      (_, option: string, name: string) => `--${option} ${optionValue(name)}`,
    )
    .replaceAll(
      /\bdateFormats: \{ '([^']+)': '([^']+)' \}/g,
      (_, name: string, format: string) => `--date-format ${optionValue(`${name}=${format}`)}`,
    )
    .replaceAll('ignoreCase: true', '--ignore-case')
    .replaceAll(/\bdates: '(\w+)'/g, '--dates $1')
    .replaceAll('a smaller learningRate', 'a smaller --learning-rate')
    .replaceAll(/task: '(\w+)'/g, '--task $1')
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
