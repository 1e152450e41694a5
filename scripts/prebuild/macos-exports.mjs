// Leaves a library of macOS with Node's entry points as its only exports. zig's linker exports every name that is not
// static, hidden or not, and knows no list of exports: other code could find OpenBLAS's names and C++'s in ours. The tree
// of exports is written anew, and the signature, which is no more than checksums of the pages, is made right again.

import { createHash } from 'node:crypto'
import { exportsOf } from './binary.mjs'

/**
 * @param {Buffer} bytes of the file, changed in place
 * @param {RegExp} kept what stays exported, without the underscore that every name of C has there
 */
export function keepExports(bytes, kept) {
  const { tree, signature } = commands(bytes)
  const exports = exportsOf(bytes, tree.offset).filter(({ name }) => kept.test(name.replace(/^_/, '')))
  const written = treeOf(exports)
  if (written.length > tree.size) throw new Error('The tree of exports does not become smaller.')
  bytes.fill(0, tree.offset, tree.offset + tree.size)
  written.copy(bytes, tree.offset)
  if (signature) sign(bytes, signature)
}

function commands(bytes) {
  let tree
  let signature
  let at = 32
  for (let left = bytes.readUInt32LE(16); left > 0; left -= 1) {
    const part = (offset) => ({ offset: bytes.readUInt32LE(at + offset), size: bytes.readUInt32LE(at + offset + 4) })
    const command = bytes.readUInt32LE(at)
    if (command === 0x80000022) tree = part(40)
    if (command === 0x80000033) tree = part(8)
    if (command === 0x1d) signature = part(8)
    at += bytes.readUInt32LE(at + 4)
  }
  if (!tree) throw new Error('The library has no tree of exports.')
  return { tree, signature }
}

// Every name is a child of the root: two names need no deeper tree.
function treeOf(exports) {
  const ends = exports.map(({ content }) => Buffer.concat([Buffer.from([content.length]), content, Buffer.from([0])]))
  const rootSize = 2 + exports.reduce((sum, { name }) => sum + name.length + 1 + 2, 0)
  const parts = [Buffer.from([0, exports.length])]
  let offset = rootSize
  for (const [i, { name }] of exports.entries()) {
    // Two bytes for each offset, whatever its size.
    parts.push(Buffer.from(`${name}\0`, 'latin1'), Buffer.from([(offset & 0x7f) | 0x80, offset >> 7]))
    offset += ends[i].length
  }
  return Buffer.concat([...parts, ...ends])
}

// An ad hoc signature: big-endian, a directory of checksums of all pages before it.
function sign(bytes, { offset }) {
  for (let i = 0; i < bytes.readUInt32BE(offset + 8); i += 1) {
    if (bytes.readUInt32BE(offset + 12 + 8 * i) !== 0) continue
    const directory = offset + bytes.readUInt32BE(offset + 16 + 8 * i)
    const hashes = directory + bytes.readUInt32BE(directory + 16)
    const limit = bytes.readUInt32BE(directory + 32)
    const [hashSize, hashType, page] = [bytes[directory + 36], bytes[directory + 37], 2 ** bytes[directory + 39]]
    if (hashSize !== 32 || hashType !== 2) throw new Error('The signature has other checksums than SHA-256.')
    for (let slot = 0; slot < bytes.readUInt32BE(directory + 28); slot += 1) {
      const content = bytes.subarray(slot * page, Math.min((slot + 1) * page, limit))
      createHash('sha256')
        .update(content)
        .digest()
        .copy(bytes, hashes + 32 * slot)
    }
  }
}
