/*
 * From the rows of a CSV file to tables: the first rows decide names and types, then every row is taken or is bad.
 */
import { FileProblem } from '../../files/file-error.js'
import { isMissing } from '../table/column-builder.js'
import { inferType } from '../table/infer.js'
import { readDates } from '../table/read-dates.js'
import type { BadRow, Table } from '../table/table.js'
import { type PlannedColumn, TableBuilder } from '../table/table-builder.js'
import { unknownColumn } from '../table/unknown-column.js'
import { guessDecimal, hasHeader } from './csv-dialect.js'
import type { CheckedCsvOptions } from './csv-options.js'
import { badRowProblem, type CsvRecord } from './csv-records.js'

/** Rows and fields, whichever is reached first, by which types are inferred. */
const SAMPLE_ROWS = 10_000
const SAMPLE_FIELDS = 2_000_000

/** A table, and how the file writes it: the fields of its rows are there where they were asked for. */
export interface CsvPart {
  readonly table: Table
  readonly fields: readonly (readonly string[])[]
  readonly delimiter: string
  readonly decimal: '.' | ','
}

export class CsvAssembly {
  /** Rows taken so far. */
  rows = 0
  readonly #keepsFields: boolean
  #fields: (readonly string[])[] = []
  #decimal: '.' | ',' = '.'
  readonly #given: CheckedCsvOptions
  readonly #delimiter: string
  readonly #rowsPerChunk: number
  #sample: CsvRecord[] = []
  #sampleFields = 0
  #badInSample: BadRow[] = []
  #builder: TableBuilder | undefined
  /** Fields that a row must have. */
  #width = 0
  #widthOf = ''
  #skipped = 0
  #firstBad: BadRow | undefined

  constructor(given: CheckedCsvOptions, delimiter: string, rowsPerChunk: number, keepsFields: boolean) {
    this.#given = given
    this.#keepsFields = keepsFields
    this.#delimiter = delimiter
    this.#rowsPerChunk = rowsPerChunk
  }

  *add(records: readonly CsvRecord[], bad: readonly BadRow[]): Generator<CsvPart, void, undefined> {
    if (this.#builder !== undefined) {
      yield* this.#take(this.#builder, records, bad)
      return
    }
    for (const record of records) {
      this.#sample.push(record)
      this.#sampleFields += record.fields.length
    }
    this.#badInSample.push(...bad)
    if (this.#sample.length > SAMPLE_ROWS || this.#sampleFields > SAMPLE_FIELDS) yield* this.#start()
  }

  *end(): Generator<CsvPart, void, undefined> {
    if (this.#builder === undefined) yield* this.#start()
    if (this.rows === 0 && this.#firstBad !== undefined) {
      throw new FileProblem(
        `every one of its ${this.#skipped} rows is bad; line ${this.#firstBad.line}: ${this.#firstBad.reason}`,
      )
    }
    const builder = this.#builder!
    // A header alone is a table of no rows, so that its columns are known.
    if (builder.rows > 0 || this.rows === 0 || this.#rowsPerChunk === Number.POSITIVE_INFINITY) {
      yield this.#part(builder)
    }
  }

  *#start(): Generator<CsvPart, void, undefined> {
    const sample = this.#sample
    const first = sample[0]
    if (first === undefined) {
      const [bad] = this.#badInSample
      throw bad === undefined ? new FileProblem('it is empty: expected rows of fields') : badRowProblem(bad)
    }
    // Without its first row a file's columns are not known: that one is never skipped.
    const [bad] = this.#badInSample
    if (bad !== undefined && bad.line < first.line) throw badRowProblem(bad)
    const { header, missing } = this.#given
    const decimal = this.#given.decimal ?? guessDecimal(sample.slice(0, SAMPLE_ROWS).map(fieldsOf), this.#delimiter)
    const below = sample.slice(1, 1 + SAMPLE_ROWS).filter(({ fields }) => fields.length === first.fields.length)
    const named =
      typeof header === 'boolean'
        ? header
        : header === undefined && hasHeader(first.fields, below.map(fieldsOf), { missing, decimal })
    const names = this.#names(first, named)
    this.#width = names.length
    this.#widthOf = named ? 'the header' : Array.isArray(header) ? 'header' : `line ${first.line}`
    const rows = named ? sample.slice(1) : sample
    const shown = rows
      .slice(0, SAMPLE_ROWS)
      .filter(({ fields }) => fields.length === names.length)
      .map(fieldsOf)
    const columns = this.#plan(names, shown, decimal)
    this.#decimal = decimal
    this.#builder = new TableBuilder(columns, { missing, decimal })
    this.#sample = []
    yield* this.#take(this.#builder, rows, this.#badInSample)
    this.#badInSample = []
  }

  #names(first: CsvRecord, named: boolean): readonly string[] {
    const { header, duplicateNames } = this.#given
    if (header !== undefined && typeof header !== 'boolean') return header
    const names = first.fields.map((text, i) => (named && text.trim() !== '' ? text.trim() : `column${i + 1}`))
    const numbered: string[] = []
    for (const [i, name] of names.entries()) {
      const other = numbered.indexOf(name)
      if (other === -1) numbered.push(name)
      else if (duplicateNames === 'number') numbered.push(freeName(name, names, numbered))
      else {
        throw new FileProblem(
          `line ${first.line}: its columns ${other + 1} and ${i + 1} are both named '${name}'. Rename one, or give ` +
            "duplicateNames: 'number'",
        )
      }
    }
    return numbered
  }

