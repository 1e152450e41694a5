// Leaves the table of symbols of a library of macOS with what its loader needs: the exported names and those that it takes
// from the system. OpenBLAS's assembler has ten thousands of labels that are local elsewhere and symbols on macOS, a third of
// the file. A signature would have to be made anew: a library that has one is left as it is.

const SEGMENT = 0x19
const SYMBOLS = 0x2
const DYNAMIC_SYMBOLS = 0xb
const SIGNATURE = 0x1d
/** Bytes of a symbol: its name's place, kind, section, description, value. */
const SYMBOL = 16
/** An entry of the indirect table whose symbol is none any more. */
const LOCAL = 0x80000000
const KINDS = { external: 0x1, type: 0xe, undefined: 0x0 }

/**
 * @param {Buffer} bytes of the file
 * @param {RegExp} kept which of its own names stay, without the underscore that every name of C has there
 * @returns {Buffer} the file without the others, or as it is where it is signed
 */
export function withoutSymbols(bytes, kept) {
  const at = commands(bytes)
  if (at.signature !== undefined) return bytes
  const word = (place) => bytes.readUInt32LE(place)
  const [symbols, count, texts] = [8, 12, 16].map((offset) => word(at.symbols + offset))
  const [indirect, indirectCount] = [56, 60].map((offset) => word(at.dynamic + offset))
  const end = texts + word(at.symbols + 20)
  if (!(symbols < indirect && indirect < texts && end === bytes.length)) {
    throw new Error('The tables of symbols are in another order than zig writes them.')
  }

  const places = new Map()
  const [defined, undefinedNames, names] = [[], [], [Buffer.from(' \0')]]
  for (let index = 0; index < count; index += 1) {
    const symbol = bytes.subarray(symbols + SYMBOL * index, symbols + SYMBOL * (index + 1))
    const start = texts + symbol.readUInt32LE(0)
    const name = bytes.toString('latin1', start, bytes.indexOf(0, start))
    const isExternal = (symbol[4] & KINDS.external) !== 0
    const isUndefined = (symbol[4] & KINDS.type) === KINDS.undefined
    if (!isExternal || !(isUndefined || kept.test(name.replace(/^_/, '')))) continue
    ;(isUndefined ? undefinedNames : defined).push({ index, symbol: Buffer.from(symbol), name })
  }
  const left = [...defined, ...undefinedNames]
  let length = 2
  for (const [place, { index, symbol, name }] of left.entries()) {
    places.set(index, place)
    symbol.writeUInt32LE(length, 0)
    names.push(Buffer.from(`${name}\0`, 'latin1'))
    length += name.length + 1
  }
  const table = Buffer.alloc(4 * indirectCount)
  for (let i = 0; i < indirectCount; i += 1) {
    const index = word(indirect + 4 * i)
    table.writeUInt32LE(index >= LOCAL / 2 ? index : (places.get(index) ?? LOCAL), 4 * i)
  }
  // Texts end at a multiple of 8, as linkers have it.
  names.push(Buffer.alloc((8 - (length % 8)) % 8))
  const parts = [...left.map(({ symbol }) => symbol), table, ...names]
  const result = Buffer.concat([bytes.subarray(0, symbols), ...parts])

  const newIndirect = symbols + SYMBOL * left.length
  const newTexts = newIndirect + table.length
  const write = (place, ...words) => {
    for (const [i, value] of words.entries()) result.writeUInt32LE(value, place + 4 * i)
  }
  write(at.symbols + 8, symbols, left.length, newTexts, result.length - newTexts)
  write(at.dynamic + 8, 0, 0, 0, defined.length, defined.length, undefinedNames.length)
  write(at.dynamic + 56, newIndirect, indirectCount)
  const size = BigInt(result.length) - result.readBigUInt64LE(at.linkedit + 40)
  const page = 0x1000n
  result.writeBigUInt64LE(((size + page - 1n) / page) * page, at.linkedit + 32)
  result.writeBigUInt64LE(size, at.linkedit + 48)
  return result
}

/** Where the commands are that tell of the tables. */
function commands(bytes) {
  const found = {}
  let at = 32
  for (let left = bytes.readUInt32LE(16); left > 0; left -= 1) {
    const command = bytes.readUInt32LE(at)
    if (command === SYMBOLS) found.symbols = at
    if (command === DYNAMIC_SYMBOLS) found.dynamic = at
    if (command === SIGNATURE) found.signature = at
    if (command === SEGMENT && bytes.toString('latin1', at + 8, at + 18) === '__LINKEDIT') found.linkedit = at
    at += bytes.readUInt32LE(at + 4)
  }
  if ([found.symbols, found.dynamic, found.linkedit].includes(undefined)) {
    throw new Error('The library has no tables of symbols.')
  }
  return found
}
