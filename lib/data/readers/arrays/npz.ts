/*
 * .npz, numpy's archive of arrays: a zip file with a .npy file for each.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { asFileError, FileProblem } from '../../../files/file-error.js'
import { regularFile } from '../../../files/regular-file.js'
import { array, didYouMean, string } from '../../../validate.js'
import { readZipDirectory, startOfMember, type ZipEntry } from '../bytes/zip-directory.js'
import { ZipMember } from '../bytes/zip-member.js'
import type { ReadArray } from './element-kinds.js'
import { readNpyFrom } from './npy.js'

const ENDING = '.npy'

/**
 * Reads the arrays of a .npz file, as `numpy.savez` and `savez_compressed` write it, by their names. Only those that are
 * wanted are unpacked, off the main thread; their sizes and checksums (CRC-32) are held against what comes out.
 *
 * @param path the file
 * @param names those that are wanted; left out, all
 * @throws DeepblasError ERR_DEEPBLAS_FILE for a file that is no .npz file, is damaged, or lacks an array
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
    await regularFile(path)
    const file = await open(path, 'r')
    try {
      return await arraysOf(path, file, wanted, optional)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw asFileError('read', path, error)
  }
}

async function arraysOf(
  path: string,
  file: FileHandle,
  wanted: readonly string[] | undefined,
  optional: readonly string[],
): Promise<Record<string, ReadArray>> {
  const { size } = await file.stat()
  const directory = await readZipDirectory(file, size)
  const found = new Map<string, ZipEntry>()
  for (const entry of directory.entries) {
    if (!entry.name.endsWith(ENDING)) continue
    const name = entry.name.slice(0, -ENDING.length)
    if (found.has(name)) throw new FileProblem(`it has two arrays '${name}'`)
    found.set(name, entry)
  }
  for (const name of wanted ?? []) if (!found.has(name)) throw new FileProblem(lacks(name, [...found.keys()]))
  const arrays: [string, ReadArray][] = []
  for (const [name, entry] of found) {
    if (wanted !== undefined && !wanted.includes(name) && !optional.includes(name)) continue
    const member = new ZipMember(path, file, entry, await startOfMember(file, size, directory, entry))
    try {
      arrays.push([name, await readNpyFrom(member)])
    } finally {
      await member.close()
    }
  }
  return Object.fromEntries(arrays)
}

function lacks(name: string, names: readonly string[]): string {
  const hint = didYouMean(name, names)
  const there = names.map((one) => `'${one}'`).join(', ')
  return `expected an array '${name}' in it but it has ${there || 'none'}${hint === undefined ? '' : `. ${hint}`}`
}
