import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { batches, Dense, type RowBatch, Sequential } from '../../../../lib/index.js'

interface Flat {
  readonly rooms: number
  readonly area: number
  readonly price: number
}

const flats: Flat[] = Array.from({ length: 5 }, (_, i) => ({ rooms: i, area: 10 * i, price: 100 * i }))

async function collected(stream: AsyncIterable<RowBatch>): Promise<RowBatch[]> {
  const all: RowBatch[] = []
  for await (const batch of stream) all.push(batch)
  return all
}

test('rows are gathered by size; the last batch has the rest', async () => {
  const all = await collected(
    batches(flats, { size: 2, x: ({ rooms, area }) => [rooms, area], y: ({ price }) => price, sampleWeights: () => 2 }),
  )
  expect(all.map(({ x }) => x)).toEqual([
    { data: Float64Array.of(0, 0, 1, 10), shape: [2, 2] },
    { data: Float64Array.of(2, 20, 3, 30), shape: [2, 2] },
    { data: Float64Array.of(4, 40), shape: [1, 2] },
  ])
  expect(all.map(({ y }) => y)).toEqual([Float64Array.of(0, 100), Float64Array.of(200, 300), Float64Array.of(400)])
  expect(all.map(({ sampleWeights }) => sampleWeights)).toEqual([
    Float64Array.of(2, 2),
    Float64Array.of(2, 2),
    Float64Array.of(2),
  ])
})

test('several targets a row, and none', async () => {
  const [first] = await collected(batches(flats, { size: 5, x: ({ rooms }) => [rooms], y: ({ price }) => [price, 1] }))
  expect(first!.y).toEqual({ data: Float64Array.of(0, 1, 100, 1, 200, 1, 300, 1, 400, 1), shape: [5, 2] })
  const [bare] = await collected(batches(flats, { size: 5, x: ({ rooms }) => Float32Array.of(rooms) }))
  expect(Object.keys(bare!)).toEqual(['x'])
  expect(await collected(batches([], { size: 5, x: () => [1] }))).toEqual([])
})

test('a cursor, a Node stream and an array train alike', async () => {
  async function* cursor(): AsyncGenerator<Flat> {
    yield* flats
  }
  const weights = await Promise.all(
    [cursor(), Readable.from(flats) as AsyncIterable<Flat>, flats].map(async (rows) => {
      const model = new Sequential([new Dense(1)], { inputs: 2, seed: 1 })
      const stream = batches(rows, { size: 2, x: ({ rooms, area }) => [rooms, area], y: ({ price }) => price })
      await model.fit(stream, { loss: 'meanSquaredError' })
      return model.getWeights()
    }),
  )
  expect(weights[1]).toEqual(weights[0])
  expect(weights[2]).toEqual(weights[0])
})

test('rows that do not fit say which and why', async () => {
  const of = (x: (flat: Flat) => unknown, y?: (flat: Flat) => unknown) =>
    collected(batches(flats, { size: 2, x, ...(y && { y }) } as never))
  await expect(of(({ rooms }) => (rooms < 3 ? [1, 2] : [1]))).rejects.toThrow(/2 numbers for x of row 3.* received 1/)
  await expect(of(({ rooms }) => (rooms < 1 ? [1] : [null]))).rejects.toThrow(/number for x\[0\] of row 1.*null/)
  await expect(of(() => 5)).rejects.toThrow(/array of numbers for x of row 0/)
  await expect(
    of(
      () => [1],
      () => '7',
    ),
  ).rejects.toThrow(/y/)
  await expect(collected(batches(flats, { size: 0, x: () => [1] }))).rejects.toThrow(/positive integer for size/)
  await expect(collected(batches(flats, { size: 1 } as never))).rejects.toThrow(/function from a row to its features/)
})
