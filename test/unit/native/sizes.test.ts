// Sizes at the boundary to C++: whatever their product, an error with a code, and nothing allocated.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  BatchNorm,
  Concatenate,
  categorical,
  DeepblasError,
  Dense,
  Embedding,
  type Layer,
  LayerNorm,
  OneHot,
  Parameter,
  Population,
  Residual,
  Sequential,
} from '../../../lib/index.js'
import { type Addon, native } from '../../../lib/native/addon.js'

/** Powers of two and their neighbours: products of these wrap around to 0 and to small numbers. */
const largeSize = fc
  .tuple(fc.integer({ min: 31, max: 52 }), fc.constantFrom(-1, 0, 1))
  .map(([power, beside]) => 2 ** power + beside)

function codeOf(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    expect(error).toBeInstanceOf(DeepblasError)
    return (error as DeepblasError).code
  }
  return 'none'
}

const model = (layers: Layer[], inputs: number) => new Sequential<readonly Layer[], number>(layers, { inputs })

const makers: Record<string, (a: number, b: number) => unknown> = {
  'Dense units and inputs': (a, b) => model([new Dense(a)], b),
  'two Dense': (a, b) => model([new Dense(a), new Dense(b)], 1),
  'Dense in a Residual': (a) => model([new Residual(new Dense(a))], a),
  'Dense in a Concatenate': (a, b) =>
    new Sequential([new Concatenate({ x: [new Dense(a), new Dense(b)] })], { inputs: { x: 4 } }),
  'Dense of one input': (a, b) => model([new Dense(a + b)], 2 ** 10),
  'Embedding dimensions': (a) => new Sequential([new Embedding(a, { levels: 2 ** 24 })]),
  'Embedding of a named input': (a) =>
    new Sequential([new Concatenate({ c: new Embedding(a) })], { inputs: { c: categorical(2 ** 20) } }),
  'OneHot and Dense': (a) => new Sequential([new OneHot({ levels: 2 ** 24 }), new Dense(a)]),
  'BatchNorm and members': (a, b) => new Population([new BatchNorm()], { inputs: a, members: b }),
  'LayerNorm and members': (a, b) => new Population([new LayerNorm()], { inputs: a, members: b }),
  'Population members': (a) => new Population([new Dense(1024)], { inputs: 1024, members: a }),
  'parameter of two sizes': (a, b) => new Parameter('w', [a, b], 0, { kind: 'constant', a: 0, b: 0 }),
  'parameter in panels': (a, b) => new Parameter('w', [a, b], 2 ** 30, { kind: 'constant', a: 0, b: 0 }),
  'weight of two sizes': (a, b) => Parameter.weight('w', a, b, 0),
}

test.each(Object.keys(makers))('%s of any size is an error with a code', (name) => {
  fc.assert(
    fc.property(largeSize, largeSize, (a, b) => {
      expect(['ERR_DEEPBLAS_SHAPE', 'ERR_DEEPBLAS_MEMORY', 'ERR_DEEPBLAS_ARGUMENT']).toContain(
        codeOf(() => makers[name]!(a, b)),
      )
    }),
    { numRuns: 100 },
  )
})

test('what does not fit into memory is told in bytes, before it is drawn', () => {
  const build = () => new Population([new Dense(1)], { inputs: 1, members: 2 ** 40 })
  expect(build).toThrow(/141 TB are needed for 1099511627776 networks of 32 parameters, and there are [\d.]+ [GT]B/)
})

test('numbers that start a parameter must be single precision and as many as its shape has', () => {
  const start = (values: unknown) => ({ kind: 'constant', a: 0, b: 0, values }) as never
  const make = (values: unknown) => codeOf(() => new Parameter('w', [2, 3], 0, start(values)))
  for (const values of [
    new Uint8Array(6),
    new Float64Array(6),
    [1, 2, 3, 4, 5, 6],
    {},
    new DataView(new ArrayBuffer(24)),
  ]) {
    expect(make(values)).toBe('ERR_DEEPBLAS_ARGUMENT')
  }
  expect(make(new Float32Array(5))).toBe('ERR_DEEPBLAS_SHAPE')
  const detached = new Float32Array(6)
  structuredClone(detached.buffer, { transfer: [detached.buffer] })
  expect(make(detached)).toBe('ERR_DEEPBLAS_SHAPE')
  expect(make(new Float32Array(6))).toBe('none')
})

