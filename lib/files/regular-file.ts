/*
 * Checks of a path before it is opened, and of a size before memory is taken for it.
 */
import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { messageOf } from '../kinds.js'
import { requireMemory } from '../memory.js'
import { FileProblem } from './file-error.js'

/**
 * Gives the system's information about a regular file. It is asked for before opening, since opening a pipe would wait
 * for a writer, and a device may never end.
 *
 * @throws FileProblem for a folder, a pipe or a device; the system's error where there is nothing
 */
export async function regularFile(path: string): Promise<Stats> {
  return requireRegular(await stat(path))
}

export function requireRegular(stats: Stats): Stats {
  if (stats.isDirectory()) throw new FileProblem('it is not a regular file but a folder. Give the path of a file in it')
  if (!stats.isFile()) {
    throw new FileProblem('it is not a regular file but a pipe or a device. Write what it gives into a file first')
  }
  return stats
}

/**
 * Refuses a file that claims, or has, more bytes than this machine has memory: a system that promises memory it lacks
 * would kill the process while it reads.
 *
 * @param what takes the bytes, such as 'its 3 tensors'
 * @throws FileProblem
 */
export function requireRoom(what: string, bytes: number): void {
  try {
    requireMemory(what, bytes)
  } catch (error) {
    throw new FileProblem(messageOf(error), { cause: error })
  }
}
