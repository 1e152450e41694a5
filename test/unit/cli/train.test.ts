import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Sequential } from '../../../lib/index.js'
import { customers, deepblas, flats, seeded, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  await writeCsv(at('customers.csv'), customers(600))
  await writeCsv(at('later.csv'), customers(200, 2))
  await writeCsv(at('flats.csv'), flats(500))
})
afterAll(() => rm(folder, { recursive: true }))

interface TrainJson {
  readonly task: string
  readonly target: string
  readonly rows: number
  readonly features: number
  readonly epochs: number
  readonly seconds: number
  readonly model: string
  readonly metrics: Readonly<Record<string, number>>
}

const keys = ['task', 'target', 'rows', 'features', 'epochs', 'seconds', 'model', 'metrics']

async function trained(...args: string[]): Promise<TrainJson & { readonly stderr: string }> {
  const { code, stdout, stderr } = await deepblas(['train', '--preset', 'fast', ...args, '--json'])
  expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(stdout.trim().split('\n')).toHaveLength(1)
  const result = JSON.parse(stdout) as TrainJson
  expect(Object.keys(result).slice(0, keys.length)).toEqual(keys)
  return { ...result, stderr }
}

describe('two classes', () => {
  test('are learnt; the profile names what is left out', async () => {
    const out = at('customers.safetensors')
    const { metrics, stderr, ...rest } = await trained(at('customers.csv'), '--target', 'left', '--out', out)
    expect(rest).toMatchObject({ task: 'classification', target: 'left', rows: 600, features: 3, model: out })
    expect(rest.epochs).toBeGreaterThan(5)
    expect(Object.keys(metrics)).toEqual(['accuracy', 'rocAuc', 'averagePrecision', 'f1', 'logLoss'])
    expect(metrics.rocAuc).toBeGreaterThan(0.9)
    expect(metrics.accuracy).toBeGreaterThan(0.8)
    expect(metrics.logLoss).toBeLessThan(0.5)
    expect(stderr).toContain('600 rows, 6 columns')
    expect(stderr).toMatch(/fee +number/)
    expect(stderr).toMatch(/target left: 2 classes, (yes|no) \d+ \([\d.]+ %\)/)
    expect(stderr).toContain('left out: customer has another text in every row (identifier)')
    expect(stderr).toContain('left out: country has the same value in all rows (constant)')
    expect(stderr).toContain('90 rows held out')
  })

  test('--test takes the metrics of another file', async () => {
    const own = ['--target', 'left', '--out', at('test.safetensors')]
    const here = await trained(at('customers.csv'), ...own)
    const there = await trained(at('customers.csv'), ...own, '--test', at('later.csv'))
    expect(there.metrics.rocAuc).toBeGreaterThan(0.9)
    expect(there.metrics).not.toEqual(here.metrics)
    const { stdout } = await deepblas(['evaluate', at('test.safetensors'), at('later.csv'), '--json'])
    const evaluated = JSON.parse(stdout) as TrainJson
    expect(Object.keys(evaluated).slice(0, keys.length)).toEqual(keys)
    const { stderr: _, leftOut: __, epoch: ___, ...same } = there as unknown as Record<string, unknown>
    expect(evaluated).toMatchObject({ ...same, seconds: evaluated.seconds, rows: 200 })
  })

  test('balanced class weights find more of the rare class', async () => {
    const rare = customers(1500).filter(({ left }, row) => left === 'no' || row % 12 === 0)
    await writeCsv(at('rare.csv'), rare)
    await writeCsv(
      at('rare-test.csv'),
      customers(600, 3).filter(({ left }, row) => left === 'no' || row % 4 === 0),
    )
    const recall = async (...args: string[]) => {
      await trained(at('rare.csv'), '--target', 'left', '--out', at('rare.safetensors'), ...args)
      const { stdout } = await deepblas(['predict', at('rare.safetensors'), at('rare-test.csv')])
      const rows = stdout
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','))
      const yes = rows.filter((row) => row[5] === 'yes')
      return yes.filter((row) => row[6] === 'yes').length / yes.length
    }
    expect(await recall('--class-weights', 'balanced')).toBeGreaterThan(await recall())
  })
})

