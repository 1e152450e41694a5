/** A short text of its own for every object, the same whenever it is asked. */
export function identityOf(object: object): string {
  const number = numbers.get(object) ?? ++last
  numbers.set(object, number)
  return `#${number}`
}

const numbers = new WeakMap<object, number>()
let last = 0
