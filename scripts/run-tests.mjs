// `npm test`: everything that must hold, from a fresh clone. Types and style, the C++ tests (under the address and
// undefined-behavior sanitizers, under the thread sanitizer, plain), the addon under sanitizers, then the TypeScript
// tests. Runs all of it even after a failure; the last line is the sum: "N passed, N failed, N skipped". Where a cross
// compiler for arm64 and qemu are installed, the C++ tests run for arm64 too, before the TypeScript tests.
//
// What is built runs, on one thread for the most part, while the next is compiled; its output is shown when it ends.
//
//   npm test                                  everything
//   npm test -- --only cpp                    one part: check, cpp, addon, arm64 or ts
//   npm test -- --only arm64                  installs the cross compiler and qemu if they are missing (Debian, Ubuntu)
//   npm test -- --only ts test/unit/layers    further arguments go to vitest

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasArm64Tools, setupArm64 } from './arm64-tools.mjs'
import { instructionSetLeaks } from './instruction-set-leaks.mjs'
import { setup, setupBrowser } from './setup.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const parts = ['check', 'cpp', 'addon', 'arm64', 'ts']
// The one that takes longest to run is compiled first.
const builds = [
  {
    name: 'address',
    options: ['-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DDEEPBLAS_SANITIZE=address;undefined'],
    addon: true,
  },
  // What several threads touch: a kernel by itself runs on one, and takes minutes under this sanitizer. Threads meet in the
  // same way with every instruction set, so one is enough.
  {
    name: 'thread',
    options: ['-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DDEEPBLAS_SANITIZE=thread', '-DDEEPBLAS_BASELINE_ONLY=ON'],
    tests: [
      'arena',
      'blas',
      'executor',
      'job_queue',
      'pass',
      'planner',
      'program',
      'thread_pool',
      'training',
      'training_interrupted',
      'training_members',
    ],
  },
  { name: 'plain', options: ['-DCMAKE_BUILD_TYPE=Release'] },
]
// As arm64 is emulated: large products would take minutes, and they are OpenBLAS's, not ours. One test that is left out
// trains the same networks as its neighbors, again and again.
const arm64Tests = ['-on OpenBLAS', '-blas_test.cpp', '-each member of a population has the bits it has alone']
// The C library of the cross compiler, and an early arm64 processor: what runs on it runs on all.
const qemu = ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu', '-cpu', 'cortex-a72']
const total = { passed: 0, failed: 0, skipped: 0 }
const summary = []

const { only, rest } = readArguments(process.argv.slice(2))
setup({ toolchain: only !== 'check' && only !== 'ts' })
const wanted = {
  check: only === undefined || only === 'check',
  cpp: only === undefined || only === 'cpp',
  addon: only === 'addon' || (only === undefined && process.platform === 'linux'),
  arm64: only === 'arm64' || (only === undefined && process.arch !== 'arm64'),
  ts: only === undefined || only === 'ts',
}
/** What runs beside the compiler, one after the other. */
let beside = Promise.resolve()
if (wanted.check) then(check)
for (const one of builds) if (wanted.cpp || (wanted.addon && one.addon)) await native(one)
if (wanted.arm64) await arm64()
await beside
if (wanted.ts) await typescript(rest)

console.log(`\n${summary.join('\n')}`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed > 0 ? 1 : 0)

function then(part) {
  beside = beside.then(part)
}

async function check() {
  const { status } = await run('npm', ['run', '--silent', 'check'], { heading: 'types and style' })
  const ok = status === 0
  record('types and style', { failed: ok ? 0 : 1 }, ok ? 'clean' : 'not clean')
}

/** Builds the C++ tests and, of the sources that both share, the addon; they run while what comes next is built. */
async function native({ name, options, tests = [], addon = false }) {
  const what = `C++ ${name}`
  const [withTests, withAddon] = [wanted.cpp, addon && wanted.addon]
  const folder = await build(what, name, options, { withTests, withAddon })
  if (!folder) return
  if (withTests) {
    if (name === 'plain') checkInstructionSets(folder)
    const command = withoutAddressRandomization(join(folder, 'deepblas_test'))
    then(() => runTests(what, [...command, ...tests.map((test) => `${test}_test.cpp`)]))
  }
  if (withAddon) then(() => sanitizedAddon(folder))
}

async function arm64() {
  if (process.arch === 'arm64') {
    wanted.cpp = true
    return native(builds.find(({ name }) => name === 'plain'))
  }
  const what = 'C++ arm64 under qemu'
  if (only === undefined && !hasArm64Tools()) {
    summary.push(
      `--  ${what}: left out, no cross compiler and qemu; npm test -- --only arm64 installs them and runs it`,
    )
    return
  }
  let sysroot
  try {
    sysroot = setupArm64()
  } catch (error) {
    if (only === undefined) summary.push(`--  ${what}: left out, ${error.message}`)
    else record(what, { failed: 1 }, error.message)
    return
  }
  const toolchain = join(root, 'cmake', 'toolchains', 'aarch64-linux-gnu.cmake')
  const options = ['-DCMAKE_BUILD_TYPE=Release', `-DCMAKE_TOOLCHAIN_FILE=${toolchain}`]
  const folder = await build(what, 'arm64', options, { variables: { DEEPBLAS_ARM64_ROOT: sysroot } })
  if (folder) then(() => runTests(what, [...qemu, join(folder, 'deepblas_test'), ...arm64Tests]))
}

