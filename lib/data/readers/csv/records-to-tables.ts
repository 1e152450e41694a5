/*
 * From the rows of a CSV file to tables: the first rows decide names and types, then every row is taken or is bad.
 */
import { FileProblem } from '../../../files/file-error.js'
import { inTurns, Turns } from '../../../turns.js'
import type { BlockReader } from '../../table/block-reader.js'
import { planColumns } from '../../table/plan-columns.js'
import type { BadRow, Table } from '../../table/table.js'
import { type PlannedColumn, TableBuilder } from '../../table/table-builder.js'
import { requireColumns } from '../../table/unknown-column.js'
import { hasHeader, standsAboveNumbers } from './dialect.js'
import { doubtsOf } from './doubts.js'
import type { Opening } from './opening.js'
import type { CheckedCsvOptions } from './options.js'
import type { CsvRecord, Dialect, Records } from './record.js'
import { RecordSplitter } from './records.js'
import { badRowProblem } from './row-problems.js'

/** Rows and fields, whichever is reached first, by which types are inferred. */
const SAMPLE_ROWS = 10_000
const SAMPLE_FIELDS = 2_000_000

/** A table, and how the file writes it: the fields of its rows are there where they were asked for. */
export interface CsvPart {
  readonly table: Table
  readonly fields: readonly (readonly string[])[]
  readonly dialect: Dialect
  readonly decimal: '.' | ','
}

/** Sample rows that are taken, and columns that are planned, between two looks at the clock. */
const FIELDS_OF_STEP = 5000
const COLUMNS_OF_STEP = 256

export interface AssemblyOptions {
  readonly rowsPerChunk: number
  /** Whether the fields of every row are kept as the file has them. Default: false. */
  readonly keepsFields?: boolean
  /** Whether rows may be read many at once, by native code. Default: true. */
  readonly inBlocks?: boolean
  /** Rows by which types are inferred. Default: 10,000. */
  readonly sampleRows?: number
  /** Characters between two looks at whether these are there. Default: 65,536. */
  readonly portion?: number
}

export class CsvAssembly {
  /** Rows taken so far. */
  rows = 0
  readonly #keepsFields: boolean
  readonly #inBlocks: boolean
  readonly #sampleRows: number
  #fields: (readonly string[])[] = []
  #decimal: '.' | ',' = '.'
  readonly #given: CheckedCsvOptions
  readonly #dialect: Dialect
  #notes: string[]
  readonly #turns = new Turns()
  readonly #rowsPerChunk: number
  #sample: CsvRecord[] = []
  #sampleFields = 0
  #badInSample: BadRow[] = []
  #builder: TableBuilder | undefined
  #blocks: BlockReader | undefined
  /** Whether rows may end with a delimiter, and an empty field behind it. */
  #trailing = false
  #titleHint = ''
  #blankIsRow = false
  #blankLines = 0
  /** Fields that a row must have. */
  #width = 0
  #widthOf = ''
  #skipped = 0
  #firstBad: BadRow | undefined

  /** @param inBlocks whether rows may be read many at once */
  constructor(
    given: CheckedCsvOptions,
    { dialect, notes }: Opening,
    { rowsPerChunk, keepsFields = false, inBlocks = true, sampleRows = SAMPLE_ROWS }: AssemblyOptions,
  ) {
    this.#given = given
    this.#inBlocks = inBlocks
    this.#sampleRows = sampleRows
    this.#keepsFields = keepsFields
    this.#dialect = dialect
    this.#notes = [...notes]
    this.#rowsPerChunk = rowsPerChunk
  }

  /** Tells something that was taken for granted, with the next part. */
  note(text: string): void {
    this.#notes.push(text)
  }

  /** Reads many rows at once; undefined before it is known what the columns hold, and where rows are taken one by one. */
  get blocks(): BlockReader | undefined {
    return this.#blocks
  }

  /** Rows that a block may have. */
  get rowsOfBlock(): number {
    return this.#rowsPerChunk - (this.#builder?.rows ?? 0)
  }

  /** Gives up native memory. */
  close(): void {
    this.#blocks?.release()
    this.#blocks = undefined
  }

