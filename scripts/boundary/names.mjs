// Names as the tables of the boundary have them, and as each language writes them.

/** @throws Error for a name that is not a word or words in camel case */
export function checkedName(where, name) {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name ?? '')) throw new Error(`${where}: '${name}' is no name in camel case`)
  return name
}

/** @throws Error where two rows of a table have the same name, or the same number */
export function requireDistinct(where, values) {
  const twice = values.find((value, index) => values.indexOf(value) < index)
  if (twice !== undefined) throw new Error(`${where}: ${twice} stands there twice`)
}

export const pascal = (name) => name[0].toUpperCase() + name.slice(1)
