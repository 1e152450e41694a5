import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runFile } from '../helpers/program.js'

const folder = import.meta.dirname
const saved = JSON.parse(readFileSync(join(folder, 'saved-models.json'), 'utf8'))

// Every x64 processor has this instruction set, and gives the same bits. After a change that is meant to change them:
//   DEEPBLAS_ISA=baseline node test/same-bits/trainings.mjs > test/same-bits/saved-models.json
test.runIf(process.arch === 'x64')('trainings of every kind save the bytes that they saved before', async () => {
  const { stdout, stderr } = await runFile(join(folder, 'trainings.mjs'), { env: { DEEPBLAS_ISA: 'baseline' } })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual(saved)
})
