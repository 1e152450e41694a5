/*
 * The directory of a zip file (APPNOTE.TXT 6.3), zip64 too: which members it has, and where. A file is taken for hostile
 * until all of it fits together: no member lies outside of the file or over another one, so that all of them together are
 * no more than the file can hold.
 */
import type { FileHandle } from 'node:fs/promises'
import { FileProblem } from '../../../files/file-error.js'

/** How the bytes of a member are kept; 'unknown' ones are refused when they are read. */
export type ZipMethod = 'stored' | 'deflated' | 'unknown'

/** One member. */
export interface ZipEntry {
  readonly name: string
  readonly method: ZipMethod
  /** The checksum of the unpacked bytes. */
  readonly crc32: number
  /** Bytes in the file. */
  readonly packedSize: number
  /** Bytes when unpacked, as the directory claims. */
  readonly size: number
  /** Where its own header begins. */
  readonly offset: number
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[]
  /** Where the directory begins, which is where the members end. */
  readonly offset: number
}

const END = { signature: 0x06054b50, bytes: 22, longestComment: 0xffff }
const LOCATOR = { signature: 0x07064b50, bytes: 20 }
const END_64 = { signature: 0x06064b50, bytes: 56 }
const RECORD = { signature: 0x02014b50, bytes: 46 }
const LOCAL = { signature: 0x04034b50, bytes: 30 }
/** The extra field of zip64. */
const LARGE_SIZES = 1
/** Stands for a number that is in a zip64 record. */
const ELSEWHERE_16 = 0xffff
const ELSEWHERE_32 = 0xffffffff
const ENCRYPTED = 1
const UTF_8 = 0x800
const DEFLATED = 8
/** Deflate's longest match costs at least two bits: no byte gives more than this many. */
const MOST_PER_PACKED_BYTE = 1032

/** @throws FileProblem with the reason, if anything does not fit */
export async function readZipDirectory(file: FileHandle, fileSize: number): Promise<ZipDirectory> {
  const start = await bytesAt(file, fileSize, 0, Math.min(2, fileSize), 'its beginning')
  if (start[0] !== 0x50 || start[1] !== 0x4b) throw new FileProblem('expected a zip file, which begins with PK')
  const { count, size, offset, end } = await findDirectory(file, fileSize)
  if (offset + size !== end) throw new FileProblem(`its directory of ${size} bytes at ${offset} does not end at ${end}`)
  if (count * RECORD.bytes > size) throw new FileProblem(`${count} members do not fit into its directory`)
  const directory = await bytesAt(file, fileSize, offset, size, 'its directory')
  const view = new DataView(directory.buffer)
  const entries: ZipEntry[] = []
  let position = 0
  for (let i = 0; i < count; i++) {
    if (position + RECORD.bytes > size || view.getUint32(position, true) !== RECORD.signature) {
      throw new FileProblem(`its directory is damaged: no record of member ${i} of ${count}`)
    }
    const lengths = [28, 30, 32].map((at) => view.getUint16(position + at, true)) as [number, number, number]
    const length = RECORD.bytes + lengths[0] + lengths[1] + lengths[2]
    if (position + length > size)
      throw new FileProblem(`its directory is damaged: the record of member ${i} is cut short`)
    entries.push(entryOf(directory, position, lengths))
    position += length
  }
  if (position !== size) throw new FileProblem(`its directory is damaged: ${size - position} bytes are of no member`)
  requireApart(entries, offset)
  return { entries, offset }
}

/** Where a member's bytes begin. Its own header is held against the directory. */
export async function startOfMember(
  file: FileHandle,
  fileSize: number,
  directory: ZipDirectory,
  entry: ZipEntry,
): Promise<number> {
  const bad = (reason: string) => new FileProblem(`its member '${entry.name}' is damaged: ${reason}`)
  const header = await bytesAt(file, fileSize, entry.offset, LOCAL.bytes, `the header of '${entry.name}'`)
  const view = new DataView(header.buffer)
  if (view.getUint32(0, true) !== LOCAL.signature) throw bad('its header is none')
  const flags = view.getUint16(6, true)
  const method = view.getUint16(8, true)
  if ((flags & ENCRYPTED) !== 0) throw new FileProblem(`its member '${entry.name}' is encrypted`)
  if (methodOf(method) !== entry.method) throw bad('its header says that it is packed in another way')
  if (entry.method === 'unknown') {
    throw new FileProblem(
      `its member '${entry.name}' is packed by method ${method}: write it with numpy.savez or savez_compressed`,
    )
  }
  const nameLength = view.getUint16(26, true)
  const name = await bytesAt(file, fileSize, entry.offset + LOCAL.bytes, nameLength, 'the name of a member')
  if (textOf(name, flags) !== entry.name) throw bad('its header names another one')
  const start = entry.offset + LOCAL.bytes + nameLength + view.getUint16(28, true)
  if (start + entry.packedSize > directory.offset) throw bad('it reaches into the directory')
  return start
}

