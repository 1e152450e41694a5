import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProgressStream } from '../../../lib/callbacks/progress-bar.js'
import { inOptions } from '../../../lib/cli/flags.js'
import { textWidth } from '../../../lib/report/terminal/text.js'
import { customers, deepblas, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

class Screen implements ProgressStream {
  readonly isTTY = true
  readonly columns: number
  text = ''

  constructor(columns: number) {
    this.columns = columns
  }

  write(text: string): void {
    this.text += text
  }

  /** Lines as they stay, without what was drawn over and without colours. */
  get lines(): string[] {
    const kept = this.text.split('\n').map((line) => line.slice(line.lastIndexOf('\r') + 1))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the control characters that have to go
    return kept.map((line) => line.replaceAll(/\u001b\[[\d;]*[mK]/g, ''))
  }
}

const rows = customers(400).map((row, i) => ({
  ...row,
  'a column of a rather long name, in 日本 and elsewhere 👍': `level ${i % 40}`,
  amount: 1_234_567 + i * 7919,
}))

test.each([60, 80, 120])('train and inspect on a terminal of %i columns', async (columns) => {
  const path = await writeCsv(
    at('data.csv'),
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [`"${name}"`, value]))),
  )
  const screen = new Screen(columns)
  const args = ['train', '--preset', 'fast', path, '--target', 'left', '--epochs', '4', '--out', at('m.safetensors')]
  const { code } = await deepblas(args, undefined, { stderr: screen })
  expect(code).toBe(0)
  const own = screen.lines.filter((line) => !line.startsWith('next: '))
  for (const line of own) expect(textWidth(line)).toBeLessThanOrEqual(columns)
  // No number is cut in two.
  for (const number of ['1234567', '4394248']) expect(screen.text).toContain(number)
  expect(screen.lines.join(' ')).toMatch(/epoch 4\/4.*best epoch \d, +validation\.loss \d\.\d+/)
  expect(screen.lines.at(-2)).toMatch(/^next: deepblas predict .* --out predictions\.csv$/)
  const inspected = new Screen(columns)
  const { stdout } = await deepblas(['inspect', at('m.safetensors'), '--json'], undefined, { stderr: inspected })
  expect(JSON.parse(stdout).made.epoch).toBeGreaterThan(0)
  for (const line of inspected.lines.filter((one) => !one.startsWith('next: ')))
    expect(textWidth(line)).toBeLessThanOrEqual(columns)
})

test('plain characters where the terminal has no others; names of the user stay', async () => {
  const path = await writeCsv(
    at('plain.csv'),
    rows.map(({ fee, months, left }, i) => ({ fee, months, größe: `g${i % 9}`, left })),
  )
  const screen = new Screen(80)
  const args = ['train', '--preset', 'fast', path, '--target', 'left', '--epochs', '4', '--out', at('p.safetensors')]
  await deepblas(args, undefined, { stderr: screen, ascii: true })
  expect(screen.text).toContain('größe')
  expect(screen.text).toContain('---')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII
  expect(screen.text.replaceAll('größe', '')).toMatch(/^[\u0000-\u007f]*$/)
  for (const more of [
    ['evaluate', at('p.safetensors'), path],
    ['inspect', at('p.safetensors')],
  ]) {
    const { stdout } = await deepblas(more, undefined, { ascii: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII
    expect(stdout.replaceAll('größe', '')).toMatch(/^[\u0000-\u007f]*$/)
  }
})

test('one is one', async () => {
  const path = await writeCsv(
    at('one.csv'),
    rows.map(({ fee, left }) => ({ fee, left })),
  )
  const { stderr } = await deepblas([
    'train',
    '--preset',
    'fast',
    path,
    '--target',
    'left',
    '--epochs',
    '1',
    '--out',
    at('o.safetensors'),
  ])
  expect(stderr).toMatch(/^1 column as 1 number, /m)
  expect(stderr).toContain('at most 1 epoch in steps')
  const one = await writeCsv(
    at('one.csv'),
    rows.slice(0, 1).map(({ fee, left }) => ({ fee, left })),
  )
  const predicted = await deepblas(['predict', at('o.safetensors'), one, '--out', at('p.csv')])
  expect(predicted.stdout).toContain('1 prediction in ')
  expect(predicted.stderr).toContain('next: deepblas evaluate ')
  expect((await deepblas(['evaluate', at('o.safetensors'), one])).stdout).toMatch(/^1 row of /)
})

test('progress of reading is drawn and goes away', async () => {
  const path = await writeCsv(
    at('large.csv'),
    customers(200_000).map(({ fee, left }) => ({ fee, left })),
  )
  const screen = new Screen(80)
  await deepblas(['predict', at('o.safetensors'), path, '--out', at('p.csv')], undefined, { stderr: screen })
  expect(screen.text).toMatch(/\r.\[Kpredicting large\.csv \d+ %, [\d,]+ rows/)
  expect(screen.lines.join('\n')).not.toContain('predicting')
})

test.each([
  ["Give types: { 'a b': 'category' }.", "Give --types 'a b=category'."],
  ["To keep it: keep: ['id'].", 'To keep it: --keep id.'],
  ["give scaling: { 'fee': 'quantile' }, which", 'give --scaling fee=quantile, which'],
  ["classWeights: 'balanced' makes", '--class-weights balanced makes'],
  ["or give duplicateNames: 'number'", 'or give --duplicate-names number'],
  ["task: 'regression'", '--task regression'],
  [
    "Cannot read the file 'a.csv': it is not CSV but JSON lines, an object a line: give Table.fromRows(lines.map(parse))",
    "Cannot read the file 'a.csv': it is not CSV but JSON lines, an object a line: commands read CSV; write its objects " +
      'as rows first',
  ],
])('%s', (message, told) => {
  expect(inOptions(message)).toBe(told)
})
