/*
 * Everything that deepblas writes, on disks that are full or can only be read, and to paths that are no plain files: what
 * was there is whole, nothing half written is left, and the error says which path and what to do.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { run } from '../../../lib/cli/run.js'
import { atomicWrite, atomicWriteSync } from '../../../lib/files/atomic-write.js'
import {
  Checkpoint,
  CSVLog,
  Dataset,
  Dense,
  type EpochResult,
  Population,
  Sequential,
  TensorBoard,
  writeSafetensors,
} from '../../../lib/index.js'
import { fillDisk, remount, smallDisk } from '../../helpers/disks.js'
import { failure, temporaryFolder } from './support.js'

const data = Dataset.from({ x: Array.from({ length: 8 }, (_, i) => [i, i % 2]), y: [0, 1, 0, 1, 0, 1, 0, 1] })
const layers = (units: number) => [new Dense(units), new Dense(1, { activation: 'sigmoid' })]
const options = { loss: 'binaryCrossEntropy' as const, epochs: 1, batchSize: 4 }

/** `units` changes the content, so that a file that was replaced is not the old one. */
type Write = (path: string, units: number) => Promise<unknown>

const writers: Record<string, Write> = {
  'Sequential.save': (path, units) => new Sequential(layers(units), { inputs: 2 }).save(path),
  'Population.save': (path, units) => new Population(layers(units), { inputs: 2, members: 2 }).save(path),
  Checkpoint: (path, units) =>
    new Sequential(layers(units), { inputs: 2 }).fit(data, { ...options, callbacks: [new Checkpoint(path)] }),
  'Checkpoint of fitSync': async (path, units) =>
    new Sequential(layers(units), { inputs: 2 }).fitSync(data, { ...options, callbacks: [new Checkpoint(path)] }),
  'Checkpoint within an epoch': (path, units) =>
    new Population(layers(units), { inputs: 2, members: 2 }).fit(data, {
      ...options,
      callbacks: [new Checkpoint(path, { every: { steps: 1 } })],
    }),
  writeSafetensors: (path, units) =>
    writeSafetensors(path, {
      tensors: [{ name: 'a', dtype: 'F32', shape: [units], data: new Float32Array(units) }],
    }),
  'the log of a resume': async (path, units) => {
    const lines = Array.from({ length: 300 }, (_, i) => `${i + 1},0.${units}\n`)
    if (!existsSync(path)) return void (await writeLog(path, lines))
    new CSVLog(path).onFitStart({
      epochs: 400,
      epochsDone: units,
      stepsPerEpoch: 1,
      batchSize: 1,
      rows: 1,
      parameters: 1,
    })
  },
}

const writeLog = (path: string, lines: readonly string[]) =>
  atomicWrite(path, [Buffer.from(`epoch,loss\n${lines.join('')}`)])

const elsewhere = temporaryFolder()

const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name !== 'filler')
      .map((name) => [name, lstatSync(join(folder, name)).isFile() ? readFileSync(join(folder, name), 'latin1') : '']),
  )

async function refused(write: Write, path: string, advice: RegExp): Promise<void> {
  const before = contents(dirname(path))
  const error = (await failure(() => write(path, 200))) as { code: string; message: string }
  expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  expect(error.message).toContain(path)
  expect(error.message).toMatch(advice)
  expect(error.message).not.toContain('.tmp')
  expect(contents(dirname(path))).toEqual(before)
}

const disk = smallDisk(1 << 20)

describe.each(Object.entries(writers))('%s', (name, write) => {
  test.skipIf(disk === undefined)('on a full disk', async () => {
    const folder = mkdtempSync(join(disk!, 'full-'))
    const path = join(folder, 'file')
    await write(path, 3)
    const makeRoom = fillDisk(disk!)
    try {
      await refused(write, path, /ENOSPC.*make room/s)
      // Where nothing was, nothing is.
      if (name !== 'the log of a resume') await refused(write, join(folder, 'new'), /ENOSPC.*make room/s)
    } finally {
      makeRoom()
    }
    await write(path, 200)
  })

  test.skipIf(disk === undefined)('where nothing can be written', async () => {
    const folder = mkdtempSync(join(disk!, 'read-only-'))
    const path = join(folder, 'file')
    await write(path, 3)
    remount(disk!, 'ro')
    try {
      await refused(write, path, /EROFS.*in a folder of another one/s)
    } finally {
      remount(disk!, 'rw')
    }
  })

  test('to a folder, and through a file', async () => {
    const folder = mkdtempSync(join(elsewhere, 'folder-'))
    const path = join(folder, 'file')
    mkdirSync(path)
    if (name !== 'the log of a resume') await refused(write, path, /folder/)
    rmSync(path, { recursive: true })
    await write(path, 3)
    const before = contents(folder)
    const error = (await failure(() => write(join(path, 'inside'), 4))) as { code: string; message: string }
    expect(error).toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringMatching(/inside.*(ENOTDIR|no folder)/s),
    })
    expect(contents(folder)).toEqual(before)
  })

  test('through a link, which stays one, and under a name of 255 bytes', async () => {
    const folder = mkdtempSync(join(elsewhere, 'links-'))
    const [file, link, long] = [join(folder, 'file'), join(folder, 'link'), join(folder, `${'ä'.repeat(127)}x`)]
    await write(file, 3)
    const plain = readFileSync(file)
    symlinkSync('file', link)
    await write(link, 200)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(file).equals(plain)).toBe(false)
    await write(long, 3)
    expect(readdirSync(folder).sort()).toEqual(['file', 'link', basename(long)].sort())
  })

  test.skipIf(disk === undefined)('through a link to another disk', async () => {
    const [here, there] = [mkdtempSync(join(elsewhere, 'other-')), mkdtempSync(join(disk!, 'other-'))]
    symlinkSync(join(there, 'file'), join(here, 'link'))
    await write(join(here, 'link'), 3)
    expect(readdirSync(there)).toEqual(['file'])
    expect(readdirSync(here)).toEqual(['link'])
  })
})

