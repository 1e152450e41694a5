// node test/runtimes/run.mjs [name...]: the installed package in every runtime that it promises to run in. They come from
// the npm registry, some 500 MB in all, into a scratch folder that is removed. Prints a table; ends with 1 where something
// did not go well.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment } from '../../scripts/package/installers.mjs'
import { pack } from '../../scripts/package/pack.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const runtimes = [
  ...['20.19', '22', '24', '26'].map((version) => ({
    name: `node ${version}`,
    package: `node@${version}`,
    bin: 'node',
  })),
  { name: 'bun', package: 'bun@latest', bin: 'bun' },
  { name: 'deno', package: 'deno@latest', bin: 'deno', args: ['run', '--allow-all'] },
]
// They fetch their programs in scripts, for which newer versions of npm want leave.
const allowScripts = { node: true, bun: true, deno: true }
const columns = ['import', 'require', 'train', 'save, load', 'worker']
const asked = process.argv.slice(2)
const scratch = mkdtempSync(join(tmpdir(), 'deepblas-runtimes-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

const { tarball, standsIn } = pack(scratch)
const app = folder('app')
npm(app, tarball)
for (const name of ['program.mjs', 'worker.mjs']) copyFileSync(join(here, name), join(app, name))

console.log(`${process.platform}-${process.arch}${standsIn ? ', with the addon that was built here' : ''}\n`)
console.log(`| runtime | version | ${columns.join(' | ')} |`)
console.log(`|---|---|${'---|'.repeat(columns.length)}`)
let good = true
for (const runtime of runtimes.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  const { version, told } = tried(runtime)
  good &&= columns.every((column) => told[column] === 'ok')
  console.log(
    `| ${runtime.name} | ${version} | ${columns.map((column) => told[column] ?? 'not reached').join(' | ')} |`,
  )
}
process.exit(good ? 0 : 1)

function tried({ name, package: of, bin, args = [] }) {
  const at = folder(name.replaceAll(' ', '-'))
  const installed = npm(at, of)
  // Node's own package has its program in another one, of the platform.
  const program = join(at, 'node_modules', '.bin', bin)
  if (!installed || !existsSync(program)) return { version: 'cannot be had', told: {} }
  const version = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0] ?? '?'
  const options = { cwd: app, env: cleanEnvironment(), encoding: 'utf8', timeout: 240_000 }
  const { stdout, stderr, status, signal } = spawnSync(program, [...args, 'program.mjs'], options)
  rmSync(at, { recursive: true })
  const line = stdout.split('\n').find((one) => one.startsWith('{'))
  if (line !== undefined && status === 0) return { version, told: JSON.parse(line) }
  console.error(`${name} ended with ${status ?? signal}\n${stdout}${stderr}`)
  return { version, told: line === undefined ? {} : JSON.parse(line) }
}

function folder(name) {
  const path = join(scratch, name)
  mkdirSync(path)
  writeFileSync(join(path, 'package.json'), JSON.stringify({ private: true, allowScripts }))
  return path
}

function npm(cwd, what) {
  const line = ['install', '--no-audit', '--no-fund', what]
  const { status, stderr } = spawnSync('npm', line, { cwd, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) console.error(stderr)
  return status === 0
}
