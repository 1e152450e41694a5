import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { type FileHandle, open, readlink, rename, rm, stat } from 'node:fs/promises'
import { dirname, isAbsolute, sep } from 'node:path'
import { codeOf } from '../kinds.js'
import { asFileError, FileProblem } from './file-error.js'
import { filePath } from './file-path.js'
import { removeAbandoned, temporaryBeside } from './temporary-files.js'

/** One call to the operating system writes at most this much: some systems refuse 2 GiB and more. */
const LARGEST_WRITE = 64 * 1024 * 1024

/** As many symbolic links as Linux follows before it takes them for a ring. */
const MOST_LINKS = 40

const PERMISSION_BITS = 0o777

/** What a system answers that cannot open or flush a folder. The rename has happened; there is no more to do. */
const FOLDER_NOT_SYNCED = new Set(['EACCES', 'EBADF', 'EINVAL', 'EISDIR', 'ENOSYS', 'ENOTSUP', 'EPERM'])

/**
 * Writes a file whole or not at all: the bytes go to a temporary file in the same folder, are flushed to the disk, and
 * the temporary file then takes the target's name. A reader, and a machine that loses power, see the old file or the
 * new one, never a part. After a failure the old file is as it was and the temporary file is gone; that of a process
 * which was killed is removed by the next write into the folder.
 *
 * A symbolic link stays a link: the file it leads to is replaced. A file that exists keeps its permissions, a new one
 * gets 0666 less the umask. The folder must exist and be writable.
 *
 * @param path the target
 * @param chunks the content in order. Each chunk is written before the next is asked for, so a generator can use one
 *   buffer again and again. An error it throws ends the writing.
 * @throws DeepblasError `ERR_DEEPBLAS_FILE` with the path, and the system's error as its cause
 */
export async function atomicWrite(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  filePath('path', path)
  try {
    const target = await followLinks(path)
    const permissions = permissionsOf(await stat(target).catch(undefinedIfAbsent))
    const temporary = temporaryBeside(target)
    removeAbandoned(dirname(target))
    const handle = await open(temporary, 'wx', permissions)
    unfinished.add(temporary)
    try {
      try {
        // The umask has been taken off the permissions of a file that exists. Not every file system knows permissions.
        if (permissions !== undefined) await handle.chmod(permissions).catch(() => undefined)
        for await (const chunk of chunks) await writeAll(handle, chunk)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(temporary, target)
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined)
      throw error
    } finally {
      unfinished.delete(temporary)
    }
    await syncFolder(dirname(target))
  } catch (error) {
    throw asFileError('write', path, error)
  }
}

/** Temporary files of `atomicWrite` that are being written. */
const unfinished = new Set<string>()

/** For a process that ends before its writes have ended: they leave nothing behind. */
export function removeUnfinished(): void {
  for (const path of unfinished) attemptSync(() => rmSync(path, { force: true }))
}

/** As `atomicWrite`, and blocks the thread until the file is on the disk. */
export function atomicWriteSync(path: string, chunks: Iterable<Uint8Array>): void {
  filePath('path', path)
  try {
    const target = followLinksSync(path)
    const permissions = permissionsOf(attemptSync(() => statSync(target), undefinedIfAbsent))
    const temporary = temporaryBeside(target)
    removeAbandoned(dirname(target))
    const descriptor = openSync(temporary, 'wx', permissions)
    try {
      try {
        if (permissions !== undefined) attemptSync(() => fchmodSync(descriptor, permissions))
        for (const chunk of chunks) writeAllSync(descriptor, chunk)
        fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
      renameSync(temporary, target)
    } catch (error) {
      attemptSync(() => rmSync(temporary, { force: true }))
      throw error
    }
    syncFolderSync(dirname(target))
  } catch (error) {
    throw asFileError('write', path, error)
  }
}

async function followLinks(path: string): Promise<string> {
  let target = path
  for (let links = 0; links < MOST_LINKS; links++) {
    // What is absent or no link ends the search; an error that matters comes again when the file is opened.
    const link = await readlink(target).catch(() => undefined)
    if (link === undefined) return target
    target = besideUnlessAbsolute(target, link)
  }
  throw new FileProblem('too many symbolic links lead on from it. Give the path of the file itself')
}

function followLinksSync(path: string): string {
  let target = path
  for (let links = 0; links < MOST_LINKS; links++) {
    const name = target
    const link = attemptSync(() => readlinkSync(name))
    if (link === undefined) return target
    target = besideUnlessAbsolute(target, link)
  }
  throw new FileProblem('too many symbolic links lead on from it. Give the path of the file itself')
}

/** Put together as text: `path.join` would strike out `..`, which after a linked folder leads somewhere else. */
function besideUnlessAbsolute(path: string, link: string): string {
  return isAbsolute(link) ? link : dirname(path) + sep + link
}

/** A device or a pipe is refused: the rename would put a plain file in its place. */
function permissionsOf(existing: Stats | undefined): number | undefined {
  if (existing === undefined) return undefined
  if (existing.isDirectory()) {
    throw new FileProblem('it is a folder and not a regular file. Give the path of a file, in it or elsewhere')
  }
  if (!existing.isFile()) throw new FileProblem('it exists and is not a regular file. Give another path')
  return existing.mode & PERMISSION_BITS
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0
  while (written < chunk.byteLength) {
    const wanted = Math.min(chunk.byteLength - written, LARGEST_WRITE)
    written += progress((await handle.write(chunk, written, wanted)).bytesWritten)
  }
}

/** `onWritten` is told of the bytes of every call that the system took. */
export function writeAllSync(descriptor: number, chunk: Uint8Array, onWritten?: (bytes: number) => void): void {
  let written = 0
  while (written < chunk.byteLength) {
    const wanted = Math.min(chunk.byteLength - written, LARGEST_WRITE)
    const bytes = progress(writeSync(descriptor, chunk, written, wanted))
    written += bytes
    onWritten?.(bytes)
  }
}

/** A system that takes no byte and names no error would keep us here for ever. */
function progress(bytesWritten: number): number {
  if (bytesWritten === 0) throw new FileProblem('the system accepted no more bytes')
  return bytesWritten
}

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!FOLDER_NOT_SYNCED.has(codeOf(error) ?? '')) throw error
  }
}

function syncFolderSync(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (!FOLDER_NOT_SYNCED.has(codeOf(error) ?? '')) throw error
  }
}

function attemptSync<Result>(attempt: () => Result, otherwise: (error: unknown) => undefined = () => undefined) {
  try {
    return attempt()
  } catch (error) {
    return otherwise(error)
  }
}

function undefinedIfAbsent(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
}
