import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Dataset, Sequential } from '../../../lib/index.js'
import { customers, deepblas, flats, seeded, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  await writeCsv(at('customers.csv'), customers(600))
  await writeCsv(at('flats.csv'), flats(300))
})
afterAll(() => rm(folder, { recursive: true }))

const args = ['--target', 'left', '--epochs', '6', '--seed', '7', '--hidden', '8,4', '--keep', 'customer']

async function made(model: string): Promise<Record<string, unknown>> {
  const { stdout } = await deepblas(['inspect', model, '--json'])
  return JSON.parse(stdout).made
}

describe('a model file tells how it was made', () => {
  test('version, options, data, the epoch kept and its metrics', async () => {
    const { stdout } = await deepblas([
      'train',
      '--preset',
      'fast',
      at('customers.csv'),
      ...args,
      '--out',
      at('m.safetensors'),
      '--json',
    ])
    const trained = JSON.parse(stdout)
    const version = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')).version
    const sha256 = createHash('sha256')
      .update(await readFile(at('customers.csv')))
      .digest('hex')
    expect(await made(at('m.safetensors'))).toEqual({
      version,
      options: expect.objectContaining({
        target: 'left',
        task: 'classification',
        seed: 7,
        hidden: [8, 4],
        epochs: 6,
        batchSize: 16,
        keep: ['customer'],
        classWeights: null,
      }),
      data: { sha256, rows: 600, columns: 6 },
      epoch: trained.epoch,
      metrics: {
        heldOut: {
          rows: 90,
          ...trained.metrics,
          balancedAccuracy: trained.balancedAccuracy,
          majority: trained.majority,
        },
      },
    })
    const plain = await deepblas(['inspect', at('m.safetensors')])
    for (const text of [
      `made by deepblas ${version} from 600 rows`,
      sha256,
      'seed 7',
      'hidden 8 4',
      'held out (90 rows)',
    ]) {
      expect(plain.stdout).toContain(text)
    }
    expect(plain.stdout.replace(/^next: .*$/m, '')).not.toContain(folder)
  })

  test('the same bytes whatever the paths, names, threads and logs; other options or data, other bytes', async () => {
    await mkdir(at('elsewhere'))
    await copyFile(at('customers.csv'), at('elsewhere/other name.csv'))
    const bytes = async (data: string, ...more: string[]) => {
      const { code, stderr } = await deepblas([
        'train',
        '--preset',
        'fast',
        data,
        ...args,
        '--out',
        at('again.safetensors'),
        ...more,
      ])
      expect({ code, stderr }).toMatchObject({ code: 0 })
      return readFile(at('again.safetensors'))
    }
    const first = await bytes(at('customers.csv'), '--threads', '1')
    const second = await bytes(
      at('elsewhere/other name.csv'),
      ...['--threads', '2', '--log', at('log.csv'), '--checkpoint', at('c.safetensors')],
    )
    expect(second.equals(first)).toBe(true)
    await writeFile(at('more.csv'), `${await readFile(at('customers.csv'), 'utf8')}\n`)
    expect((await bytes(at('more.csv'))).equals(first)).toBe(false)
    expect((await bytes(at('customers.csv'), '--l2', '0.001')).equals(first)).toBe(false)
  })

  test('a model keeps it when it is saved again, and loses it when it is trained further', async () => {
    const model = await Sequential.load(at('m.safetensors'))
    const before = await made(at('m.safetensors'))
    expect(model.made).toEqual(before)
    expect(model.clone().made).toEqual(before)
    await model.save(at('copy.safetensors'))
    expect(await made(at('copy.safetensors'))).toEqual(before)
    const rows = customers(60)
    const data = await Dataset.fromRows(rows, { target: 'left', encoder: model.encoder! })
    await model.fit(data, { loss: 'binaryCrossEntropy', epochs: 1 })
    expect(model.made).toBeUndefined()
    await model.save(at('copy.safetensors'))
    expect(await made(at('copy.safetensors'))).toBeNull()
    await model.save(at('copy.safetensors'), { made: { by: 'hand', steps: [1, 2] } })
    expect(await made(at('copy.safetensors'))).toEqual({ by: 'hand', steps: [1, 2] })
    expect((await deepblas(['inspect', at('copy.safetensors')])).code).toBe(0)
    await expect(model.save(at('copy.safetensors'), { maed: {} } as never)).rejects.toThrow("Did you mean 'made'")
  })
})

