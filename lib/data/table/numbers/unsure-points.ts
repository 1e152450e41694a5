/*
 * Numbers such as 1.015 among others without a point: every program writes decimals so, and a person thousands.
 */
import type { ColumnNote } from '../column-reading.js'

const POINT_OR_THOUSAND = /^\s*[-+]?[1-9]\d{0,2}\.\d{3}\s*$/

export class UnsurePoints {
  /** Whether a number was seen whose point is none between thousands. */
  settled = false
  #rows = 0
  #example = ''

  /** @returns whether it was counted */
  look(text: string): boolean {
    if (!text.includes('.')) return false
    if (POINT_OR_THOUSAND.test(text)) {
      this.#rows++
      this.#example ||= text.trim()
      return true
    }
    if (/\d/.test(text)) this.settled = true
    return false
  }

  /** The one that was counted last is of a row that is none. */
  takeBack(): void {
    this.#rows--
  }

  /** The note of the numbers since the last call. */
  take(): readonly ColumnNote[] {
    const rows = this.#rows
    this.#rows = 0
    if (this.settled || rows === 0) return []
    const text =
      `'${this.#example}' is read as ${Number(this.#example)}, by its decimal point ` +
      `(${rows} such row${rows === 1 ? '' : 's'}); if the points stand between thousands, give thousands: '.'`
    return [{ kind: 'number', text }]
  }
}
