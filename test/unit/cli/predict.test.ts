import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Dense, Sequential } from '../../../lib/index.js'
import { customers, deepblas, flats, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  await writeCsv(at('customers.csv'), customers(600))
  await writeCsv(at('flats.csv'), flats(500))
  for (const [name, target] of [
    ['customers', 'left'],
    ['flats', 'price'],
  ] as const) {
    const args = [at(`${name}.csv`), '--target', target, '--out', at(`${name}.safetensors`)]
    expect((await deepblas(['train', '--preset', 'fast', ...args, '--epochs', '20'])).code).toBe(0)
  }
})
afterAll(() => rm(folder, { recursive: true }))

async function predicted(model: string, text: string, ...args: string[]) {
  await writeFile(at('new.csv'), text)
  return deepblas(['predict', at(`${model}.safetensors`), at('new.csv'), ...args])
}

describe('classes', () => {
  test('columns are kept as they are, whatever is in them', async () => {
    const text = 'note,fee,months,plan,customer\n"a, ""b""",90.50,1,basic,007\n NA ,+2.5e1,059,full,\n'
    const { code, stdout, stderr } = await predicted('customers', text)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')).toEqual([
      'note,fee,months,plan,customer,prediction',
      '"a, ""b""",90.50,1,basic,007,yes',
      '" NA ",+2.5e1,059,full,,no',
      '',
    ])
  })

  test('probabilities sum to 1 and agree with the library', async () => {
    const text = 'fee,months,plan\n90,1,basic\n55,30,full\n'
    const { stdout } = await predicted('customers', text, '--probabilities')
    const [header, ...rows] = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(','))
    expect(header!.slice(3)).toEqual(['prediction', 'probability no', 'probability yes'])
    const model = await Sequential.load(at('customers.safetensors'))
    const { data } = await model.predict([
      { fee: 90, months: 1, plan: 'basic' },
      { fee: 55, months: 30, plan: 'full' },
    ])
    for (const [i, row] of rows.entries()) {
      const [no, yes] = row.slice(4).map(Number)
      expect(no! + yes!).toBeCloseTo(1, 5)
      expect(yes).toBeCloseTo(data[i]!, 6)
      expect(row[3]).toBe(yes! > 0.5 ? 'yes' : 'no')
    }
  })

  test('a name that is taken gets a number', async () => {
    const { stdout } = await predicted('customers', 'fee,months,plan,prediction\n90,1,basic,old\n')
    expect(stdout).toBe('fee,months,plan,prediction,prediction 2\n90,1,basic,old,yes\n')
  })
})

test('decimal commas, recognised or said, are numbers and stay as they are', async () => {
  const plain = await predicted('flats', 'district,size\nD2,100.5\nD1,80.25\n')
  const values = plain.stdout
    .trim()
    .split('\n')
    .map((line) => line.split(',').at(-1)!)
  const text = 'district;size\nD2;100,5\nD1;80,25\n'
  for (const more of [[], ['--decimal', ',']]) {
    const { stdout, stderr } = await predicted('flats', text, ...more)
    const [first, second] = values.slice(1).map((value) => value.replace('.', ','))
    expect({ stdout, stderr }).toEqual({
      stdout: `district;size;prediction\nD2;100,5;${first}\nD1;80,25;${second}\n`,
      stderr: '',
    })
  }
  const { code, stderr } = await predicted('flats', text, '--decimal', '.')
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("'100,5'") })
})

test('values are in their own units', async () => {
  const { stdout } = await predicted('flats', 'district,size\nD2,100\n')
  const [, line] = stdout.split('\n')
  // 4000 * 100 + 20,000 * 2 and some noise.
  expect(Number(line!.split(',')[2])).toBeGreaterThan(340_000)
  expect(Number(line!.split(',')[2])).toBeLessThan(540_000)
})

test('predictions of a file can be judged again, whatever its delimiter', async () => {
  const text = 'district;size;price\nD2;100,5;440000,5\nD1;80,25;350000,5\n'
  const { stdout } = await predicted('flats', text)
  await writeFile(at('again.csv'), stdout)
  const [once, again] = await Promise.all(
    ['new.csv', 'again.csv'].map((name) => deepblas(['evaluate', at('flats.safetensors'), at(name), '--json'])),
  )
  const metrics = (called: { stdout: string } | undefined) => JSON.parse(called!.stdout).metrics
  expect(metrics(again)).toEqual(metrics(once))
})

