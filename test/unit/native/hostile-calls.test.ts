// What crosses into C++ and should not: the short forms of test/fuzz/kernels.mjs and test/fuzz/handles.mjs, each in a
// process of its own, which a kernel that leaves its memory may end.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kernels } from '../../../lib/recording/generated/kernels.js'
import { root, runFile } from '../../helpers/program.js'

const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1)!)

test('kernels that a layer records with any arguments run, or are refused with layer and kernel', async () => {
  const ended = await runFile('test/fuzz/kernels.mjs', { args: ['--calls', '4000', '--seed', '1'] })
  expect([ended.signal, ended.code]).toEqual([null, 0])
  const { taken, refused, failures } = lastLine(ended.stdout)
  expect(failures).toEqual([])
  for (const name of Object.keys(kernels)) {
    expect(taken[name], `${name}: calls that fit`).toBeGreaterThan(0)
    expect(refused[name], `${name}: calls that do not`).toBeGreaterThan(0)
  }
})

test('native handles stand what is done to them', async () => {
  const ended = await runFile('test/fuzz/handles.mjs')
  expect([ended.signal, ended.code, ended.stderr]).toEqual([null, 0, ''])
  const { attacks, failures } = lastLine(ended.stdout)
  expect(failures).toEqual([])
  expect(attacks).toBeGreaterThan(15)
})

test('no callback of Node-API is without a guard', async () => {
  const folder = join(root, 'native/binding')
  const bare: string[] = []
  let callbacks = 0
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8')
    // A finalizer of ours would be called by Node with nobody to catch what it throws: members' destructors do its work.
    expect(text, name).not.toMatch(/\bFinalize\(/)
    for (const [, callback, first] of text.matchAll(
      /^(?:[\w:]+ )?([\w:]+)\(const Napi::CallbackInfo& \w+\)(?:\s*:[^{]*?)? \{\n\s*(.*)$/gm,
    )) {
      callbacks++
      if (!/^(return )?guarded\(/.test(first!)) bare.push(`${name}: ${callback}`)
    }
  }
  // Called by guarded callbacks only.
  expect(bare.sort()).toEqual(
    ['makeEmpty', 'copyArray', 'copyRows', 'copyAsFloats']
      .map((name) => `matrix_handle.cpp: MatrixHandle::${name}`)
      .sort(),
  )
  expect(callbacks).toBeGreaterThan(35)
})
