// `npm run check-package`: proves that the package works for those who install it. Builds the addon for this platform as
// it is published, packs, looks at what is in the tarball and what the addon needs of a system, installs it in an empty
// folder where there is no compiler, with and without install scripts, and trains XOR there through the public API.
// Then builds the installed package from source, and checks what a user without a compiler is told.
//
//   --no-prebuild   use the prebuilt addon that is in prebuilds/

import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { setup } from './setup.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const scratch = mkdtempSync(join(tmpdir(), 'deepblas-package-'))
const platform = `${process.platform}-${process.arch}`
/** Kilobytes that all of the package but addons and vendored headers takes at most, compressed. Raise it knowingly. */
const LARGEST_PACKED = 760
const piped = { stdio: ['ignore', 'pipe', 'inherit'] }
const xor = `
import assert from 'node:assert/strict'
import { Adam, Dataset, Dense, Sequential } from 'deepblas'

const x = [[0, 0], [0, 1], [1, 0], [1, 1]]
const y = [[0], [1], [1], [0]]
const model = new Sequential([new Dense(8, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })], {
  inputs: 2,
  seed: 1,
})
await model.fit(Dataset.from({ x, y }), {
  loss: 'binaryCrossEntropy',
  optimizer: new Adam({ learningRate: 0.05 }),
  epochs: 500,
  batchSize: 'full',
})
const { data, shape } = await model.predict(x)
assert.deepEqual(shape, [4, 1])
assert.deepEqual(Array.from(data, Math.round), [0, 1, 1, 0])
console.log('XOR:', Array.from(data, (value) => value.toFixed(3)).join(' '))
`

process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

setup({ toolchain: true })
if (!process.argv.includes('--no-prebuild')) {
  title(`prebuilt addon for ${platform}`)
  run('npm', ['run', 'prebuildify'])
}

title('tarball')
const tarball = pack()

title('the addon')
checkAddon()

title('installed without install scripts')
trainIn(install('bare', ['--ignore-scripts']))

title('installed with install scripts, without a compiler')
const withScripts = install('scripts', [])
trainIn(withScripts)

title('from source, without a compiler: what the user is told')
const installed = join(withScripts, 'node_modules', 'deepblas')
rmSync(join(installed, 'prebuilds'), { recursive: true })
checkAdvice(withScripts)

title('from source, with a compiler')
run('npm', ['rebuild', 'deepblas', '--foreground-scripts'], { cwd: withScripts, env: cleanEnvironment() })
trainIn(withScripts)

console.log('\nThe package is good.')

function pack() {
  run('npm', ['run', 'prepack'])
  const { stdout } = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', scratch], piped)
  const [{ filename, files, size, unpackedSize }] = JSON.parse(stdout)
  for (const { path, size: bytes } of files) console.log(`${String(bytes).padStart(9)}  ${path}`)
  console.log(`${files.length} files, ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked`)

  const paths = files.map((file) => file.path)
  const wanted = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'THIRD_PARTY_NOTICES', 'dist/index.js']
  wanted.push(
    'dist/index.mjs',
    'dist/index.d.ts',
    'dist/index.d.mts',
    'dist/package.json',
    'CMakeLists.txt',
    'native/vendor/napi.h',
    'native/vendor/node_api.h',
  )
  wanted.push('dist/cli/main.js', 'dist/pages/page.js')
  wanted.push('scripts/build-native.mjs', 'scripts/requirements.mjs')
  for (const path of wanted) expect(paths.includes(path), `${path} is missing from the tarball`)
  expect(
    paths.some((path) => path.startsWith(`prebuilds/${platform}/`)),
    `prebuilds/${platform} is missing from the tarball`,
  )
  const allowed = /^(dist|prebuilds|native|cmake|scripts)\/|^[^/]+$/
  for (const path of paths) expect(allowed.test(path) && !path.startsWith('native/test/'), `${path} is in the tarball`)
  const ours = paths.filter((path) => !/^(prebuilds|native\/vendor)\//.test(path)).sort()
  const packed = gzipSync(Buffer.concat(ours.map((path) => readFileSync(join(root, path)))), { level: 9 }).length
  console.log(`${kilobytes(packed)} packed without addons and vendored headers`)
  expect(packed <= 1000 * LARGEST_PACKED, `that is more than ${LARGEST_PACKED} kB`)
  return join(scratch, filename)
}

