import { DeepblasError } from '../../../errors.js'
import type { Steps } from '../../../turns.js'
import { invalid } from '../../../validate.js'
import { Table } from '../../table/table.js'
import { requireColumns } from '../../table/unknown-column.js'
import type { EncoderDescription } from '../encoder-json.js'
import { fitTarget } from '../target-encoding.js'
import { ColumnStatistics } from './column-statistics.js'
import { fitColumns } from './fit-columns.js'
import { type CheckedOptions, checkEncoderOptions, type EncoderOptions } from './options.js'

/** An encoder in the making: tables come one by one. */
export class EncoderFit {
  readonly #options: CheckedOptions
  /** What is known of each column, in the order of the first table. */
  #statistics: readonly ColumnStatistics[] | undefined
  #rows = 0

  constructor(options: EncoderOptions | undefined) {
    this.#options = checkEncoderOptions(options)
  }

  *add(table: Table): Steps<void> {
    if (!(table instanceof Table)) throw invalid('tables', 'tables', table)
    this.#statistics ??= this.#begin(table)
    for (const one of this.#statistics) {
      const column = table.column(one.name)
      if (column.type !== one.type) {
        throw invalid(
          `column '${one.name}'`,
          `column of type ${one.type}, as in the tables before,`,
          column.type,
          `Read all of them with types: { '${one.name}': '${one.type}' }.`,
        )
      }
      yield* one.add(column, (row) => table.line(row))
      yield
    }
    this.#rows += table.rows
  }

  *finish(): Steps<EncoderDescription> {
    if (this.#statistics === undefined || this.#rows === 0) {
      throw new DeepblasError('ERR_DEEPBLAS_DATA', 'Expected at least one row to fit an encoder on but received none.')
    }
    const { target: name } = this.#options
    const own = this.#statistics.find((one) => one.name === name)
    const target = own && fitTarget(own, this.#options)
    const features = this.#statistics.filter((one) => one !== own)
    return { ...(yield* fitColumns(features, this.#options)), target, rows: this.#rows }
  }

  #begin(table: Table): readonly ColumnStatistics[] {
    const { target, ignore, named, scaling } = this.#options
    const ignored = new Set(ignore.map(({ name }) => name))
    requireColumns([...named, ...ignored], table.names)
    return table.columns
      .filter(({ name }) => !ignored.has(name))
      .map((column) => {
        const isTarget = column.name === target
        return new ColumnStatistics(column, {
          sample: !isTarget && scaling(column.name) !== 'standardize',
          count: isTarget,
        })
      })
  }
}