test('values far from zero keep the digits that the network has', async () => {
  const rows = Array.from({ length: 400 }, (_, i) => {
    const [a, b] = [((i * 37) % 101) / 101, ((i * 11) % 53) / 53]
    return { a, b, time: 1_700_000_000 + 100 * a + 50 * b }
  })
  await writeCsv(at('times.csv'), rows)
  const out = at('times.safetensors')
  const trained = await deepblas([
    'train',
    '--preset',
    'fast',
    at('times.csv'),
    '--target',
    'time',
    '--out',
    out,
    '--json',
  ])
  const { metrics } = JSON.parse(trained.stdout)
  expect(metrics.r2).toBeGreaterThan(0.98)
  const { stdout } = await deepblas(['predict', out, at('times.csv')])
  const given = stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',').at(-1)))
  const errors = given.map((value, i) => (value - rows[i]!.time) ** 2)
  expect(Math.sqrt(errors.reduce((sum, error) => sum + error, 0) / 400)).toBeLessThan(
    3 * metrics.rootMeanSquaredError + 0.1,
  )
})

test('columns of --types that are not there are told', async () => {
  const { code, stderr } = await predicted('flats', 'district,size\nD2,100\n', '--types', 'zise=number')
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("'zise', which is no column") })
})

test('a bad row is left out where asked, and told in the words of the command line', async () => {
  const text = 'district,size\nD2,100\nD1,large\n'
  const { code, stdout, stderr } = await predicted('flats', text, '--skip-bad-rows')
  expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 2 })
  expect(stderr).toMatch(/1 bad row of .*new\.csv left out/)
  expect(stderr).toContain('if that stands for nothing, give it with --missing')
  expect(stderr).not.toContain('types:')
})

describe('rows that are unlike those of the training', () => {
  test('a column that is missing is named', async () => {
    const { code, stdout, stderr } = await predicted('customers', 'fee,plan\n90,basic\n', '--out', at('none.csv'))
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain("'months'")
    expect(stderr).toContain("'fee', 'plan'")
    expect(await readdir(folder)).not.toContain('none.csv')
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('an unknown category and missing values are predicted all the same', async () => {
    const { code, stdout } = await predicted('customers', 'fee,months,plan\n90,1,platinum\n,,\n')
    expect(code).toBe(0)
    expect(stdout).toMatch(/\n90,1,platinum,yes\n,,,(yes|no)\n$/)
  })

  test('a text in a column of numbers is an error', async () => {
    const { code, stderr } = await predicted('customers', 'fee,months,plan\n90,1,basic\ncheap,1,basic\n')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /new\.csv': line 3: the column 'fee' holds numbers but here 'cheap' \(.* --missing\)\. Correct the row/,
    )
  })

  test('one row, no rows, no file content', async () => {
    expect((await predicted('customers', 'fee,months,plan\n90,1,basic\n')).stdout).toContain('90,1,basic,yes')
    const none = await predicted('customers', 'fee,months,plan\n')
    expect(none).toMatchObject({ code: 0, stdout: 'fee,months,plan,prediction\n' })
    expect(await predicted('customers', '')).toMatchObject({ code: 1, stderr: expect.stringContaining('empty') })
  })

  test('two columns of one name', async () => {
    const { code, stderr } = await predicted('customers', 'fee,fee,months,plan\n1,2,3,basic\n')
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("'fee'") })
  })

  test('the target may be there, whatever it holds', async () => {
    const { stdout } = await predicted('customers', 'fee,months,plan,left\n90,1,basic,perhaps\n')
    expect(stdout).toBe('fee,months,plan,left,prediction\n90,1,basic,perhaps,yes\n')
  })
})