  #plan(names: readonly string[], rows: readonly (readonly string[])[], decimal: '.' | ','): PlannedColumn[] {
    const { types, ignore, missing, dateFormats, dates } = this.#given
    for (const name of [...types.keys(), ...ignore]) if (!names.includes(name)) throw unknownColumn(name, names)
    const columns = names.flatMap((name, at): PlannedColumn[] => {
      if (ignore.has(name)) return []
      const known = types.get(name)
      if (known !== undefined && known !== 'date') return [{ name, type: known, at, given: true }]
      const values = rows.map((fields) => fields[at]!).filter((text) => !isMissing(text, missing))
      const inferred = known ?? inferType(values, decimal)
      const given = known !== undefined
      const reading = readDates(values, { name, type: inferred, given, format: dateFormats.get(name), dates })
      if (reading.question !== undefined) throw new FileProblem(`its column '${name}' ${reading.question}`)
      return [{ name, type: reading.type, at, given, dateFormat: reading.format, notes: reading.notes }]
    })
    if (columns.length === 0) throw new FileProblem('ignore leaves none of its columns')
    return columns
  }

  *#take(
    builder: TableBuilder,
    records: readonly CsvRecord[],
    bad: readonly BadRow[],
  ): Generator<CsvPart, void, undefined> {
    let nextBad = 0
    for (const { fields, line } of records) {
      while (nextBad < bad.length && bad[nextBad]!.line < line) this.#skip(builder, bad[nextBad++]!)
      const reason = this.#taken(builder, fields)
      if (reason !== undefined) {
        this.#skip(builder, { line, reason })
        continue
      }
      this.rows++
      if (this.#keepsFields) this.#fields.push(fields)
      if (builder.rows === this.#rowsPerChunk) yield this.#part(builder)
    }
    while (nextBad < bad.length) this.#skip(builder, bad[nextBad++]!)
  }

  #part(builder: TableBuilder): CsvPart {
    const fields = this.#fields
    this.#fields = []
    return { table: builder.take(), fields, delimiter: this.#delimiter, decimal: this.#decimal }
  }

  /** @returns why the row cannot be taken; undefined if it was */
  #taken(builder: TableBuilder, fields: readonly string[]): string | undefined {
    if (fields.length !== this.#width) {
      const [have, has] = [counted(fields.length), counted(this.#width)]
      return `it has ${have} where ${this.#widthOf} has ${has}`
    }
    return builder.add(fields)
  }

  #skip(builder: TableBuilder, row: BadRow): void {
    if (!this.#given.skipBadRows) throw badRowProblem(row)
    this.#skipped++
    this.#firstBad ??= row
    builder.skip(row)
    this.#given.onBadRow?.(row)
  }
}

function fieldsOf({ fields }: CsvRecord): readonly string[] {
  return fields
}

function counted(fields: number): string {
  return `${fields} ${fields === 1 ? 'field' : 'fields'}`
}

function freeName(name: string, names: readonly string[], taken: readonly string[]): string {
  for (let number = 2; ; number++) {
    const free = `${name}_${number}`
    if (!names.includes(free) && !taken.includes(free)) return free
  }
}
