import { writeFile } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ProgressStream } from '../../lib/callbacks/progress-bar.js'
import { run } from '../../lib/cli/run.js'
import type { Terminal } from '../../lib/cli/terminal.js'

export interface Called {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Calls a command as `deepblas <args>` does, within this process. */
export async function deepblas(
  args: readonly string[],
  signal = new AbortController().signal,
  more: Partial<Terminal> = {},
): Promise<Called> {
  const stdout = new PassThrough()
  const written = text(stdout)
  let stderr = ''
  const write = (part: string) => {
    stderr += part
  }
  const { stderr: screen = { write }, stdout: _, ...others } = more
  const code = await run(args, { ...others, stdout, stderr: screen, signal })
  stdout.end()
  return { code, stdout: await written, stderr }
}

/** A terminal's error stream that tells of the first line of progress: trainings are under way. */
export function atFirstProgress(told: () => void): ProgressStream {
  const write = (part: string) => {
    // On a busy machine there is a line of the reading before it.
    if (/^\r.*\d trainings?\b/.test(part)) told()
  }
  return { isTTY: true, write }
}

/** Writes a CSV file of rows; the keys of the first one are its header. */
export async function writeCsv(path: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<string> {
  const names = Object.keys(rows[0]!)
  await writeFile(path, [names, ...rows.map((row) => names.map((name) => row[name]))].map(line).join(''))
  return path
}

function line(fields: readonly unknown[]): string {
  return `${fields.map((value) => String(value ?? '')).join(',')}\n`
}

/** Numbers from 0 up to 1 that are the same again. */
export function seeded(seed: number): () => number {
  let state = seed + 1
  return () => {
    state = Number((BigInt(state) * 48271n) % 2147483647n)
    return state / 2147483647
  }
}

/** Customers who leave when they pay much and are new; a column of numbers is a constant, another names the row. */
export function customers(count: number, seed = 1) {
  const random = seeded(seed)
  return Array.from({ length: count }, (_, row) => {
    const [fee, months, plan] = [20 + 80 * random(), Math.floor(60 * random()), random() < 0.5 ? 'basic' : 'full']
    const score = (fee - 60) / 20 - (months - 30) / 15 + (plan === 'full' ? 0.5 : -0.5)
    return {
      customer: `C-${row}-${seed}`,
      fee: fee.toFixed(2),
      months,
      plan,
      country: 'AT',
      left: score + random() - 0.5 > 0 ? 'yes' : 'no',
    }
  })
}

/** Flats whose price depends on their size and district; some sizes are missing. */
export function flats(count: number, seed = 1) {
  const random = seeded(seed)
  return Array.from({ length: count }, () => {
    const size = 30 + 100 * random()
    const district = Math.floor(1 + 5 * random())
    return {
      size: random() < 0.05 ? '' : size.toFixed(1),
      district: `D${district}`,
      price: (4000 * size + 20_000 * district + 5000 * random()).toFixed(0),
    }
  })
}
