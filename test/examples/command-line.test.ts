/*
 * The command line as a program of its own, built.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadModel, type TableModel } from '../../lib/index.js'
import { customers, writeCsv } from '../helpers/command-line.js'
import { root, runFile } from '../helpers/program.js'

const main = join(root, 'dist/cli/main.js')
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  await writeCsv(join(folder, 'customers.csv'), customers(400))
})
afterAll(() => rm(folder, { recursive: true }))

test('train here, predict in another process, the same as the library here', async () => {
  const args = ['train', 'customers.csv', '--target', 'left', '--epochs', '10', '--json']
  const trained = await runFile(main, { args, cwd: folder })
  expect(trained).toMatchObject({ code: 0, signal: null })
  expect(JSON.parse(trained.stdout)).toMatchObject({ task: 'classification', model: 'customers.safetensors' })

  const predicting = ['predict', 'customers.safetensors', 'customers.csv', '--probabilities']
  const predicted = await runFile(main, { args: predicting, cwd: folder })
  expect(predicted).toMatchObject({ code: 0, stderr: '' })
  const model = (await loadModel(join(folder, 'customers.safetensors'))) as TableModel
  const { data } = await model.predict(customers(400))
  const given = predicted.stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',').at(-1)))
  // The fewest digits that give the float32 back.
  expect(given.map(Math.fround)).toEqual(Array.from(data))
})

test('wrong use and failures end with their codes, and no stack', async () => {
  for (const [args, code] of [
    [['train', 'customers.csv'], 2],
    [['train', 'nowhere.csv', '--target', 'left'], 1],
  ] as const) {
    const ended = await runFile(main, { args, cwd: folder })
    expect(ended).toMatchObject({ code, stdout: '' })
    expect(ended.stderr).not.toMatch(/^ +at /m)
  }
})

test('Ctrl+C during a training: 130, and nothing is written', async () => {
  const before = await readdir(folder)
  const long = ['--epochs', '100000', '--learning-rate', '1e-9', '--batch-size', '1', '--hidden', '512,512']
  const args = [main, 'train', 'customers.csv', '--target', 'left', '--out', 'never.safetensors', ...long]
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  let interrupted = false
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    stderr += part
    // The plan is written before the first step.
    if (interrupted || !stderr.includes('at most 100,000 epochs')) return
    interrupted = child.kill('SIGINT')
  })
  const [code] = await once(child, 'close')
  expect({ code, stderr }).toMatchObject({ code: 130, stderr: expect.stringContaining('Interrupted') })
  expect(await readdir(folder)).toEqual(before)
})

test('a reader that has enough ends a prediction quietly', async () => {
  await writeCsv(join(folder, 'large.csv'), customers(30_000))
  const args = [main, 'predict', 'customers.safetensors', 'large.csv']
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    stderr += part
  })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [code] = await once(child, 'close')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('the package has the command', async () => {
  const { bin } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { bin: Record<string, string> }
  expect(bin).toEqual({ deepblas: 'dist/cli/main.js' })
  expect(await readFile(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
})