// The addon may export Node's entry points only, and may need only the C library: anything else would be a library that
// a user lacks, or a symbol that meets another addon's.
function checkAddon() {
  const folder = join(root, 'prebuilds', platform)
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    const bytes = statSync(file).size
    console.log(`${name}: ${kilobytes(bytes)}`)
    if (process.platform !== 'linux') continue
    const exported = lines('nm', ['-D', '--defined-only', file]).map((line) => line.split(' ').at(-1))
    const foreign = exported.filter(
      (symbol) => !/^(napi_register_module_v\d+|node_api_module_get_api_version_v\d+)$/.test(symbol),
    )
    expect(foreign.length === 0, `${name} exports ${foreign.slice(0, 5).join(', ')}`)
    const needed = [...run('readelf', ['-d', file], piped).stdout.matchAll(/NEEDED.*\[(.*)\]/g)].map(
      (match) => match[1],
    )
    const system = /^(libc|libm|libpthread|libdl|librt|ld-linux.*)\.so(\.\d+)*$/
    expect(
      needed.every((library) => system.test(library)),
      `${name} needs ${needed.join(', ')}`,
    )
    const versions = [...run('readelf', ['-V', file], piped).stdout.matchAll(/GLIBC_(\d+)\.(\d+)/g)]
    const newest = Math.max(...versions.map((match) => Number(match[2])))
    console.log(`${name}: needs ${needed.join(', ')}; glibc 2.${newest} or newer`)
    // Where Debian 11's compiler could be had, the addon must run on Debian 11.
    const promised = existsSync(join(root, 'build-sysroot', process.arch)) ? 31 : Number.POSITIVE_INFINITY
    expect(newest <= promised, `${name} needs glibc 2.${newest}, newer than 2.${promised}`)
  }
}

function install(name, options) {
  const folder = join(scratch, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }))
  writeFileSync(join(folder, 'xor.mjs'), xor)
  const line = ['install', tarball, '--no-audit', '--no-fund', '--prefer-offline', ...options]
  run('npm', line, { cwd: folder, env: bareEnvironment() })
  const packages = readdirSync(join(folder, 'node_modules')).filter((entry) => !entry.startsWith('.'))
  console.log(`installed: ${packages.join(', ')}`)
  return folder
}

function trainIn(folder) {
  run('node', ['xor.mjs'], { cwd: folder, env: bareEnvironment() })
  const points = Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${(i % 7) + (i % 5) > 5 ? 'high' : 'low'}`)
  writeFileSync(join(folder, 'points.csv'), ['a,b,sum', ...points, ''].join('\n'))
  const command = join('node_modules', '.bin', 'deepblas')
  for (const line of [
    ['train', 'points.csv', '--target', 'sum', '--epochs', '2'],
    ['predict', 'points.safetensors', 'points.csv', '--out', 'predictions.csv'],
  ]) {
    run(command, line, { cwd: folder, env: bareEnvironment(), stdio: ['ignore', 'inherit', 'ignore'] })
  }
}

function checkAdvice(folder) {
  const line = ['rebuild', 'deepblas', '--foreground-scripts']
  const options = { cwd: folder, env: bareEnvironment(), stdio: 'pipe', encoding: 'utf8' }
  const { status, stdout, stderr } = spawnSync('npm', line, options)
  const told = `${stdout}${stderr}`
  expect(status !== 0, 'a build from source without a compiler claims to have worked')
  expect(
    /cmake, a C\+\+17 compiler.* must be installed/.test(told),
    `a user without a compiler is not told what is missing:\n${told}`,
  )
  console.log(told.match(/^No prebuilt addon[\s\S]*?(?=\n *npm)/m)?.[0] ?? told)
}

// Nothing but Node and npm can be found: no compiler, no CMake, no Python.
function bareEnvironment() {
  const bin = join(scratch, 'bin')
  if (!existsSync(bin)) {
    mkdirSync(bin)
    symlinkSync(process.execPath, join(bin, 'node'))
    symlinkSync(realpathSync(find('npm')), join(bin, 'npm'))
  }
  return { ...cleanEnvironment(), PATH: bin, npm_config_script_shell: '/bin/sh' }
}

// Without what `npm run` adds, and without choices for our own builds, but with how this machine reaches its registry.
function cleanEnvironment() {
  const kept = /^npm_config_(registry|userconfig|globalconfig|cafile|cache|proxy|https_proxy|noproxy)$/i
  const ours = /^(npm_|DEEPBLAS_|PREBUILD_|INIT_CWD$|NODE_OPTIONS$|CXX$|CMAKE_)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.test(name) || !ours.test(name)))
}

function find(program) {
  const folder = process.env.PATH.split(delimiter).find((entry) => existsSync(join(entry, program)))
  expect(folder, `${program} is not on the PATH`)
  return join(folder, program)
}

function lines(program, args) {
  return run(program, args, piped).stdout.split('\n').filter(Boolean)
}

function run(program, args, options = {}) {
  const result = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    encoding: 'utf8',
    ...options,
  })
  expect(!result.error, `could not run ${program}: ${result.error?.message}`)
  expect(result.status === 0, `${program} ${args.join(' ')} ended with ${result.status ?? result.signal}`)
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