// The folder of what was built; undefined, and recorded, if it does not build.
async function build(what, name, options, { withTests = true, withAddon = false, variables = {} }) {
  title(`building ${what}`)
  const folder = join(root, 'build-test', name)
  const definitions = [
    `-DDEEPBLAS_ADDON=${withAddon ? 'ON' : 'OFF'}`,
    `-DDEEPBLAS_TESTS=${withTests ? 'ON' : 'OFF'}`,
    `-DCMAKE_LIBRARY_OUTPUT_DIRECTORY=${join(folder, 'build', 'Release')}`,
    ...options,
  ]
  const shown = { variables, stdio: 'inherit' }
  const configured = await run('cmake', ['-S', root, '-B', folder, ...definitions], shown)
  const jobs = ['--parallel', String(availableParallelism())]
  if (configured.status === 0 && (await run('cmake', ['--build', folder, ...jobs], shown)).status === 0) return folder
  record(what, { failed: 1 }, 'does not build')
  return undefined
}

async function runTests(what, [program, ...args]) {
  const { status, output } = await run(program, args, {
    heading: what,
    variables: {
      // Without use-after-return: GCC 12 misplaces 64-byte vectors on that check's stack (GCC bug 110027).
      ASAN_OPTIONS: 'detect_stack_use_after_return=0:strict_string_checks=1',
      UBSAN_OPTIONS: 'print_stacktrace=1',
      TSAN_OPTIONS: 'halt_on_error=1:second_deadlock_stack=1',
    },
  })
  const counts = [...output.matchAll(/^cpp: (\d+) passed, (\d+) failed$/gm)].at(-1)
  const passed = Number(counts?.[1] ?? 0)
  const failed = Number(counts?.[2] ?? 0)
  // A sanitizer's report or a crash ends the program before its last line, or after it with another exit code.
  const broken = failed === 0 && (status !== 0 || passed === 0)
  record(what, { passed, failed: broken ? 1 : failed }, broken ? `ended with ${status ?? 'a signal'}` : undefined)
}

function checkInstructionSets(folder) {
  const leaks = instructionSetLeaks(folder)
  for (const leak of leaks) console.log(leak)
  record('instruction sets', leaks.length === 0 ? { passed: 1 } : { failed: 1 })
}

// The thread sanitizer of GCC 12 does not start where the kernel spreads addresses widely; without spreading it does.
function withoutAddressRandomization(program) {
  const works = spawnSync('setarch', ['-R', 'true'], { stdio: 'ignore' }).status === 0
  return works ? ['setarch', '-R', program] : [program]
}

// The addon itself under the address and undefined-behavior sanitizers, attacked by the fuzzers of the public API, of the
// kernels that a layer records, of the native handles, and of files of models and checkpoints. What reads or writes over an
// end is reported, and ends the process.
async function sanitizedAddon(folder) {
  const what = 'addon under sanitizers'
  // The compiler's runtimes, loaded before Node: an addon that is loaded later finds them there.
  const runtimes = []
  for (const name of ['libasan.so', 'libubsan.so']) {
    runtimes.push((await run('g++', [`-print-file-name=${name}`], { quiet: true })).output.trim())
  }
  const variables = {
    LD_PRELOAD: runtimes.join(':'),
    // Node itself frees nothing at its end; use-after-return as in the C++ tests.
    ASAN_OPTIONS: 'detect_leaks=0:detect_stack_use_after_return=0:allocator_may_return_null=1',
    UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
    DEEPBLAS_PREBUILD: folder,
  }
  // What other files hold is read by JavaScript alone.
  const filesOfTheAddon = 'model,population,checkpoint,weights'
  const checks = [
    ['loads', ['scripts/sanitized-addon.mjs', folder]],
    ['odd arguments', ['test/fuzz/api.mjs', '--calls', '3000', '--seed', '3']],
    ['odd kernel calls', ['test/fuzz/kernels.mjs', '--calls', '3000', '--seed', '3']],
    ['hostile handles', ['test/fuzz/handles.mjs']],
    ['damaged files', ['test/fuzz/files.mjs', '--rounds', '300', '--seed', '5', '--only', filesOfTheAddon]],
  ]
  for (const [name, args] of checks) {
    const { status } = await run(process.execPath, args, { variables, heading: `${what}, ${name}` })
    record(
      `${what}, ${name}`,
      status === 0 ? { passed: 1 } : { failed: 1 },
      status === 0 ? '' : `ended with ${status ?? 'a signal'}`,
    )
  }
}