/** What no caller in TypeScript passes: the addon answers with an error all the same. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(Number.NaN, Infinity, -Infinity, -1, 0, 0.5, -0, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 1e300),
  fc.constantFrom<unknown>(undefined, null, true, '', '3', 'x'.repeat(99), 3n, Symbol('3'), () => 3),
  fc.constantFrom<unknown>([], {}, [1, 2], { valueOf: () => 2 ** 40 }, new Proxy({}, {}), new Proxy([], {})),
  fc.constantFrom<unknown>(new Float32Array(6), new Float64Array(6), new Int32Array(6), new Uint8Array(6)),
  fc.constantFrom<unknown>(new BigInt64Array(2), new DataView(new ArrayBuffer(8)), new ArrayBuffer(8)),
  fc.constantFrom<unknown>(new Float32Array(new SharedArrayBuffer(24)), new Float64Array(0)),
  fc.integer({ min: 0, max: 7 }),
)

function handles(addon: Addon): Record<string, object> {
  const arena = new addon.Arena(6, 2)
  const matrix = new addon.Matrix(new Float32Array(6), 2, 3, 0, 1)
  // A tensor of two columns in slot 0, and nothing computed.
  const program = new addon.Program(
    Float64Array.of(4, 0, -1, 2, 2, 0, 0, 0, 0),
    new Float64Array(0),
    [],
    new Float64Array(0),
  )
  const run = { program, batch: 2, keepAll: false, rows: Float64Array.of(2), parameters: arena, slots: [[matrix]] }
  const pass = new addon.Pass(run)
  const training = new addon.Training({ ...run, seeds: Float64Array.of(1), shuffle: true, epoch: 0, stepOfEpoch: 0 })
  return { arena, matrix, program, pass, training, addon }
}

test('calls of the addon with anything at all give results or errors with a code', () => {
  const addon = native()
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 11 }), fc.nat(), (values, which) => {
      const objects = handles(addon)
      const args = values.map((value) => (value === 7 ? objects.arena : value === 6 ? objects.matrix : value))
      const calls = Object.entries(objects).flatMap(([what, object]) => {
        const names = new Set([...Object.keys(object), ...Object.getOwnPropertyNames(Object.getPrototypeOf(object))])
        // The promise of advance is the business of other tests; setErrorClass belongs to the loading.
        for (const name of ['constructor', 'advance', 'run', 'setErrorClass', 'setThreads']) names.delete(name)
        return [...names]
          .filter((name) => typeof Reflect.get(object, name) === 'function')
          .map((name) => [what, name] as const)
      })
      const [what, name] = calls[which % calls.length]!
      if (what === 'addon' && name in Object.prototype) return
      const called = Reflect.get(objects[what]!, name) as (...args: unknown[]) => unknown
      seen.add(`${what}.${name}`)
      const isClass = /^[A-Z]/.test(name)
      const code = codeOf(() =>
        isClass ? Reflect.construct(called, args) : Reflect.apply(called, objects[what]!, args),
      )
      expect(code).toMatch(/^none$|^ERR_DEEPBLAS_/)
    }),
    { numRuns: 3000, seed: 1 },
  )
  expect(seen.size).toBeGreaterThan(25)
})

test('a method of the addon on another object is refused', () => {
  const { arena, matrix, program } = handles(native())
  const fill = Reflect.get(arena!, 'fill') as (...args: unknown[]) => unknown
  for (const other of [matrix, program, {}, null, undefined, 3, new Proxy(arena!, {}), Object.create(arena!)]) {
    expect(() => fill.call(other)).toThrow()
  }
  const disguised = Object.setPrototypeOf(
    new (native().Matrix)(new Float32Array(6), 2, 3, 0, 1),
    Object.getPrototypeOf(arena!),
  )
  expect(codeOf(() => (arena as { copyFrom(from: unknown): void }).copyFrom(disguised))).toBe('ERR_DEEPBLAS_INTERNAL')
})
