// What must type-check: tables of any source, and what a training on one gives, without casts.
import type { Readable } from 'node:stream'
import { expectTypeOf, test } from 'vitest'
import {
  type ClassificationReport,
  type Dataset,
  type Encoder,
  type EncodingOptions,
  evaluateTable,
  type History,
  profileTable,
  type Sequential,
  type Table,
  type TableModel,
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
declare const data: Dataset

test('sources, options and results', () => {
  const train = () => [
    trainTable('rows.csv', { target: 'bought', types: { zip: 'category' }, test: 'later.parquet' }),
    trainTable(rows, { target: 'bought', classWeights: { true: 2 }, test: table }),
    trainTable(cursor, { target: 'bought', scaling: { age: 'quantile' } }),
    trainTable(readable, { target: 'bought', onProgress: (progress) => void (progress satisfies TableProgress) }),
  ]
  expectTypeOf(train).returns.toEqualTypeOf<Promise<TableTraining>[]>()
  expectTypeOf(() => trainTable(rows, { target: 'bought', preset: 'fast' })).returns.resolves.toEqualTypeOf<
    TableTraining<Sequential>
  >()
  expectTypeOf(() => trainTable(rows, { target: 'bought', members: 4 })).returns.resolves.toEqualTypeOf<TableTraining>()
  expectTypeOf<TableTraining['model']>().toEqualTypeOf<Sequential | TableModel>()
  expectTypeOf<TableTraining['history']>().toEqualTypeOf<History>()
  expectTypeOf<TableTraining['heldOut']['report']>().toEqualTypeOf<ClassificationReport | undefined>()
  expectTypeOf(() => evaluateTable(model, rows).then(({ unlike }) => unlike.rows)).returns.resolves.toBeNumber()
  expectTypeOf(() => profileTable(table, { target: 'y' }).columns[0]?.mean).returns.toEqualTypeOf<number | undefined>()
  // @ts-expect-error a target is needed
  expectTypeOf(() => trainTable(rows, { task: 'regression' })).toBeFunction()
  // @ts-expect-error a number is no source
  expectTypeOf(() => trainTable(5, { target: 'y' })).toBeFunction()
})

test('the encoder of a data set is the Encoder that users import', () => {
  const encoders = () => {
    const own: Encoder | undefined = data.encoder
    const options: EncodingOptions = { encoder: own }
    const given: Encoder | undefined = options.encoder
    return [own, given, model.encoder]
  }
  expectTypeOf(encoders).returns.toEqualTypeOf<(Encoder | undefined)[]>()
  expectTypeOf(() => data.encoder!.encode(table)).returns.toEqualTypeOf<Dataset>()
  expectTypeOf(() => data.encoder!.encodeAsync(table)).returns.resolves.toEqualTypeOf<Dataset>()
  expectTypeOf(() => data.encoder!.equals(model.encoder)).returns.toBeBoolean()
  // @ts-expect-error what looks like an encoder is none
  expectTypeOf<{ [name in keyof Encoder]: Encoder[name] }>().toExtend<Encoder>()
})
