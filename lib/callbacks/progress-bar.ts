import { plainCharacters } from '../report/terminal/locale.js'
import { renderEpochLine, renderProgressLine } from '../report/terminal/progress-line.js'
import { formatScore, textWidth, wrapped } from '../report/terminal/text.js'
import { boolean, knownOptions, positiveInteger } from '../validate.js'
import type { Callback, EpochResult, FitInfo, HistoryView, Progress } from './callback.js'
import { numbersByPath } from './scores.js'

/** Where the bar is drawn: `process.stderr` or anything like it. */
export interface ProgressStream {
  write(text: string): unknown
  /** Whether a line can be overwritten. */
  readonly isTTY?: boolean | undefined
  /** Width of the terminal; it may change. */
  readonly columns?: number | undefined
  /** Whether the terminal has colors and the user wants them. */
  hasColors?(): boolean
}

export interface ProgressBarOptions {
  /** Where to draw. Default `process.stderr`, so that standard output stays free for results. */
  readonly stream?: ProgressStream
  /** Width of a line on a terminal, in columns. Default the terminal's width. */
  readonly width?: number
  /** Whether to use colors, on a terminal only. Default true where the terminal has colors. */
  readonly colour?: boolean
  /**
   * Whether to draw with ASCII characters only. Default true where the environment's locale (LC_ALL, LC_CTYPE, LANG) is
   * C or POSIX.
   */
  readonly ascii?: boolean
}

const SECONDS_BETWEEN_DRAWINGS = 0.1
const USUAL_WIDTH = 80
/** Go to the start of the line and clear it. */
const REDRAW = '\r\u001b[K'
/** Not worth a place in the line: always there, rarely watched. */
const LEFT_OUT = new Set(['learningRate', 'seconds'])

/**
 * Shows the progress of a training. On a terminal it redraws one line, at most ten times a second, with the completed
 * share of all epochs, the loss of the present epoch and the other scores of the last completed one. Elsewhere it
 * writes one plain line per epoch. The last line names the best epoch with its loss, where a callback has found one.
 *
 * `fit({ progress: true })` adds one; add it by hand to choose the stream.
 */
export class ProgressBar implements Callback {
  readonly #stream: ProgressStream
  readonly #width: number | undefined
  readonly #colour: boolean
  readonly #ascii: boolean
  #epochs = 0
  #drawnAt = Number.NEGATIVE_INFINITY
  #scores: readonly (readonly [string, number])[] = []

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or of the wrong type */
  constructor(options?: ProgressBarOptions) {
    const { stream, width, colour, ascii } = knownOptions<ProgressBarOptions>('ProgressBar', options, [
      'stream',
      'width',
      'colour',
      'ascii',
    ])
    this.#stream = stream ?? process.stderr
    this.#width = width === undefined ? undefined : positiveInteger('width', width)
    this.#colour =
      colour === undefined
        ? this.#stream.isTTY === true && this.#stream.hasColors?.() === true
        : boolean('colour', colour)
    this.#ascii = ascii === undefined ? plainCharacters() : boolean('ascii', ascii)
  }

  onFitStart(info: FitInfo): void {
    this.#epochs = info.epochs
    this.#drawnAt = Number.NEGATIVE_INFINITY
    this.#scores = []
  }

  onProgress(progress: Progress): void {
    if (this.#stream.isTTY !== true) return
    if (progress.seconds - this.#drawnAt < SECONDS_BETWEEN_DRAWINGS) return
    this.#drawnAt = progress.seconds
    const running = progress.loss === undefined ? [] : ([['loss', progress.loss]] as const)
    const line = renderProgressLine(
      {
        epoch: progress.epoch,
        epochs: progress.epochs,
        step: progress.step,
        stepsPerEpoch: progress.stepsPerEpoch,
        scores: [...running, ...this.#scores.filter(([name]) => name !== 'loss' || running.length === 0)],
        secondsLeft: secondsLeft(progress),
      },
      { width: this.#lineWidth(), colour: this.#colour, ascii: this.#ascii },
    )
    this.#stream.write(REDRAW + line)
  }

  /** A line that fills the last column makes some terminals wrap. */
  #lineWidth(): number {
    return (this.#width ?? this.#stream.columns ?? USUAL_WIDTH) - 1
  }

  onEpochEnd(result: EpochResult): void {
    this.#scores = shownScores(result)
    if (this.#stream.isTTY === true) return
    this.#stream.write(`${renderEpochLine(result.epoch, this.#epochs, this.#scores, result.seconds)}\n`)
  }

  onFitEnd(history: HistoryView): void {
    const last = history.epochs.at(-1)
    const early = history.stopped === 'early' ? 'stopped early' : ''
    const best = history.best === undefined ? '' : bestText(history, history.best.epoch)
    const remarks = [early, best].filter((remark) => remark !== '').join(', ')
    if (this.#stream.isTTY !== true) {
      if (remarks !== '') this.#stream.write(`${remarks}\n`)
      return
    }
    if (last === undefined) {
      this.#stream.write(REDRAW)
      return
    }
    const seconds = history.epochs.reduce((sum, result) => sum + result.seconds, 0)
    const line = renderEpochLine(last.epoch, this.#epochs, shownScores(last), seconds)
    const whole = remarks === '' ? line : `${line}  ${remarks}`
    const width = this.#lineWidth()
    const lines = textWidth(whole) <= width ? [whole] : [line, remarks].flatMap((part) => wrapped(part, width))
    this.#stream.write(`${REDRAW}${lines.join('\n')}\n`)
  }
}

function shownScores(result: EpochResult): [string, number][] {
  return numbersByPath(result).filter(([name]) => !LEFT_OUT.has(name))
}

/** `best epoch 12, validation.loss 0.2134`; the epoch alone where the history does not have it. */
function bestText({ epochs }: HistoryView, epoch: number): string {
  const result = epochs.find((one) => one.epoch === epoch)
  if (result === undefined) return `best epoch ${epoch}`
  const { loss, validation } = result
  return `best epoch ${epoch}, ${validation === undefined ? `loss ${formatScore(loss)}` : `validation.loss ${formatScore(validation.loss)}`}`
}

/** By the speed of this call of `fit` so far, validation between epochs included. */
function secondsLeft(progress: Progress): number | undefined {
  if (progress.totalStep === 0 || progress.stepsPerEpoch === 0) return undefined
  const steps = (progress.epochs - progress.epoch) * progress.stepsPerEpoch + progress.stepsPerEpoch - progress.step
  return (steps * progress.seconds) / progress.totalStep
}