test('a path that becomes a folder while it is written to', async () => {
  const folder = mkdtempSync(join(elsewhere, 'becomes-'))
  const path = join(folder, 'file')
  for (const write of [atomicWrite, atomicWriteSync]) {
    await write(path, [Buffer.from('old')])
    const chunks = (function* () {
      yield Buffer.from('new')
      renameSync(path, join(folder, 'old'))
      mkdirSync(path)
    })()
    const error = (await failure(() => write(path, chunks))) as { code: string; message: string }
    expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    expect(error.message).toMatch(/EISDIR.*give the path of a file/s)
    expect(readdirSync(folder).sort()).toEqual(['file', 'old'])
    rmSync(path, { recursive: true })
  }
})

describe.skipIf(disk === undefined)('what grows by an epoch', () => {
  /** A line, and a record, of several blocks of the disk: some of it fits, and not all. */
  const result = (epoch: number) =>
    ({
      epoch,
      loss: 1 / 3,
      learningRate: 1,
      seconds: 0,
      ...Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`metric${i}`, i / 7])),
    }) as unknown as EpochResult
  const training = { model: {} } as never
  const info = { epochs: 9, stepsPerEpoch: 1, batchSize: 1, rows: 1, parameters: 1 }

  test.each([
    ['CSVLog', (folder: string) => new CSVLog(join(folder, 'log.csv'))],
    ['TensorBoard', (folder: string) => new TensorBoard(folder)],
  ])('%s keeps what it had, and goes on when there is room', (_, make) => {
    const [folder, twin] = [mkdtempSync(join(disk!, 'grows-')), mkdtempSync(join(elsewhere, 'grows-'))]
    const [log, other] = [make(folder), make(twin)]
    for (const one of [log, other]) {
      one.onFitStart(info)
      one.onEpochEnd(result(1), training)
    }
    const before = contents(folder)
    // Two blocks are free: some of the record goes in.
    const filler = fillDiskBut(8192)
    try {
      expect(() => log.onEpochEnd(result(2), training)).toThrow(
        expect.objectContaining({ code: 'ERR_DEEPBLAS_FILE', message: expect.stringMatching(/ENOSPC.*make room/s) }),
      )
      expect(contents(folder)).toEqual(before)
    } finally {
      filler()
    }
    log.onEpochEnd(result(2), training)
    other.onEpochEnd(result(2), training)
    const sizes = (of: string) => Object.values(contents(of)).map(({ length }) => length)
    expect(sizes(folder)).toEqual(sizes(twin))
  })

  test('TensorBoard leaves no empty file on a full disk, and names the folder that cannot be made', () => {
    const folder = mkdtempSync(join(disk!, 'board-'))
    const makeRoom = fillDisk(disk!)
    try {
      expect(() => new TensorBoard(folder).onFitStart()).toThrow(/ENOSPC.*make room/s)
      expect(readdirSync(folder)).toEqual([])
    } finally {
      makeRoom()
    }
    const file = join(elsewhere, 'a-file')
    new CSVLog(file).onFitStart(info)
    expect(() => new TensorBoard(join(file, 'runs')).onFitStart()).toThrow(
      expect.objectContaining({ code: 'ERR_DEEPBLAS_FILE', message: expect.stringContaining(join(file, 'runs')) }),
    )
  })

  function fillDiskBut(bytes: number): () => void {
    const reserve = join(disk!, 'reserve')
    writeFileSync(reserve, Buffer.alloc(bytes))
    const makeRoom = fillDisk(disk!)
    rmSync(reserve)
    return makeRoom
  }
})

describe.skipIf(disk === undefined)('the command line on a full disk', () => {
  const [table, model] = [join(elsewhere, 'table.csv'), join(elsewhere, 'model.safetensors')]
  const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 7},${i % 2 === 0 ? 'yes' : 'no'}\n`)
  const cli = async (...given: string[]) => {
    let text = ''
    const stream = new Writable({
      write(chunk, _, done) {
        text += chunk
        done()
      },
    })
    const code = await run(given, { stdout: stream, stderr: stream, signal: new AbortController().signal } as never)
    return { code, text }
  }

  test.each([
    ['predict --out', (out: string) => cli('predict', model, table, '--out', out)],
    [
      'train --out',
      (out: string) => cli('train', '--preset', 'fast', table, '--target', 'kind', '--epochs', '2', '--out', out),
    ],
    [
      'train --checkpoint',
      (out: string) =>
        cli(
          'train',
          '--preset',
          'fast',
          table,
          '--target',
          'kind',
          '--epochs',
          '2',
          '--out',
          `${model}2`,
          '--checkpoint',
          out,
        ),
    ],
  ])('%s', async (_, write) => {
    writeFileSync(table, `a,b,kind\n${rows.join('')}`)
    if (!existsSync(model))
      await cli('train', '--preset', 'fast', table, '--target', 'kind', '--epochs', '2', '--out', model)
    const folder = mkdtempSync(join(disk!, 'command-'))
    const out = join(folder, 'file')
    writeFileSync(out, 'old')
    const makeRoom = fillDisk(disk!)
    try {
      const { code, text } = await write(out)
      expect(text).toMatch(/ENOSPC.*make room/s)
      expect(text).toContain(out)
      expect(code).toBe(1)
      expect(contents(folder)).toEqual({ file: 'old' })
    } finally {
      makeRoom()
    }
    expect(await write(out)).toMatchObject({ code: 0 })
    expect(readFileSync(out, 'utf8')).not.toBe('old')
  })
})
