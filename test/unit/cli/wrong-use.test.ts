import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../../lib/cli/commands.js'
import { customers, deepblas, flats, writeCsv } from '../../helpers/command-line.js'

let folder = ''
let data = ''
let prices = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  data = await writeCsv(join(folder, 'customers.csv'), customers(60))
  prices = await writeCsv(join(folder, 'flats.csv'), flats(60))
})
afterAll(() => rm(folder, { recursive: true }))

describe('help', () => {
  test('lists the commands', async () => {
    const { code, stdout, stderr } = await deepblas(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const { name, summary } of commands) expect(stdout).toContain(`  ${name.padEnd(10)}${summary}`)
  })

  test.each(commands.map((command) => [command.name, command] as const))(
    '%s tells every option',
    async (name, command) => {
      const { code, stdout, stderr } = await deepblas([name, '--help'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      for (const option of [...Object.keys(command.options), 'json', 'help']) expect(stdout).toContain(`--${option}`)
      expect(stdout).toContain('Exit code')
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
      expect((await deepblas(['help', name])).stdout).toBe(stdout)
    },
  )

  test('the version is that of the package', async () => {
    expect((await deepblas(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('wrong use is told, with exit code 2', () => {
  test.each([
    [[], /Which command/],
    [['trian'], /no command 'trian'. Did you mean 'train'\? The commands are: train, predict, evaluate, inspect/],
    [['export', 'model.safetensors'], /no command 'export'. The commands are: train, predict, evaluate, inspect/],
    [['--json', 'train'], /before --json/],
    [['train'], /data.csv is missing: deepblas train data.csv \[options\]/],
    [['train', 'data.csv'], /--target is missing/],
    [['train', 'data.csv', 'more.csv', '--target', 'left'], /'more.csv' was given too/],
    [['train', 'data.csv', '--target'], /--target needs a value/],
    [['train', 'data.csv', '--target', '--json'], /--target needs a value/],
    [['train', 'data.csv', '--traget', 'left'], /no option --traget. Did you mean --target\?/],
    [['train', 'data.csv', '-t', 'left'], /no option -t/],
    [['train', 'data.csv', '--target', 'left', '--target', 'plan'], /--target is given twice/],
    [['train', 'data.csv', '--json=yes', '--target', 'left'], /--json takes no value/],
    [
      ['train', 'data.csv', '--target', 'left', '--epochs', '0'],
      /--epochs takes a whole number of at least 1, but '0'/,
    ],
    [['train', 'data.csv', '--target', 'left', '--epochs', 'ten'], /--epochs .*'ten'/],
    [['train', 'data.csv', '--target', 'left', '--batch-size', '1.5'], /--batch-size .*'1.5'/],
    [['train', 'data.csv', '--target', 'left', '--seed', '-1'], /--seed .*'-1'/],
    [['train', 'data.csv', '--target', 'left', '--threads', '0'], /--threads .*'0'/],
    [['train', 'data.csv', '--target', 'left', '--hidden', '64,x'], /--hidden .*'64,x'/],
    [['train', 'data.csv', '--target', 'left', '--dropout', '1'], /--dropout .*'1'/],
    [['train', 'data.csv', '--target', 'left', '--l2', '-0.1'], /--l2 .*'-0.1'/],
    [['train', 'data.csv', '--target', 'left', '--learning-rate', '0'], /--learning-rate .*'0'/],
    [['train', 'data.csv', '--target', 'left', '--learning-rate', 'Infinity'], /--learning-rate .*'Infinity'/],
    [['train', 'data.csv', '--target', 'left', '--task', 'clasification'], /Did you mean 'classification'/],
    [['train', 'data.csv', '--target', 'left', '--class-weights', 'equal'], /--class-weights takes balanced/],
    [['train', 'data.csv', '--target', 'left', '--types', 'fee'], /--types takes column=type.*'fee'/],
    [['train', 'data.csv', '--target', 'left', '--types', 'fee=nubmer'], /Did you mean 'number'/],
    [['train', 'data.csv', '--target', 'left', '--delimiter', 'a"b'], /--delimiter takes one character/],
    [['train', 'data.csv', '--target', 'left', '--quote', 'ab'], /--quote takes one character, or none/],
    [['train', 'data.csv', '--target', 'left', '--encoding', 'utf-7'], /for --encoding.*Did you mean 'utf-8'/],
    [['train', 'data.csv', '--target', 'left', '--skip-rows', '-1'], /--skip-rows takes a whole number/],
    [['train', 'data.csv', '--target', 'left', '--ignore', 'left'], /--ignore names the target/],
    [
      ['train', 'data.csv', '--target', 'left', '--out', '/no/such/folder/m.safetensors'],
      /\/no\/such\/folder does not exist/,
    ],
    [['predict', 'm.safetensors'], /new.csv is missing/],
    [['predict', 'm.safetensors', 'new.csv', '--json'], /--json needs --out/],
    [['inspect'], /model.safetensors is missing/],
  ] as const)('%j', async (args, message) => {
    const { code, stdout, stderr } = await deepblas(args)
    expect(stderr).toMatch(message)
    expect(stderr).toContain('--help')
    expect(stderr).not.toContain('    at ')
    expect(code).toBe(2)
    if (args.includes('--json' as never)) {
      expect(JSON.parse(stdout)).toEqual({ error: { code: 'ERR_DEEPBLAS_ARGUMENT', message: stderr.split('\n')[0] } })
    } else expect(stdout).toBe('')
  })

  test('an unknown column: the nearest, and those there are', async () => {
    const { code, stderr } = await deepblas(['train', data, '--target', 'lfet'])
    expect(code).toBe(2)
    expect(stderr).toContain(
      "--target names 'lfet', which is no column. Did you mean 'left'? The columns are: customer, fee, months, plan, " +
        'country, left.',
    )
    expect((await deepblas(['train', data, '--target', 'left', '--ignore', 'contry'])).stderr).toContain(
      "--ignore names 'contry', which is no column. Did you mean 'country'?",
    )
    expect((await deepblas(['train', data, '--target', 'left', '--types', 'fees=number'])).stderr).toContain(
      "--types names 'fees', which is no column. Did you mean 'fee'?",
    )
  })

  test('class weights for values', async () => {
    const { code, stderr } = await deepblas(['train', prices, '--target', 'price', '--class-weights', 'balanced'])
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--class-weights') })
  })
})

describe('what cannot be done is told without a stack, with exit code 1', () => {
  async function trained(text: string, ...args: string[]) {
    const path = join(folder, 'some.csv')
    await writeFile(path, text)
    return deepblas(['train', path, '--target', 'y', '--out', join(folder, 'none.safetensors'), '--json', ...args])
  }

  test.each([
    ['an empty file', '', /some.csv.*empty/],
    ['a header alone', 'x,y\n', /rows/],
    ['one row', 'x,y\n1,2\n', /at least 10 rows.*is 1/],
    ['a target with one value', `x,y\n${'1,a\n2,a\n'.repeat(10)}`, /'y' has only 'a'/],
    ['a target without values', `x,y\n${'1,\n2,\n'.repeat(10)}`, /'y'.*has no values/],
    ['nothing but the target', `y\n${'a\nb\n'.repeat(10)}`, /only the target|tells something/],
    ['two columns of one name', `x,x,y\n${'1,2,a\n2,3,b\n'.repeat(10)}`, /x/],
    ['a row of another length', `x,y\n${'1,a\n2,b\n'.repeat(10)}3\n`, /line 22/],
    ['a quote that is not closed', `x,y\n${'1,a\n2,b\n'.repeat(10)}"3,a\n`, /line 22/],
  ])('%s', async (_, text, message) => {
    const { code, stdout, stderr } = await trained(text)
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/^ +at /m)
    expect(code).toBe(1)
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } }
    expect(stderr).toContain(error.message)
    expect(error.code).toMatch(/^ERR_DEEPBLAS_(DATA|FILE)$/)
  })

  test('advice is in words of the command line', async () => {
    const numbers = Array.from({ length: 30 }, (_, i) => `${i % 9}.5,${i % 2 === 0 ? 'a' : 'b'}\n`).join('')
    expect((await trained(`x,y\n${numbers}stray,a\n`)).stderr).toMatch(/line 32.*'stray'.*--skip-bad-rows/)
    expect((await trained(`x,y\n${numbers}`, '--task', 'regression')).stderr).toMatch(
      /--types y=number, or give --task classification/,
    )
  })

  test('files that are not there', async () => {
    const nowhere = join(folder, 'nowhere.csv')
    for (const args of [
      ['train', nowhere, '--target', 'y'],
      ['train', data, '--target', 'left', '--test', nowhere],
      ['predict', join(folder, 'nowhere.safetensors'), data],
      ['inspect', join(folder, 'nowhere.safetensors')],
    ]) {
      const { code, stderr } = await deepblas(args)
      expect({ args, code }).toEqual({ args, code: 1 })
      expect(stderr).toMatch(/nowhere.*no such file/)
    }
  })

  test('a target of which every row has its own', async () => {
    const { code, stderr } = await deepblas(['train', data, '--target', 'customer', '--epochs', '1'])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/'customer'.*identifier/) })
  })

  test('results that could not be written are told before the work', async () => {
    const nowhere = join(folder, 'nowhere', 'file')
    const model = join(folder, 'any.safetensors')
    for (const args of [
      ['train', data, '--target', 'left', '--out', folder],
      ['train', data, '--target', 'left', '--checkpoint', nowhere],
      ['train', data, '--target', 'left', '--resume', model, '--out', model],
      ['predict', model, data, '--out', nowhere],
      ['predict', model, data, '--out', folder],
    ]) {
      const { code, stderr } = await deepblas(args)
      expect({ args, code }).toEqual({ args, code: 2 })
      expect(stderr).toMatch(/does not exist|is no file|would overwrite the file of --resume/)
    }
  })

  test('delimiters and decimal points that exclude each other', async () => {
    for (const more of [
      ['--delimiter', '"'],
      ['--delimiter', ':', '--quote', ':'],
      ['--delimiter', ',', '--decimal', ','],
    ]) {
      const { code } = await deepblas(['train', data, '--target', 'left', ...more])
      expect({ more, code }).toEqual({ more, code: 2 })
    }
  })

  test('a stream that has nothing, or is not there', async () => {
    const args = ['--target', 'y', '--out', join(folder, 'm.safetensors')]
    const empty = await deepblas(['train', '/dev/null', ...args])
    expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('empty') })
    expect(await deepblas(['train', '-', ...args])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no standard input'),
    })
  })

  test('an unknown label in the file of --test is told with its name', async () => {
    const other = join(folder, 'other.csv')
    await writeFile(other, 'fee,months,plan,left\n90,1,basic,perhaps\n')
    const { code, stderr } = await deepblas(['train', data, '--target', 'left', '--test', other, '--epochs', '1'])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/other\.csv: .*perhaps/) })
  })

  test('a file that is no model', async () => {
    const { code, stderr } = await deepblas(['inspect', data])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(data) })
  })
})
