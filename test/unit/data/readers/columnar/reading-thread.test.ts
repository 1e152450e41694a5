import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as arrow from 'apache-arrow'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { parquetChunks, readArrow, readParquet, type Table } from '../../../../../lib/index.js'

const threads = vi.hoisted(() => ({ started: 0, ended: 0, allowed: true }))

vi.mock('node:worker_threads', async (original) => {
  const real = await original<typeof import('node:worker_threads')>()
  class Worker extends real.Worker {
    constructor(...given: ConstructorParameters<typeof real.Worker>) {
      if (!threads.allowed) throw new Error('no threads here')
      super(...given)
      threads.started++
      this.on('exit', () => {
        threads.ended++
      })
    }
  }
  return { ...real, Worker, default: { ...real, Worker } }
})

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-thread-'))
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => {
  Object.assign(threads, { started: 0, ended: 0, allowed: true })
})

/** More values than one answer of the thread holds. */
const count = 20_000
const numbers = Array.from({ length: count }, (_, i) => (i % 7 === 0 ? null : i / 3))
const names = Array.from({ length: count }, (_, i) => ['a', 'b', 'c'][i % 3]!)

const file = arrow.tableToIPC(
  new arrow.Table({
    x: arrow.vectorFromArray(numbers, new arrow.Float64()),
    s: arrow.vectorFromArray(names, new arrow.Utf8()),
    price: arrow.vectorFromArray(
      names.map(() => Uint32Array.of(1999, 0, 0, 0)),
      new arrow.Decimal(2, 10, 128),
    ),
    time: arrow.vectorFromArray(
      names.map((_, i) => i),
      new arrow.TimeMillisecond(),
    ),
  }),
  'file',
)
const parquet = Buffer.from(
  parquetWriteBuffer({
    columnData: [
      { name: 'x', data: numbers, type: 'DOUBLE', nullable: true },
      { name: 's', data: names, type: 'STRING' },
    ],
    rowGroupSize: 8000,
  }),
)

const contentsOf = ({ rows, columns }: Table) => ({
  rows,
  columns: columns.map(({ reading: _reading, ...rest }) => rest),
})

describe('a thread of its own, and this one, read the same', () => {
  test('Arrow, from a file and from bytes', async () => {
    const path = join(folder, 'table.arrow')
    await writeFile(path, file)
    const [first, second] = [await readArrow(path), await readArrow(file)]
    expect(threads.started).toBe(2)
    threads.allowed = false
    const here = await readArrow(path)
    expect(contentsOf(first)).toEqual(contentsOf(here))
    expect(contentsOf(second)).toEqual(contentsOf(here))
    expect(first.rows).toBe(count)
    expect(first.row(1)).toEqual({ x: 1 / 3, s: 'b', price: 19.99, time: 1 })
  })

  test('Parquet', async () => {
    const path = join(folder, 'table.parquet')
    await writeFile(path, parquet)
    const there = await readParquet(path)
    expect(threads.started).toBe(1)
    threads.allowed = false
    expect(contentsOf(there)).toEqual(contentsOf(await readParquet(path)))
    expect(there.rows).toBe(count)
  })
})

test('the thread ends with the reading, also with one that is left early or fails', async () => {
  const path = join(folder, 'ends.parquet')
  await writeFile(path, parquet)
  for await (const table of parquetChunks(path)) {
    expect(table.rows).toBe(8000)
    break
  }
  await readParquet(path)
  await writeFile(path, parquet.subarray(4))
  await expect(readParquet(path)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  expect(threads.started).toBe(3)
  expect(threads.ended).toBe(3)
})

test('more rows than a file can hold are refused', async () => {
  const nothing = arrow.tableToIPC(
    new arrow.Table({ x: arrow.vectorFromArray([null, null], new arrow.Null()) }),
    'file',
  )
  expect((await readArrow(nothing)).rows).toBe(2)
  const many = Buffer.from(nothing)
  let changed = 0
  for (let at = 0; at + 8 <= many.length; at += 8) {
    if (many.readBigInt64LE(at) !== 2n) continue
    many.writeBigInt64LE(2n ** 31n, at)
    changed++
  }
  expect(changed).toBeGreaterThan(0)
  await expect(readArrow(many)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
})

const hanging = fileURLToPath(new URL('../../../../../../shared/cases/hostile/hang-12.arrow', import.meta.url))

test.skipIf(!existsSync(hanging))('a file that sends its reader round for ever is ended, and timers fire', async () => {
  let ticks = 0
  const timer = setInterval(() => ticks++, 50)
  await expect(readArrow(hanging)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(3)
  expect(threads.ended).toBe(1)
})
