/*
 * What users give to be iterated: rows, batches, tables. Whatever breaks the rules of iteration is an error that says so.
 */
import { isMap } from './kinds.js'
import { invalid } from './validate.js'

export type AnyIterable<Value> = AsyncIterable<Value> | Iterable<Value>

type AnyIterator<Value> = AsyncIterator<Value, unknown, undefined> | Iterator<Value, unknown, undefined>

/** Whether it is an object that says how it is iterated. A Map gives pairs of key and value: no rows, no batches. */
export function isIterable(value: unknown): value is AnyIterable<unknown> {
  return typeof value === 'object' && value !== null && !isMap(value) && methodOf(value) !== undefined
}

/** The method that opens it, asynchronous or not. */
function methodOf(value: object): { readonly open: unknown; readonly isAsync: boolean } | undefined {
  for (const [symbol, isAsync] of [
    [Symbol.asyncIterator, true],
    [Symbol.iterator, false],
  ] as const) {
    const open: unknown = Reflect.get(value, symbol)
    if (open !== undefined && open !== null) return { open, isAsync }
  }
  return undefined
}

/**
 * Begins an iteration. `next` gives what the source's own gives: `resultOf` looks at it.
 *
 * @param argument the name the user knows the source by
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what has no iterator
 */
export function openIterator<Value>(argument: string, source: AnyIterable<Value>): AnyIterator<Value> {
  const { open, isAsync } = methodOf(source)!
  const name = isAsync ? 'Symbol.asyncIterator' : 'Symbol.iterator'
  if (typeof open !== 'function') throw invalid(`${argument}[${name}]`, 'function that gives an iterator', open)
  const iterator: unknown = Reflect.apply(open, source, [])
  const next: unknown = typeof iterator === 'object' && iterator !== null ? Reflect.get(iterator, 'next') : undefined
  if (typeof next !== 'function') {
    throw invalid(`${argument}[${name}]()`, 'iterator with a method next', iterator, 'A generator function makes one.')
  }
  return iterator as AnyIterator<Value>
}

/** What `next` of an iterator has given. */
export function resultOf<Value>(argument: string, result: unknown): IteratorResult<Value, unknown> {
  if (typeof result === 'object' && result !== null) return result as IteratorResult<Value, unknown>
  throw invalid(
    `the result of next() of ${argument}`,
    'object { value, done }',
    result,
    'A generator function makes them.',
  )
}

/**
 * The same items, for a loop that awaits them.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT, at the first item, for a source that breaks the rules of iteration
 */
export function itemsOf<Value>(argument: string, source: AnyIterable<Value>): AnyIterable<Value> {
  const close = (iterator: AnyIterator<Value>) =>
    typeof iterator.return === 'function' ? { return: () => iterator.return!() as never } : {}
  if (methodOf(source)!.isAsync) {
    return {
      [Symbol.asyncIterator]() {
        const iterator = openIterator(argument, source)
        return { next: async () => resultOf<Value>(argument, await iterator.next()), ...close(iterator) }
      },
    }
  }
  return {
    [Symbol.iterator]() {
      const iterator = openIterator(argument, source)
      return { next: () => resultOf<Value>(argument, iterator.next()), ...close(iterator) }
    },
  }
}
