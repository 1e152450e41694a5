import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
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