describe('evaluate', () => {
  test('prints the confusion matrix and the scores of every class', async () => {
    const { stdout } = await deepblas(['evaluate', at('m.safetensors'), at('customers.csv')])
    expect(stdout).toMatch(/balancedAccuracy [\d.]+ {2}\(always '(yes|no)' would have accuracy 0\.\d+\)/)
    expect(stdout).toMatch(/true . predicted +no +yes +recall/)
    expect(stdout).toMatch(/class +precision +recall +f1 +rows/)
    const json = JSON.parse((await deepblas(['evaluate', at('m.safetensors'), at('customers.csv'), '--json'])).stdout)
    const [[a, b], [c, d]] = json.confusion
    const truth = customers(600).filter(({ left }) => left === 'yes').length
    expect([a + b, c + d]).toEqual([600 - truth, truth])
    expect(json.metrics.accuracy).toBeCloseTo((a + d) / 600, 5)
    expect(json.classes).toEqual([
      expect.objectContaining({ label: 'no', support: 600 - truth }),
      expect.objectContaining({ label: 'yes', support: truth }),
    ])
    expect(json.classes[1].recall).toBeCloseTo(d / (c + d), 5)
    expect(json.balancedAccuracy).toBeCloseTo((a / (a + b) + d / (c + d)) / 2, 5)
  })

  test('of many classes a list that fits the terminal; of values none', async () => {
    const random = seeded(3)
    const rows = Array.from({ length: 900 }, () => {
      const kind = Math.floor(30 * random())
      return { a: kind % 6, b: Math.floor(kind / 6) + random() / 3, kind: `a rather long name ${kind}` }
    })
    const path = await writeCsv(at('kinds.csv'), rows)
    await deepblas([
      'train',
      '--preset',
      'fast',
      path,
      '--target',
      'kind',
      '--epochs',
      '2',
      '--out',
      at('kinds.safetensors'),
    ])
    const { stdout } = await deepblas(['evaluate', at('kinds.safetensors'), path])
    expect(stdout).toContain('most often taken for')
    for (const line of stdout.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(80)
    await deepblas([
      'train',
      '--preset',
      'fast',
      at('flats.csv'),
      '--target',
      'price',
      '--epochs',
      '2',
      '--out',
      at('f.safetensors'),
    ])
    const values = await deepblas(['evaluate', at('f.safetensors'), at('flats.csv'), '--json'])
    expect(JSON.parse(values.stdout)).not.toHaveProperty('confusion')
  })
})

describe('--log', () => {
  test('a .csv file, a .tsv file, and a folder for TensorBoard', async () => {
    const train = (log: string) =>
      deepblas(['train', '--preset', 'fast', at('customers.csv'), ...args, '--out', at('l.safetensors'), '--log', log])
    expect((await train(at('l.csv'))).code).toBe(0)
    expect((await readFile(at('l.csv'), 'utf8')).trim().split('\n')).toHaveLength(7)
    expect((await train(at('l.tsv'))).code).toBe(0)
    expect(await readFile(at('l.tsv'), 'utf8')).toMatch(/^epoch\tloss\tvalidation\.loss\t/)
    expect((await train(at('board'))).code).toBe(0)
    expect(await readdir(at('board'))).toEqual([expect.stringContaining('tfevents')])
    expect(await train(at('customers.csv'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('would overwrite'),
    })
    expect(await train(at('l.safetensors'))).toMatchObject({ code: 2, stderr: expect.stringContaining('it is a file') })
  })
})

describe('predict and evaluate tell what the model has not seen', () => {
  test('by column, with rows and an example; predictions are given all the same', async () => {
    const rows = customers(50).map((row, i) => ({
      ...row,
      plan: i < 3 ? 'gold' : row.plan,
      fee: i < 2 ? 9000 : row.fee,
    }))
    const path = await writeCsv(at('unlike.csv'), rows)
    await deepblas([
      'train',
      '--preset',
      'fast',
      at('customers.csv'),
      '--target',
      'left',
      '--epochs',
      '2',
      '--out',
      at('u.safetensors'),
    ])
    for (const command of ['predict', 'evaluate']) {
      const { code, stderr } = await deepblas([command, at('u.safetensors'), path])
      expect(code).toBe(0)
      expect(stderr).toMatch(/unknown to the model: plan has a text in 3 rows .* such as 'gold'\n/)
      expect(stderr).toMatch(/far outside the training: fee in 2 rows, such as 9000 \(training: 20 to 99\.990\)\n/)
    }
    const json = JSON.parse(
      (await deepblas(['predict', at('u.safetensors'), path, '--out', at('p.csv'), '--json'])).stdout,
    )
    expect(json.unknown).toEqual([{ column: 'plan', rows: 3, examples: ['gold'] }])
    expect(json.outside).toEqual([expect.objectContaining({ column: 'fee', rows: 2, example: 9000 })])
  })
})

describe('train says what its numbers are worth', () => {
  test('5 positives in 300 rows: the share of the others, a balanced measure, class weights', async () => {
    const random = seeded(2)
    const rows = Array.from({ length: 300 }, (_, i) => ({ x: random(), sick: i % 60 === 0 ? 'yes' : 'no' }))
    const path = await writeCsv(at('sick.csv'), rows)
    const { stdout, stderr } = await deepblas([
      'train',
      '--preset',
      'fast',
      path,
      '--target',
      'sick',
      '--out',
      at('r.safetensors'),
    ])
    expect(stderr).toMatch(/note: 98\.3 % of the rows are 'no'.*--class-weights balanced/)
    expect(stderr).toMatch(/note: few rows of the target 'sick' are 'yes' \(5\)/)
    expect(stdout).toMatch(/balancedAccuracy .*always 'no' would have accuracy 0\.97/)
  })

  test('a class of which no row is held out', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ x: i % 7, kind: i < 2 ? 'rare' : ['a', 'b'][i % 2] }))
    const path = await writeCsv(at('few.csv'), rows)
    const { stderr } = await deepblas([
      'train',
      '--preset',
      'fast',
      path,
      '--target',
      'kind',
      '--epochs',
      '1',
      '--out',
      at('r.safetensors'),
    ])
    expect(stderr).toContain("note: no row is held out of 'rare' (2 rows in all)")
  })

  test('texts that are nearly all different are refused as classes', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ x: i % 7, price: `about ${i === 0 ? 1 : i} Euro` }))
    const path = await writeCsv(at('texts.csv'), rows)
    const { code, stderr } = await deepblas([
      'train',
      '--preset',
      'fast',
      path,
      '--target',
      'price',
      '--out',
      at('r.safetensors'),
    ])
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/299 classes in 300 rows.*--types price=number/),
    })
  })
})

