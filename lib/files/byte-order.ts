/*
 * Files are little-endian. Typed arrays have the byte order of the machine: nearly always the same, and where it is not,
 * every element is turned round on its way in and out.
 */

import { endianness } from 'node:os'

const SWAPPED_AT_ONCE = 1024 * 1024

const hostIsLittleEndian = endianness() === 'LE'

/** Turns elements just read from a little-endian file, in place, into the byte order of this machine. */
export function toHostOrder(bytes: Uint8Array, elementSize: number): void {
  if (!hostIsLittleEndian) swap(bytes, elementSize)
}

/** The bytes of a typed array in little-endian order: the very memory where the order fits, else swapped copies. */
export function* littleEndianPieces(array: ArrayBufferView, elementSize: number): Generator<Uint8Array> {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  if (hostIsLittleEndian) {
    yield bytes
    return
  }
  for (let start = 0; start < bytes.length; start += SWAPPED_AT_ONCE) {
    const piece = bytes.slice(start, start + SWAPPED_AT_ONCE)
    swap(piece, elementSize)
    yield piece
  }
}

function swap(bytes: Uint8Array, elementSize: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (elementSize === 2) buffer.swap16()
  else if (elementSize === 4) buffer.swap32()
  else if (elementSize === 8) buffer.swap64()
}
