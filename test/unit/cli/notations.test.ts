// The command line on numbers as people write them, on marks of missing values and on ids.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deepblas } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The income decides, above 50000; one income is there twice. */
const incomes = Array.from({ length: 300 }, (_, i) => 1000 + ((((i % 299) * 7919) % 9973) * 99000) / 9973).map(
  Math.floor,
)

async function trained(name: string, write: (income: number, i: number) => string, delimiter: string, more: string[]) {
  const lines = incomes.map((income, i) =>
    [write(income, i), String(20 + (i % 50)), income > 50_000 ? 'yes' : 'no'].join(delimiter),
  )
  await writeFile(at(name), `${['income', 'age', 'bought'].join(delimiter)}\n${lines.join('\n')}\n`)
  const args = [at(name), '--target', 'bought', '--out', at(`${name}.safetensors`), '--epochs', '30', '--json', ...more]
  const { code, stdout, stderr } = await deepblas(['train', '--preset', 'fast', ...args])
  return { code, stderr, accuracy: code === 0 ? JSON.parse(stdout).metrics.accuracy : undefined }
}

describe('a deciding column decides, however it is written', () => {
  test.each<[string, (income: number, i: number) => string, string, RegExp]>([
    ['plain', (v) => `${v}`, ',', /income/],
    ['thousands', (v) => `"${v.toLocaleString('en-US')}"`, ',', /read: income: ',' between thousands/],
    ['german', (v) => `${v.toLocaleString('de-DE')},50`, ';', /read: income: decimal commas/],
    ['currency', (v) => `$${v}`, ',', /read: income: the currency \$ is left off/],
    ['percent', (v) => `${v} %`, ',', /read: income: percent signs are left off/],
    ['none', (v, i) => (i % 50 === 0 ? 'None' : `${v}`), ',', /read: income: 'None' \(6 rows\) is read as missing/],
  ])('%s', async (name, write, delimiter, told) => {
    const { code, stderr, accuracy } = await trained(`${name}.csv`, write, delimiter, [])
    expect(code).toBe(0)
    expect(stderr).toMatch(told)
    expect(accuracy).toBeGreaterThan(0.93)
  })
})

test('what cannot be decided is asked, in options that answer it; predict reads as train did', async () => {
  const write = (v: number) => (v / 1000).toFixed(3).replace('.', ',')
  const asked = await trained('open.csv', write, ';', [])
  expect(asked.code).toBe(1)
  expect(asked.stderr).toMatch(/'income'.* Give --decimal , for .* or --thousands , for .*, or --types income=category/)
  for (const [option, value] of [
    ['--decimal', ','],
    ['--thousands', ','],
  ] as const) {
    const { code, accuracy } = await trained('open.csv', write, ';', [option, value])
    expect({ code, good: accuracy > 0.93 }).toEqual({ code: 0, good: true })
    await writeFile(at('new.csv'), 'income;age\n1,500;30\n98,500;30\n')
    const { stdout } = await deepblas(['predict', at('open.csv.safetensors'), at('new.csv')])
    expect(stdout).toBe('income;age;prediction\n1,500;30;no\n98,500;30;yes\n')
  }
  expect((await trained('open.csv', write, ';', ['--thousands', ',', '--decimal', ','])).code).toBe(2)
})

test('marks are added and kept as asked', async () => {
  const lines = Array.from(
    { length: 100 },
    (_, i) => `${i % 10 === 0 ? -999 : i},${['NA', 'None', 'SA'][i % 3]},${i % 2}\n`,
  )
  await writeFile(at('marks.csv'), `n,region,y\n${lines.join('')}`)
  const profile = async (...args: string[]) =>
    (
      await deepblas([
        'train',
        '--preset',
        'fast',
        at('marks.csv'),
        '--target',
        'y',
        '--epochs',
        '1',
        '--out',
        at('m.safetensors'),
        ...args,
      ])
    ).stderr
  const plain = await profile()
  expect(plain).toContain("read: region: 'NA' (34 rows) is read as missing")
  expect(plain).toContain(
    "read: region: 'None' (33 rows) is kept as a value (if it stands for nothing, give --missing 'None')",
  )
  const asked = await profile('--missing', '-999,None', '--not-missing', 'NA')
  expect(asked).toContain("read: n: '-999' (10 rows) is read as missing")
  expect(asked).toContain("read: region: 'None' (33 rows) is read as missing")
  expect(asked).not.toContain("'NA'")
})

