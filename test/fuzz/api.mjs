// Calls the public API with valid arguments of which one part, at any depth, has become something odd. Whatever it is, the
// call must give a result or a DeepblasError: nothing else is thrown, and the process lives.
//
//   node test/fuzz/api.mjs --seconds 600            as many calls as fit into ten minutes, from a seed of the clock
//   node test/fuzz/api.mjs --calls 2000 --seed 1    the short form that the tests run
//   FUZZ_TRACE=1 node test/fuzz/api.mjs --seed 1 --from 500   names each call before it, from the 500th on: for one that
//                                                             does not come back
//
// Prints what it found and, last, one line of JSON: { calls, failures }. Needs a built package (npm run build:ts).
import { parseArgs } from 'node:util'
import * as deepblas from 'deepblas'
import { random } from './random.mjs'
import { recipes } from './recipes.mjs'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string' },
    calls: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    from: { type: 'string' },
  },
})
const seed = Number(options.seed ?? Date.now() % 1e9)
const from = Number(options.from ?? 0)
const most = Number(options.calls ?? Number.POSITIVE_INFINITY)
const end = performance.now() + 1000 * Number(options.seconds ?? (options.calls ? 1e6 : 60))

/** What the functions and getters of the one who calls throw: it goes through as it is. */
class OwnError extends Error {}

const throwing = () => {
  throw new OwnError('thrown by the caller')
}

const odd = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -0, 0, 0.5, 1, 3, 1e300, 5e-324].map(
    (v) => () => v,
  ),
  ...[2 ** 31, 2 ** 32 + 1, 2 ** 40, 2 ** 53, 2 ** 64].map((v) => () => v),
  ...['', ' ', 'relu', '3', '__proto__', 'constructor', 'x'.repeat(100_000), '\u0000', '\ud800'].map((v) => () => v),
  ...[undefined, null, true, false, 3n, 2n ** 70n, Symbol('odd'), Symbol.iterator].map((v) => () => v),
  () => [],
  () => {},
  () => ({}),
  () => Object.create(null),
  () => [undefined],
  () => [[]],
  () => [Number.NaN],
  () => ['a', 1, null],
  // biome-ignore lint/suspicious/noSparseArray: that is the point
  () => [1, , 3],
  () => new Array(3),
  () => Object.assign([1, 2], { length: 2 ** 32 - 1 }),
  () => ({ length: 2 ** 40 }),
  () => ({ length: -1, 0: 1 }),
  () => new Map([[1, 2]]),
  () => new Set([1]),
  () => new Date(Number.NaN),
  () => /odd/,
  () => new Error('odd'),
  () => Promise.resolve(3),
  () => throwing,
  () => class Odd {},
  () => function* odd() {},
  () => new Proxy({}, {}),
  () => new Proxy([], {}),
  () => new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing, getPrototypeOf: throwing }),
  () => ({
    get data() {
      return throwing()
    },
    get shape() {
      return throwing()
    },
    get levels() {
      return throwing()
    },
  }),
  () => ({ valueOf: throwing, toString: throwing, [Symbol.toPrimitive]: throwing }),
  () => ({ [Symbol.iterator]: throwing }),
  // biome-ignore lint/suspicious/noThenProperty: that is the point
  () => ({ then: 3 }),
  () => new Float32Array(0),
  () => new Float32Array(3),
  () => Float64Array.of(1, Number.NaN, 3),
  () => new Uint8Array(8),
  () => new BigInt64Array(4),
  () => new DataView(new ArrayBuffer(8)),
  () => new ArrayBuffer(8),
  () => new Float32Array(new SharedArrayBuffer(16)),
  () => Buffer.from('odd'),
  detached,
  () => ({ data: new Float32Array(4), shape: [2 ** 40, 2] }),
  () => ({ data: new Float32Array(4), shape: [2 ** 32, 2 ** 32] }),
  () => ({ data: detached(), shape: [2, 2] }),
  () => ({ data: new Float32Array(4), shape: [2] }),
  () => new deepblas.Dense(2),
  () => new deepblas.Adam(),
]

function detached() {
  const array = new Float32Array(4)
  structuredClone(array.buffer, { transfer: [array.buffer] })
  return array
}

/** Places inside arguments: [holder, key]. Holders are plain objects and short arrays. */
function places(holder, depth = 0) {
  if (depth > 4) return []
  return Object.keys(holder)
    .slice(0, 12)
    .flatMap((key) => {
      const value = holder[key]
      const plain =
        Array.isArray(value) ||
        (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
      return [[holder, key], ...(plain ? places(value, depth + 1) : [])]
    })
}

/** Numbers that only make a call long. */
const long = new Set(['epochs', 'repeats', 'seeds', 'steps', 'patience', 'folds', 'maxIterations'])

const names = Object.keys(recipes).filter((name) => options.only === undefined || name.includes(options.only))
const draw = random(seed)
const failures = []
const seen = new Set()
let calls = 0
console.log(`seed ${seed}, ${names.length} recipes, ${odd.length} odd values`)
process.on('warning', () => {})
process.removeAllListeners('warning')
for (; calls < most && performance.now() < end; calls++) {
  const name = names[draw(names.length)]
  const { call, args } = await recipes[name]()
  const all = places(args)
  const [holder, key] =
    all.length === 0 || draw(12) === 0 ? [args, String(draw(args.length + 1))] : all[draw(all.length)]
  const which = draw(odd.length)
  let value = odd[which]()
  if (long.has(key) && typeof value === 'number' && value > 3) value = 2
  if (draw(20) === 0) delete holder[key]
  else holder[key] = value
  if (calls < from) continue
  const where = `${name} with odd value ${which} (${typeof value}) at '${key}'`
  if (process.env.FUZZ_TRACE !== undefined) console.log(`${calls}: ${where}`)
  try {
    const result = await call(...args)
    if (typeof result?.[Symbol.asyncIterator] === 'function') for await (const _ of result) break
  } catch (error) {
    if (
      error instanceof deepblas.DeepblasError &&
      error.code.startsWith('ERR_DEEPBLAS_') &&
      error.code !== 'ERR_DEEPBLAS_INTERNAL'
    )
      continue
    if (error instanceof OwnError || error?.cause instanceof OwnError) continue
    const first = String(error?.stack ?? error)
      .split('\n')
      .slice(0, 4)
      .join('\n    ')
    const kind = `${name} ${key} ${error?.message}`
    if (seen.has(kind)) continue
    seen.add(kind)
    failures.push({ where, error: String(error?.message ?? error).slice(0, 200) })
    console.log(`FAILED call ${calls}, ${where}:\n    ${first}`)
  }
}
console.log(JSON.stringify({ calls, failures }))
process.exit(failures.length === 0 ? 0 : 1)
