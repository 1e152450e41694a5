// Programs for those who check the package: what is run in a folder where it was installed.

const training = `
const x = [[0, 0], [0, 1], [1, 0], [1, 1]]
const y = [[0], [1], [1], [0]]

async function main() {
  const model = new Sequential([new Dense(8, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })], {
    inputs: 2,
    seed: 1,
  })
  const optimizer = new Adam({ learningRate: 0.05 })
  await model.fit(Dataset.from({ x, y }), { loss: 'binaryCrossEntropy', optimizer, epochs: 500, batchSize: 'full' })
  const { data, shape } = await model.predict(x)
  const learned = Array.from(data, (value) => Math.round(value)).join('')
  if (learned !== '0110' || shape.join() !== '4,1') throw new Error(\`XOR was not learned: \${learned}\`)
}
main()
`
const names = '{ Adam, Dataset, Dense, Sequential }'

/** XOR by import, by require, and in the two kinds of modules of TypeScript; and that import and require meet one copy. */
export const programs = {
  'xor.mjs': `import ${names} from 'deepblas'\n${training}`,
  'xor.cjs': `const ${names} = require('deepblas')\n${training}`,
  'xor-module.mts': `import ${names} from 'deepblas'\n${training}`,
  'xor-commonjs.cts': `import ${names} from 'deepblas'\n${training}`,
  'one-copy.mjs': `
import { createRequire } from 'node:module'
import * as imported from 'deepblas'
const required = createRequire(import.meta.url)('deepblas')
const same = Object.keys(required).filter((name) => required[name] === imported[name])
if (same.length < 100 || same.length !== Object.keys(required).length) throw new Error('import and require have two copies')
if (!(new required.Dense(1) instanceof imported.Layer)) throw new Error('a layer is no layer')
`,
}

/** A test for Jest and one for vitest, as their users write them: CommonJS and ES module, without any setting. */
export const runnerTests = {
  'jest/xor.test.js': `
const ${names} = require('deepblas')
test('learns a line', async () => {
  const model = new Sequential([new Dense(1)], { inputs: 1, seed: 1 })
  const data = Dataset.from({ x: [[0], [1], [2]], y: Float32Array.of(1, 3, 5) })
  const { epochs } = await model.fit(data, { loss: 'meanSquaredError', optimizer: new Adam(), epochs: 3 })
  expect(epochs).toHaveLength(3)
  expect(model.predictSync([[1]]).data).toBeInstanceOf(Float32Array)
  expect(() => new Dense(-1)).toThrow(expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT' }))
})
`,
  'jest/again.test.js': `
test('a second file loads it anew', () => {
  const { Dense, Sequential } = require('deepblas')
  expect(new Sequential([new Dense(1)], { inputs: 1, seed: 1 }).parameterCount).toBe(2)
})
test('an optional package is looked for where Jest lets no CommonJS import', async () => {
  const { readParquet } = require('deepblas')
  const advice = { code: 'ERR_DEEPBLAS_LOAD', message: expect.stringContaining('npm install hyparquet') }
  await expect(readParquet(__filename)).rejects.toMatchObject(advice)
})
test('so does a reset of modules', () => {
  jest.resetModules()
  const { Dense, Sequential } = require('deepblas')
  expect(new Sequential([new Dense(1)], { inputs: 1, seed: 1 }).predictSync([[0]]).data).toHaveLength(1)
})
`,
  'vitest/xor.test.mjs': `
import { expect, test } from 'vitest'
import ${names} from 'deepblas'
test('learns a line', async () => {
  const model = new Sequential([new Dense(1)], { inputs: 1, seed: 1 })
  const data = Dataset.from({ x: [[0], [1], [2]], y: [1, 3, 5] })
  const { epochs } = await model.fit(data, { loss: 'meanSquaredError', optimizer: new Adam(), epochs: 3 })
  expect(epochs.length).toBe(3)
})
`,
}
