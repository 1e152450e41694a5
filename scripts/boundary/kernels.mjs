// The header and the module of native/boundary/kernels.json.
import { numberOf } from './enums.mjs'
import { checkedName, pascal, requireDistinct } from './names.mjs'

const layouts = { weight: 'Weight', tiles: 'Tiles', transposed: 'Transposed', panels: 'Panels' }
const extents = { batch: 'Batch', ordered: 'Ordered', order: 'Order' }
const cuts = { rows: 'Cut::Rows', tiles: 'Cut::Tiles', elements: 'Cut::Elements', whole: 'Cut::Whole' }

/** The table, and the enums that it names; or an error that says what is wrong with it. */
export function readKernels({ kernels, families }, enums) {
  for (const family of families) checkedName('kernels.json, families', family)
  requireDistinct('kernels.json, families', families)
  requireDistinct(
    'kernels.json',
    kernels.map(({ name }) => checkedName('kernels.json', name)),
  )
  for (const { name, arguments: list } of kernels) {
    requireDistinct(
      `kernels.json, ${name}`,
      list.map((argument) => argument.name),
    )
    const expressions = list.filter(({ kind }) => kind === 'expression')
    if (expressions.length > 1) throw new Error(`${name}: a call has one expression at most`)
  }
  return { kernels, families, enums }
}

// A size and, of a product such as 'members * outputs', the number argument before it.
const partsOf = (size) => {
  const [last, times] = typeof size === 'string' ? size.split(' * ').reverse() : [size]
  return { size: last, times }
}

// The names of sizes that a kernel's arguments share, in the order of the table.
const namesOf = (kernel) => [
  ...new Set(
    kernel.arguments
      .flatMap(({ shape = [], elements, or }) => [...shape, elements, ...(or?.shape ?? [])])
      .map((size) => partsOf(size).size)
      .filter((size) => typeof size === 'string' && !(size in extents))
      .filter((size) => !kernel.arguments.some(({ name }) => name === size)),
  ),
]

const sizeLine = (kernel, given) => {
  if (given === undefined) return '{Size::None, 0, -1}'
  const { size, times } = partsOf(given)
  const factor = times === undefined ? -1 : positionOf(kernel, times)
  if (typeof size === 'number') return `{Size::Given, ${size}, ${factor}}`
  const named = namesOf(kernel).indexOf(size)
  return named >= 0 ? `{Size::Named, ${named}, ${factor}}` : `{Size::Argument, ${positionOf(kernel, size)}, ${factor}}`
}

const positionOf = (kernel, name) => {
  const position = kernel.arguments.findIndex((argument) => argument.name === name)
  if (position < 0) throw new Error(`${kernel.name}: '${name}' is no argument and no size of its`)
  return position
}

const shapeLine = (enums, kernel, { shape, elements, type = 'float32' }) => {
  const bits = [type].flat().reduce((sum, one) => sum | (1 << numberOf(enums, 'Type', one)), 0)
  if (elements !== undefined) return `{Extent::Stored, ${sizeLine(kernel, elements)}, {Size::None, 0, -1}, ${bits}}`
  const [rows, columns] = shape
  const extent = extents[rows] ?? 'Fixed'
  return `{Extent::${extent}, ${sizeLine(kernel, rows in extents ? undefined : rows)}, ${sizeLine(kernel, columns)}, ${bits}}`
}

// From where to where a number must be whole and constant; undefined where any will do.
const rangeOf = (enums, kernel, { name, kind, value }) => {
  if (kind === 'activation') return [0, numberOf(enums, 'Activation')]
  if (kind !== 'number' || value === 'real') return undefined
  if (value === 'index') return [0, 'INT32_MAX']
  if (value === 'count') return [1, 'INT32_MAX']
  if (Array.isArray(value)) return value
  if (value?.of !== undefined) return [0, numberOf(enums, value.of, value.to)]
  throw new Error(
    `${kernel.name}: the number '${name}' says no value: real, index, count, [low, high], or the enum that it is of`,
  )
}

