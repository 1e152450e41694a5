// Files in dialects of their own, from the command line: trained on, judged, predicted, written back as they came.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCsv } from '../../../lib/index.js'
import { deepblas } from '../../helpers/command-line.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-dialects-'))
})
afterAll(() => rm(folder, { recursive: true }))

const rows = Array.from({ length: 120 }, (_, i) => ({
  size: i % 40,
  kind: ['a "b"', 'c::d', "it's"][i % 3]!,
  y: i % 40 > 20 ? 'ja' : 'né',
}))

interface Written {
  readonly head?: string
  readonly field: (text: string) => string
  readonly delimiter: string
  readonly end?: string
  readonly options: string[]
  readonly encode?: (text: string) => Uint8Array
}

const twice = (text: string) => `"${text.replaceAll('"', '""')}"`

test.each<[string, Written]>([
  ['blanks before quotes', { field: twice, delimiter: ', ', options: [] }],
  ['sep=;', { head: 'sep=;\r\n', field: twice, delimiter: ';', options: [] }],
  [
    'a title and comments',
    { head: 'My flats\n! none\n', field: twice, delimiter: ',', options: ['--skip-rows', '1', '--comment', '!'] },
  ],
  ['trailing delimiters', { field: twice, delimiter: ';', end: ';', options: [] }],
  ['backslashes', { field: (text) => `"${text.replaceAll('"', '\\"')}"`, delimiter: ',', options: [] }],
  [
    'single quotes, backslashes',
    {
      field: (text) => `'${text.replaceAll("'", "\\'")}'`,
      delimiter: ',',
      options: ['--quote', "'", '--escape', '\\'],
    },
  ],
  ['no quotes', { field: (text) => text, delimiter: '\t', options: ['--quote', 'none', '--delimiter', 'tab'] }],
  ['two colons', { field: twice, delimiter: '::', options: ['--delimiter', '::'] }],
  ['blanks', { field: twice, delimiter: '   ', options: ['--delimiter', 'blanks'] }],
  [
    'ibm850, or so',
    {
      field: twice,
      delimiter: ',',
      options: ['--encoding', 'Macintosh'],
      encode: (text) => Buffer.from(text.replaceAll('é', '\u008e'), 'latin1'),
    },
  ],
])('%s', async (name, { head = '', field, delimiter, end = '', options, encode = (text) => Buffer.from(text) }) => {
  const text = (some: readonly (typeof rows)[number][]) =>
    `${head}${[['size', 'kind', 'y'], ...some.map(({ size, kind, y }) => [String(size), kind, y])]
      .map((fields) => fields.map(field).join(delimiter) + end)
      .join('\n')}\n`
  const data = join(folder, `${name.replaceAll(/\W/g, '')}.csv`)
  const model = data.replace('.csv', '.safetensors')
  const out = data.replace('.csv', '-out.csv')
  await writeFile(data, encode(text(rows)))
  const trained = await deepblas([
    'train',
    '--preset',
    'fast',
    data,
    '--target',
    'y',
    '--out',
    model,
    '--epochs',
    '3',
    '--json',
    ...options,
  ])
  expect(trained).toMatchObject({ code: 0 })
  const judged = await deepblas(['evaluate', model, data, '--json', ...options])
  expect(JSON.parse(judged.stdout)).toMatchObject({ rows: 120 })
  const predicted = await deepblas(['predict', model, data, '--out', out, ...options])
  expect(predicted).toMatchObject({ code: 0 })
  // What was left out above the rows is not written; the rows are, as the file has them, in UTF-8.
  const again = options.filter((_, i) => !['--skip-rows', '--encoding'].includes(options[i - (i % 2)]!))
  const table = await readCsv(out, {
    delimiter: delimiter.trim() === '' && delimiter !== '\t' ? 'blanks' : delimiter.trim() || '\t',
    ...(again.includes('--quote') ? { quote: again.includes("'") ? "'" : '' } : {}),
    ...(name.includes('backslashes') ? { escape: '\\' } : {}),
  })
  expect(table.names.slice(0, 4)).toEqual(['size', 'kind', 'y', 'prediction'])
  expect(Array.from({ length: 120 }, (_, row) => table.row(row))).toMatchObject(rows)
  expect(await readFile(out, 'utf8')).toContain('né')
})

test('what is taken for granted of a file is told once', async () => {
  const data = join(folder, 'told.csv')
  await writeFile(data, `# made by us\nsize,y\n${rows.map(({ size, y }) => `${size},${y}`).join('\n')}\n`)
  const { stderr } = await deepblas([
    'train',
    '--preset',
    'fast',
    data,
    '--target',
    'y',
    '--out',
    join(folder, 'told.safetensors'),
    '--epochs',
    '2',
  ])
  expect(stderr.split('Line 1 begins with # and is left out as a comment.').length).toBe(2)
  await writeFile(data, 'size,y\n1,"a \\"b\n2,c\n3,d\n')
  const { stderr: bad, code } = await deepblas([
    'train',
    '--preset',
    'fast',
    data,
    '--target',
    'y',
    '--out',
    join(folder, 'no.safetensors'),
  ])
  expect(code).toBe(1)
  expect(bad).toContain('--skip-bad-rows')
  expect(bad).toMatch(/--escape '\\'|--quote none/)
})

test.each<[string, string, string, string]>([
  ['another delimiter', rows.map(({ size, y }) => `${size}~${y}`).join('\n'), 'size~y\n', "--delimiter '~'"],
  [
    'a title above the names',
    rows.map(({ size, y }) => `${size};${y}`).join('\n'),
    'Flats;\nsize;y\n',
    '--skip-rows 1',
  ],
  ['no names', rows.map(({ size, y }) => `${size + 7};${y}`).join('\n'), '5;ja\n', '--header no'],
])('%s is told with the option that says so, before the target is missed', async (_, below, above, option) => {
  const path = join(folder, 'doubt.csv')
  await writeFile(path, above + below)
  const { code, stderr } = await deepblas([
    'train',
    '--preset',
    'fast',
    path,
    '--target',
    'y',
    '--out',
    join(folder, 'doubt.safetensors'),
  ])
  expect(code).toBe(2)
  expect(stderr).toContain("--target names 'y', which is no column")
  expect(stderr.slice(0, stderr.indexOf('--target names'))).toContain(option)
})

test('a question about points is asked with the options that answer it', async () => {
  const path = join(folder, 'points.csv')
  const points = rows.map(({ size }, i) => (i % 2 ? `${100 + i}` : `${size + 1}.${100 + i}`))
  await writeFile(path, `a;y\n${points.map((text, i) => `${i % 5};${text}`).join('\n')}\n`)
  const { stderr } = await deepblas([
    'train',
    '--preset',
    'fast',
    path,
    '--target',
    'y',
    '--out',
    join(folder, 'points.safetensors'),
  ])
  expect(stderr).toContain('Give --decimal . for 1.1 or --thousands . for 1100, or --types y=category')
})
