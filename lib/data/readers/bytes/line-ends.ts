/*
 * Line ends of texts: as systems write them, and one kind in place of all.
 */
import { type Addon, native } from '../../../native/addon.js'
import { asBuffer, type TextPiece } from './text-piece.js'

const RETURN = 13

export function hasReturn(piece: TextPiece): boolean {
  return typeof piece === 'string' ? piece.includes('\r') : asBuffer(piece).includes(RETURN)
}

/** One kind of line end. Two carriage returns before a line feed are one too: text written twice over on Windows. */
export function withNewlines(piece: TextPiece): TextPiece {
  if (typeof piece === 'string') return piece.replaceAll(/\r\r?\n|\r/g, '\n')
  const plain = Buffer.allocUnsafeSlow(piece.length)
  const addon = addonIfThere()
  if (addon !== undefined) return plain.subarray(0, addon.plainLineEnds(piece, plain))
  return Buffer.from(
    asBuffer(piece)
      .toString('latin1')
      .replaceAll(/\r\r?\n|\r/g, '\n'),
    'latin1',
  )
}

export function countLineFeeds(piece: Uint8Array): number {
  const addon = addonIfThere()
  return addon === undefined ? asBuffer(piece).toString('latin1').split('\n').length - 1 : addon.countLineFeeds(piece)
}

/** What these do goes without it, if more slowly. */
function addonIfThere(): Addon | undefined {
  try {
    return native()
  } catch {
    return undefined
  }
}
