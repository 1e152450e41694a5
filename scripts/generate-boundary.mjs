// Makes both sides of the boundary from the one kernel table, native/boundary/kernels.json:
// the C++ enum and argument positions, and the recorder's types. `--check` only compares (a test runs it).
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const table = JSON.parse(readFileSync(join(root, 'native/boundary/kernels.json'), 'utf8'))
const pascal = (name) => name[0].toUpperCase() + name.slice(1)
const origin =
  'Made from native/boundary/kernels.json by scripts/generate-boundary.mjs: change the table, not this file.'

const elementTypes = ['float32', 'float64', 'int32', 'uint8']
const layouts = { weight: 'Weight', tiles: 'Tiles', transposed: 'Transposed', panels: 'Panels' }
const extents = { batch: 'Batch', ordered: 'Ordered', order: 'Order' }
const lastActivation = 'static_cast<int32_t>(Activation::Gelu)'

// The names of sizes that a kernel's arguments share, in the order of the table.
const namesOf = (kernel) => [
  ...new Set(
    kernel.arguments
      .flatMap(({ shape = [], elements, or }) => [...shape, elements, ...(or?.shape ?? [])])
      .filter((size) => typeof size === 'string' && !(size in extents)),
  ),
]

const sizeLine = (kernel, size) => {
  if (size === undefined) return '{Size::None, 0}'
  if (typeof size === 'number') return `{Size::Given, ${size}}`
  const named = namesOf(kernel).indexOf(size)
  return named >= 0 ? `{Size::Named, ${named}}` : `{Size::Argument, ${positionOf(kernel, size)}}`
}

const positionOf = (kernel, name) => {
  const position = kernel.arguments.findIndex((argument) => argument.name === name)
  if (position < 0) throw new Error(`${kernel.name}: '${name}' is no argument and no size of its`)
  return position
}

const shapeLine = (kernel, { shape, elements, type = 'float32' }) => {
  const bits = [type].flat().reduce((sum, one) => {
    if (!elementTypes.includes(one)) throw new Error(`${kernel.name}: unknown type '${one}'`)
    return sum | (1 << elementTypes.indexOf(one))
  }, 0)
  if (elements !== undefined) return `{Extent::Stored, ${sizeLine(kernel, elements)}, {Size::None, 0}, ${bits}}`
  const [rows, columns] = shape
  const extent = extents[rows] ?? 'Fixed'
  return `{Extent::${extent}, ${sizeLine(kernel, rows in extents ? undefined : rows)}, ${sizeLine(kernel, columns)}, ${bits}}`
}

// Every argument says what its kernel may be given: a kernel without that could be made to leave its memory.
const argumentLine = (kernel, argument) => {
  const { name, kind, optional = false, layout, broadcast = false, typeOf, covers = [], value, or } = argument
  const tensor = kind === 'tensor'
  if (tensor && argument.shape === undefined && argument.elements === undefined) {
    throw new Error(`${kernel.name}: the tensor '${name}' has neither a shape nor elements`)
  }
  if (kind === 'number' && value !== 'real' && value !== 'index' && !Array.isArray(value)) {
    throw new Error(`${kernel.name}: the number '${name}' says no value: real, index, or [low, high]`)
  }
  if (layout !== undefined && !(layout in layouts)) throw new Error(`${kernel.name}: unknown layout '${layout}'`)
  const access = { read: 'Read', write: 'Write', update: 'Update' }[argument.access] ?? 'Read'
  const [least, most] =
    kind === 'activation'
      ? [0, lastActivation]
      : value === 'index'
        ? [0, 'INT32_MAX']
        : Array.isArray(value)
          ? value
          : [0, 0]
  const none = '{Extent::None, {Size::None, 0}, {Size::None, 0}, 0}'
  return `{${[
    `"${name}"`,
    `ArgumentKind::${{ tensor: 'Tensor', expression: 'Expression' }[kind] ?? 'Number'}`,
    `Access::${access}`,
    optional,
    tensor ? shapeLine(kernel, argument) : none,
    or ? shapeLine(kernel, or) : none,
    or?.unless === undefined ? -1 : positionOf(kernel, or.unless),
    `Layout::${layouts[layout] ?? 'Rows'}`,
    broadcast,
    typeOf === undefined ? -1 : positionOf(kernel, typeOf),
    `{${[0, 1].map((i) => sizeLine(kernel, covers[i])).join(', ')}}`,
    kind === 'activation' || value === 'index' || Array.isArray(value),
    least,
    most,
  ].join(', ')}}`
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
      `    {"${kernel.name}",\n     ${cuts[kernel.cut]},\n     ${kernel.inPlace === true},\n     ${kernel.arguments.length},\n     {${kernel.arguments.map((argument) => argumentLine(kernel, argument)).join(',\n      ')}},\n     {${namesOf(
        kernel,
      )
        .map((name) => `"${name}"`)
        .join(', ')}}},`,
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
import type { Expression } from '../rule.js'
import type { ActivationName, Scalar, Tensor } from '../tensor.js'

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

export interface ArgumentDescription {
  name: string
  kind: 'tensor' | 'number' | 'activation' | 'expression'
  optional?: true
}

export interface KernelDescription {
  id: number
  arguments: readonly ArgumentDescription[]
}

export const kernels: { readonly [Name in KernelName]: KernelDescription } = {
${table.kernels
  .map(
    (kernel, id) =>
      `  ${kernel.name}: {\n    id: ${id},\n    arguments: [\n${kernel.arguments
        .map(
          (argument) =>
            `      { name: '${argument.name}', kind: '${argument.kind}'${argument.optional ? ', optional: true' : ''} },`,
        )
        .join('\n')}\n    ],\n  },`,
  )
  .join('\n')}
}
`

let stale = 0
for (const [path, content] of [
  ['native/kernels/kernel_table.h', header],
  ['lib/recording/generated/kernels.ts', types],
]) {
  const file = join(root, path)
  let present = ''
  try {
    present = readFileSync(file, 'utf8')
  } catch {}
  if (present === content) continue
  if (process.argv.includes('--check')) {
    console.error(`${path} is stale: run node scripts/generate-boundary.mjs`)
    stale = 1
  } else {
    writeFileSync(file, content)
    console.log(`wrote ${path}`)
  }
}
process.exitCode = stale