test('a file of several pieces is the same as its rows', async () => {
  const rows = customers(25_000, 9)
  await writeCsv(at('large.csv'), rows)
  const args = ['predict', at('customers.safetensors'), at('large.csv'), '--out', at('predictions.csv'), '--json']
  const { code, stdout } = await deepblas(args)
  expect(code).toBe(0)
  const { seconds, ...result } = JSON.parse(stdout) as Record<string, unknown>
  expect(seconds).toBeGreaterThan(0)
  expect(result).toEqual({
    task: 'classification',
    target: 'left',
    rows: 25_000,
    model: at('customers.safetensors'),
    out: at('predictions.csv'),
    unknown: [],
    outside: [],
  })
  const lines = (await readFile(at('predictions.csv'), 'utf8')).trim().split('\n')
  const input = (await readFile(at('large.csv'), 'utf8')).trim().split('\n')
  expect(lines.map((line) => line.slice(0, line.lastIndexOf(',')))).toEqual(input)
  const model = await Sequential.load(at('customers.safetensors'))
  expect(lines.slice(1).map((line) => line.split(',').at(-1))).toEqual(await model.predictClasses(rows))
})

test('labels that are numerals keep their zeros', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => ({ a: (i * 7) % 31, b: i % 3, code: `0${(i % 3) + 1}` }))
  await writeCsv(at('codes.csv'), rows)
  const args = ['--target', 'code', '--types', 'code=category', '--epochs', '5', '--out', at('codes.safetensors')]
  expect((await deepblas(['train', '--preset', 'fast', at('codes.csv'), ...args])).code).toBe(0)
  const { code, stderr } = await deepblas(['evaluate', at('codes.safetensors'), at('codes.csv')])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('metrics that rows without a positive cannot tell are null', async () => {
  await writeFile(at('new.csv'), 'fee,months,plan,left\n90,1,basic,no\n30,50,full,no\n')
  const { stdout } = await deepblas(['evaluate', at('customers.safetensors'), at('new.csv'), '--json'])
  expect(JSON.parse(stdout).metrics).toMatchObject({ rocAuc: null, averagePrecision: null, f1: null })
})

test('evaluate needs the target; inspect shows what is in the file', async () => {
  await writeFile(at('new.csv'), 'fee,months,plan\n90,1,basic\n')
  const { code, stderr } = await deepblas(['evaluate', at('customers.safetensors'), at('new.csv')])
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("no column 'left'") })

  const plain = await deepblas(['inspect', at('customers.safetensors')])
  for (const text of [
    'Dense',
    'parameters',
    'months',
    'target left, classification: no, yes',
    'trained',
    'customer (',
  ]) {
    expect(plain.stdout).toContain(text)
  }
  const { stdout } = await deepblas(['inspect', at('customers.safetensors'), '--json'])
  const result = JSON.parse(stdout) as Record<string, unknown>
  const model = await Sequential.load(at('customers.safetensors'))
  expect(result).toMatchObject({
    parameters: model.parameterCount,
    inputs: model.inputs,
    outputs: 1,
    labels: ['no', 'yes'],
  })
  expect(result.encoder).toEqual(model.encoder!.toJSON())
  expect(result.training).toMatchObject({ epochs: 20 })
})

test('a model of no table', async () => {
  await new Sequential([new Dense(1)], { inputs: 2 }).save(at('bare.safetensors'))
  const { code, stderr } = await deepblas(['predict', at('bare.safetensors'), at('customers.csv')])
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('not trained on a table') })
  expect((await deepblas(['inspect', at('bare.safetensors')])).stdout).toContain('Dense')
})

test('probabilities are of classes', async () => {
  const { code, stderr } = await predicted('flats', 'district,size\nD2,100\n', '--probabilities')
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--probabilities') })
})

test('nothing is written over what is read', async () => {
  const [data, model] = [at('customers.csv'), at('customers.safetensors')]
  const before = await readFile(data, 'utf8')
  const over = async (...args: string[]) => {
    const { code, stderr } = await deepblas(args)
    expect(stderr).toContain('would overwrite')
    expect(code).toBe(2)
  }
  await over('train', '--preset', 'fast', data, '--target', 'left', '--out', data)
  await over('train', '--preset', 'fast', data, '--target', 'left', '--checkpoint', data)
  await over('train', '--preset', 'fast', data, '--target', 'left', '--test', at('flats.csv'), '--out', at('flats.csv'))
  await over('predict', model, data, '--out', data)
  await over('predict', model, data, '--out', model)
  expect(await readFile(data, 'utf8')).toBe(before)
})
