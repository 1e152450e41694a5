import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { atomicWrite, atomicWriteSync } from '../../../lib/files/atomic-write.js'
import { failure, temporaryFolder } from './support.js'

const parent = temporaryFolder()
const windows = process.platform === 'win32'
let folder: string

beforeEach(() => {
  folder = join(parent, randomBytes(6).toString('hex'))
  mkdirSync(folder)
})

const text = (content: string) => Buffer.from(content)

describe.each([
  ['atomicWrite', atomicWrite],
  ['atomicWriteSync', async (path: string, chunks: Iterable<Uint8Array>) => atomicWriteSync(path, chunks)],
])('%s', (_, write) => {
  test('writes the chunks in order and leaves nothing else behind', async () => {
    await write(join(folder, 'new'), [text('one '), new Uint8Array(0), text('two')])
    expect(readFileSync(join(folder, 'new'), 'utf8')).toBe('one two')
    expect(readdirSync(folder)).toEqual(['new'])
  })

  test('writes an empty file', async () => {
    await write(join(folder, 'empty'), [])
    expect(readFileSync(join(folder, 'empty'))).toHaveLength(0)
  })

  test('replaces a file', async () => {
    const path = join(folder, 'file')
    writeFileSync(path, 'a longer old content')
    await write(path, [text('new')])
    expect(readFileSync(path, 'utf8')).toBe('new')
  })

  test('asks for a chunk only when the one before is written', async () => {
    const path = join(folder, 'file')
    await write(
      path,
      (function* () {
        const buffer = new Uint8Array(1)
        for (let i = 0; i < 100; i++) yield buffer.fill(i)
      })(),
    )
    expect([...readFileSync(path)]).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  test('writes views at an offset and shared memory', async () => {
    const path = join(folder, 'file')
    const shared = new Uint8Array(new SharedArrayBuffer(4), 1, 2).fill(7)
    await write(path, [text('abcdef').subarray(2, 4), shared])
    expect([...readFileSync(path)]).toEqual([99, 100, 7, 7])
  })

  test('shows the old file until the new one is whole, and the old one after a failure', async () => {
    const path = join(folder, 'file')
    writeFileSync(path, 'old')
    const seen: string[] = []
    const cause = new RangeError('no more')
    const error = await failure(() =>
      write(
        path,
        (function* () {
          yield text('half of the new')
          seen.push(readFileSync(path, 'utf8'), `${readdirSync(folder).length} files`)
          throw cause
        })(),
      ),
    )
    expect(seen).toEqual(['old', '2 files'])
    expect(error).toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: `Cannot write the file '${path}': no more`,
      cause,
    })
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['file'])
  })

  test('names the path and the cause if the folder is missing', async () => {
    const path = join(folder, 'absent', 'file')
    const error = await failure(() => write(path, [text('x')]))
    expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_FILE', cause: { code: 'ENOENT' } })
    expect((error as Error).message).toContain(`Cannot write the file '${path}': ENOENT`)
  })

  test('refuses a folder, an empty path, a path with a null byte and what is no string', async () => {
    const directory = await failure(() => write(folder, [text('x')]))
    expect(directory).toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringContaining('not a regular file'),
    })
    expect(await failure(() => write('', [text('x')]))).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    expect(await failure(() => write(join(folder, 'a\0b'), [text('x')]))).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    expect(await failure(() => write(1 as unknown as string, []))).toMatchObject({ code: 'ERR_DEEPBLAS_ARGUMENT' })
    expect(readdirSync(folder)).toEqual([])
  })

  test.skipIf(windows)('refuses a device rather than replace it', async () => {
    const error = await failure(() => write('/dev/null', [text('x')]))
    expect((error as Error).message).toContain('not a regular file')
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  test.skipIf(windows)('writes a file whose name is as long as names can be', async () => {
    const path = join(folder, 'x'.repeat(255))
    await write(path, [text('x')])
    expect(existsSync(path)).toBe(true)
  })

  test.skipIf(windows)('gives a new file the permissions of the umask', async () => {
    const path = join(folder, 'file')
    const before = process.umask(0o027)
    try {
      await write(path, [text('x')])
    } finally {
      process.umask(before)
    }
    expect(statSync(path).mode & 0o777).toBe(0o640)
  })

  test.skipIf(windows)('keeps the permissions of a file that exists, narrow or wide', async () => {
    for (const mode of [0o600, 0o666]) {
      const path = join(folder, String(mode))
      writeFileSync(path, 'old')
      chmodSync(path, mode)
      await write(path, [text('x')])
      expect(statSync(path).mode & 0o777).toBe(mode)
    }
  })

  test.skipIf(windows)('replaces the file that links lead to, not the link', async () => {
    mkdirSync(join(folder, 'data'))
    mkdirSync(join(folder, 'data', 'deep'))
    writeFileSync(join(folder, 'data', 'file'), 'old')
    symlinkSync(join('data', 'deep'), join(folder, 'folder-link'))
    // Through the linked folder, '..' is data/, not the folder that the link lies in.
    symlinkSync('folder-link/../file', join(folder, 'second'))
    symlinkSync(join(folder, 'second'), join(folder, 'first'))
    await write(join(folder, 'first'), [text('new')])
    expect(lstatSync(join(folder, 'first')).isSymbolicLink()).toBe(true)
    expect(readlinkSync(join(folder, 'second'))).toBe('folder-link/../file')
    expect(readFileSync(join(folder, 'data', 'file'), 'utf8')).toBe('new')
    expect(readdirSync(join(folder, 'data')).sort()).toEqual(['deep', 'file'])
  })

  test.skipIf(windows)('makes the file that a dangling link leads to', async () => {
    symlinkSync('later', join(folder, 'link'))
    await write(join(folder, 'link'), [text('new')])
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(folder, 'later'), 'utf8')).toBe('new')
  })

  test.skipIf(windows)('gives up on a ring of links', async () => {
    symlinkSync('b', join(folder, 'a'))
    symlinkSync('a', join(folder, 'b'))
    expect(await failure(() => write(join(folder, 'a'), [text('x')]))).toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringContaining('too many symbolic links'),
    })
  })
})

test('writers of one target at once leave one whole file', async () => {
  const path = join(folder, 'file')
  const contents = Array.from({ length: 8 }, (_, i) => String(i).repeat(100_000))
  await Promise.all(contents.map((content) => atomicWrite(path, [text(content)])))
  expect(contents).toContain(readFileSync(path, 'utf8'))
  expect(readdirSync(folder)).toEqual(['file'])
})
