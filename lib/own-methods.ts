/*
 * What an object is to other parts of JavaScript: printed, copied by structured clones, turned into JSON, and asked for
 * methods that models of other libraries have. Native memory and private fields are out of their sight, so that without
 * an answer of its own an object would be lost without a word.
 */
import { type InspectOptions, inspect } from 'node:util'
import { DeepblasError } from './errors.js'

/**
 * Enumerable, so that a structured clone meets it; its value is a symbol, which no structured clone takes, and which
 * JSON leaves out.
 */
const CLONING = 'cloning'

/**
 * Makes `structuredClone(object)` and `postMessage(object)` throw a DataCloneError whose message is the advice.
 *
 * @param advice what to do in its place: a constant text, so that equal objects stay equal
 */
export function refuseStructuredClone(object: object, advice: string): void {
  Object.defineProperty(object, CLONING, { value: Symbol.for(advice), enumerable: true })
}

/**
 * Adds a method that answers with an error and what to call in its place. It is not part of the type; a class that
 * extends this one may have a method of that name.
 */
export function refuseMethods(prototype: object, what: string, advice: Readonly<Record<string, string>>): void {
  for (const [name, sentence] of Object.entries(advice)) {
    const value = () => {
      throw new DeepblasError('ERR_DEEPBLAS_ARGUMENT', `A ${what} has no method '${name}'. ${sentence}`)
    }
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true })
  }
}

/**
 * Makes `instanceof` true only of objects that the class has made: a Proxy around one, or an object that merely inherits
 * from the prototype, has none of its private fields, and would fail wherever one is asked for.
 *
 * @param isMade whether an object has them
 */
export function onlyWhatItMade(Class: { readonly prototype: object }, isMade: (object: object) => boolean): void {
  Object.defineProperty(Class, Symbol.hasInstance, {
    // A class that extends this one asks for its own prototype.
    value(this: unknown, value: unknown): boolean {
      return typeof value === 'object' && value !== null && isMade(value) && inherits.call(this, value)
    },
  })
}

const inherits = Function.prototype[Symbol.hasInstance] as (this: unknown, value: unknown) => boolean

/** Makes console.log show `name { … }` with what `shown` gives. */
export function showWhenInspected<Class extends object>(
  prototype: Class,
  name: string,
  shown: (object: Class) => Readonly<Record<string, unknown>>,
): void {
  const value = function (this: Class, depth: number, options: InspectOptions) {
    return depth < 0 ? `[${name}]` : `${name} ${inspect(shown(this), options)}`
  }
  Object.defineProperty(prototype, inspect.custom, { value, configurable: true, writable: true })
}
