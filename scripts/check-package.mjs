// `npm run check-package`: proves that the package works for those who install it. Packs, looks at what is in the tarball,
// at its types (publint, attw) and at the addons, installs it with every package manager in empty folders where there is
// neither compiler nor network, and trains XOR there by import, by require and in TypeScript, under Jest and vitest too.
// Then it is built from source, and what a user without a compiler is told is checked.
//
//   --short   a part of it that takes a minute, for npm test: the addon of this build stands in for the prebuilt one

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bareEnvironment, cleanEnvironment, install, installers } from './package/installers.mjs'
import { ofPlatform, pack, root } from './package/pack.mjs'
import { programs, runnerTests } from './package/programs.mjs'
import { addonPath, targets } from './prebuild/targets.mjs'
import { setup } from './setup.mjs'

const short = process.argv.includes('--short')
/** Kilobytes that all of the package but addons and vendored headers takes at most, compressed. Raise it knowingly. */
const LARGEST_PACKED = 960
const scratch = mkdtempSync(join(tmpdir(), 'deepblas-package-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

if (!short) setup({ toolchain: true })
title('tarball')
const packed = pack(scratch)
checkContents(packed)
if (packed.standsIn) console.log(`no addon in ${ofPlatform}: the one that was built here stands in for it`)
if (!short) {
  title('types')
  checkTypes()
}
const brought = targets.filter((target) => existsSync(join(root, addonPath(target))))
if (!short && brought.length > 0) {
  title('addons')
  const names = brought.map(({ name }) => name).join(',')
  run(process.execPath, ['scripts/check-prebuilds.mjs', '--folder', packed.stage, '--target', names])
}
for (const installer of installers.filter((one) => !short || one.short !== false)) checkInstalled(installer)
if (!short) checkBuild()
console.log('\nThe package is good.')

function checkContents({ files, size, unpackedSize }) {
  if (!short) for (const { path, size: bytes } of files) console.log(`${String(bytes).padStart(9)}  ${path}`)
  console.log(`${files.length} files, ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked`)
  const paths = files.map((file) => file.path)
  const wanted = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'THIRD_PARTY_NOTICES', 'CMakeLists.txt']
  wanted.push(
    'native/vendor/napi.h',
    'native/vendor/node_api.h',
    'scripts/build-native.mjs',
    'scripts/requirements.mjs',
  )
  for (const name of ['index.js', 'index.mjs', 'index.d.ts', 'index.d.mts', 'package.json']) wanted.push(`dist/${name}`)
  wanted.push('dist/cli/main.js', 'dist/pages/page.js')
  for (const path of wanted) expect(paths.includes(path), `${path} is missing from the tarball`)
  const allowed = /^(dist|prebuilds|native|cmake|scripts)\/|^[^/]+$/
  // A binding.gyp would have npm compile, whatever the scripts are.
  for (const path of paths)
    expect(allowed.test(path) && !/^native\/test\/|\.gyp$/.test(path), `${path} is in the tarball`)
  const ours = paths.filter((path) => !/^(prebuilds|native\/vendor)\//.test(path)).sort()
  const bytes = gzipSync(Buffer.concat(ours.map((path) => readFileSync(join(packed.stage, path)))), { level: 9 }).length
  const maps = ours.filter((path) => path.endsWith('.map')).map((path) => readFileSync(join(packed.stage, path)))
  const ofMaps = gzipSync(Buffer.concat(maps), { level: 9 }).length
  console.log(`${kilobytes(bytes)} packed without addons and vendored headers, source maps ${kilobytes(ofMaps)} of it`)
  expect(bytes <= 1000 * LARGEST_PACKED, `that is more than ${LARGEST_PACKED} kB`)

  const {
    scripts,
    dependencies = {},
    optionalDependencies = {},
  } = JSON.parse(readFileSync(join(packed.stage, 'package.json'), 'utf8'))
  for (const name of ['preinstall', 'install', 'postinstall']) expect(!(name in scripts), `there is a script ${name}`)
  const needed = Object.keys({ ...dependencies, ...optionalDependencies })
  expect(needed.length === 0, `it depends on ${needed.join(', ')}`)
}

function checkTypes() {
  run('npx', ['--no-install', 'publint', packed.tarball, '--strict'])
  run('npx', ['--no-install', 'attw', packed.tarball, '--format', 'ascii'])
}

function checkInstalled(installer) {
  title(installer.name)
  const { folder, run: node } = install(installer, { tarball: packed.tarball, scratch })
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, name), text)
  const files = ['xor.mjs', 'xor.cjs', 'one-copy.mjs']
  // Plug and Play has a compiler of its own, patched to find packages.
  if (installer.linker !== 'pnp') {
    compile(folder)
    files.push('xor-module.mjs', 'xor-commonjs.cjs')
  }
  for (const file of files) {
    const { status, output } = node([file])
    expect(status === 0, `${file} ended with ${status}:\n${output}`)
  }
  console.log(`good: ${files.join(', ')}`)
  if (installer.name !== 'npm') return
  checkCommand(folder)
  checkRunners(folder)
}