test('ids beyond 2^53 are classes that come back as they are', async () => {
  const ids = ['1180000000000000001', '1180000000000000002', '1180000000000000777']
  const lines = Array.from({ length: 300 }, (_, i) => `${(i % 3) * 8 + (i % 5)},${ids[i % 3]}\n`)
  await writeFile(at('ids.csv'), `hour,channel\n${lines.join('')}`)
  await writeFile(at('hours.csv'), 'hour\n1\n9\n17\n')
  const args = [at('ids.csv'), '--target', 'channel', '--epochs', '40', '--out', at('ids.safetensors')]
  expect((await deepblas(['train', '--preset', 'fast', ...args])).stderr).toContain('3 classes')
  const { stdout } = await deepblas(['predict', at('ids.safetensors'), at('hours.csv')])
  expect(stdout).toBe(`hour,prediction\n1,${ids[0]}\n9,${ids[1]}\n17,${ids[2]}\n`)
})

test('a target with thousands is one of values, for evaluate and predict too', async () => {
  const lines = Array.from(
    { length: 200 },
    (_, i) => `${30 + (i % 90)},"${(100_000 + 1234 * (i % 90)).toLocaleString('en-US')}"\n`,
  )
  await writeFile(at('prices.csv'), `size,price\n${lines.join('')}`)
  const out = at('prices.safetensors')
  const train = await deepblas([
    'train',
    '--preset',
    'fast',
    at('prices.csv'),
    '--target',
    'price',
    '--epochs',
    '60',
    '--out',
    out,
    '--json',
  ])
  expect(JSON.parse(train.stdout)).toMatchObject({ task: 'regression' })
  const { stdout } = await deepblas(['evaluate', out, at('prices.csv'), '--json'])
  expect(JSON.parse(stdout).metrics.r2).toBeGreaterThan(0.9)
})

describe('options by column', () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `${i % 6 === 0 ? '-9' : `${i % 6},${(i % 6) + 1}00`};1.${100 + i};${i % 2 ? 'b' : '-1'};${i % 2}\n`,
  )
  const train = async (...more: string[]) => {
    await writeFile(at('own.csv'), `price;weight;a=b;y\n${rows.join('')}`)
    const args = [at('own.csv'), '--target', 'y', '--out', at('own.safetensors'), '--epochs', '1', '--json', ...more]
    return await deepblas(['train', '--preset', 'fast', ...args])
  }

  test('say how one column is read; the others are recognised', async () => {
    const own = ['--decimal', 'price=,', '--thousands', 'weight=.', '--missing', 'a=b=-1,none', '--missing', 'price=-9']
    const { code, stderr } = await train(...own)
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stderr).toMatch(/price +number .*1\.2000 to 5\.6000/)
    expect(stderr).toMatch(/weight +number .*1,?100 to 1,?159/)
    expect(stderr).toContain("read: a=b: '-1' (30 rows) is read as missing")
    expect(stderr).toContain("read: price: '-9' (10 rows) is read as missing")
    const test = [...own, '--test', at('own.csv')]
    expect((await train(...test)).code).toBe(0)
    await writeFile(at('own-new.csv'), 'price;weight;a=b\n1,200;1.150;b\n')
    expect((await deepblas(['predict', at('own.safetensors'), at('own-new.csv'), ...own])).code).toBe(0)
  })

  test.each([
    [['--decimal', 'pirce=,'], "--decimal names 'pirce', which is no column. Did you mean 'price'?"],
    [['--thousands', 'wight=.'], "--thousands names 'wight', which is no column. Did you mean 'weight'?"],
    [['--missing', 'pirce=-1'], "--missing names 'pirce', which is no column. Did you mean 'price'?"],
    [['--not-missing', 'pirce=NA'], "--not-missing names 'pirce', which is no column"],
    [
      ['--decimal', 'price=;'],
      "--decimal takes . or ,, for all columns or for one as column=., but 'price=;' was given.",
    ],
    [['--decimal', ',', '--decimal', 'price=.'], '--decimal is given for all columns more than once'],
    [['--thousands', '=.'], "but '=.' was given."],
  ])('%j is wrong use', async (more, message) => {
    const { code, stdout } = await train(...more)
    expect(code).toBe(2)
    expect(JSON.parse(stdout).error.message).toContain(message)
  })
})

test('a sign below the rows that are looked at is answered with what a command can do', async () => {
  const lines = Array.from({ length: 10_050 }, (_, i) => `${i === 10_040 ? '$5' : i % 7},${i % 2}\n`)
  await writeFile(at('late.csv'), `unit price,y\n${lines.join('')}`)
  const args = [
    'train',
    '--preset',
    'fast',
    at('late.csv'),
    '--target',
    'y',
    '--out',
    at('late.safetensors'),
    '--epochs',
    '1',
  ]
  const { code, stderr } = await deepblas(args)
  expect(code).toBe(1)
  expect(stderr).toContain("--types 'unit price=category' keeps the column as texts")
  expect(stderr).not.toMatch(/readings|notation/)
  expect((await deepblas([...args, '--skip-bad-rows'])).code).toBe(0)
  expect((await deepblas([...args, '--types', 'unit price=category'])).code).toBe(0)
})
