/*
 * File systems of a test's own: small ones, and such as can only be read. Only root may mount them, and not everywhere.
 */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder that holds so many bytes; undefined where none can be mounted, which is said. */
export function smallDisk(bytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'deepblas-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch (error) {
    console.log(`skipped: no file system can be mounted here (${(error as Error).message.trim()})`)
    rmSync(folder, { recursive: true })
    return undefined
  }
  afterAll(() => {
    execFileSync('umount', ['--lazy', folder])
    rmSync(folder, { recursive: true })
  })
  return folder
}

/** From now on the disk can only be read, or be written to again. */
export function remount(folder: string, how: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${how}`, folder])
}

/** Fills a disk to the last byte; returns what makes room again. */
export function fillDisk(folder: string): () => void {
  const path = join(folder, 'filler')
  const file = openSync(path, 'w')
  const zeros = Buffer.alloc(4096)
  try {
    for (;;) writeSync(file, zeros)
  } catch {
    // Full.
  } finally {
    closeSync(file)
  }
  return () => rmSync(path)
}
