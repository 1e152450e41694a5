/* What the head of a program or library of Linux tells: the C library of the one, whether the other is whole. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

export interface Elf {
  /** Node's name of the processor; undefined for others than those that addons are made for. */
  readonly arch: string | undefined
  /** What loads the program: `/lib64/ld-linux-x86-64.so.2`; a library and a static program have none. */
  readonly interpreter: string | undefined
  /** Whether all that is loaded is there. */
  readonly whole: boolean
}

const HEADER_BYTES = 64
const ENTRY_BYTES = 56
/** More entries than any linker writes. */
const MOST_ENTRIES = 1024
const LONGEST_PATH = 4096
const LOADED = 1
const INTERPRETER = 3
const MACHINES: ReadonlyMap<number, string> = new Map([
  [62, 'x64'],
  [183, 'arm64'],
])

/** @returns undefined for what is no 64-bit little-endian ELF file, or is cut off in its head */
export function readElf(path: string): Elf | undefined {
  const file = openSync(path, 'r')
  try {
    return read(file)
  } finally {
    closeSync(file)
  }
}

function read(file: number): Elf | undefined {
  const header = bytes(file, 0, HEADER_BYTES)
  if (header?.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') return undefined
  const count = header.readUInt16LE(56)
  if (header.readUInt16LE(54) !== ENTRY_BYTES || count > MOST_ENTRIES) return undefined
  const entries = bytes(file, Number(header.readBigUInt64LE(32)), count * ENTRY_BYTES)
  if (entries === undefined) return undefined
  const { size } = fstatSync(file)
  let interpreter: string | undefined
  let end = 0
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    const kind = entries.readUInt32LE(at)
    const offset = Number(entries.readBigUInt64LE(at + 8))
    const length = Number(entries.readBigUInt64LE(at + 32))
    if (kind === LOADED) end = Math.max(end, offset + length)
    if (kind === INTERPRETER && length <= LONGEST_PATH) {
      interpreter = bytes(file, offset, length)?.toString('latin1').replace(/\0.*$/, '')
    }
  }
  return { arch: MACHINES.get(header.readUInt16LE(18)), interpreter, whole: end <= size }
}

function bytes(file: number, position: number, length: number): Buffer | undefined {
  const buffer = Buffer.allocUnsafe(length)
  return readSync(file, buffer, 0, length, position) === length ? buffer : undefined
}
