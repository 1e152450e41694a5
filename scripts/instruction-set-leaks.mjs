// Code compiled for AVX2 or AVX-512 must not reach a machine without it. The linker keeps one copy of an inline function
// or template that several files define: if the kept copy is an AVX-512 file's, plain code calls it on every machine.
// So an instruction-set object may define no such symbol, unless its name carries the set's own namespace.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The symbols that break the rule.
 *
 * @param {string} folder a CMake build folder, optimized (without optimization the compiler inlines nothing)
 * @returns {string[]} a line for each
 */
export function instructionSetLeaks(folder) {
  const leaks = []
  for (const set of ['avx2', 'avx512']) {
    const objects = join(folder, 'CMakeFiles', `deepblas_vector_${set}.dir`)
    if (!existsSync(objects)) continue
    for (const name of readdirSync(objects, { recursive: true }).filter((file) => file.endsWith('.o'))) {
      for (const symbol of sharedSymbols(join(objects, name))) {
        if (!new RegExp(`\\b${set}::`).test(symbol)) leaks.push(`${name} for ${set} shares ${symbol} with other files`)
      }
    }
  }
  return leaks
}

// Weak and unique symbols are what the linker merges.
function sharedSymbols(object) {
  const { status, stdout, error } = spawnSync('nm', ['--demangle', '--defined-only', object], { encoding: 'utf8' })
  if (error || status !== 0) return [`(nm cannot read it${error ? `: ${error.message}` : ''})`]
  return [...stdout.matchAll(/^[0-9a-f]* [WVwvu] (.*)$/gm)].map((match) => match[1])
}