async function findDirectory(
  file: FileHandle,
  fileSize: number,
): Promise<{ count: number; size: number; offset: number; end: number }> {
  const length = Math.min(fileSize, END.bytes + END.longestComment)
  const tail = await bytesAt(file, fileSize, fileSize - length, length, 'its end')
  const view = new DataView(tail.buffer)
  let at = length - END.bytes
  // The comment reaches to the end of the file: other bytes may look like a record.
  const isEnd = () =>
    view.getUint32(at, true) === END.signature && view.getUint16(at + 20, true) === length - END.bytes - at
  while (at >= 0 && !isEnd()) at--
  if (at < 0) throw new FileProblem('it is cut short, or no zip file: it has no directory')
  const end = fileSize - length + at
  const [disk, first] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)]
  const [own, count] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)]
  const [size, offset] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)]
  const large = [disk, first, own, count].includes(ELSEWHERE_16) || size === ELSEWHERE_32 || offset === ELSEWHERE_32
  if (large && end >= LOCATOR.bytes) {
    const found = await findLarge(file, fileSize, end - LOCATOR.bytes)
    if (found !== undefined) return found
  }
  if (disk !== 0 || first !== 0 || own !== count) throw new FileProblem('it is one of several parts of a zip file')
  return { count, size, offset, end }
}

/** The end of a zip64 file; undefined where there is none, and the numbers are what they seem. */
async function findLarge(file: FileHandle, fileSize: number, at: number) {
  const locator = new DataView((await bytesAt(file, fileSize, at, LOCATOR.bytes, 'its end')).buffer)
  if (locator.getUint32(0, true) !== LOCATOR.signature) return undefined
  const end = large(locator, 8)
  if (end + END_64.bytes > at) throw new FileProblem('its directory is damaged: its end is not before its end')
  const record = new DataView((await bytesAt(file, fileSize, end, END_64.bytes, 'its end')).buffer)
  if (record.getUint32(0, true) !== END_64.signature) throw new FileProblem('its directory is damaged: no zip64 end')
  if (record.getUint32(16, true) !== 0 || record.getUint32(20, true) !== 0 || large(record, 24) !== large(record, 32)) {
    throw new FileProblem('it is one of several parts of a zip file')
  }
  return { count: large(record, 32), size: large(record, 40), offset: large(record, 48), end }
}

function entryOf(
  directory: Uint8Array<ArrayBuffer>,
  position: number,
  [nameLength, extraLength]: [number, number, number],
): ZipEntry {
  const view = new DataView(directory.buffer, position)
  const flags = view.getUint16(8, true)
  const name = textOf(directory.subarray(position + RECORD.bytes).subarray(0, nameLength), flags)
  const numbers = {
    size: view.getUint32(24, true),
    packedSize: view.getUint32(20, true),
    offset: view.getUint32(42, true),
  }
  const missing = (Object.keys(numbers) as (keyof typeof numbers)[]).filter((key) => numbers[key] === ELSEWHERE_32)
  if (missing.length > 0) {
    const found = largeSizes(view, RECORD.bytes + nameLength, extraLength)
    for (const [i, key] of missing.entries()) numbers[key] = found[i] ?? numbers[key]
  }
  const method = methodOf(view.getUint16(10, true))
  const most = method === 'stored' ? numbers.packedSize : numbers.packedSize * MOST_PER_PACKED_BYTE
  if (method !== 'unknown' && numbers.size > most) {
    throw new FileProblem(`its member '${name}' claims ${numbers.size} bytes, more than it can hold`)
  }
  return { name, method, crc32: view.getUint32(16, true), ...numbers }
}

/** The numbers of the extra field for zip64, in the order of those that are missing. */
function largeSizes(view: DataView, from: number, length: number): number[] {
  for (let at = from; at + 4 <= from + length; ) {
    const fieldLength = view.getUint16(at + 2, true)
    if (at + 4 + fieldLength > from + length) break
    if (view.getUint16(at, true) === LARGE_SIZES) {
      return Array.from({ length: Math.min(3, Math.floor(fieldLength / 8)) }, (_, i) => large(view, at + 4 + 8 * i))
    }
    at += 4 + fieldLength
  }
  return []
}

/** A 64-bit number; of those that no file has, one that is refused wherever it is used. */
function large(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}

function methodOf(method: number): ZipMethod {
  if (method === 0) return 'stored'
  return method === DEFLATED ? 'deflated' : 'unknown'
}

function textOf(bytes: Uint8Array, flags: number): string {
  return Buffer.from(bytes).toString((flags & UTF_8) !== 0 ? 'utf8' : 'latin1')
}

/** Members that lie over one another would let a small file unpack to any size. */
function requireApart(entries: readonly ZipEntry[], directoryOffset: number): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset)
  for (const [i, { name, offset, packedSize }] of sorted.entries()) {
    const next = sorted[i + 1]
    const end = offset + LOCAL.bytes + Buffer.byteLength(name, 'latin1') + packedSize
    if (end <= (next?.offset ?? directoryOffset)) continue
    throw new FileProblem(`its member '${name}' lies over ${next === undefined ? 'the directory' : `'${next.name}'`}`)
  }
}

async function bytesAt(
  file: FileHandle,
  fileSize: number,
  position: number,
  length: number,
  what: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (position + length > fileSize) {
    throw new FileProblem(`it is cut short: expected ${what} at ${position}, in a file of ${fileSize} bytes`)
  }
  const bytes = new Uint8Array(length)
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) throw new FileProblem('it is cut short: it ended while it was read')
    filled += bytesRead
  }
  return bytes
}
