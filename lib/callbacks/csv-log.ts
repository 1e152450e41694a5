import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { appendWholeSync } from '../files/append-file.js'
import { atomicWriteSync } from '../files/atomic-write.js'
import { asFileError, FileProblem } from '../files/file-error.js'
import { codeOf } from '../kinds.js'
import { invalid, knownOptions, oneOf, string } from '../validate.js'
import type { Callback, EpochResult, FitInfo } from './callback.js'
import { numbersByPath } from './scores.js'

export interface CSVLogOptions {
  /** Separator of the fields: `','`, `';'` or a tab. Default `','`. */
  readonly separator?: ',' | ';' | '\t'
}

/**
 * Writes every epoch's numbers as a line of a CSV file (RFC 4180), as soon as the epoch has ended: `epoch`, then the
 * loss, the metrics, `validation.loss` and so on. An existing file is replaced. A resumed training keeps the lines of
 * the epochs before it; they stay in the file even if the process is killed. Metrics that are not one number are left
 * out.
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
    const { exists, isFile } = this.#found()
    const kept = epochsDone > 0 && isFile ? this.#linesUpTo(epochsDone) : []
    // Whole or not at all: cut off first and written then, a process that is killed in between would lose what is kept.
    if (isFile || !exists) atomicWriteSync(this.path, [Buffer.from(kept.join(''))])
    else this.#written(() => writeFileSync(this.path, ''))
  }

  onEpochEnd(result: EpochResult): void {
    const values = new Map<string, number>([['epoch', result.epoch], ...numbersByPath(result)])
    const lines: string[] = []
    if (this.#names === undefined) {
      this.#names = [...values.keys()]
      lines.push(this.#line(this.#names))
    }
    lines.push(this.#line(this.#names.map((name) => String(values.get(name) ?? ''))))
    this.#written(() => appendWholeSync(this.path, Buffer.from(lines.join(''))))
  }

  /** A log may go to a pipe or a terminal too, which keeps no lines. */
  #found(): { readonly exists: boolean; readonly isFile: boolean } {
    try {
      return { exists: true, isFile: statSync(this.path).isFile() }
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { exists: false, isFile: false }
      throw asFileError('write', this.path, error)
    }
  }

  /** The header and the lines of the epochs that a resumed training has behind it. */
  #linesUpTo(epochsDone: number): string[] {
    const text = this.#written(() => readFileSync(this.path, 'utf8'))
    // The log of the training before may have had another separator.
    const [header, ...records] = wholeRecords(text, /^epoch([,;\t])/.exec(text)?.[1] ?? this.separator)
    if (header === undefined) return []
    if (header[0] !== 'epoch') {
      const reason =
        "a resumed training keeps the lines of its log, but this file is none: its first line does not begin with 'epoch'. " +
        'Give CSVLog another path, or take the file away'
      throw asFileError('write', this.path, new FileProblem(reason))
    }
    this.#names = header
    const kept = records.filter(([epoch]) => Number.parseInt(epoch!, 10) <= epochsDone)
    return [header, ...kept].map((fields) => this.#line(fields))
  }

  #line(fields: readonly string[]): string {
    const quoted = fields.map((field) =>
      /["\r\n]/.test(field) || field.includes(this.separator) ? `"${field.replaceAll('"', '""')}"` : field,
    )
    return `${quoted.join(this.separator)}\n`
  }

  #written<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw asFileError('write', this.path, error)
    }
  }
}

/** The fields of every line that has an end; a line break in quotes is none. */
function wholeRecords(text: string, separator: string): string[][] {
  const records: string[][] = []
  let record: string[] = []
  let field = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '"') {
      // Two quotes in quotes are one.
      if (quoted && text[at + 1] === '"') field += text[++at]
      else quoted = !quoted
    } else if (quoted) field += character
    else if (character === separator) {
      record.push(field)
      field = ''
    } else if (character === '\n') {
      records.push([...record, field.replace(/\r$/, '')])
      record = []
      field = ''
    } else field += character
  }
  return records
}
