// What must type-check: rows of cursors and streams of batches, without casts.
import type { Readable } from 'node:stream'
import { expectTypeOf, test } from 'vitest'
import { type Batch, type BatchSource, batches, type History, type Sequential } from '../../lib/index.js'

interface Row {
  readonly age: number
  readonly bought: boolean
}
/** As drivers of databases declare them. */
declare const cursor: { [Symbol.asyncIterator](): AsyncIterator<Row> }
declare const readable: Readable
declare const objects: AsyncGenerator<{ x: number[][]; y: number[] }>
declare const opened: () => AsyncIterable<Batch>
declare const model: Sequential

test('cursors, streams and functions that open them', () => {
  const train = () => {
    const rows = batches(cursor, { size: 32, x: ({ age }) => [age], y: ({ bought }) => Number(bought) })
    return [
      model.fit(rows, { loss: 'binaryCrossEntropy' }),
      model.fit(readable, { loss: 'binaryCrossEntropy' }),
      model.fit(objects, { loss: 'binaryCrossEntropy' }),
      model.fit(opened, { loss: 'binaryCrossEntropy', epochs: 3, stepsPerEpoch: 10 }),
    ]
  }
  expectTypeOf(train).returns.toEqualTypeOf<Promise<History>[]>()
  expectTypeOf<Readable>().toExtend<BatchSource>()
  expectTypeOf<typeof cursor>().not.toExtend<BatchSource>()
  // @ts-expect-error rows have no such field
  expectTypeOf(() => batches(cursor, { size: 32, x: ({ size }) => [size] })).toBeFunction()
})
