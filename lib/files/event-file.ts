/*
 * TensorBoard's event files: TFRecords that each hold one `Event`, encoded by hand as protocol buffers (field numbers of
 * tensorflow/core/util/event.proto and framework/summary.proto).
 */
import { maskedCrc32c } from './crc32c.js'

/** Counts of values in buckets; a bucket reaches from the limit before up to its own, that one left out. */
export interface Histogram {
  readonly min: number
  readonly max: number
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  readonly limits: readonly number[]
  readonly counts: readonly number[]
}

export interface Summary {
  readonly tag: string
  readonly value: number | Histogram
}

/** The record that an event file begins with. */
export function versionRecord(wallTime: number): Uint8Array {
  return record(message(double(1, wallTime), text(3, 'brain.Event:2')))
}

/**
 * @param wallTime seconds since 1970
 * @param step what the curves are drawn over
 */
export function summaryRecord(wallTime: number, step: number, summaries: readonly Summary[]): Uint8Array {
  const values = summaries.map(({ tag, value }) =>
    block(1, message(text(1, tag), typeof value === 'number' ? float(2, value) : block(5, histogram(value)))),
  )
  return record(message(double(1, wallTime), whole(2, step), block(5, message(...values))))
}

/** Length, its checksum, the data, its checksum. */
function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true)
  bytes.set(data, 12)
  view.setUint32(12 + data.length, maskedCrc32c(data), true)
  return bytes
}

function histogram({ min, max, count, sum, sumOfSquares, limits, counts }: Histogram): Uint8Array {
  return message(
    double(1, min),
    double(2, max),
    double(3, count),
    double(4, sum),
    double(5, sumOfSquares),
    block(6, doubles(limits)),
    block(7, doubles(counts)),
  )
}

// Wire types: 0 whole numbers of as many bytes as they need, 1 eight bytes, 2 a length and so many bytes, 5 four bytes.

function message(...fields: Uint8Array[]): Uint8Array {
  return Buffer.concat(fields)
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let left = BigInt(value)
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128)
  return [...bytes, Number(left)]
}

function whole(field: number, value: number): Uint8Array {
  return Uint8Array.of(field << 3, ...varint(value))
}

function double(field: number, value: number): Uint8Array {
  return message(Uint8Array.of((field << 3) | 1), doubles([value]))
}

function float(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5)
  bytes[0] = (field << 3) | 5
  new DataView(bytes.buffer).setFloat32(1, value, true)
  return bytes
}

function block(field: number, bytes: Uint8Array): Uint8Array {
  return message(Uint8Array.of((field << 3) | 2, ...varint(bytes.length)), bytes)
}

function text(field: number, value: string): Uint8Array {
  return block(field, Buffer.from(value))
}

function doubles(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of values.entries()) view.setFloat64(8 * i, value, true)
  return bytes
}