// All tests on the best instruction set; those that hold numbers against references once more on every other one that
// runs here.
async function typescript(args) {
  title('TypeScript')
  const whole = args.length === 0
  if (whole) setupBrowser()
  const results = await vitest('TypeScript', args)
  if (!whole) return
  for (const [family, folder] of [
    ['golden values', 'golden'],
    ['contracts', 'contract'],
  ]) {
    const tests = results.filter(({ file }) => file.startsWith(`test/${folder}/`))
    summary.push(`      of which ${family}: ${tests.filter(({ status }) => status === 'passed').length} passed`)
  }
  for (const { title: test } of results.filter(({ status }) => status !== 'passed' && status !== 'failed')) {
    summary.push(`      skipped: ${test}`)
  }
  for (const set of await otherInstructionSets()) {
    title(`TypeScript on ${set}`)
    await vitest(`references on ${set}`, ['test/golden', 'test/contract'], { DEEPBLAS_ISA: set })
  }
}

async function otherInstructionSets() {
  const code = "import('./dist/index.mjs').then(({ info }) => console.log(JSON.stringify(info())))"
  const { status, output } = await run(process.execPath, ['--input-type=module', '-e', code], { quiet: true })
  if (status !== 0) {
    record('instruction sets of the addon', { failed: 1 }, 'cannot be asked')
    return []
  }
  const { instructionSet, instructionSets } = JSON.parse(output.trim().split('\n').at(-1))
  return instructionSets.filter((set) => set !== instructionSet)
}

async function vitest(what, args, variables = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'deepblas-test-'))
  const report = join(folder, 'vitest.json')
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { status } = await run(process.execPath, [program, 'run', ...reporters, ...args], {
    variables,
    stdio: 'inherit',
  })
  const json = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {}
  rmSync(folder, { recursive: true, force: true })
  const counts = {
    passed: json.numPassedTests ?? 0,
    failed: json.numFailedTests ?? 0,
    skipped: (json.numPendingTests ?? 0) + (json.numTodoTests ?? 0),
  }
  // A file that cannot be loaded and an error outside every test fail the run without failing a test.
  const broken = status !== 0 && counts.failed === 0
  record(what, broken ? { ...counts, failed: 1 } : counts, broken ? `ended with ${status ?? 'a signal'}` : '')
  const files = json.testResults ?? []
  const results = files.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ status, fullName, failureMessages }) => ({
      file: relative(root, name),
      status,
      title: fullName,
      message: failureMessages?.join('\n') ?? '',
    })),
  )
  // Named beside the sum, so that the end of a long log says what failed.
  for (const { file, status, title, message } of results) {
    if (status === 'failed') summary.push(`      failed: ${file}: ${title}`, ...beginning(message))
  }
  for (const { name, status, message, assertionResults } of files) {
    if (status !== 'failed' || assertionResults.some(({ status }) => status === 'failed')) continue
    summary.push(`      failed: ${relative(root, name)}`, ...beginning(message ?? ''))
  }
  return results
}

function beginning(message) {
  const lines = message.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(0, 12).map((line) => `          ${line.slice(0, 200)}`)
}

function record(what, { passed = 0, failed = 0, skipped = 0 }, note) {
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
  const counts = passed + failed + skipped > 0 ? `${passed} passed, ${failed} failed, ${skipped} skipped` : ''
  summary.push(`${failed > 0 ? 'FAILED' : 'ok'}  ${what}: ${[counts, note].filter(Boolean).join('; ')}`)
}

function title(what) {
  console.log(`\n== ${what}`)
}

// What is not inherited is shown under its heading when the program ends, and returned.
async function run(program, args, { stdio = 'pipe', variables = {}, heading, quiet = false } = {}) {
  const env = { ...process.env, ...variables }
  for (const name of ['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL']) delete env[name]
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', stdio, stdio] })
  const parts = []
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (part) => {
    output += part
    parts.push(part)
  })
  child.stderr?.setEncoding('utf8').on('data', (part) => parts.push(part))
  const status = await new Promise((resolve) => {
    child.once('close', resolve)
    child.once('error', (error) => {
      parts.push(`Could not run ${program}: ${error.message}\n`)
      resolve(null)
    })
  })
  if (heading !== undefined) title(heading)
  if (!quiet || status !== 0) process.stdout.write(parts.join(''))
  return { status, output }
}

function readArguments(args) {
  const at = args.indexOf('--only')
  if (at < 0) return { only: undefined, rest: args }
  const only = args[at + 1]
  if (!parts.includes(only)) {
    console.error(`--only takes one of ${parts.join(', ')}`)
    process.exit(2)
  }
  return { only, rest: args.toSpliced(at, 2) }
}
