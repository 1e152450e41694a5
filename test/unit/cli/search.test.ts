/*
 * deepblas search: what it prints and writes, with --json and without, and what it refuses.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Terminal } from '../../../lib/cli/terminal.js'
import {
  choice,
  logUniform,
  type SearchResult,
  Sequential,
  searchPictures,
  searchTable,
  writeNpy,
} from '../../../lib/index.js'
import { atFirstProgress, customers, deepblas, flats, writeCsv } from '../../helpers/command-line.js'

let folder: string
const at = (name: string) => join(folder, name)
const space = '{"learningRate":{"logUniform":[0.001,0.1]},"hidden":[[4],[8,4]],"batchSize":32}'
const search = (args: readonly string[], signal?: AbortSignal, more?: Partial<Terminal>) =>
  deepblas(['search', at('customers.csv'), '--target', 'left', '--epochs', '3', ...args], signal, more)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-search-'))
  await writeCsv(at('customers.csv'), customers(300))
  await writeCsv(at('later.csv'), customers(100, 7))
  await writeCsv(at('flats.csv'), flats(200))
  await writeFile(at('space.json'), space)
})
afterAll(() => rm(folder, { recursive: true }))

test('prints the best, the table and the shares; writes the model and the trials', async () => {
  const [out, trials] = [at('best.safetensors'), at('trials.csv')]
  const args = ['--space', at('space.json'), '--tries', '10', '--seed', '2', '--out', out, '--trials', trials]
  const { code, stdout, stderr } = await search(args)
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^Best: learningRate=\S+ hidden=\S+ batchSize=32, 3 epochs: accuracy [01](\.\d+)? on the dev rows/,
  )
  expect(stdout.replaceAll('\n', ' ')).toMatch(/10 trainings of 10 configurations \(random, one seed each\)/)
  expect(stdout).toMatch(/^learningRate +\d+\.\d %/m)
  expect(stderr).toMatch(/saved .*best\.safetensors/)
  const [header, ...lines] = (await readFile(trials, 'utf8')).trim().split('\n')
  expect(header).toBe('learningRate,hidden,batchSize,epochs,value,seconds,failed')
  expect(lines).toHaveLength(10)
  const model = await Sequential.load(out)
  expect(model.encoder!.target).toBe('left')
  expect((await deepblas(['evaluate', out, at('later.csv')])).code).toBe(0)
})

test('--json gives what the library gives', async () => {
  const { stdout } = await search(['--space', space, '--method', 'grid', '--levels', '2', '--json'])
  const told = JSON.parse(stdout)
  expect(Object.keys(told)).toEqual(
    'best trials importance metric method seeds seed tries seconds stopped model report'.split(' '),
  )
  const found = await searchTable(
    at('customers.csv'),
    { learningRate: logUniform(0.001, 0.1), hidden: choice([[4], [8, 4]]), batchSize: choice([32]) },
    { target: 'left', fit: { epochs: 3 }, method: 'grid', levels: 2 },
  )
  const figures = (trials: readonly { configuration: object; value: number }[]) =>
    trials.map(({ configuration, value }) => ({ configuration, value }))
  expect(figures(told.trials)).toEqual(figures(found.trials))
  expect([told.stopped, told.tries, told.importance.method, told.model]).toEqual(['completed', 4, 'none', null])
})

test('values, rows from elsewhere, a journal, the usual space', async () => {
  const flat = await deepblas([
    'search',
    at('flats.csv'),
    '--target',
    'price',
    '--epochs',
    '2',
    '--tries',
    '3',
    '--json',
  ])
  expect(JSON.parse(flat.stdout)).toMatchObject({ metric: { name: 'r2' }, tries: 3 })
  const journal = at('search.jsonl')
  const args = ['--space', space, '--dev', at('later.csv'), '--journal', journal, '--method', 'halving', '--json']
  const first = JSON.parse((await search(args)).stdout)
  expect(first.trials.map(({ epochs }: { epochs: number }) => epochs)).toEqual([1, 1, 1, 3])
  const again = JSON.parse((await search(args)).stdout)
  expect({ ...again, seconds: 0 }).toEqual({ ...first, seconds: 0 })
})

test('pictures: a folder of NPY arrays, and drawn digits', async () => {
  const pictures = await mkdtemp(join(folder, 'pictures-'))
  const rows = 60
  const bright = (at: number) => at % 16 < 8 === Math.floor(at / 16) % 3 > 0
  const data = Uint8Array.from({ length: rows * 16 }, (_, at) => (bright(at) ? 200 : 20))
  await writeNpy(join(pictures, 'train_x.npy'), { data, shape: [rows, 4, 4] })
  const classes = Int32Array.from({ length: rows }, (_, row) => row % 3)
  await writeNpy(join(pictures, 'train_y.npy'), { data: classes, shape: [rows] })
  const out = at('pictures.safetensors')
  const args = ['search', pictures, '--space', space, '--method', 'grid', '--levels', '2', '--epochs', '3']
  const { code, stdout, stderr } = await deepblas([...args, '--out', out, '--json'])
  expect(code).toBe(0)
  const told = JSON.parse(stdout) as SearchResult
  const found = await searchPictures(
    pictures,
    { learningRate: logUniform(0.001, 0.1), hidden: choice([[4], [8, 4]]), batchSize: choice([32]) },
    { fit: { epochs: 3 }, method: 'grid', levels: 2 },
  )
  const values = ({ trials }: { trials: readonly { value: number }[] }) => trials.map(({ value }) => value)
  expect(values(told)).toEqual(values(found))
  expect([told.tries, told.metric.name]).toEqual([4, 'accuracy'])
  const model = await Sequential.load(out)
  expect([model.inputs, model.outputs]).toEqual([16, 3])
  expect(stderr).not.toContain('next: ')
  const drawn = await deepblas(['search', 'digits', '--space', '{"hidden":[[4],[8]]}', '--tries', '2', '--epochs', '1'])
  expect(drawn.stdout).toMatch(/^Best: hidden=\[\d\], 1 epoch: accuracy/)
})

test('pictures: what only tables have, and a folder without pictures, are told', async () => {
  const dev = await deepblas(['search', 'digits', '--dev', at('later.csv'), '--tries', '1'])
  expect(dev.stderr).toMatch(/--dev is for tables, but digits stands for pictures/)
  expect(dev.code).toBe(2)
  const empty = await deepblas(['search', folder, '--tries', '1'])
  expect(empty.stderr).toMatch(/expected train-images-idx3-ubyte .* or train_x\.npy in it/)
  expect(empty.code).toBe(1)
  await expect(searchPictures(folder, { dropot: choice([0]) }, { tries: 1 })).rejects.toThrow("Did you mean 'dropout'?")
  await expect(searchPictures('digits', { dropout: choice([0]) }, { tires: 1 } as never)).rejects.toThrow(
    "Did you mean 'tries'?",
  )
})

test('Ctrl+C ends with what is known so far', async () => {
  const stop = new AbortController()
  const stderr = atFirstProgress(() => stop.abort())
  const { code, stdout } = await search(['--space', space, '--budget', '1h', '--json'], stop.signal, { stderr })
  expect(code).toBe(130)
  expect(JSON.parse(stdout).stopped).toBe('aborted')
})

test.each<[string, readonly string[], RegExp]>([
  ['neither budget nor tries', [], /--budget or --tries is missing/],
  ['a budget without unit', ['--budget', '10'], /--budget takes a time such as 90s/],
  ['a method', ['--method', 'hyperbrand', '--tries', '1'], /Did you mean 'hyperband'/],
  ['a space that is no JSON', ['--space', '{a}', '--tries', '1'], /--space takes JSON/],
  ['a file that is not there', ['--space', 'nowhere.json', '--tries', '1'], /there is no file nowhere\.json/],
  ['an unknown option', ['--space', '{"depth":[1]}', '--tries', '1'], /only the options hidden, layers/],
  ['an optimizer', ['--space', '{"optimizer":["adm"]}', '--tries', '1'], /space\.optimizer\.values\[0\] .*'adam'\?/],
  ['a batch size', ['--space', '{"batchSize":["ful"]}', '--tries', '1'], /batchSize\.values\[0\] .*'full'\?/],
  ['a range upside down', ['--space', '{"dropout":{"uniform":[0.5,0]}}', '--tries', '1'], /at least 0\.5 for high/],
  ['an unknown range', ['--space', '{"dropout":{"normal":[0,1]}}', '--tries', '1'], /one of uniform, logUniform/],
  ['a metric', ['--metric', 'acc', '--tries', '1'], /--metric takes/],
  ['the data as output', ['--out', 'DATA', '--tries', '1'], /would overwrite the data/],
])('%s is wrong use', async (_, args, message) => {
  const { code, stderr } = await search(args.map((one) => (one === 'DATA' ? at('customers.csv') : one)))
  expect(stderr).toMatch(message)
  expect(code).toBe(2)
})

test('without a target it is wrong use', async () => {
  const { code, stderr } = await deepblas(['search', at('customers.csv'), '--tries', '1'])
  expect([code, /--target is missing/.test(stderr)]).toEqual([2, true])
})

test('options of one network are pointed to the space, or to fit', async () => {
  const options = { target: 'left', tries: 2 }
  const wrong = (more: object) =>
    searchTable(at('customers.csv'), { dropout: [0, 0.2] } as never, { ...options, ...more })
  await expect(wrong({ epochs: 5 })).rejects.toThrow(/for epochs .*fit: \{ epochs/)
  await expect(wrong({ learningRate: 0.01 })).rejects.toThrow(/for learningRate .*space/)
})
