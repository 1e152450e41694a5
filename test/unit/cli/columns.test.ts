import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { columnNames } from '../../../lib/cli/values.js'
import { Sequential } from '../../../lib/index.js'
import { deepblas, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

const noise = (i: number) => ((i * 7919) % 101) / 101

async function train(rows: readonly Readonly<Record<string, unknown>>[], ...args: string[]) {
  const path = await writeCsv(at('data.csv'), rows)
  const called = await deepblas([
    'train',
    '--preset',
    'fast',
    path,
    '--target',
    'y',
    '--out',
    at('m.safetensors'),
    '--epochs',
    '1',
    ...args,
  ])
  const model = called.code === 0 ? await Sequential.load(at('m.safetensors')) : undefined
  return { ...called, encoder: model?.encoder, used: model?.encoder?.columns.map(({ name }) => name).sort() }
}

describe('every column that the encoder does not use is told, with its reason', () => {
  const rows = Array.from({ length: 400 }, (_, i) => ({
    id: `K${i}`,
    line: i,
    name: `name ${i % 200}`,
    one: 1,
    none: '',
    x: noise(i),
    y: noise(i * 3) > 0.5 ? 'yes' : 'no',
  }))

  test('in the profile and in the model', async () => {
    const { stderr, encoder, used } = await train(rows)
    expect(used).toEqual(['x'])
    for (const { name, reason } of encoder!.dropped) {
      expect(stderr).toMatch(new RegExp(`^left out: ${name} .*\\(${reason}\\); to use it: --keep ${name}$`, 'm'))
    }
    expect(encoder!.dropped.map(({ name, reason }) => `${name} ${reason}`).sort()).toEqual(
      ['id identifier', 'line identifier', 'name rare', 'none missing', 'one constant'].sort(),
    )
  })

  test('--keep keeps any of them that has a value', async () => {
    const { used, stderr } = await train(rows, '--keep', 'id, line', '--keep', 'one,name')
    expect(used).toEqual(['id', 'line', 'name', 'one', 'x'])
    expect(stderr).toContain('kept as asked: line numbers the rows (identifier)')
  })

  test('nothing left is an error that names them and --keep', async () => {
    const { code, stderr } = await train(rows.map(({ id, one, y }) => ({ id, one, y })))
    expect(code).toBe(1)
    expect(stderr).toMatch(/'id' .*\(identifier\); 'one' .*\(constant\)\. To learn from 'id' all the same: --keep id\./)
    const all = await train(rows, '--ignore', 'id,line,name,one,none,x')
    expect({ code: all.code, stderr: all.stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--ignore'),
    })
  })

  test('the only column, and a year that decides, are used and told', async () => {
    const single = await train(Array.from({ length: 100 }, (_, x) => ({ x, y: 2 * x })))
    expect(single.used).toEqual(['x'])
    expect(single.stderr).toMatch(/look at: x numbers the rows.*\(leak\?\).*--ignore x/)
    const years = Array.from({ length: 124 }, (_, i) => ({
      year: 1900 + i,
      sun: noise(i),
      y: 0.012 * i + noise(i) / 9,
    }))
    expect((await train(years)).used).toEqual(['sun', 'year'])
  })

  test('what contradicts itself', async () => {
    for (const [args, message] of [
      [['--keep', 'x', '--ignore', 'x'], /--keep and --ignore both name 'x'/],
      [['--keep', 'y'], /--keep names the target/],
      [['--keep', 'z'], /--keep names 'z', which is no column/],
    ] as const) {
      const { code, stderr } = await train(rows, ...args)
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
    }
  })
})

describe('names with commas', () => {
  test('a whole value that is a name is that column, whatever is in it; plain names may be joined', () => {
    const name = fc
      .stringMatching(/^[a-c ,=;'"]{1,8}$/)
      .map((one) => one.trim())
      .filter((one) => one !== '')
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.boolean()),
        (all, coins) => {
          const chosen = all.filter(() => coins.next().value)
          expect(columnNames('ignore', chosen, all)).toEqual(chosen)
          const plain = all.filter((one) => !one.includes(','))
          const some = plain.filter(() => coins.next().value)
          expect(columnNames('ignore', some.length === 0 ? [] : [some.join(', ')], plain)).toEqual(some)
        },
      ),
    )
  })

  const names = ['price, net', 'a,b', 'a', 'b', 'size=m', 'x']
  const rows = Array.from({ length: 60 }, (_, i) => ({
    ...Object.fromEntries(names.map((name, n) => [`"${name}"`, (noise(i + n) * 9).toFixed(1)])),
    y: (noise(i) * 7).toFixed(2),
  }))

  test.each([
    [['price, net'], ['a', 'a,b', 'b', 'size=m', 'x']],
    [['a,b'], ['a', 'b', 'price, net', 'size=m', 'x']],
    [['b,a'], ['a,b', 'price, net', 'size=m', 'x']],
    [['x,price, net,b'], ['a', 'a,b', 'size=m']],
    [
      ['x', 'price, net', 'a'],
      ['a,b', 'b', 'size=m'],
    ],
  ] as const)('--ignore %j', async (values, used) => {
    expect((await train(rows, ...values.flatMap((value) => ['--ignore', value]))).used).toEqual(used)
  })

  test.each([
    ['price, net=category'],
    ['x=number,price, net=category'],
    ['price, net=category, x=number'],
    ['x=number', 'price, net=category'],
  ])('--types %j', async (...values) => {
    const { encoder, stderr } = await train(rows, ...values.flatMap((value) => ['--types', value]))
    expect(stderr).not.toContain('takes')
    expect(encoder!.types).toMatchObject({ 'price, net': 'category', x: 'number' })
  })

  test('--types with an equals sign in the name; --scaling', async () => {
    expect((await train(rows, '--types', 'size=m=category')).encoder!.types).toMatchObject({ 'size=m': 'category' })
    const kinds = async (...args: string[]) =>
      Object.fromEntries((await train(rows, ...args)).encoder!.columns.map(({ name, kind }) => [name, kind]))
    expect(await kinds('--scaling', 'a,b=quantile')).toMatchObject({ 'a,b': 'quantile', a: 'number', x: 'number' })
    expect(new Set(Object.values(await kinds('--scaling', 'quantile')))).toEqual(new Set(['quantile']))
    expect(new Set(Object.values(await kinds('--scaling', 'robust')))).toEqual(new Set(['robust']))
    const wrong = await train(rows, '--scaling', 'x=ranks')
    expect({ code: wrong.code, stderr: wrong.stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--scaling takes column=scaling between commas'),
    })
  })
})

test('an unknown option lists those there are', async () => {
  const { code, stderr } = await deepblas(['train', '--preset', 'fast', 'data.csv', '--activation', 'relu'])
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no option --activation\..*--target, --out/),
  })
})
