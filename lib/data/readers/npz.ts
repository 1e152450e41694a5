/*
 * .npz, numpy's archive of arrays: a zip file with a .npy file for each. fflate unpacks it.
 */
import { readFile } from 'node:fs/promises'
import { asFileError, FileProblem, fileError } from '../../files/file-error.js'
import { array, didYouMean, string } from '../../validate.js'
import { vendored } from '../../vendor.js'
import type { ReadArray } from './elements.js'
import { type NpySource, readNpyFrom } from './npy.js'

const ENDING = '.npy'
/** Deflate's longest match costs at least two bits: no byte gives more than this many. */
const MOST_PER_COMPRESSED_BYTE = 1032

/**
 * Reads the arrays of a .npz file, as `numpy.savez` and `savez_compressed` write it, by their names.
 *
 * @param path the file
 * @param names those that are wanted; left out, all
 * @throws DeepblasError ERR_DEEPBLAS_FILE for a file that is no .npz file, or lacks an array
 * @example
 * const { x_train, y_train } = await readNpz('mnist.npz')
 */
export async function readNpz(path: string, names?: readonly string[]): Promise<Record<string, ReadArray>> {
  const given = names === undefined ? undefined : array('names', names, 'strings').map((name) => string('names', name))
  return await readArrays(path, given, [])
}

/** @param optional names of arrays that are read where they are there, beside those wanted */
export async function readArrays(
  path: string,
  wanted: readonly string[] | undefined,
  optional: readonly string[],
): Promise<Record<string, ReadArray>> {
  string('path', path)
  try {
    const found = unzipped(await readFile(path), (name) => (wanted?.includes(name) ?? true) || optional.includes(name))
    for (const name of wanted ?? []) if (!found.has(name)) throw new FileProblem(lacks(name, [...found.keys()]))
    const arrays: [string, ReadArray][] = []
    for (const [name, bytes] of found) {
      if (bytes !== undefined) arrays.push([name, await readNpyFrom(new Member(path, name, bytes))])
    }
    return Object.fromEntries(arrays)
  } catch (error) {
    throw asFileError('read', path, error)
  }
}

function lacks(name: string, names: readonly string[]): string {
  const hint = didYouMean(name, names)
  const there = names.map((one) => `'${one}'`).join(', ')
  return `expected an array '${name}' in it but it has ${there || 'none'}${hint === undefined ? '' : `. ${hint}`}`
}

/** The arrays in the file; those that are not wanted without their bytes. */
function unzipped(
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
): Map<string, Uint8Array<ArrayBuffer> | undefined> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) throw new FileProblem('expected a zip file, which begins with PK')
  const found = new Map<string, Uint8Array<ArrayBuffer> | undefined>()
  const files = vendored('fflate').unzipSync(bytes, {
    filter: ({ name: file, size, originalSize }) => {
      if (!file.endsWith(ENDING)) return false
      const name = file.slice(0, -ENDING.length)
      // Before memory is taken for what a damaged file claims.
      if (size > bytes.length || originalSize > size * MOST_PER_COMPRESSED_BYTE) {
        throw new FileProblem(`its member '${file}' claims ${originalSize} bytes, more than it can hold`)
      }
      found.set(name, undefined)
      return wanted(name)
    },
  })
  for (const [file, content] of Object.entries(files)) found.set(file.slice(0, -ENDING.length), content)
  return found
}

/** A member of the archive, read as a file of its own. */
class Member implements NpySource {
  readonly #path: string
  readonly #name: string
  readonly #bytes: Uint8Array<ArrayBuffer>
  #position = 0

  constructor(path: string, name: string, bytes: Uint8Array<ArrayBuffer>) {
    this.#path = path
    this.#name = name
    this.#bytes = bytes
  }

  async read(count: number, what: string): Promise<Uint8Array<ArrayBuffer>> {
    const rest = this.#bytes.length - this.#position
    if (count > rest) throw this.error(`it is cut short: expected ${count} bytes for ${what} but it has ${rest}`)
    const bytes = this.#bytes.slice(this.#position, this.#position + count)
    this.#position += count
    return bytes
  }

  async end(): Promise<void> {
    const rest = this.#bytes.length - this.#position
    if (rest > 0) throw this.error(`expected its end but ${rest} bytes more follow`)
  }

  error(reason: string) {
    return fileError('read', this.#path, `array '${this.#name}': ${reason}`)
  }
}