/** With what a user's project has beside deepblas: a compiler and the types of Node. */
function compile(folder) {
  const types = join(root, 'node_modules', '@types')
  const line = ['--strict', '--skipLibCheck', 'false', '--types', 'node', '--typeRoots', types, '--target', 'es2023']
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const sources = ['xor-module.mts', 'xor-commonjs.cts']
  const of = (...more) => run(process.execPath, [tsc, '--ignoreConfig', ...line, ...more, ...sources], { cwd: folder })
  of('--module', 'preserve', '--moduleResolution', 'bundler', '--noEmit')
  of('--module', 'node16')
}

function checkCommand(folder) {
  const points = Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${(i % 7) + (i % 5) > 5 ? 'high' : 'low'}`)
  writeFileSync(join(folder, 'points.csv'), ['a,b,sum', ...points, ''].join('\n'))
  const command = join('node_modules', '.bin', 'deepblas')
  const options = { cwd: folder, env: bareEnvironment(scratch), stdio: ['ignore', 'ignore', 'pipe'] }
  run(command, ['train', 'points.csv', '--target', 'sum', '--epochs', '2'], options)
  run(command, ['predict', 'points.safetensors', 'points.csv', '--out', 'predictions.csv'], options)
  console.log('good: the commands')
}

/** Jest as it comes, which runs tests as CommonJS, and vitest. */
function checkRunners(folder) {
  for (const [name, text] of Object.entries(runnerTests)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const options = { cwd: folder, env: { ...cleanEnvironment(), NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] }
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js')
  run(process.execPath, [jest, '--rootDir', join(folder, 'jest'), '--config', '{}', '--ci'], options)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  // From the folder of the installed package, as a user's project has both.
  run(process.execPath, [vitest, 'run', '--root', join(folder, 'vitest')], options)
  console.log('good: jest, vitest')
}

function checkBuild() {
  title('from source, without a compiler: what the user is told')
  const npm = join(scratch, 'npm')
  rmSync(join(npm, 'node_modules', 'deepblas', 'prebuilds'), { recursive: true })
  const bare = { cwd: npm, env: bareEnvironment(scratch), encoding: 'utf8' }
  const used = spawnSync('node', ['xor.mjs'], bare)
  const told = used.status !== 0 && /npx deepblas build[\s\S]*ERR_DEEPBLAS_LOAD/.test(used.stderr)
  expect(told, `a user without an addon is not told what to do:\n${used.stderr}`)
  const command = join('node_modules', '.bin', 'deepblas')
  const built = spawnSync(command, ['build'], bare)
  expect(built.status === 1 && /cmake, a C\+\+17 compiler.* must be installed/.test(built.stderr), built.stderr)
  console.log(built.stderr)

  title('from source, with a compiler')
  run(command, ['build'], { cwd: npm, env: cleanEnvironment() })
  run('node', ['xor.mjs'], { cwd: npm, env: bareEnvironment(scratch) })
}

function run(program, args, options = {}) {
  const stdio = ['ignore', 'inherit', 'inherit']
  const result = spawnSync(program, args, { cwd: root, stdio, encoding: 'utf8', maxBuffer: 2 ** 26, ...options })
  expect(!result.error, `could not run ${program}: ${result.error?.message}`)
  const told = `${result.stdout ?? ''}${result.stderr ?? ''}`
  expect(result.status === 0, `${program} ${args.join(' ')} ended with ${result.status ?? result.signal}\n${told}`)
  return result
}

function expect(condition, otherwise) {
  if (condition) return
  console.error(`\nThe package is not good: ${otherwise}`)
  process.exit(1)
}

function title(text) {
  console.log(`\n== ${text}`)
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(0)} kB`
}
