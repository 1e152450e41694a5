import { oneOf } from '../../validate.js'

/** How a piece of text is to stand out on a terminal. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan'

/** Select Graphic Rendition codes (ECMA-48): switch on, switch off. */
const CODES: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
}

/** The text in a style, or as it is where color is not wanted. */
export function paint(text: string, style: Style | undefined, colour: boolean): string {
  if (!colour || style === undefined || text === '') return text
  const [on, off] = CODES[style]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what is neither a style nor undefined */
export function requireStyle(argument: string, style: unknown): void {
  if (style !== undefined) oneOf(argument, style, Object.keys(CODES))
}
