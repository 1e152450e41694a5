/** Bits of a braille character's dots, by row and column (Unicode block 2800). */
const BRAILLE_BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const
const BRAILLE_BLANK = 0x2800

/** Which dots of a line are drawn: `dots[i % dots.length]`. */
export type Dashes = readonly boolean[]

/** A character of the canvas, and which line was drawn there last. */
export interface CanvasCell {
  readonly character: string
  readonly line: number | undefined
}

/**
 * A drawing made of characters: braille with 2 x 4 dots to the character, or plain ASCII with one mark to the
 * character. Dots count from the upper left.
 */
export class Canvas {
  /** Dots across and down. */
  readonly width: number
  readonly height: number
  readonly #columns: number
  readonly #ascii: boolean
  readonly #patterns: Uint8Array
  readonly #lines: Int16Array
  readonly #marks: string

  /**
   * @param columns characters across
   * @param rows characters down
   * @param ascii one mark per character instead of braille
   * @param marks the ASCII mark of each line, by its index
   */
  constructor(columns: number, rows: number, ascii: boolean, marks: string) {
    this.#columns = columns
    this.#ascii = ascii
    this.#marks = marks
    this.#patterns = new Uint8Array(columns * rows)
    this.#lines = new Int16Array(columns * rows).fill(-1)
    this.width = ascii ? columns : 2 * columns
    this.height = ascii ? rows : 4 * rows
  }

  /** Draws a dot; outside the canvas nothing happens. */
  dot(x: number, y: number, line: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return
    const across = this.#ascii ? 1 : 2
    const down = this.#ascii ? 1 : 4
    const cell = Math.floor(y / down) * this.#columns + Math.floor(x / across)
    const bit = this.#ascii ? 1 : (BRAILLE_BITS[y % 4]?.[x % 2] ?? 0)
    this.#patterns[cell] = (this.#patterns[cell] ?? 0) | bit
    this.#lines[cell] = line
  }

  /**
   * Draws the line through points (Bresenham); a single point is a dot. The dashes run on from point to point.
   */
  path(points: readonly (readonly [x: number, y: number])[], line: number, dashes: Dashes): void {
    let drawn = 0
    const step = (x: number, y: number) => {
      if (dashes[drawn % dashes.length] ?? true) this.dot(x, y, line)
      drawn++
    }
    const [first, ...others] = points
    if (first === undefined) return
    let [x, y] = first
    step(x, y)
    for (const [toX, toY] of others) {
      const distanceX = Math.abs(toX - x)
      const distanceY = -Math.abs(toY - y)
      const directionX = Math.sign(toX - x)
      const directionY = Math.sign(toY - y)
      let error = distanceX + distanceY
      while (x !== toX || y !== toY) {
        const doubled = 2 * error
        if (doubled >= distanceY) {
          error += distanceY
          x += directionX
        }
        if (doubled <= distanceX) {
          error += distanceX
          y += directionY
        }
        step(x, y)
      }
    }
  }

  /** The characters of one row. */
  row(index: number): CanvasCell[] {
    return Array.from({ length: this.#columns }, (_, column) => {
      const cell = index * this.#columns + column
      const pattern = this.#patterns[cell] ?? 0
      if (pattern === 0) return { character: ' ', line: undefined }
      const line = this.#lines[cell] ?? 0
      const character = this.#ascii
        ? (this.#marks[line % this.#marks.length] ?? '*')
        : String.fromCodePoint(BRAILLE_BLANK + pattern)
      return { character, line }
    })
  }
}