// Every argument says what its kernel may be given: a kernel without that could be made to leave its memory.
const argumentLine = (enums, kernel, argument) => {
  const { name, kind, optional = false, layout, broadcast = false, typeOf, bytesWith, or } = argument
  const { covers = [], parts = [] } = argument
  const tensor = kind === 'tensor'
  if (tensor && argument.shape === undefined && argument.elements === undefined) {
    throw new Error(`${kernel.name}: the tensor '${name}' has neither a shape nor elements`)
  }
  const range = rangeOf(enums, kernel, argument)
  if (layout !== undefined && !(layout in layouts)) throw new Error(`${kernel.name}: unknown layout '${layout}'`)
  const access = { read: 'Read', write: 'Write', update: 'Update' }[argument.access] ?? 'Read'
  const [least, most] = range ?? [0, 0]
  const none = '{Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}'
  return `{${[
    `"${name}"`,
    `ArgumentKind::${{ tensor: 'Tensor', expression: 'Expression' }[kind] ?? 'Number'}`,
    `Access::${access}`,
    optional,
    tensor ? shapeLine(enums, kernel, argument) : none,
    or ? shapeLine(enums, kernel, or) : none,
    or?.unless === undefined ? -1 : positionOf(kernel, or.unless),
    `Layout::${layouts[layout] ?? 'Rows'}`,
    broadcast,
    typeOf === undefined ? -1 : positionOf(kernel, typeOf),
    bytesWith === undefined ? -1 : positionOf(kernel, bytesWith),
    `{${[0, 1].map((i) => sizeLine(kernel, covers[i])).join(', ')}}`,
    `{${[0, 1].map((i) => sizeLine(kernel, parts[i])).join(', ')}}`,
    range !== undefined,
    least,
    most,
  ].join(', ')}}`
}

export function kernelsHeader(table) {
  return `#pragma once

#include "kernels/kernel_info.h"

namespace deepblas {

enum class KernelId : int32_t {
${table.kernels.map((kernel, index) => `  ${pascal(kernel.name)} = ${index},`).join('\n')}
};
constexpr int kKernelCount = ${table.kernels.length};

// DO(family) of each family of kernels.
#define DEEPBLAS_FAMILIES(DO) ${table.families.map((family) => `DO(${pascal(family)})`).join(' ')}

// Positions of a kernel's arguments in Call::views and Call::numbers.
namespace at {
${table.kernels
  .map(
    (kernel) =>
      `namespace ${kernel.name} {\nenum : int { ${kernel.arguments.map((argument) => argument.name).join(', ')} };\n}`,
  )
  .join('\n')}
}  // namespace at

// inline: one table in the addon, and not one in every file that reads it.
inline constexpr KernelInfo kKernelInfo[kKernelCount] = {
${table.kernels
  .map(
    (kernel) =>
      `    {"${kernel.name}",\n     ${cuts[kernel.cut]},\n     ${kernel.inPlace === true},\n     ${kernel.arguments.length},\n     {${kernel.arguments.map((argument) => argumentLine(table.enums, kernel, argument)).join(',\n      ')}},\n     {${namesOf(
        kernel,
      )
        .map((name) => `"${name}"`)
        .join(', ')}}},`,
  )
  .join('\n')}
};

}  // namespace deepblas
`
}

const typeOf = (argument) =>
  ({ tensor: 'Tensor', activation: 'ActivationKernel', expression: 'Expression' })[argument.kind] ?? 'Scalar'
const field = (argument) =>
  `  ${argument.name}${argument.optional ? '?' : ''}: ${typeOf(argument)}${argument.optional ? ' | undefined' : ''}`

export function kernelsModule(table) {
  return `import type { ActivationKernel } from '../../native/generated/enums.js'
import type { Expression } from '../rule.js'
import type { Scalar, Tensor } from '../tensor.js'

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
${table.kernels.map((kernel, id) => `  ${kernel.name}: {\n    id: ${id},\n    arguments: ${argumentList(kernel)},\n  },`).join('\n')}
}
`
}

/** As the formatter has it: one argument stands on the line, several have one each. */
function argumentList(kernel) {
  const list = kernel.arguments.map(
    ({ name, kind, optional }) => `{ name: '${name}', kind: '${kind}'${optional ? ', optional: true' : ''} }`,
  )
  return list.length === 1 ? `[${list[0]}]` : `[\n${list.map((one) => `      ${one},`).join('\n')}\n    ]`
}
