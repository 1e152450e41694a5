// What must type-check: tables of any source, and what a training on one gives, without casts.
import type { Readable } from 'node:stream'
import { expectTypeOf, test } from 'vitest'
import {
  type ClassificationReport,
  evaluateTable,
  type History,
  profileTable,
  type Sequential,
  type Table,
  type TableProgress,
  type TableTraining,
  trainTable,
} from '../../lib/index.js'

interface Row {
  readonly age: number
  readonly bought: boolean
}
declare const rows: Row[]
declare const cursor: { [Symbol.asyncIterator](): AsyncIterator<Row> }
declare const readable: Readable
declare const table: Table
declare const model: Sequential

test('sources, options and results', () => {
  const train = () => [
    trainTable('rows.csv', { target: 'bought', types: { zip: 'category' }, test: 'later.parquet' }),
    trainTable(rows, { target: 'bought', classWeights: { true: 2 }, test: table }),
    trainTable(cursor, { target: 'bought', scaling: { age: 'quantile' } }),
    trainTable(readable, { target: 'bought', onProgress: (progress) => void (progress satisfies TableProgress) }),
  ]
  expectTypeOf(train).returns.toEqualTypeOf<Promise<TableTraining>[]>()
  expectTypeOf<TableTraining['model']>().toEqualTypeOf<Sequential>()
  expectTypeOf<TableTraining['history']>().toEqualTypeOf<History>()
  expectTypeOf<TableTraining['heldOut']['report']>().toEqualTypeOf<ClassificationReport | undefined>()
  expectTypeOf(() => evaluateTable(model, rows).then(({ unlike }) => unlike.rows)).returns.resolves.toBeNumber()
  expectTypeOf(() => profileTable(table, { target: 'y' }).columns[0]?.mean).returns.toEqualTypeOf<number | undefined>()
  // @ts-expect-error a target is needed
  expectTypeOf(() => trainTable(rows, { task: 'regression' })).toBeFunction()
  // @ts-expect-error a number is no source
  expectTypeOf(() => trainTable(5, { target: 'y' })).toBeFunction()
})
