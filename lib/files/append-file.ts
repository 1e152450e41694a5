/*
 * Files that grow, such as logs. A part of a line, or of a record, makes the rest of the file unreadable for others: what
 * does not go in whole is taken out again.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, rmSync } from 'node:fs'
import { writeAllSync } from './atomic-write.js'

/**
 * Appends to a file, which is made where it is missing. After a failure, such as that of a full disk, the file is as it
 * was. To what is no regular file, such as a pipe, goes what it takes.
 *
 * @throws the system's error
 */
export function appendWholeSync(path: string, bytes: Uint8Array): void {
  const descriptor = openSync(path, 'a')
  try {
    const before = fstatSync(descriptor)
    let written = 0
    try {
      writeAllSync(descriptor, bytes, (count) => {
        written += count
      })
    } catch (error) {
      // What another process has appended meanwhile is not ours to cut off.
      const ours = before.isFile() && fstatSync(descriptor).size === before.size + written
      if (ours && written > 0) ftruncateSync(descriptor, before.size)
      throw error
    }
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Makes a new file. After a failure there is none.
 *
 * @throws the system's error; EEXIST for a file that is there, which is left alone
 */
export function createWholeSync(path: string, bytes: Uint8Array): void {
  const descriptor = openSync(path, 'wx')
  let whole = false
  try {
    writeAllSync(descriptor, bytes)
    whole = true
  } finally {
    closeSync(descriptor)
    if (!whole) rmSync(path, { force: true })
  }
}