test('several classes', async () => {
  const random = seeded(4)
  const rows = Array.from({ length: 300 }, () => {
    const [a, b] = [random(), random()]
    return { a, b, kind: a + b > 1.2 ? 'high' : a > b ? 'right' : 'left' }
  })
  const { metrics } = await trained(
    await writeCsv(at('kinds.csv'), rows),
    '--target',
    'kind',
    '--out',
    at('kinds.safetensors'),
  )
  expect(Object.keys(metrics)).toEqual(['accuracy', 'f1', 'logLoss'])
  expect(metrics.accuracy).toBeGreaterThan(0.8)
  expect((await Sequential.load(at('kinds.safetensors'))).labels).toEqual(['high', 'left', 'right'])
})

test('classes of a single row are learnt from, not held out', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ x: i % 7, kind: i < 20 ? 'a' : i < 30 ? 'b' : `rare ${i}` }))
  for (const seed of ['1', '2', '3']) {
    const args = ['--target', 'kind', '--out', at('rare-kinds.safetensors'), '--epochs', '2', '--seed', seed]
    await trained(await writeCsv(at('rare-kinds.csv'), rows), ...args)
    expect((await Sequential.load(at('rare-kinds.safetensors'))).labels).toHaveLength(12)
  }
})

describe('values', () => {
  test('have metrics in their own units', async () => {
    const result = await trained(at('flats.csv'), '--target', 'price', '--out', at('flats.safetensors'))
    expect(result).toMatchObject({ task: 'regression', rows: 500, features: 2 })
    expect(Object.keys(result.metrics)).toEqual(['rootMeanSquaredError', 'meanAbsoluteError', 'r2'])
    expect(result.metrics.r2).toBeGreaterThan(0.8)
    expect(result.metrics.rootMeanSquaredError).toBeGreaterThan(1000)
    expect(result.stderr).toContain('target price: values')
  })

  test('whole numbers of few values are classes or values, as --task says', async () => {
    const random = seeded(5)
    const rows = Array.from({ length: 200 }, () => {
      const x = random()
      return { x, stars: Math.ceil(5 * x) }
    })
    const path = await writeCsv(at('stars.csv'), rows)
    const args = [path, '--target', 'stars', '--out', at('stars.safetensors'), '--epochs', '20']
    expect((await trained(...args)).task).toBe('classification')
    expect((await trained(...args, '--task', 'regression')).metrics).toHaveProperty('r2')
  })

  test('texts are no values', async () => {
    const { code, stderr } = await deepblas([
      'train',
      '--preset',
      'fast',
      at('customers.csv'),
      '--target',
      'left',
      '--task',
      'regression',
    ])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("'left' of a regression") })
  })
})

describe('the same command', () => {
  const args = ['--target', 'left', '--epochs', '6', '--seed', '7']

  test('gives the same file, byte for byte, whatever the names and the threads', async () => {
    await trained(at('customers.csv'), ...args, '--out', at('one.safetensors'), '--threads', '1')
    await copyFile(at('customers.csv'), at('copy.csv'))
    await trained(at('copy.csv'), ...args, '--out', at('two.safetensors'), '--threads', '2')
    const [one, two] = await Promise.all(['one', 'two'].map((name) => readFile(at(`${name}.safetensors`))))
    expect(one!.equals(two!)).toBe(true)
    await trained(at('customers.csv'), ...args, '--out', at('three.safetensors'), '--dropout', '0.3')
    expect((await readFile(at('three.safetensors'))).equals(one!)).toBe(false)
  })

  test('goes on from a checkpoint to the same file', async () => {
    const own = [at('customers.csv'), '--target', 'left', '--seed', '7', '--epochs', '8']
    await trained(...own, '--out', at('whole.safetensors'), '--checkpoint', at('state.safetensors'))
    // Early stopping does not end eight epochs: the checkpoint is of the last of them.
    const { epochs } = await trained(...own, '--out', at('resumed.safetensors'), '--resume', at('state.safetensors'))
    expect(epochs).toBeLessThanOrEqual(8)
    const [one, two] = await Promise.all(['whole', 'resumed'].map((name) => Sequential.load(at(`${name}.safetensors`))))
    expect(two!.getWeights()).toEqual(one!.getWeights())
  })
})

