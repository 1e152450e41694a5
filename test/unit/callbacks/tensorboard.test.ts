import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Dataset, Dense, datasets, Population, Sequential, TensorBoard } from '../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

/*
 * A reader of its own, made from the formats' definitions: TFRecord framing, CRC-32C bit by bit, protocol buffers by wire
 * types.
 */
function crc32c(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  }
  return ~crc >>> 0
}

function masked(bytes: Uint8Array): number {
  const crc = BigInt(crc32c(bytes))
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn)
}

function recordsOf(file: Buffer): Buffer[] {
  const records: Buffer[] = []
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at))
    expect(file.readUInt32LE(at + 8)).toBe(masked(file.subarray(at, at + 8)))
    const data = file.subarray(at + 12, at + 12 + length)
    expect(file.readUInt32LE(at + 12 + length)).toBe(masked(data))
    records.push(data)
    at += length + 16
  }
  return records
}

type Fields = Map<number, (number | bigint | Buffer)[]>

function fieldsOf(message: Buffer): Fields {
  const fields: Fields = new Map()
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const key = Number(varint())
    const values = fields.get(key >> 3) ?? []
    fields.set(key >> 3, values)
    const wire = key & 7
    if (wire === 0) values.push(varint())
    else if (wire === 1) {
      values.push(message.readDoubleLE(at))
      at += 8
    } else if (wire === 5) {
      values.push(message.readFloatLE(at))
      at += 4
    } else {
      expect(wire).toBe(2)
      const length = Number(varint())
      values.push(message.subarray(at, at + length))
      at += length
    }
  }
  return fields
}

const doubles = (bytes: Buffer) => Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i))

interface Histogram {
  readonly min: number
  readonly max: number
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  readonly limits: number[]
  readonly counts: number[]
}

function readEvents(file: Buffer) {
  const [first, ...events] = recordsOf(file).map(fieldsOf)
  expect(String(first!.get(3)![0])).toBe('brain.Event:2')
  return events.map((event) => {
    const scalars: Record<string, number> = {}
    const histograms: Record<string, Histogram> = {}
    for (const bytes of fieldsOf(event.get(5)![0] as Buffer).get(1)!) {
      const value = fieldsOf(bytes as Buffer)
      const tag = String(value.get(1)![0])
      if (value.has(2)) scalars[tag] = value.get(2)![0] as number
      else {
        const parts = fieldsOf(value.get(5)![0] as Buffer)
        const [min, max, count, sum, sumOfSquares] = [1, 2, 3, 4, 5].map((field) => parts.get(field)![0] as number)
        const [limits, counts] = [6, 7].map((field) => doubles(parts.get(field)![0] as Buffer))
        histograms[tag] = {
          min: min!,
          max: max!,
          count: count!,
          sum: sum!,
          sumOfSquares: sumOfSquares!,
          limits: limits!,
          counts: counts!,
        }
      }
    }
    return { seconds: event.get(1)![0] as number, step: Number(event.get(2)![0]), scalars, histograms }
  })
}

const data = Dataset.from(datasets.moons({ samples: 60, noise: 0.3 }))
const layers = () => [new Dense(5, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })]
const options = { loss: 'binaryCrossEntropy', metrics: ['accuracy'], validation: 0.25, epochs: 3 } as const

async function eventsIn(own: string) {
  const names = await readdir(own)
  expect(names).toHaveLength(1)
  expect(names[0]).toMatch(/^events\.out\.tfevents\.\d{10}\./)
  return readEvents(await readFile(join(own, names[0]!)))
}

test('the reader knows the checksum of RFC 3720', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
})

test('scalars of every epoch, as the history has them', async () => {
  const own = join(folder, 'runs', 'first')
  const model = new Sequential(layers(), { inputs: 2 })
  const before = Date.now() / 1000
  const { epochs } = await model.fit(data, { ...options, callbacks: [new TensorBoard(own)] })
  const events = await eventsIn(own)
  expect(events.map(({ step }) => step)).toEqual([1, 2, 3])
  for (const [i, { seconds, scalars }] of events.entries()) {
    const { loss, accuracy, validation, learningRate, seconds: took } = epochs[i]!
    expect(seconds).toBeGreaterThanOrEqual(before)
    expect(seconds).toBeLessThanOrEqual(Date.now() / 1000)
    expect(scalars).toEqual({
      loss: Math.fround(loss),
      accuracy: Math.fround(accuracy as number),
      'validation/loss': Math.fround(validation!.loss),
      'validation/accuracy': Math.fround(validation!.accuracy as number),
      learningRate: Math.fround(learningRate),
      seconds: Math.fround(took),
    })
  }
})

