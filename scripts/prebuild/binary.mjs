// What a shared library exports and needs, read from its file: ELF (Linux), Mach-O (macOS) and PE (Windows), 64 bits,
// little-endian. By ourselves, because no system has a tool that reads all three.

/**
 * @typedef {object} Binary
 * @property {'elf' | 'mach-o' | 'pe'} format
 * @property {'x64' | 'arm64'} arch
 * @property {string[]} exported the symbols that others can see
 * @property {string[]} needed the libraries that must be there
 * @property {string} oldest the system it promises to run on: the newest version of glibc, or of macOS, that it names;
 *   empty where it names none
 */

/**
 * @param {Buffer} bytes of the file
 * @throws {Error} if it is none of the three
 * @returns {Binary}
 */
export function readBinary(bytes) {
  if (bytes.length < 64) throw new Error('This is no shared library: it is too short.')
  if (bytes.readUInt32BE(0) === 0x7f454c46) return readElf(bytes)
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return readMachO(bytes)
  if (bytes.toString('latin1', 0, 2) === 'MZ') return readPe(bytes)
  throw new Error('This is no shared library of Linux, macOS or Windows.')
}

function readElf(bytes) {
  const sections = Array.from({ length: bytes.readUInt16LE(60) }, (_, i) => {
    const at = Number(bytes.readBigUInt64LE(40)) + 64 * i
    const word = (offset) => Number(bytes.readBigUInt64LE(at + offset))
    return { type: bytes.readUInt32LE(at + 4), offset: word(24), size: word(32), link: bytes.readUInt32LE(at + 40) }
  })
  const entries = (type, size) =>
    sections
      .filter((section) => section.type === type)
      .flatMap(({ offset, size: all, link }) =>
        Array.from({ length: all / size }, (_, i) => ({ at: offset + size * i, strings: sections[link].offset })),
      )
  const exported = entries(11, 24) // the dynamic symbols
    .filter(({ at }) => bytes[at + 4] >> 4 !== 0 && bytes.readUInt16LE(at + 6) !== 0) // neither local nor another's
    .map(({ at, strings }) => text(bytes, strings + bytes.readUInt32LE(at)))
  const needed = entries(6, 16)
    .filter(({ at }) => bytes.readBigUInt64LE(at) === 1n)
    .map(({ at, strings }) => text(bytes, strings + Number(bytes.readBigUInt64LE(at + 8))))
  const versions = sections
    .filter(({ type }) => type === 0x6ffffffe)
    .flatMap(({ offset, link }) => neededVersions(bytes, offset, sections[link].offset))
    .flatMap((name) => name.match(/^GLIBC_([\d.]+)$/)?.[1] ?? [])
  const arch = { 62: 'x64', 183: 'arm64' }[bytes.readUInt16LE(18)]
  return { format: 'elf', arch, exported, needed, oldest: versions.sort(byVersion).at(-1) ?? '' }
}

// A list of libraries, each with a list of the versions that are wanted of it.
function neededVersions(bytes, offset, strings) {
  const names = []
  for (let library = offset; ; library += bytes.readUInt32LE(library + 12)) {
    let version = library + bytes.readUInt32LE(library + 8)
    for (let left = bytes.readUInt16LE(library + 2); left > 0; left -= 1) {
      names.push(text(bytes, strings + bytes.readUInt32LE(version + 8)))
      version += bytes.readUInt32LE(version + 12)
    }
    if (bytes.readUInt32LE(library + 12) === 0) return names
  }
}

function readMachO(bytes) {
  const needed = []
  const exported = []
  let oldest = ''
  let at = 32
  for (let left = bytes.readUInt32LE(16); left > 0; left -= 1) {
    const command = bytes.readUInt32LE(at)
    // A library, one that may be missing, and one that is passed on.
    if ([0x0c, 0x80000018, 0x8000001f].includes(command)) needed.push(text(bytes, at + bytes.readUInt32LE(at + 8)))
    if (command === 0x80000022) exported.push(...exportsOf(bytes, bytes.readUInt32LE(at + 40)))
    if (command === 0x80000033) exported.push(...exportsOf(bytes, bytes.readUInt32LE(at + 8)))
    if (command === 0x24) oldest = macosVersion(bytes.readUInt32LE(at + 8))
    if (command === 0x32) oldest = macosVersion(bytes.readUInt32LE(at + 12))
    at += bytes.readUInt32LE(at + 4)
  }
  const arch = { 16777223: 'x64', 16777228: 'arm64' }[bytes.readUInt32LE(4)]
  return { format: 'mach-o', arch, exported: exported.map(({ name }) => name.replace(/^_/, '')), needed, oldest }
}