  async *add({ records, bad, block, isEndless = false }: Records): AsyncGenerator<CsvPart, void, undefined> {
    if (block !== undefined) {
      yield* this.#takeBlock(this.#builder!, block)
      return
    }
    if (this.#builder !== undefined) {
      yield* this.#take(this.#builder, records, bad)
      return
    }
    for (const record of records) {
      this.#sample.push(record)
      this.#sampleFields += record.fields.length
    }
    for (const row of bad) this.#badInSample.push(row)
    const enough =
      this.#sample.length + this.#badInSample.length > this.#sampleRows || this.#sampleFields > SAMPLE_FIELDS
    // A file that is refused anyway is not read to its end, which may be far.
    if (enough || (isEndless && !this.#given.skipBadRows)) yield* this.#start()
  }

  async *end(): AsyncGenerator<CsvPart, void, undefined> {
    if (this.#builder === undefined) yield* this.#start()
    if (this.rows === 0 && this.#firstBad !== undefined) {
      throw new FileProblem(
        `every one of its ${this.#skipped} rows is bad; line ${this.#firstBad.line}: ${this.#firstBad.reason}`,
      )
    }
    const builder = this.#builder!
    // A header alone is a table of no rows, so that its columns are known.
    if (builder.rows > 0 || this.rows === 0 || this.#rowsPerChunk === Number.POSITIVE_INFINITY) {
      yield await this.#part(builder)
    }
  }

  async *#start(): AsyncGenerator<CsvPart, void, undefined> {
    const sample = this.#sample
    const first = sample[0]
    if (first === undefined) {
      const [bad] = this.#badInSample
      throw bad === undefined ? new FileProblem('it is empty: expected rows of fields') : badRowProblem(bad)
    }
    // Without its first row a file's columns are not known: that one is never skipped.
    const [bad] = this.#badInSample
    if (bad !== undefined && bad.line < first.line) throw badRowProblem(bad)
    await this.#turns.giveWay()
    const { header, marksOf } = this.#given
    const below = sample.slice(1, 1 + this.#sampleRows)
    const asLong = below.filter(({ fields }) => fields.length === first.fields.length)
    const named =
      typeof header === 'boolean'
        ? header
        : header === undefined && hasHeader(first.fields, asLong.map(fieldsOf), marksOf(''))
    const doubts = doubtsOf({
      first: first.fields,
      below: below.filter(({ fields }) => fields.length === first.fields.length),
      isNamed: header === undefined && named,
      delimiter: this.#dialect.delimiter,
      delimiterGiven: this.#given.delimiter !== undefined,
      marks: marksOf(''),
    })
    this.#notes.push(...doubts)
    await this.#turns.giveWay()
    const names = this.#names(first, named ? below : undefined)
    this.#width = names.length
    this.#widthOf = named ? 'the header' : Array.isArray(header) ? 'header' : `line ${first.line}`
    const rows = named ? sample.slice(1) : sample
    this.#blankIsRow = named
    const shown = rows
      .slice(0, this.#sampleRows)
      .filter(({ fields }) => this.#fits(fields))
      .map(fieldsOf)
    this.#titleHint = titleHint(first, below)
    await this.#turns.giveWay()
    this.#builder = await inTurns(TableBuilder.of(await this.#plan(names, shown)))
    this.#sample = []
    const bads = this.#badInSample
    this.#badInSample = []
    let nextBad = 0
    const some = Math.max(1, Math.floor(FIELDS_OF_STEP / names.length))
    for (let at = 0; at < rows.length; at += some) {
      const part = rows.slice(at, at + some)
      const firstBad = nextBad
      while (nextBad < bads.length && bads[nextBad]!.line < part.at(-1)!.line) nextBad++
      yield* this.#take(this.#builder, part, bads.slice(firstBad, nextBad))
      await this.#turns.giveWay()
    }
    yield* this.#take(this.#builder, [], bads.slice(nextBad))
    this.#blocks = this.#blockReader(this.#builder)
  }

  #blockReader(builder: TableBuilder): BlockReader | undefined {
    const { delimiter, quote, comment, escape: mark } = this.#dialect
    // Of fields that are kept as the file has them there are texts anyway.
    if (this.#keepsFields || !this.#inBlocks || mark !== '') return undefined
    return builder.blockReader({ delimiter, quote, comment, fields: this.#width, trailing: this.#trailing })
  }

  /** @param below the rows below a header; undefined where there is none */
  #names(first: CsvRecord, below: readonly CsvRecord[] | undefined): readonly string[] {
    const { header } = this.#given
    if (header !== undefined && typeof header !== 'boolean') return header
    if (below === undefined) return first.fields.map((_, i) => `column${i + 1}`)
    const { fields } = first
    // Rows that all end with a delimiter have an empty field more.
    const last =
      below.length > 0 && below.every((row) => row.fields.length <= longest(fields) && isTrailing(row, fields))
    if (last && below.some((row) => row.fields.length === longest(fields))) {
      this.#trailing = true
      this.#notes.push('Every line ends with a delimiter: the empty field behind it is left out.')
      return this.#distinct(first, fields.at(-1)!.trim() === '' ? fields.slice(0, -1) : fields)
    }
    if (this.#haveRowNames(fields, below.map(fieldsOf))) {
      this.#notes.push(`The rows have a field more than the header: the first column is named '${ROW_NAMES}'.`)
      return [ROW_NAMES, ...this.#distinct(first, fields)]
    }
    return this.#distinct(first, fields)
  }

  /** Whether all rows have a field more than the header, and none begins as another does: no title stands above. */
  #haveRowNames(header: readonly string[], below: readonly (readonly string[])[]): boolean {
    if (header.length < 2 || below.length < 2 || header.includes(ROW_NAMES)) return false
    if (!below.every((fields) => fields.length === header.length + 1)) return false
    if (new Set(below.map(([name]) => name)).size < below.length) return false
    return !standsAboveNumbers(below[0]!, below.slice(1), this.#given.marksOf(''))
  }

  #distinct(first: CsvRecord, fields: readonly string[]): readonly string[] {
    const names = fields.map((text, i) => (text.trim() === '' ? `column${i + 1}` : text.trim()))
    const all = new Set(names)
    if (all.size === names.length) return names
    const places = new Map<string, number>()
    const numbers = new Map<string, number>()
    return names.map((name, i) => {
      const other = places.get(name)
      if (other === undefined) {
        places.set(name, i)
        return name
      }
      if (this.#given.duplicateNames !== 'number') {
        throw new FileProblem(
          `line ${first.line}: its columns ${other + 1} and ${i + 1} are both named '${name}'. Rename one, or give ` +
            "duplicateNames: 'number'",
        )
      }
      let number = numbers.get(name) ?? 2
      while (all.has(`${name}_${number}`)) number++
      numbers.set(name, number + 1)
      const own = `${name}_${number}`
      all.add(own)
      return own
    })
  }

  async #plan(names: readonly string[], rows: readonly (readonly string[])[]): Promise<PlannedColumn[]> {
    const { types, ignore, marksOf, namedInReading, namedInIgnoreCase, ignoreCase, namesOnly } = this.#given
    requireColumns([...types.keys(), ...ignore, ...namedInReading, ...namedInIgnoreCase], names)
    const wanted = names.flatMap((name, at) => (ignore.has(name) ? [] : [{ name, at }]))
    if (wanted.length === 0) throw new FileProblem('ignore leaves none of its columns')
    const sampled = wanted.map(({ name, at }) => ({
      name,
      type: namesOnly ? ('category' as const) : types.get(name),
      values: () => rows.map((fields) => fields[at]!),
    }))
    const undecided = (name: string, why: string) => new FileProblem(`its column '${name}' ${why}`)
    const { delimiter } = this.#dialect
    const { plans, decimal } = await inTurns(planColumns(sampled, this.#given, delimiter, undecided))
    this.#decimal = decimal
    const planned: PlannedColumn[] = []
    for (const [i, plan] of plans.entries()) {
      const { name } = plan
      planned.push({
        ...plan,
        at: wanted[i]!.at,
        given: namesOnly || types.has(name),
        marks: marksOf(name),
        ignoreCase: ignoreCase(name),
      })
      if (i % COLUMNS_OF_STEP === COLUMNS_OF_STEP - 1) await this.#turns.giveWay()
    }
    return planned
  }

  async *#take(
    builder: TableBuilder,
    records: readonly CsvRecord[],
    bad: readonly BadRow[],
  ): AsyncGenerator<CsvPart, void, undefined> {
    let nextBad = 0
    for (const { fields, line, blanks } of records) {
      while (nextBad < bad.length && bad[nextBad]!.line < line) this.#skip(builder, bad[nextBad++]!)
      // Where rows have one field, a blank line is one that lacks it.
      if (blanks > 0 && this.#width === 1) yield* this.#blankRows(builder, line - blanks, blanks)
      let reason = this.#misfit(fields)
      if (reason === undefined) {
        reason = builder.isWide ? await inTurns(builder.addSteps(fields, line)) : builder.add(fields, line)
      }
      if (reason !== undefined) {
        this.#skip(builder, { line, reason })
        continue
      }
      this.rows++
      if (this.#keepsFields) this.#fields.push(fields.length === this.#width ? fields : fields.slice(0, this.#width))
      if (builder.rows === this.#rowsPerChunk) yield await this.#part(builder)
    }
    while (nextBad < bad.length) this.#skip(builder, bad[nextBad++]!)
  }

  async *#takeBlock(builder: TableBuilder, block: BlockReader): AsyncGenerator<CsvPart, void, undefined> {
    for (let from = 0; from < block.rows; from++) {
      const end = builder.addBlock(block, from)
      this.rows += end - from
      // One that does not fit is bad, and told as such.
      if (end < block.rows) {
        const { text, line } = block.row(end)
        const splitter = new RecordSplitter(this.#dialect, line)
        for (const part of [splitter.add(text), splitter.end()]) {
          for (const { records, bad } of part) yield* this.#take(builder, records, bad)
        }
      }
      from = end
    }
    if (builder.rows === this.#rowsPerChunk) yield await this.#part(builder)
  }

  async *#blankRows(builder: TableBuilder, line: number, count: number): AsyncGenerator<CsvPart, void, undefined> {
    // Those above the first row, or the header, are none.
    if (this.rows === 0 && !this.#blankIsRow) return
    for (let i = 0; i < count; i++) {
      builder.add(BLANK, line + i)
      this.rows++
      if (this.#keepsFields) this.#fields.push(BLANK)
      if (builder.rows === this.#rowsPerChunk) yield await this.#part(builder)
      if (i % FIELDS_OF_STEP === 0) await this.#turns.giveWay()
    }
    this.#blankLines += count
  }

  async #part(builder: TableBuilder): Promise<CsvPart> {
    const fields = this.#fields
    this.#fields = []
    const notes = this.#notes
    this.#notes = []
    if (this.#blankLines > 0) {
      const lines = this.#blankLines === 1 ? '1 blank line is a row' : `${this.#blankLines} blank lines are rows`
      notes.push(`${lines} without a value, since there is one column.`)
      this.#blankLines = 0
    }
    const table = await inTurns(builder.take(notes))
    return { table, fields, dialect: this.#dialect, decimal: this.#decimal }
  }

  /** @returns why the row has another number of fields than it should; undefined if it has not */
  #misfit(fields: readonly string[]): string | undefined {
    if (this.#fits(fields)) return undefined
    const [have, has] = [counted(fields.length), counted(this.#width)]
    return `it has ${have} where ${this.#widthOf} has ${has}${this.#hint(fields)}`
  }

  #fits(fields: readonly string[]): boolean {
    return fields.length === this.#width || (this.#trailing && isLongerByNothing(fields, this.#width))
  }

  #hint(fields: readonly string[]): string {
    if (this.#titleHint !== '') return this.#titleHint
    if (!/^\s*(#|\/\/|%)/.test(fields[0]!)) return ''
    const mark = fields[0]!.trim().startsWith('//') ? '//' : fields[0]!.trim()[0]!
    return ` (if it is a comment, give comment: '${mark}')`
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

/** As R names the column for which it writes no name. */
const ROW_NAMES = 'row.names'
const BLANK: readonly string[] = ['']

/** Fields of the longest row below a header whose lines all end with a delimiter. */
function longest(header: readonly string[]): number {
  return header.length > 1 && header.at(-1)!.trim() === '' ? header.length : header.length + 1
}

function isTrailing({ fields }: CsvRecord, header: readonly string[]): boolean {
  return fields.length < longest(header) || fields.at(-1)!.trim() === ''
}

function isLongerByNothing(fields: readonly string[], width: number): boolean {
  return fields.length === width + 1 && fields[width]!.trim() === ''
}

/** Where most rows are longer than the first: what that may mean. */
function titleHint(first: CsvRecord, below: readonly CsvRecord[]): string {
  const next = below.find(({ fields }) => fields.length > first.fields.length)
  if (next === undefined) return ''
  const alike = below.filter(({ fields }) => fields.length === next.fields.length).length
  if (alike * 2 < below.length || alike < 2) return ''
  return ` (if the lines above line ${next.line} are no rows, such as a title, give skipRows: ${next.line - 1})`
}