test('histograms of the weights as the epoch has left them', async () => {
  const own = join(folder, 'histograms')
  const model = new Sequential(layers(), { inputs: 2 })
  await model.fit(data, { ...options, epochs: 4, callbacks: [new TensorBoard(own, { histograms: 2, buckets: 7 })] })
  const events = await eventsIn(own)
  expect(events.map(({ histograms }) => Object.keys(histograms).length)).toEqual([0, 4, 0, 4])
  for (const { name, data: weights } of model.getWeights()) {
    const { min, max, count, sum, sumOfSquares, limits, counts } = events[3]!.histograms[name]!
    expect([min, max, count]).toEqual([Math.min(...weights), Math.max(...weights), weights.length])
    expect(sum).toBeCloseTo(
      weights.reduce((a, b) => a + b, 0),
      6,
    )
    expect(sumOfSquares).toBeCloseTo(
      weights.reduce((a, b) => a + b * b, 0),
      6,
    )
    expect(counts.reduce((a, b) => a + b, 0)).toBe(weights.length)
    expect(limits).toHaveLength(counts.length)
    expect(limits).toHaveLength(weights.length === 1 ? 1 : 7)
    // Every bucket holds the weights from the limit before up to its own; the last one its limit too.
    const inBucket = (i: number) =>
      weights.filter((w) => (i === 0 || w >= limits[i - 1]!) && (w < limits[i]! || i === limits.length - 1)).length
    expect(counts).toEqual(limits.map((_, i) => inBucket(i)))
  }
})

test('a population: the means, no histograms; a step beyond 127 takes more bytes', async () => {
  const own = join(folder, 'population')
  const many = new Population(layers(), { inputs: 2, members: 2 })
  const { members } = await many.fit(data, { ...options, epochs: 130, callbacks: [new TensorBoard(own)] })
  const last = (await eventsIn(own)).at(-1)!
  expect(last.step).toBe(130)
  expect(last.histograms).toEqual({})
  const losses = members.map(({ epochs }) => epochs.at(-1)!.loss)
  expect(last.scalars.loss).toBeCloseTo((losses[0]! + losses[1]!) / 2, 6)
})

test('every fit writes a file of its own; a folder that cannot be made rejects it', async () => {
  const own = join(folder, 'twice')
  const model = new Sequential(layers(), { inputs: 2 })
  const callbacks = [new TensorBoard(own)]
  await model.fit(data, { ...options, callbacks })
  model.fitSync(data, { ...options, callbacks })
  const names = await readdir(own)
  expect(names).toHaveLength(2)
  const nowhere = [new TensorBoard(join(own, names[0]!, 'in-a-file'))]
  await expect(model.fit(data, { ...options, callbacks: nowhere })).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  expect(() => new TensorBoard('')).toThrow(/folder/)
  expect(() => new TensorBoard('a', { buckets: 0 })).toThrow(/positive integer for buckets/)
})

test('an event file that is there stays, whoever has written it', async () => {
  const own = join(folder, 'taken')
  await mkdir(own)
  const now = Math.floor(Date.now() / 1000)
  const taken = [0, 1, 2, 3, 4, 5].flatMap((later) =>
    Array.from({ length: 30 }, (_, i) => `events.out.tfevents.${now + later}.${hostname()}.${process.pid}.${i}`),
  )
  await Promise.all(taken.map((name) => writeFile(join(own, name), 'here')))
  await new Sequential(layers(), { inputs: 2 }).fit(data, { ...options, callbacks: [new TensorBoard(own)] })
  for (const name of taken) expect(await readFile(join(own, name), 'utf8')).toBe('here')
  expect(await readdir(own)).toHaveLength(taken.length + 1)
})