test('options shape network and training', async () => {
  const { epochs, features } = await trained(
    ...[at('customers.csv'), '--target', 'left', '--out', at('small.safetensors'), '--hidden', '5,3', '--epochs', '2'],
    ...['--dropout', '0', '--batch-size', '50', '--l2', '0.001', '--learning-rate', '0.01', '--ignore', 'plan'],
  )
  expect({ epochs, features }).toEqual({ epochs: 2, features: 2 })
  const model = await Sequential.load(at('small.safetensors'))
  expect(model.layers.map(({ outputs }) => outputs)).toEqual([5, 3, 1])
})

test('without --json the result is on standard output, the rest on standard error', async () => {
  const args = [
    'train',
    '--preset',
    'fast',
    at('customers.csv'),
    '--target',
    'left',
    '--out',
    at('plain.safetensors'),
    '--epochs',
    '1',
  ]
  const { code, stdout, stderr } = await deepblas(args)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^90 rows held out: accuracy [\d.]+ {2}rocAuc .*\nsaved .*plain.safetensors\n$/)
  expect(stderr).toContain('epoch')
})

describe('rows', () => {
  test('without a target are left out and counted', async () => {
    const rows = customers(120).map((row, i) => (i % 6 === 0 ? { ...row, left: '' } : row))
    const result = await trained(
      await writeCsv(at('gaps.csv'), rows),
      ...['--target', 'left', '--out', at('gaps.safetensors'), '--epochs', '1'],
    )
    expect(result.rows).toBe(100)
    expect(result.stderr).toContain(`20 rows of ${at('gaps.csv')} left out: no left`)
  })

  test('that are bad are an error, or counted', async () => {
    const text = await readFile(at('customers.csv'), 'utf8')
    await writeFile(at('bad.csv'), `${text}only,three,fields\n`)
    const args = [at('bad.csv'), '--target', 'left', '--out', at('bad.safetensors'), '--epochs', '1']
    const { code, stderr } = await deepblas(['train', '--preset', 'fast', ...args])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('line 602') })
    const result = await trained(...args, '--skip-bad-rows')
    expect(result.rows).toBe(600)
    expect(result.stderr).toMatch(/1 bad row of .*\n.*bad\.csv:602: /)
  })

  test('of another delimiter', async () => {
    const text = (await readFile(at('customers.csv'), 'utf8')).replaceAll(',', '|')
    await writeFile(at('bars.csv'), text)
    const args = [at('bars.csv'), '--target', 'left', '--out', at('bars.safetensors'), '--epochs', '1']
    expect((await trained(...args)).features).toBe(3)
    expect((await trained(...args, '--delimiter', '|')).features).toBe(3)
  })
})

test('a leak of the target is told', async () => {
  const rows = customers(100).map((row) => ({ ...row, code: row.left === 'yes' ? 'L' : 'S' }))
  const path = await writeCsv(at('leak.csv'), rows)
  const { stderr } = await trained(path, '--target', 'left', '--out', at('leak.safetensors'), '--epochs', '1')
  expect(stderr).toContain('look at: code determines the target alone (leak?)')
  expect(stderr).toContain('--ignore code')
})

test('a label of the test file that the training has not', async () => {
  await writeCsv(at('other.csv'), [{ ...customers(1)[0], left: 'perhaps' }])
  const args = [
    'train',
    '--preset',
    'fast',
    at('customers.csv'),
    '--target',
    'left',
    '--test',
    at('other.csv'),
    '--out',
    at('no.safetensors'),
  ]
  const { code, stderr } = await deepblas(args)
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("'perhaps'") })
})

test('an interrupted training ends with 130 and writes nothing', async () => {
  const controller = new AbortController()
  let stderr = ''
  const write = (part: string) => {
    stderr += part
    // The plan is written before the first step, and the epochs are more than end.
    if (part.includes('at most 1,000,000 epochs')) setTimeout(() => controller.abort(new Error('interrupted')), 50)
  }
  const before = await readdir(folder)
  const args = [
    'train',
    '--preset',
    'fast',
    at('customers.csv'),
    '--target',
    'left',
    '--out',
    at('never.safetensors'),
    '--json',
  ]
  const long = ['--epochs', '1000000', '--learning-rate', '1e-9', '--batch-size', '1', '--hidden', '512,512']
  const { code, stdout } = await deepblas([...args, ...long], controller.signal, { stderr: { write } })
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
  expect(stderr).toContain('Interrupted')
  expect(await readdir(folder)).toEqual(before)
})
