// The header and the module of native/boundary/enums.json.
import { checkedName, pascal, requireDistinct } from './names.mjs'

/** The table with every value as { name, about }, or an error that says what is wrong with it. */
export function readEnums({ enums, positions, constants }) {
  const read = (entry) => {
    const where = `enums.json, ${entry.name}`
    checkedName(where, entry.list)
    const values = entry.values.map((value) => (typeof value === 'string' ? { name: value } : value))
    for (const { name } of values) checkedName(where, name)
    requireDistinct(
      where,
      values.map(({ name }) => name),
    )
    return { ...entry, typescript: entry.typescript ?? entry.name, values }
  }
  const table = { enums: enums.map(read), positions: positions.map(read), constants }
  for (const { name } of constants) checkedName('enums.json, constants', name)
  const lists = [...table.enums, ...table.positions]
  const unique = (of) => requireDistinct('enums.json', [...lists.map(of), ...constants.map(({ name }) => name)])
  unique(({ name }) => name)
  unique(({ list }) => list)
  unique(({ typescript }) => typescript)
  return table
}

/** The number of an enum's value, the last one without a name. */
export function numberOf({ enums }, name, value) {
  const found = enums.find((entry) => entry.name === name)
  if (found === undefined) throw new Error(`'${name}' is no enum of enums.json`)
  if (value === undefined) return found.values.length - 1
  const number = found.values.findIndex((one) => one.name === value)
  if (number < 0) throw new Error(`'${value}' is no value of ${name} in enums.json`)
  return number
}

const remark = (about) => (about === undefined ? '' : `  // ${about}`)
const count = ({ list, values }) => `constexpr int k${pascal(list)} = ${values.length};`

/** C++, plain data: the instruction-set sources include it too. */
export function enumsHeader({ enums, positions, constants }) {
  const enumOf = (entry) => `// ${entry.about}
enum class ${entry.name} : int32_t {
${entry.values.map(({ name, about }, number) => `  ${pascal(name)} = ${number},${remark(about)}`).join('\n')}
};
${count(entry)}
${entry.named ? `constexpr const char* k${entry.name}Names[] = {${entry.values.map(({ name }) => `"${name}"`).join(', ')}};\n` : ''}`
  const positionsOf = (entry) => `// ${entry.about}
namespace ${entry.name[0].toLowerCase()}${entry.name.slice(1)} {
enum : int {
${entry.values.map(({ name, about }) => `  ${name},${remark(about)}`).join('\n')}
};
}
${count(entry)}
`
  const constantOf = ({ name, value, about }) => `constexpr int k${pascal(name)} = ${value};  // ${about}\n`
  return `#pragma once

#include <stdint.h>

namespace deepblas {

${[...enums.map(enumOf), ...positions.map(positionsOf), constants.map(constantOf).join('')].join('\n')}
}  // namespace deepblas
`
}

/** TypeScript: of an enum the type of its names, and the number of each. */
export function enumsModule({ enums, positions, constants }) {
  const property = ({ name, about }, number) =>
    `${about === undefined ? '' : `  /** ${about} */\n`}  ${name}: ${number},\n`
  const enumOf = ({ typescript, list, about, values }) => `/** ${about} */
export type ${typescript} =${unionOf(typescript, values)}

export const ${list} = {
${values.map(property).join('')}} as const satisfies Record<${typescript}, number>
`
  const positionsOf = ({ typescript, list, about, values }) => `/** ${about} */
export type ${typescript} =${unionOf(typescript, values)}

export const ${list}: readonly ${typescript}[] = [
${values.map(({ name, about: told }) => `${told === undefined ? '' : `  /** ${told} */\n`}  '${name}',\n`).join('')}]
`
  const constantOf = ({ name, value, about }) => `/** ${about} */\nexport const ${name} = ${value}\n`
  return `\n${[...enums.map(enumOf), ...positions.map(positionsOf), ...constants.map(constantOf)].join('\n')}`
}

/** On one line where it fits, as the formatter has it. */
function unionOf(typescript, values) {
  const names = values.map(({ name }) => `'${name}'`)
  const line = ` ${names.join(' | ')}`
  return `export type ${typescript} =${line}`.length <= 120
    ? line
    : `\n${names.map((name) => `  | ${name}`).join('\n')}`
}
