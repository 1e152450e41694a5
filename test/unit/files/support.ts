import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder for the tests of one file; it goes when they are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'deepblas-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/**
 * The bytes of a file with any header, right or wrong.
 *
 * @param header JSON text, or bytes
 * @param data that many zeros, or these bytes
 * @param length what the file claims as the header's length
 */
export function rawFile(header: string | Uint8Array, data: number | Uint8Array = 0, length?: bigint): Uint8Array {
  const text = Buffer.from(header)
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(length ?? BigInt(text.length))
  return Buffer.concat([prefix, text, typeof data === 'number' ? Buffer.alloc(data) : data])
}

/** What is thrown or rejected with, to look at more than its message. */
export async function failure(attempt: () => unknown): Promise<unknown> {
  try {
    await attempt()
  } catch (error) {
    return error
  }
  throw new Error('expected a failure')
}
