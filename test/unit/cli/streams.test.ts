import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customers, deepblas, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  await writeCsv(at('customers.csv'), customers(600))
  const args = [at('customers.csv'), '--target', 'left', '--out', at('m.safetensors'), '--epochs', '3']
  expect((await deepblas(['train', '--preset', 'fast', ...args])).code).toBe(0)
})
afterAll(() => rm(folder, { recursive: true }))

/** Bytes that come in small pieces, once: whoever asks again gets nothing. */
async function* pieces(text: string, size = 1000): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = new TextEncoder().encode(text)
  for (let from = 0; from < bytes.length; from += size) yield bytes.slice(from, from + size)
}

const streamed = async (args: readonly string[], text: string) =>
  deepblas(args, new AbortController().signal, { stdin: pieces(text) })

describe('standard input is as good as a file', () => {
  test('predict and evaluate give the same', async () => {
    const text = await readFile(at('customers.csv'), 'utf8')
    for (const command of ['predict', 'evaluate']) {
      const file = await deepblas([command, at('m.safetensors'), at('customers.csv')])
      const stream = await streamed([command, at('m.safetensors'), '-'], text)
      expect({ code: stream.code, stderr: stream.stderr }).toEqual({ code: 0, stderr: '' })
      expect(stream.stdout).toBe(file.stdout.replaceAll(at('customers.csv'), 'standard input'))
    }
  })

  test('more rows than a look at the header reads', async () => {
    const rows = customers(25_000, 3)
    await writeCsv(at('large.csv'), rows)
    const text = await readFile(at('large.csv'), 'utf8')
    const { code, stdout } = await streamed(['predict', at('m.safetensors'), '-', '--json', '--out', at('p.csv')], text)
    expect({ code, rows: JSON.parse(stdout).rows }).toEqual({ code: 0, rows: 25_000 })
    const lines = (await readFile(at('p.csv'), 'utf8')).split('\n').map((line) => line.slice(0, line.lastIndexOf(',')))
    expect(lines.join('\n')).toBe(text.trimEnd().concat('\n'))
  })

  test('train gives the same file', async () => {
    const text = await readFile(at('customers.csv'), 'utf8')
    const args = ['--target', 'left', '--epochs', '3', '--out', at('s.safetensors')]
    expect((await streamed(['train', '--preset', 'fast', '-', ...args], text)).code).toBe(0)
    const [one, two] = await Promise.all(['m', 's'].map((name) => readFile(at(`${name}.safetensors`))))
    expect(one!.equals(two!)).toBe(true)
  })

  test('what is wrong in it has its line, and an empty one is told', async () => {
    const bad = await streamed(['predict', at('m.safetensors'), '-'], 'fee,months,plan\n90,1,basic\ncheap,1,basic\n')
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringMatching(/line 3.*'cheap'/) })
    expect(await streamed(['evaluate', at('m.safetensors'), '-'], '')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('empty'),
    })
  })

  test('Ctrl+C does not wait for a stream that gives nothing', async () => {
    const controller = new AbortController()
    const stdin = (async function* () {
      yield new TextEncoder().encode('fee,months,plan\n')
      await new Promise(() => undefined)
    })()
    setTimeout(() => controller.abort(new Error('interrupted')), 50)
    const { code } = await deepblas(['predict', at('m.safetensors'), '-'], controller.signal, { stdin })
    expect(code).toBe(130)
  })
})