test('numbers have the digits that say something; predictions those that give the float32 back', async () => {
  const { stdout } = await deepblas(['evaluate', at('m.safetensors'), at('customers.csv'), '--json'])
  const { metrics, seconds } = JSON.parse(stdout) as { metrics: Record<string, number>; seconds: number }
  for (const value of [...Object.values(metrics), seconds])
    expect(String(value).replace(/^0\./, '').length).toBeLessThan(8)

  const model = await Sequential.load(at('m.safetensors'))
  const rows = customers(200, 5)
  await writeCsv(at('p-in.csv'), rows)
  const given = await deepblas(['predict', at('m.safetensors'), at('p-in.csv'), '--probabilities'])
  const { data } = await model.predict(rows)
  const last = given.stdout.trim().split('\n').slice(1)
  expect(last.map((line) => Math.fround(Number(line.split(',').at(-1))))).toEqual([...data])

  await deepblas([
    'train',
    '--preset',
    'fast',
    at('flats.csv'),
    '--target',
    'price',
    '--epochs',
    '2',
    '--out',
    at('f.safetensors'),
  ])
  const prices = await Sequential.load(at('f.safetensors'))
  const homes = flats(200, 4)
  await writeCsv(at('p-in.csv'), homes)
  const values = await deepblas(['predict', at('f.safetensors'), at('p-in.csv')])
  const expected = prices.encoder!.decode(await prices.predictRaw(homes)) as number[]
  expect(
    values.stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Math.fround(Number(line.split(',').at(-1)))),
  ).toEqual(expected.map(Math.fround))
})
