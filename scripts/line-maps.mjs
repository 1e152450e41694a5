// Source maps of lines alone: where each line comes from, but not each word of it, which is four fifths of a map. Stack
// traces (node --enable-source-maps) and debuggers stop at lines.

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/**
 * @param {{ mappings: string }} map as JSON has it
 * @returns the same with the first mapping of each line, and no names
 */
export function ofLines(map) {
  // Sums of the differences that are written: source, its line and column.
  const read = [0, 0, 0]
  let written = [0, 0, 0]
  const lines = map.mappings.split(';').map((line) => {
    let first
    let column = 0
    for (const segment of line === '' ? [] : line.split(',')) {
      const [right, ...place] = numbersOf(segment)
      column += right
      if (place.length < 3) continue
      for (const at of read.keys()) read[at] += place[at]
      first ??= { column, place: [...read] }
    }
    if (first === undefined) return ''
    const differences = [first.column, ...first.place.map((value, at) => value - written[at])]
    written = first.place
    return differences.map(digitsOf).join('')
  })
  return { ...map, names: [], mappings: lines.join(';') }
}

/** Variable-length base 64: five bits a digit, the lowest first; the lowest bit of all is the sign. */
function numbersOf(text) {
  const numbers = []
  let value = 0
  let shift = 0
  for (const character of text) {
    const digit = DIGITS.indexOf(character)
    value += (digit & 31) << shift
    shift += 5
    if (digit & 32) continue
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1)
    value = shift = 0
  }
  return numbers
}

function digitsOf(number) {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1
  let text = ''
  do {
    const digit = rest & 31
    rest >>>= 5
    text += DIGITS[rest > 0 ? digit | 32 : digit]
  } while (rest > 0)
  return text
}
