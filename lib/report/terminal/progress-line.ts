import { paint } from './style.js'
import { formatDuration, formatScore, printable, textWidth, truncate } from './text.js'

/** The progress of a training. */
export interface ProgressLineState {
  /** The epoch under way, from 1. */
  readonly epoch: number
  readonly epochs: number
  /** Steps of this epoch that are done. */
  readonly step: number
  readonly stepsPerEpoch: number
  /** Loss and metrics by name; the first stays longest where room is short. */
  readonly scores?: readonly (readonly [name: string, value: number])[]
  /** Seconds until the last epoch will have ended; undefined while there is nothing to go by. */
  readonly secondsLeft?: number | undefined
}

export interface ProgressLineOptions {
  /** Columns of the terminal; the line is never wider. Default 80. */
  readonly width?: number
  readonly colour?: boolean
  /** The bar of `=` and `>` rather than `━` and `╸`. Default false. */
  readonly ascii?: boolean
}

const LONGEST_BAR = 20
const SHORTEST_BAR = 8

/**
 * One line with the progress of a training; bar and percentage count all epochs. Where the terminal is too narrow, the
 * line leaves out, in this order, the later scores, the steps, the time left, the bar and the loss.
 *
 * @example
 * epoch  3/20 ━━╸                   13 %  step  93/150  loss 0.2134  accuracy 0.9412  1.2 s left
 */
export function renderProgressLine(state: ProgressLineState, options: ProgressLineOptions = {}): string {
  const { width = 80, colour = false, ascii = false } = options
  const ofEpoch = state.stepsPerEpoch > 0 ? state.step / state.stepsPerEpoch : 0
  const share = state.epochs > 0 ? Math.min(1, Math.max(0, (state.epoch - 1 + ofEpoch) / state.epochs)) : 0
  // Never 100 % before the last step.
  const percent = `${String(Math.floor(100 * share)).padStart(3)} %`
  const head = `epoch ${counted(state.epoch, state.epochs)}`

  const steps = `step ${state.stepsPerEpoch > 0 ? counted(state.step, state.stepsPerEpoch) : state.step}`
  const scores = (state.scores ?? []).map(([name, value]) => ({ name: printable(name), text: formatScore(value) }))
  const left = state.secondsLeft === undefined ? undefined : `${formatDuration(state.secondsLeft)} left`

  const keep = { scores: scores.length, steps: true, left: left !== undefined, bar: true }
  const room = () => {
    let used = textWidth(head) + 1 + textWidth(percent)
    if (keep.steps) used += 2 + textWidth(steps)
    for (const { name, text } of scores.slice(0, keep.scores)) used += 2 + textWidth(name) + 1 + text.length
    if (keep.left && left !== undefined) used += 2 + left.length
    return width - used - (keep.bar ? 1 : 0)
  }
  const least = () => (keep.bar ? SHORTEST_BAR : 0)
  while (keep.scores > 1 && room() < least()) keep.scores--
  if (room() < least()) keep.steps = false
  if (room() < least()) keep.left = false
  if (room() < least()) keep.bar = false
  if (room() < least()) keep.scores = 0

  if (room() < 0) return truncate(`${head} ${percent}`, width, '')
  const parts = [paint(head, 'bold', colour)]
  if (keep.bar) parts.push(` ${bar(share, Math.min(LONGEST_BAR, room()), colour, ascii)}`)
  parts.push(` ${percent}`)
  if (keep.steps) parts.push(`  ${steps}`)
  for (const { name, text } of scores.slice(0, keep.scores)) {
    parts.push(`  ${paint(name, 'dim', colour)} ${paint(text, 'cyan', colour)}`)
  }
  if (keep.left && left !== undefined) parts.push(`  ${paint(left, 'dim', colour)}`)
  return parts.join('')
}

/** The line that stays for an epoch that has ended: `epoch  3/20  loss 0.2134  accuracy 0.9412  1.2 s`. */
export function renderEpochLine(
  epoch: number,
  epochs: number,
  scores: readonly (readonly [name: string, value: number])[],
  seconds: number,
): string {
  const figures = scores.map(([name, value]) => `${printable(name)} ${formatScore(value)}`)
  return [`epoch ${counted(epoch, epochs)}`, ...figures, formatDuration(seconds)].join('  ')
}

/** `3/20`, as wide as `20/20`. */
function counted(done: number, all: number): string {
  return `${String(done).padStart(String(all).length)}/${all}`
}

function bar(share: number, length: number, colour: boolean, ascii: boolean): string {
  const halves = Math.floor(share * length * 2)
  const whole = Math.floor(halves / 2)
  const half = halves % 2 === 1
  const done = ascii ? '='.repeat(whole) + (half ? '>' : '') : '━'.repeat(whole) + (half ? '╸' : '')
  const rest = length - whole - (half ? 1 : 0)
  // In color the rest of the bar can be seen, without it would look done.
  const ahead = colour ? paint((ascii ? '-' : '━').repeat(rest), 'dim', colour) : ' '.repeat(rest)
  return paint(done, 'green', colour) + ahead
}
