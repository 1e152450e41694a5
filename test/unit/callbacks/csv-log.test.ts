import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Checkpoint, CSVLog, Dataset, Dense, datasets, type FitOptions, Sequential } from '../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

const data = Dataset.from(datasets.moons({ samples: 60, noise: 0.3 }))
const model = () => new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2 })
const options = { loss: 'binaryCrossEntropy', metrics: ['accuracy'], validation: 0.25 } as const
const lines = async (path: string) => (await readFile(path, 'utf8')).split('\n')

test('a header and a line for every epoch; the numbers are those of the history', async () => {
  const path = join(folder, 'a.csv')
  await writeFile(path, 'what was here before')
  const { epochs } = await model().fit(data, { ...options, epochs: 3, callbacks: [new CSVLog(path)] })
  const [header, ...rest] = await lines(path)
  expect(header).toBe('epoch,loss,accuracy,validation.loss,validation.accuracy,learningRate,seconds')
  expect(rest.pop()).toBe('')
  const expected = epochs.map(({ epoch, loss, accuracy, validation, learningRate, seconds }) =>
    [epoch, loss, accuracy, validation!.loss, validation!.accuracy, learningRate, seconds].map(String),
  )
  expect(rest.map((line) => line.split(','))).toEqual(expected)
})

test('a resumed training goes on below its last line, and drops the epochs that it does again', async () => {
  const [path, checkpoint] = [join(folder, 'b.csv'), join(folder, 'b.safetensors')]
  const train = (more: Partial<FitOptions>) => model().fit(data, { ...options, ...more })
  const log = () => new CSVLog(path, { separator: '\t' })
  await train({ epochs: 4, callbacks: [log(), new Checkpoint(checkpoint, { every: 3 })] })
  await writeFile(path, `${await readFile(path, 'utf8')}5\thalf a li`)
  await train({ epochs: 6, callbacks: [log()], resume: checkpoint })
  const rest = (await lines(path)).slice(1, -1)
  expect(rest.map((line) => line.split('\t')[0])).toEqual(['1', '2', '3', '4', '5', '6'])
})

test('names with separators and quotes are quoted', () => {
  const path = join(folder, 'c.csv')
  const log = new CSVLog(path)
  log.onFitStart({ epochs: 1, stepsPerEpoch: 1, batchSize: 1, rows: 1, parameters: 1 })
  log.onEpochEnd({ epoch: 1, loss: Number.NaN, 'top "3", all': 0.5, learningRate: 1, seconds: 0 })
  return expect(readFile(path, 'utf8')).resolves.toBe(
    'epoch,loss,"top ""3"", all",learningRate,seconds\n1,NaN,0.5,1,0\n',
  )
})

test('a file that cannot be written rejects the fit', async () => {
  const callbacks = [new CSVLog(join(folder, 'none', 'd.csv'))]
  await expect(model().fit(data, { ...options, callbacks })).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  expect(() => new CSVLog('')).toThrow(/path/)
  expect(() => new CSVLog('a', { separator: '|' as never })).toThrow(/one of/)
})

const info = { epochs: 9, stepsPerEpoch: 1, batchSize: 1, rows: 1, parameters: 1 }
const result = (epoch: number) => ({ epoch, loss: 0.5, 'top "3",\nall': epoch / 10, learningRate: 1, seconds: 0 })

test.each([',', ';', '\t'] as const)('a resume keeps lines by their names, written with %j', async (separator) => {
  const path = join(folder, 'e.csv')
  const first = new CSVLog(path, { separator })
  first.onFitStart(info)
  for (const epoch of [1, 2, 3]) first.onEpochEnd(result(epoch))
  const before = await readFile(path, 'utf8')
  const same = new CSVLog(path, { separator })
  same.onFitStart({ ...info, epochsDone: 3 })
  expect(await readFile(path, 'utf8')).toBe(before)
  // Another separator is that of the whole file.
  const other = new CSVLog(path)
  other.onFitStart({ ...info, epochsDone: 2 })
  other.onEpochEnd(result(3))
  expect(await readFile(path, 'utf8')).toBe(
    'epoch,loss,"top ""3"",\nall",learningRate,seconds\n1,0.5,0.1,1,0\n2,0.5,0.2,1,0\n3,0.5,0.3,1,0\n',
  )
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('a resume does not write over a file that is no log; over one cut short in its first line it does', async () => {
  const path = join(folder, 'f.csv')
  await writeFile(path, 'name,age\nAda,36\n')
  expect(() => new CSVLog(path).onFitStart({ ...info, epochsDone: 2 })).toThrow(
    /first line does not begin with 'epoch'/,
  )
  expect(await readFile(path, 'utf8')).toBe('name,age\nAda,36\n')
  for (const text of ['', 'epoch,lo', 'epoch,loss\n1,0']) {
    await writeFile(path, text)
    const log = new CSVLog(path)
    log.onFitStart({ ...info, epochsDone: 2 })
    log.onEpochEnd({ epoch: 3, loss: 0.5, learningRate: 1, seconds: 0 })
    expect((await lines(path)).slice(0, -1)).toHaveLength(2)
  }
})

test.runIf(process.platform === 'linux')('a log may go to what is no file', async () => {
  const log = new CSVLog('/dev/null')
  log.onFitStart({ ...info, epochsDone: 2 })
  log.onEpochEnd(result(3))
  expect(() => new CSVLog('/dev/full').onEpochEnd(result(1))).toThrow(/ENOSPC/)
  expect(execFileSync('ls', ['-l', '/dev/null'], { encoding: 'utf8' })).toMatch(/^c/)
})
