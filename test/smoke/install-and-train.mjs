// Installs the packed tarball of this folder in an empty one, as a user would, without scripts and without a compiler, and
// trains XOR there: by import, by require, and on the command line. Plain Node; the release runs it on every system.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const tarball = readdirSync('.').find((name) => /^deepblas-.*\.tgz$/.test(name))
if (!tarball) throw new Error('There is no deepblas-*.tgz in this folder.')
const folder = mkdtempSync(join(tmpdir(), 'deepblas-smoke-'))
const train = `
async function main() {
  const x = [[0, 0], [0, 1], [1, 0], [1, 1]]
  const layers = [new Dense(8, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })]
  const model = new Sequential(layers, { inputs: 2, seed: 1 })
  await model.fit(Dataset.from({ x, y: [[0], [1], [1], [0]] }), {
    loss: 'binaryCrossEntropy',
    optimizer: new Adam({ learningRate: 0.05 }),
    epochs: 500,
    batchSize: 'full',
  })
  const { data } = await model.predict(x)
  const answers = Array.from(data, Math.round).join(' ')
  if (answers !== '0 1 1 0') throw new Error('XOR came out as ' + answers)
  // A layer of a million weights is multiplied by OpenBLAS.
  const wide = new Sequential([new Dense(1024), new Dense(1024), new Dense(1)], { inputs: 2, seed: 1 })
  const outputs = await wide.predict(x)
  if (!outputs.data.every(Number.isFinite)) throw new Error('a wide network gave ' + outputs.data)
  console.log(info())
}
main().catch((error) => {
  console.error(error)
  process.exit(1)
})
`
const names = '{ Adam, Dataset, Dense, Sequential, info }'
const files = {
  'package.json': '{ "name": "smoke", "private": true }',
  'by-import.mjs': `import ${names} from 'deepblas'\n${train}`,
  'by-require.cjs': `const ${names} = require('deepblas')\n${train}`,
  'points.csv': `a,b,sum\n${Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${(i % 7) + (i % 5)}\n`).join('')}`,
}
try {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  // npm is a script of the shell on Windows.
  const line = ['install', `"${resolve(tarball)}"`, '--ignore-scripts', '--no-audit', '--no-fund']
  run('npm', line, { shell: true })
  run(process.execPath, ['by-import.mjs'])
  run(process.execPath, ['by-require.cjs'])
  const command = join('node_modules', 'deepblas', 'dist', 'cli', 'main.js')
  run(process.execPath, [command, 'train', 'points.csv', '--target', 'sum', '--epochs', '2'])
  console.log(`${process.platform}-${process.arch}, Node ${process.versions.node}: good`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function run(program, args, options = {}) {
  console.log(`> ${program} ${args.join(' ')}`)
  const { status, signal, error } = spawnSync(program, args, { cwd: folder, stdio: 'inherit', ...options })
  if (error) throw error
  if (status !== 0) throw new Error(`${args[0]} ended with ${status ?? signal}`)
}
