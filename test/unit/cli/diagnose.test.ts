/*
 * deepblas diagnose: what it prints, with --json and without, and what it refuses.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type DiagnosePicturesOptions,
  type Diagnosis,
  diagnosePictures,
  diagnoseTable,
  Sequential,
  writeNpy,
} from '../../../lib/index.js'
import { customers, deepblas, flats, writeCsv } from '../../helpers/command-line.js'

let folder: string
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-diagnose-'))
  await writeCsv(at('customers.csv'), customers(400))
  await writeCsv(at('later.csv'), customers(200, 7))
  await writeCsv(at('flats.csv'), flats(300))
})
afterAll(() => rm(folder, { recursive: true }))

test('trains as deepblas train does, and says what dominates', async () => {
  const { code, stdout, stderr } = await deepblas([
    'diagnose',
    at('customers.csv'),
    '--target',
    'left',
    '--epochs',
    '20',
  ])
  expect(stderr).toMatch(/340 rows to train on, 9 changes tried/)
  expect(stderr).toMatch(/^tries the training as given\ntries the training itself, repeated$/m)
  expect(stderr).toMatch(/^tries learning rate x 10, learning rate x 0.1$/m)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^(\w+ )+dominates?: /)
  expect(stdout).toMatch(/^error +train 0\.\d+ ± 0\.\d+ \(340 rows\), dev 0(\.\d+)? ± 0\.\d+ \(60 rows\)$/m)
})

test('a model file is diagnosed by the options that it tells, as the training that made it', async () => {
  const model = at('left.safetensors')
  await deepblas([
    'train',
    '--preset',
    'fast',
    at('customers.csv'),
    '--target',
    'left',
    '--epochs',
    '20',
    '--out',
    model,
  ])
  const args = ['--target', 'left', '--json']
  const ofFile = await deepblas(['diagnose', at('customers.csv'), '--model', model, ...args])
  const trained = await deepblas(['diagnose', at('customers.csv'), '--epochs', '20', ...args])
  const [a, b] = [ofFile, trained].map(({ stdout }) => JSON.parse(stdout) as Diagnosis)
  expect(a!.figures).toEqual({ ...b!.figures, learningCurve: a!.figures.learningCurve })
  expect(Object.keys(a!)).toEqual(['dominant', 'figures', 'findings', 'stopped', 'text', 'seconds', 'report'])
  const { figures } = await diagnoseTable(at('customers.csv'), { target: 'left', model: await Sequential.load(model) })
  expect(figures.dev).toEqual(a!.figures.dev)
})

test('--report writes a page with the command as it was typed, and nothing over what is read', async () => {
  const [data, report] = [at('customers.csv'), at("customers' page.html")]
  const line = ['diagnose', data, '--target', 'left', '--epochs', '5']
  const { code, stderr, stdout } = await deepblas([...line, '--report', report, '--json'])
  expect(stderr).toContain(`saved ${report}\n`)
  expect(code).toBe(0)
  expect(JSON.parse(stdout).report).toBe(report)
  const page = await readFile(report, 'utf8')
  expect(page.includes(`--report &#39;${folder}/customers&#39;\\&#39;&#39; page.html&#39; --json</pre>`)).toBe(true)
  expect(page.includes('id="diagnosis-rows"')).toBe(true)
  const over = await deepblas([...line, '--report', data])
  expect(over.stderr).toContain(`--report ${data} would overwrite the data`)
  expect(over.code).toBe(2)
})

test('values, rows from elsewhere and a goal', async () => {
  const flat = await deepblas([
    'diagnose',
    at('flats.csv'),
    '--target',
    'price',
    '--epochs',
    '5',
    '--goal',
    '0.5',
    '--json',
  ])
  const { figures } = JSON.parse(flat.stdout) as Diagnosis
  expect(figures.attainable).toMatchObject({ value: 0.5, given: true })
  const later = await deepblas([
    'diagnose',
    at('customers.csv'),
    '--target',
    'left',
    '--epochs',
    '5',
    '--dev',
    at('later.csv'),
    '--json',
  ])
  expect((JSON.parse(later.stdout) as Diagnosis).figures).toMatchObject({ dev: { rows: 200 }, trainDev: { rows: 60 } })
})

test.each([
  [['diagnose', 'x.csv'], /--target is missing/],
  [['diagnose', 'customers.csv', '--target', 'lef'], /lef/],
  [['diagnose', 'customers.csv', '--target', 'left', '--goal', '95'], /--goal takes a number of at most 1, but '95'/],
  [
    ['diagnose', 'customers.csv', '--target', 'left', '--budget', '5'],
    /--budget takes a time such as 90s, 2m or 1h, but '5'/,
  ],
  [['diagnose', 'customers.csv', '--target', 'left', '--test', 'x.csv'], /There is no option --test/],
])('wrong use: %j', async (args, message) => {
  const { code, stderr } = await deepblas(args.map((one) => (one.endsWith('.csv') ? at(one) : one)))
  expect(stderr).toMatch(message)
  expect(code).toBe(2)
})

test('pictures: the word digits, and a folder', async () => {
  const small = ['--hidden', '8', '--epochs', '2', '--budget', '1ms']
  const drawn = await deepblas(['diagnose', 'digits', ...small, '--json'])
  expect(drawn.code).toBe(0)
  const { figures } = JSON.parse(drawn.stdout) as Diagnosis
  expect([figures.train.rows, figures.dev.rows]).toEqual([3400, 600])
  expect(figures.leftOut.length).toBeGreaterThan(0)
  expect(figures.classes).toHaveLength(10)
  const empty = await deepblas(['diagnose', folder])
  expect(empty.stderr).toMatch(/expected train-images-idx3-ubyte .* or train_x\.npy in it/)
  expect(empty.code).toBe(1)
  const target = await deepblas(['diagnose', folder, '--target', 'left'])
  expect(target.stderr).toMatch(/--target is for tables, but .* stands for pictures/)
  expect(target.code).toBe(2)
})

test('a folder of NPY pictures, of two classes', async () => {
  const pictures = await mkdtemp(join(folder, 'pictures-'))
  const rows = 40
  const data = Uint8Array.from({ length: rows * 16 }, (_, at) =>
    at % 16 < 8 === Math.floor(at / 16) % 2 > 0 ? 200 : 20,
  )
  await writeNpy(join(pictures, 'train_x.npy'), { data, shape: [rows, 4, 4] })
  await writeNpy(join(pictures, 'train_y.npy'), {
    data: Int32Array.from({ length: rows }, (_, at) => at % 2),
    shape: [rows],
  })
  const found = await diagnosePictures(pictures, { hidden: [4], epochs: 3, batchSize: 8, learningRate: 0.01 })
  expect(found.figures.dev.rows).toBe(6)
  expect(found.model?.outputs).toBe(1)
  const shown = await deepblas([
    'diagnose',
    pictures,
    '--hidden',
    '4',
    '--epochs',
    '3',
    '--batch-size',
    '8',
    '--learning-rate',
    '0.01',
  ])
  expect(shown.stdout).toBe(`${found.text}\n`)
})

test.each([
  ['hidden', { hidden: 'many' }, /for hidden but received 'many'/],
  ['hidden[0]', { hidden: [0] }, /for hidden\[0\] but received 0/],
  ['epochs', { epochs: 1.5 }, /for epochs but received 1.5/],
  ['budget', { budget: '2m' }, /for budget but received '2m'/],
  ['an unknown one', { goal: 1 }, /received the option 'goal'/],
])('pictures: a wrong option is named: %s', async (_, options, message) => {
  await expect(diagnosePictures('digits', options as unknown as DiagnosePicturesOptions)).rejects.toThrow(message)
})

test('a model of another target is refused', async () => {
  const model = at('price.safetensors')
  await deepblas(['train', '--preset', 'fast', at('flats.csv'), '--target', 'price', '--epochs', '2', '--out', model])
  const other = await deepblas(['diagnose', at('customers.csv'), '--target', 'left', '--model', model])
  expect(other.stderr).toMatch(/trained to predict 'left' for model but received one that predicts 'price'/)
  expect(other.code).toBe(1)
})

describe('Ctrl+C', () => {
  /** Runs it, and presses Ctrl+C as soon as standard error has these words. */
  const stoppedAt = async (words: string, args: readonly string[]) => {
    const stop = new AbortController()
    const write = (part: string) => {
      if (part.includes(words)) stop.abort(new Error('interrupted'))
    }
    return await deepblas(['diagnose', ...args], stop.signal, { stderr: { write } })
  }

  test('ends with what is known by then, printed and written', async () => {
    const page = at('stopped.html')
    const args = [at('customers.csv'), '--target', 'left', '--epochs', '20', '--report', page]
    const shown = await stoppedAt('tries learning rate x 10', args)
    expect(shown.code).toBe(130)
    expect(shown.stdout).toContain('It was stopped before its end: this is what was known by then.')
    expect(shown.stdout).toMatch(/^attainable 0[.\d]* \(inferred\)$/m)
    expect(await readFile(page, 'utf8')).toContain('<p>Not made: ')
    const { code, stdout } = await stoppedAt('tries learning rate x 10', [...args, '--json'])
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ stopped: 'aborted', figures: { dev: { rows: 60 }, probes: [] } })
  })

  test.each([
    ['a table', () => [at('customers.csv'), '--target', 'left'], { train: 340, trainDev: undefined, dev: 60 }],
    [
      'with rows from elsewhere',
      () => [at('customers.csv'), '--target', 'left', '--dev', at('later.csv')],
      { train: 340, trainDev: 60, dev: 200 },
    ],
    ['pictures', () => ['digits', '--hidden', '8'], { train: 3400, trainDev: undefined, dev: 600 }],
  ])('before the first training has ended nothing is claimed: %s', async (_, args, rows) => {
    const { code, stdout } = await stoppedAt('tries the training as given', [...args(), '--json'])
    expect(code).toBe(130)
    const { dominant, findings, stopped, text, figures } = JSON.parse(stdout) as Diagnosis
    expect([dominant, findings, stopped]).toEqual(['none', [], 'aborted'])
    expect(text).toBe('Stopped before the model was trained: nothing can be said of it.')
    const { train, trainDev, dev } = figures
    expect({ train: train.rows, trainDev: trainDev?.rows, dev: dev.rows }).toEqual(rows)
  })
})
