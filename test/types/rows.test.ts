// What must type-check: rows of an interface or a class of a program's own, wherever rows are objects.
import { expect, test } from 'vitest'
import {
  Dataset,
  diagnoseTable,
  Encoder,
  improveTable,
  logUniform,
  type ObjectRow,
  type RowSource,
  type Sequential,
  searchTable,
  Table,
  trainTable,
} from '../../lib/index.js'

interface House {
  readonly rooms: number
  city: string | null
  sold?: boolean
}
class Flat implements House {
  readonly rooms = 3
  city = 'Wien'
}
declare const model: Sequential
declare const encoder: Encoder
const houses: House[] = [
  { rooms: 3, city: 'Wien', sold: true },
  { rooms: 2, city: null, sold: false },
]
async function* cursor(): AsyncGenerator<House> {
  yield* houses
}

test('an interface, a class and a record are rows', async () => {
  const table = Table.fromRows(houses)
  expect(table.rows).toBe(2)
  expect(Table.fromRows([new Flat(), new Flat()]).rows).toBe(2)
  expect((await Table.fromRowStream(cursor())).rows).toBe(2)
  const record: Record<string, unknown> = { rooms: 1 }
  const all: readonly ObjectRow[] = [record, ...houses, new Flat()]
  const sources: readonly RowSource[] = [all, houses, cursor()]
  expect(sources.length).toBe(3)

  const compiled = () => [
    model.predict(houses),
    model.predictSync(houses as readonly House[]),
    encoder.encodeFeatures(houses),
    encoder.check(houses),
    Encoder.fit(table, { target: 'sold' }),
    Dataset.fromRows(houses, { target: 'sold', task: 'classification' }),
    Dataset.fromRows(cursor(), { target: 'sold', task: 'classification' }),
    trainTable(houses, { target: 'sold' }),
    diagnoseTable(houses, { target: 'sold' }),
    improveTable(houses, { target: 'sold' }),
    searchTable(houses, { learningRate: logUniform(1e-4, 1e-1) }, { target: 'sold' }),
  ]
  expect(compiled).toBeTypeOf('function')
})

test('an array is no row, nor is what holds others', () => {
  const refused = () => [
    // @ts-expect-error a row of numbers has no names
    Table.fromRows([[1, 2]]),
    // @ts-expect-error its keys are no columns
    Table.fromRows([new Map([['rooms', 3]])]),
    // @ts-expect-error texts are no numbers
    model.predictSync([['3']]),
  ]
  expect(refused).toBeTypeOf('function')
})
