import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leverNames, writeNpy } from '../../../lib/index.js'
import { atFirstProgress, customers, deepblas, writeCsv } from '../../helpers/command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'deepblas-improve-command-'))
const file = (name: string) => join(folder, name)
let data: string

beforeAll(async () => {
  data = await writeCsv(file('customers.csv'), customers(200))
  const pixels = (rows: number) => Uint8Array.from({ length: rows * 16 }, (_, at) => (97 * at + 13 * (at >> 4)) % 256)
  for (const [set, rows] of [
    ['train', 40],
    ['test', 20],
  ] as const) {
    await writeNpy(file(`${set}_x.npy`), { data: pixels(rows), shape: [rows, 4, 4] })
    await writeNpy(file(`${set}_y.npy`), {
      data: Int32Array.from({ length: rows }, (_, row) => row % 2),
      shape: [rows],
    })
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

const brief = ['--epochs', '3', '--hidden', '4', '--batch-size', '32', '--tries', '40', '--seeds', '2']

describe('deepblas improve', () => {
  test('a table: ranked levers, and the same with --json', async () => {
    const args = ['improve', data, '--target', 'left', '--levers', 'bigger,l2', ...brief]
    const shown = await deepblas(args)
    expect(shown.code).toBe(0)
    expect(shown.stdout).toMatch(/lever +verdict +change +interval +accuracy/)
    expect(shown.stdout).toContain('bigger')
    const report = file('improve.html')
    const { code, stdout } = await deepblas([...args, '--json', '--report', report])
    const result = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(result.levers.map(({ name }: { name: string }) => name)).toEqual(['bigger', 'l2'])
    expect(result.stopped).toBe('tries')
    expect(result.report).toBe(report)
    const page = readFileSync(report, 'utf8')
    expect(page).toContain('deepblas improve')
    expect(page).toContain('Weak segments</h2>')
    expect(result.baselineErrors.dev.rows).toBe(30)
    expect(result.baselineErrors.classes.map(({ label }: { label: string }) => label).sort()).toEqual(['no', 'yes'])
  })

  test('held-out rows take the place of test rows for --confirm', async () => {
    const args = ['improve', data, '--target', 'left', '--levers', 'learningRate', ...brief, '--confirm', '--json']
    const { confirmed } = JSON.parse((await deepblas(args)).stdout)
    expect(confirmed.seeds).toBe(1)
    expect(confirmed.value).toBeGreaterThan(0)
    for (const number of [['--confirm', '2'], ['--confirm=2']]) {
      const several = args.flatMap((one) => (one === '--confirm' ? number : [one]))
      expect(JSON.parse((await deepblas(several)).stdout).confirmed.seeds).toBe(2)
    }
  })

  test('a folder of pictures', async () => {
    const { code, stdout } = await deepblas(['improve', folder, '--levers', 'augment', ...brief, '--confirm', '--json'])
    expect(code).toBe(0)
    const [augment] = JSON.parse(stdout).levers
    expect(augment.settings.map(({ setting }: { setting: string }) => setting)).toContain('augment shift 1')
  })

  test('columns that give the target away are told', async () => {
    const [head, ...lines] = readFileSync(data, 'utf8').trim().split('\n')
    const at = head!.split(',').indexOf('left')
    const leaking = file('leaking.csv')
    writeFileSync(leaking, [`${head},gone`, ...lines.map((line) => `${line},${line.split(',')[at]}`)].join('\n'))
    const { stderr } = await deepblas(['improve', leaking, '--target', 'left', '--levers', 'l2', ...brief])
    expect(stderr).toMatch(/look at: gone .*leak/)
    const found = await deepblas(['search', leaking, '--target', 'left', '--tries', '2', '--epochs', '2'])
    expect(found.stderr).toMatch(/look at: gone .*leak/)
  })

  test('a page that cannot be written is told before anything is read', async () => {
    if (!existsSync('/proc/self')) return
    const args = ['improve', data, '--target', 'left', '--report', '/proc/improve.html']
    const { code, stderr, stdout } = await deepblas(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('the folder /proc cannot be written to')
  })

  test('Ctrl+C gives what is known so far, with exit code 130', async () => {
    const stop = new AbortController()
    const args = ['improve', folder, '--epochs', '20000', '--json']
    const { code, stdout } = await deepblas(args, stop.signal, { stderr: atFirstProgress(() => stop.abort()) })
    expect(code).toBe(130)
    expect(JSON.parse(stdout).stopped).toBe('aborted')
  })

  test('wrong use', async () => {
    const wrong = async (...args: string[]) => {
      const { code, stderr } = await deepblas(['improve', ...args])
      expect(code).toBe(2)
      return stderr
    }
    expect(await wrong(data)).toContain('--target is missing')
    expect(await wrong(data, '--target', 'left', '--levers', 'biger')).toContain(leverNames.join(', '))
    expect(await wrong(data, '--target', 'left', '--levers', 'biger')).toContain("Did you mean 'bigger'?")
    expect(await wrong(data, '--target', 'left', '--metric', 'r2')).toContain('metric of classes for --metric')
    expect(await wrong(data, '--target', 'left', '--budget', '2')).toContain('90s, 2m or 1h')
    expect(await wrong(data, '--target', 'left', '--test', data)).toContain('--confirm')
    expect(await wrong(data, '--target', 'left', '--confirm', '0')).toContain('at least 1')
    expect(await wrong(data, '--target', 'left', '--confirm', '--confirm')).toContain('given twice')
    expect(await wrong(folder, '--target', 'left')).toContain('stands for pictures')
  })
})
