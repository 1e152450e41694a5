// Holds the addons in prebuilds/ to what is promised of them, and prints a table of them: for the right processor, no
// symbol but Node's entry points, no library but the system's own, no glibc newer than 2.28, 3 MB at most each and 8 MB
// packed together.
//
//   --target linux-x64-glibc   only these targets (several with commas); the others may be missing
//   --folder FOLDER            a package's folder other than this one

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { byVersion, readBinary } from './prebuild/binary.mjs'
import { addonPath, entryPoint, targetArguments, targets, targetsNamed } from './prebuild/targets.mjs'

const newestGlibc = '2.28'
const largest = 3_000_000
const largestPacked = 8_000_000
const kernels = { x64: 'SSE2, AVX2 + FMA, AVX-512', arm64: 'NEON' }
const expected = {
  glibc: { format: 'elf', needed: /^(libc\.so\.6|libm\.so\.6|libpthread\.so\.0|ld-linux-(x86-64|aarch64)\.so\.\d)$/ },
  musl: { format: 'elf', needed: /^(libc\.so|libc\.musl-(x86_64|aarch64)\.so\.1)$/ },
  darwin: { format: 'mach-o', needed: /^\/usr\/lib\/libSystem\.B\.dylib$/ },
  // Windows' own, as old as Windows 10: the C library, and what of it C++ needs.
  win32: { format: 'pe', needed: /^(KERNEL32|msvcrt|ucrtbase|api-ms-win-crt-[a-z0-9-]+|ADVAPI32|bcrypt|ntdll)\.dll$/i },
}

const failures = []

function main() {
  const names = targetArguments(process.argv.slice(2))
  const at = process.argv.indexOf('--folder')
  const folder = at < 0 ? dirname(dirname(fileURLToPath(import.meta.url))) : process.argv[at + 1]
  const rows = targetsNamed(names).flatMap((target) => row(target, join(folder, addonPath(target))))
  print(['platform', 'built by', 'bytes', 'packed', 'needs at least', 'libraries', 'kernels'], rows)
  const present = targets.map((target) => join(folder, addonPath(target))).filter(existsSync)
  const packed = present.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0)
  console.log(`${present.length} of ${targets.length} addons, ${(packed / 1e6).toFixed(2)} MB packed`)
  expect(packed <= largestPacked, `the addons take ${packed} bytes packed, more than ${largestPacked}`)
  for (const failure of failures) console.error(`not good: ${failure}`)
  process.exit(failures.length > 0 ? 1 : 0)
}

function row(target, file) {
  if (!existsSync(file)) {
    failures.push(`${addonPath(target)} is missing`)
    return []
  }
  const bytes = readFileSync(file)
  const binary = readBinary(bytes)
  const { format, needed } = expected[target.libc ?? target.platform]
  const say = (text) => `${addonPath(target)} ${text}`
  expect(binary.format === format, say(`is ${binary.format}, not ${format}`))
  expect(binary.arch === target.arch, say(`is for ${binary.arch}, not ${target.arch}`))
  const foreign = binary.exported.filter((symbol) => !entryPoint.test(symbol))
  expect(foreign.length === 0, say(`exports ${foreign.length} symbols more: ${foreign.slice(0, 5).join(', ')}`))
  expect(
    binary.exported.some((symbol) => entryPoint.test(symbol)),
    say('exports no entry point of Node'),
  )
  const others = binary.needed.filter((library) => !needed.test(library))
  expect(others.length === 0, say(`needs ${others.join(', ')}`))
  expect(bytes.length <= largest, say(`has ${bytes.length} bytes, more than ${largest}`))
  if (target.libc === 'glibc') {
    expect(byVersion(binary.oldest, newestGlibc) <= 0, say(`needs glibc ${binary.oldest}, newer than ${newestGlibc}`))
  }
  const packed = gzipSync(bytes, { level: 9 }).length
  const libraries = binary.needed.map((name) => name.split('/').at(-1)).join(' ')
  return [
    [target.name, compilerIn(bytes), bytes.length, packed, systemOf(target, binary), libraries, kernels[target.arch]],
  ]
}

function systemOf({ platform, libc }, { oldest }) {
  if (platform === 'linux') return libc === 'glibc' ? `glibc ${oldest}` : 'musl'
  return platform === 'darwin' ? `macOS ${oldest}` : 'Windows 10'
}

// GCC leaves its name in what it makes; clang does for Linux only, so what names none is zig's.
function compilerIn(bytes) {
  const [, version] = bytes.toString('latin1').match(/GCC: \(Debian [^)]*\) ([\d.]+)/) ?? []
  return version ? `Debian 11's g++ ${version}` : "zig's clang"
}

function print(head, rows) {
  const lines = [head, ...rows].map((line) => line.map(String))
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i].length)))
  for (const line of lines)
    console.log(
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
}

function expect(condition, otherwise) {
  if (!condition) failures.push(otherwise)
}

try {
  main()
} catch (error) {
  console.error(`check-prebuilds: ${error.message}`)
  process.exit(2)
}
