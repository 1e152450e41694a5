import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { failure, temporaryFolder } from './support.js'

/** The calls to the operating system in order, and the one that is to fail. */
const system = vi.hoisted(() => {
  const calls: string[] = []
  const state: { fail: string | undefined; code: string; writeLimit: number } = {
    fail: undefined,
    code: 'EIO',
    writeLimit: Number.POSITIVE_INFINITY,
  }
  const call = (name: string) => {
    calls.push(name)
    if (name === state.fail) throw Object.assign(new Error(`${state.code}: made to fail`), { code: state.code })
  }
  return { calls, state, call }
})

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  return {
    ...real,
    open: async (path: string, flags: string, mode?: number) => {
      const kind = flags === 'wx' ? 'file' : 'folder'
      system.call(`open ${kind}`)
      const handle = await real.open(path, flags, mode)
      const sync = handle.sync.bind(handle)
      const write = handle.write.bind(handle) as (
        b: Uint8Array,
        at: number,
        n: number,
      ) => ReturnType<FileHandle['write']>
      return Object.assign(handle, {
        sync: async () => {
          system.call(`sync ${kind}`)
          await sync()
        },
        write: async (buffer: Uint8Array, at: number, length: number) => {
          system.call('write')
          return write(buffer, at, Math.min(length, system.state.writeLimit))
        },
      })
    },
    rename: async (from: string, to: string) => {
      system.call('rename')
      await real.rename(from, to)
    },
  }
})

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>()
  const folders = new Set<number>()
  const kind = (descriptor: number) => (folders.has(descriptor) ? 'folder' : 'file')
  return {
    ...real,
    openSync: (path: string, flags: string, mode?: number) => {
      system.call(`open ${flags === 'wx' ? 'file' : 'folder'}`)
      const descriptor = real.openSync(path, flags, mode)
      if (flags === 'wx') folders.delete(descriptor)
      else folders.add(descriptor)
      return descriptor
    },
    fsyncSync: (descriptor: number) => {
      system.call(`sync ${kind(descriptor)}`)
      real.fsyncSync(descriptor)
    },
    writeSync: (descriptor: number, buffer: Uint8Array, at: number, length: number) => {
      system.call('write')
      return real.writeSync(descriptor, buffer, at, Math.min(length, system.state.writeLimit))
    },
    renameSync: (from: string, to: string) => {
      system.call('rename')
      real.renameSync(from, to)
    },
  }
})

const { atomicWrite, atomicWriteSync } = await import('../../../lib/files/atomic-write.js')

const folder = temporaryFolder()
const path = join(folder, 'file')
const content = Buffer.from('new content')

beforeEach(() => {
  writeFileSync(path, 'old')
  system.calls.length = 0
  Object.assign(system.state, { fail: undefined, code: 'EIO', writeLimit: Number.POSITIVE_INFINITY })
})

describe.each([
  ['atomicWrite', atomicWrite],
  ['atomicWriteSync', async (path: string, chunks: Iterable<Uint8Array>) => atomicWriteSync(path, chunks)],
])('%s', (_, write) => {
  test('flushes the file before the rename and the folder after it', async () => {
    await write(path, [content])
    expect(system.calls).toEqual(['open file', 'write', 'sync file', 'rename', 'open folder', 'sync folder'])
  })

  test('goes on after a write that took only a part', async () => {
    system.state.writeLimit = 4
    await write(path, [content])
    expect(readFileSync(path, 'utf8')).toBe('new content')
    expect(system.calls.filter((name) => name === 'write')).toHaveLength(3)
  })

  test('gives up on a system that takes nothing', async () => {
    system.state.writeLimit = 0
    expect(await failure(() => write(path, [content]))).toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringContaining('accepted no more bytes'),
    })
    expect(readFileSync(path, 'utf8')).toBe('old')
  })

  test.each([
    ['open file', 'EACCES', 'change the permissions of the folder'],
    ['open file', 'EMFILE', 'close some'],
    ['write', 'ENOSPC', 'make room on it'],
    ['write', 'EDQUOT', 'delete what is no longer needed'],
    ['sync file', 'EIO', 'or give a path in another folder'],
    ['rename', 'EXDEV', 'give a path in another folder'],
    ['rename', 'EISDIR', 'give the path of a file'],
    ['rename', 'EBUSY', 'mount its folder instead'],
  ])('leaves the old file alone if %s fails with %s, and says what to do', async (step, code, advice) => {
    Object.assign(system.state, { fail: step, code })
    const error = await failure(() => write(path, [content]))
    expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_FILE', cause: { code } })
    const { message } = error as Error
    expect(message).toContain(`Cannot write the file '${path}': ${code}: made to fail. `)
    expect(message).toContain(advice)
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual([basename(path)])
  })

  test.each(['open folder', 'sync folder'])('does without the folder if the platform cannot %s', async (step) => {
    Object.assign(system.state, { fail: step, code: 'EPERM' })
    await write(path, [content])
    expect(readFileSync(path, 'utf8')).toBe('new content')
  })

  test('tells of a folder that a failing disk could not flush', async () => {
    Object.assign(system.state, { fail: 'sync folder', code: 'EIO' })
    expect(await failure(() => write(path, [content]))).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  })
})
