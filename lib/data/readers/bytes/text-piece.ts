/*
 * A piece of a text: characters, or bytes that are whole characters of UTF-8.
 */
import { isAscii } from 'node:buffer'

export type TextPiece = string | Uint8Array

export function textOf(piece: TextPiece): string {
  if (typeof piece === 'string') return piece
  const bytes = asBuffer(piece)
  return isAscii(piece) ? bytes.toString('latin1') : bytes.toString('utf8')
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
