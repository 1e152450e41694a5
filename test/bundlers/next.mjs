// node test/bundlers/next.mjs: the installed package in a server of Next.js, with the setting of docs/guide/bundlers.md. A
// long form beside bundlers.test.ts: Next.js comes from the npm registry, 300 MB, into a scratch folder that is removed.
// Builds an app with a route handler that trains, starts it, asks it; ends with 1 where something did not go well.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cleanEnvironment } from '../../scripts/package/installers.mjs'
import { pack } from '../../scripts/package/pack.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'deepblas-next-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
const env = { ...cleanEnvironment(), NEXT_TELEMETRY_DISABLED: '1' }

const files = {
  'package.json': '{ "private": true }\n',
  'next.config.mjs': "export default { serverExternalPackages: ['deepblas'] }\n",
  'app/layout.js': `
export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>
}
`,
  'app/page.js': `
export default function Page() {
  return <p>deepblas</p>
}
`,
  'app/train/route.js': `
import { Adam, Dataset, Dense, Sequential } from 'deepblas'

export async function POST(request) {
  const { x, y } = await request.json()
  const layers = [new Dense(8, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })]
  const model = new Sequential(layers, { inputs: x[0].length, seed: 1 })
  const optimizer = new Adam({ learningRate: 0.05 })
  await model.fit(Dataset.from({ x, y }), { loss: 'binaryCrossEntropy', optimizer, epochs: 300 })
  const { data } = await model.predict(x)
  return Response.json([...data])
}
`,
}

const { tarball } = pack(scratch)
const app = join(scratch, 'app')
for (const [name, text] of Object.entries(files)) {
  mkdirSync(join(app, name, '..'), { recursive: true })
  writeFileSync(join(app, name), text.trimStart())
}
run('npm', ['install', '--no-audit', '--no-fund', 'next@16', 'react', 'react-dom', tarball])
const next = join(app, 'node_modules', 'next', 'dist', 'bin', 'next')
run(process.execPath, [next, 'build'])

const port = await freePort()
const server = spawn(process.execPath, [next, 'start', '--port', `${port}`], { cwd: app, env, stdio: 'inherit' })
let answer
try {
  const body = JSON.stringify({
    x: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    y: [0, 1, 1, 0],
  })
  answer = await asked(`http://127.0.0.1:${port}/train`, body)
} finally {
  server.kill()
}
const right = answer?.length === 4 && answer.every((value, row) => value > 0.5 === (row === 1 || row === 2))
console.log(right ? `Next.js: ok, XOR as ${answer.map((value) => value.toFixed(3)).join(' ')}` : `Next.js: ${answer}`)
process.exit(right ? 0 : 1)

/** The answer of a server that may still be starting. */
async function asked(address, body) {
  for (let left = 60; ; left -= 1) {
    try {
      const response = await fetch(address, { method: 'POST', body })
      return response.ok ? await response.json() : await response.text()
    } catch (error) {
      if (left === 0) throw error
      await sleep(500)
    }
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

function run(program, args) {
  const { status, signal } = spawnSync(program, args, { cwd: app, env, stdio: 'inherit' })
  if (status === 0) return
  console.error(`${program} ${args.join(' ')} ended with ${status ?? signal}`)
  process.exit(1)
}
