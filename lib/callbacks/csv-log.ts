import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { asFileError } from '../files/file-error.js'
import type { Callback, EpochResult, FitInfo } from '../model/callback.js'
import { invalid, knownOptions, oneOf, string } from '../validate.js'
import { numbersOf } from './scores.js'

export interface CSVLogOptions {
  /** Between the fields: `','`, `';'` or a tab. Default `','`. */
  readonly separator?: ',' | ';' | '\t'
}

/**
 * Writes every epoch's numbers as a line of a CSV file (RFC 4180), as soon as the epoch has ended: `epoch`, then the loss,
 * the metrics, `validation.loss` and so on. A file that is there is replaced; a training that goes on after a resume keeps
 * the lines of the epochs before. Metrics that are not one number are left out.
 *
 * @example
 * await model.fit(train, { loss: 'crossEntropy', callbacks: [new CSVLog('training.csv')] })
 */
export class CSVLog implements Callback {
  readonly exclusive = true
  readonly path: string
  readonly separator: ',' | ';' | '\t'
  #names: readonly string[] | undefined

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or of the wrong type */
  constructor(path: string, options?: CSVLogOptions) {
    const { separator = ',' } = knownOptions<CSVLogOptions>('CSVLog', options, ['separator'])
    this.path = string('path', path)
    if (path === '') throw invalid('path', "path such as 'training.csv'", path)
    this.separator = oneOf('separator', separator, [',', ';', '\t'])
  }

  onFitStart({ epochsDone = 0 }: FitInfo): void {
    this.#names = undefined
    const kept = epochsDone === 0 ? [] : this.#linesUpTo(epochsDone)
    this.#written(() => writeFileSync(this.path, kept.join('')))
  }

  onEpochEnd(result: EpochResult): void {
    const values = new Map<string, number>([['epoch', result.epoch], ...numbersOf(result)])
    const lines: string[] = []
    if (this.#names === undefined) {
      this.#names = [...values.keys()]
      lines.push(this.#line(this.#names))
    }
    lines.push(this.#line(this.#names.map((name) => String(values.get(name) ?? ''))))
    this.#written(() => appendFileSync(this.path, lines.join('')))
  }

  /** The header and the lines of the epochs that a resumed training has behind it. */
  #linesUpTo(epochsDone: number): string[] {
    if (!existsSync(this.path)) return []
    const lines = readFileSync(this.path, 'utf8').split(/(?<=\n)/)
    const header = lines[0]?.trimEnd().split(this.separator)
    if (header?.[0] !== 'epoch') return []
    this.#names = header.map((name) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name))
    return lines.filter((line, i) => i === 0 || (line.endsWith('\n') && Number.parseInt(line, 10) <= epochsDone))
  }

  #line(fields: readonly string[]): string {
    const quoted = fields.map((field) =>
      /["\r\n]/.test(field) || field.includes(this.separator) ? `"${field.replaceAll('"', '""')}"` : field,
    )
    return `${quoted.join(this.separator)}\n`
  }

  #written(write: () => void): void {
    try {
      write()
    } catch (error) {
      throw asFileError('write', this.path, error)
    }
  }
}