/**
 * The names that a library of macOS exports: the paths from the root of a tree to its ends.
 *
 * @returns {{ name: string, content: Buffer }[]} content: what the tree says of the name
 */
export function exportsOf(bytes, root) {
  const found = []
  const walk = (offset, name) => {
    let at = root + offset
    const [size, width] = numberAt(bytes, at)
    at += width
    if (size > 0) found.push({ name, content: bytes.subarray(at, at + size) })
    at += size
    for (let children = bytes[at++]; children > 0; children -= 1) {
      const end = bytes.indexOf(0, at)
      const [child, width] = numberAt(bytes, end + 1)
      walk(child, name + bytes.toString('latin1', at, end))
      at = end + 1 + width
    }
  }
  if (root > 0) walk(0, '')
  return found
}

// A number of seven bits a byte, and how many bytes it has.
function numberAt(bytes, at) {
  let value = 0
  for (let i = 0; ; i += 1) {
    value |= (bytes[at + i] & 0x7f) << (7 * i)
    if ((bytes[at + i] & 0x80) === 0) return [value, i + 1]
  }
}

function macosVersion(packed) {
  return `${packed >> 16}.${(packed >> 8) & 0xff}`
}

function readPe(bytes) {
  const { arch, directory, place } = peHeader(bytes)
  const exported = []
  const table = exportTable(bytes)
  if (table) {
    for (let i = 0; i < table.count; i += 1) {
      exported.push(text(bytes, place(bytes.readUInt32LE(table.names + 4 * i))))
    }
  }
  const needed = []
  if (directory(1) !== 0) {
    for (let at = place(directory(1)); bytes.readUInt32LE(at + 12) !== 0; at += 20) {
      needed.push(text(bytes, place(bytes.readUInt32LE(at + 12))))
    }
  }
  return { format: 'pe', arch, exported, needed, oldest: '' }
}

function peHeader(bytes) {
  const header = bytes.readUInt32LE(60) + 4
  const optional = header + 20
  const sections = Array.from({ length: bytes.readUInt16LE(header + 2) }, (_, i) => {
    const at = optional + bytes.readUInt16LE(header + 16) + 40 * i
    return {
      address: bytes.readUInt32LE(at + 12),
      size: bytes.readUInt32LE(at + 16),
      offset: bytes.readUInt32LE(at + 20),
    }
  })
  const place = (address) => {
    const section = sections.find((one) => address >= one.address && address < one.address + one.size)
    if (!section) throw new Error(`There is no section with the address ${address}.`)
    return address - section.address + section.offset
  }
  return {
    arch: { 34404: 'x64', 43620: 'arm64' }[bytes.readUInt16LE(header)],
    directory: (index) => bytes.readUInt32LE(optional + 112 + 8 * index),
    place,
  }
}

function exportTable(bytes) {
  const { directory, place } = peHeader(bytes)
  if (directory(0) === 0) return undefined
  const at = place(directory(0))
  const [functions, names, ordinals] = [28, 32, 36].map((offset) => place(bytes.readUInt32LE(at + offset)))
  return { at, count: bytes.readUInt32LE(at + 24), functions, names, ordinals, place }
}

/**
 * Leaves a library of Windows with some of its exports. zig's C++ runtime says of its own functions that a library exports
 * them, and zig's linker does as it is told.
 *
 * @param {Buffer} bytes of the file, changed in place
 * @param {RegExp} kept what stays exported
 */
export function keepPeExports(bytes, kept) {
  const table = exportTable(bytes)
  if (!table) throw new Error('The library exports nothing.')
  const { at, count, functions, names, ordinals, place } = table
  let left = 0
  for (let i = 0; i < count; i += 1) {
    const name = bytes.readUInt32LE(names + 4 * i)
    const ordinal = bytes.readUInt16LE(ordinals + 2 * i)
    if (kept.test(text(bytes, place(name)))) {
      // In their order still, which is that of the alphabet.
      bytes.writeUInt32LE(name, names + 4 * left)
      bytes.writeUInt16LE(ordinal, ordinals + 2 * left)
      left += 1
    } else {
      bytes.writeUInt32LE(0, functions + 4 * ordinal)
    }
  }
  bytes.writeUInt32LE(left, at + 24)
}

function text(bytes, at) {
  return bytes.toString('latin1', at, bytes.indexOf(0, at))
}

/** Orders '2.9' before '2.17'. */
export function byVersion(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
