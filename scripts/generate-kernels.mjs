// Makes both sides of the boundary from the one kernel table, native/kernels/kernels.json:
// the C++ enum and argument positions, and the recorder's types. `--check` only compares (a test runs it).
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const table = JSON.parse(readFileSync(join(root, 'native/kernels/kernels.json'), 'utf8'))
const pascal = (name) => name[0].toUpperCase() + name.slice(1)
const origin = 'Made from native/kernels/kernels.json by scripts/generate-kernels.mjs: change the table, not this file.'

const argumentLine = (argument) => {
  const access = { read: 'Read', write: 'Write', update: 'Update' }[argument.access] ?? 'Read'
  const kind = { tensor: 'Tensor', expression: 'Expression' }[argument.kind] ?? 'Number'
  return `{"${argument.name}", ArgumentKind::${kind}, Access::${access}, ${argument.optional === true}}`
}
const cuts = { rows: 'Cut::Rows', tiles: 'Cut::Tiles', elements: 'Cut::Elements', whole: 'Cut::Whole' }

const header = `// ${origin}
#pragma once

#include "kernels/kernel_info.h"

namespace deepblas {

enum class KernelId : int32_t {
${table.kernels.map((kernel, index) => `  ${pascal(kernel.name)} = ${index},`).join('\n')}
};
constexpr int kKernelCount = ${table.kernels.length};

// Positions of a kernel's arguments in Call::views and Call::numbers.
namespace at {
${table.kernels
  .map(
    (kernel) =>
      `namespace ${kernel.name} {\nenum : int { ${kernel.arguments.map((argument) => argument.name).join(', ')} };\n}`,
  )
  .join('\n')}
}  // namespace at

constexpr KernelInfo kKernelInfo[kKernelCount] = {
${table.kernels
  .map(
    (kernel) =>
      `    {"${kernel.name}",\n     ${cuts[kernel.cut]},\n     ${kernel.arguments.length},\n     {${kernel.arguments.map(argumentLine).join(',\n      ')}}},`,
  )
  .join('\n')}
};

}  // namespace deepblas
`

const typeOf = (argument) =>
  ({ tensor: 'Tensor', activation: 'ActivationName', expression: 'Expression' })[argument.kind] ?? 'Scalar'
const field = (argument) =>
  `  ${argument.name}${argument.optional ? '?' : ''}: ${typeOf(argument)}${argument.optional ? ' | undefined' : ''}`

const types = `// ${origin}
import type { Expression } from './expression.js'
import type { ActivationName, Scalar, Tensor } from './tensor.js'

${table.kernels
  .map(
    (kernel) =>
      `/** ${kernel.about} */\nexport interface ${pascal(kernel.name)}Arguments {\n${kernel.arguments.map(field).join('\n')}\n}`,
  )
  .join('\n\n')}

export interface KernelArguments {
${table.kernels.map((kernel) => `  ${kernel.name}: ${pascal(kernel.name)}Arguments`).join('\n')}
}

export type KernelName = keyof KernelArguments

export interface KernelDescription {
  id: number
  arguments: readonly { name: string; kind: 'tensor' | 'number' | 'activation' | 'expression' }[]
}

export const kernels: { readonly [Name in KernelName]: KernelDescription } = {
${table.kernels
  .map(
    (kernel, id) =>
      `  ${kernel.name}: {\n    id: ${id},\n    arguments: [\n${kernel.arguments
        .map((argument) => `      { name: '${argument.name}', kind: '${argument.kind}' },`)
        .join('\n')}\n    ],\n  },`,
  )
  .join('\n')}
}
`

let stale = 0
for (const [path, content] of [
  ['native/kernels/kernel_table.h', header],
  ['lib/native/kernels.ts', types],
]) {
  const file = join(root, path)
  let present = ''
  try {
    present = readFileSync(file, 'utf8')
  } catch {}
  if (present === content) continue
  if (process.argv.includes('--check')) {
    console.error(`${path} is stale: run node scripts/generate-kernels.mjs`)
    stale = 1
  } else {
    writeFileSync(file, content)
    console.log(`wrote ${path}`)
  }
}
process.exitCode = stale
