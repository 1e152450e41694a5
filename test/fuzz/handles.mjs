// The native handles themselves, used as nobody should: memory taken away or changed under them, lists that change while
// they are read, methods on other objects, calls while a run is under way. Each attack gives a result or an error with a
// code, and the process lives (npm test -- --only addon runs this under the address sanitizer).
//
// Prints, last, one line of JSON: { attacks, failures }.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

const root = process.env.DEEPBLAS_PREBUILD ?? fileURLToPath(new URL('../..', import.meta.url))
const file = join(root, 'build', 'Release', 'deepblas.node')
const { Arena, Matrix, Pass, Predictor, Program, Training, weightLayout, registerPanel } = createRequire(
  import.meta.url,
)(file)

const data = (slot, columns, storage = 4) => [storage, 0, -1, columns, columns, 0, 0, 0, slot]
const batch = (columns) => [0, 0, -1, columns, columns, 0, 0, 0, 0]
const activation = (output, x) => [5, 3, 1, output, 1, x, 2, 1]
const none = new Float64Array()
const copying = (columns = 4) =>
  new Program(
    Float64Array.from([...data(0, columns), ...data(1, columns)]),
    Float64Array.from(activation(1, 0)),
    ['copy'],
    none,
  )
const inside = (columns = 4, storage = 4) =>
  new Program(
    Float64Array.from([...data(0, columns, storage), ...batch(columns)]),
    Float64Array.from(activation(1, 0)),
    ['inside'],
    none,
  )
const parameters = new Arena(64, 2)
const matrixOf = (rows, columns = 4) => new Matrix(new Float32Array(rows * columns).fill(0.5), rows, columns, 0, 1)
const many = 60_000
const passOf = (output, rows = many, more = {}) =>
  new Pass({
    program: copying(),
    batch: 64,
    keepAll: false,
    rows: Float64Array.of(rows),
    parameters,
    slots: [[matrixOf(rows)]],
    output,
    outputColumns: 4,
    ...more,
  })
const trainingOf = (more = {}) =>
  new Training({
    program: inside(),
    batch: 1,
    keepAll: true,
    rows: Float64Array.of(many),
    seeds: Float64Array.of(1),
    shuffle: false,
    epoch: 0,
    stepOfEpoch: 0,
    parameters,
    slots: [[matrixOf(many)]],
    ...more,
  })

const coded = (error) => typeof error?.code === 'string' && error.code.startsWith('ERR_DEEPBLAS_')
/** The code of what a call throws; '' for none. What has no code is a failure. */
const codeOf = (call) => {
  try {
    call()
    return ''
  } catch (error) {
    if (coded(error) || error instanceof TypeError) return error.code ?? 'TypeError'
    throw error
  }
}
const settled = async (promise) =>
  promise.then(
    () => '',
    (error) => (coded(error) ? error.code : Promise.reject(error)),
  )
const is = (value, ...wanted) => {
  if (!wanted.includes(value)) throw new Error(`expected ${wanted.join(' or ')} but it is ${value}`)
}

const attacks = {
  'outputs are detached while a pass runs': async () => {
    const output = new Float32Array(many * 4)
    const promise = passOf(output).run()
    structuredClone(output.buffer, { transfer: [output.buffer] })
    is(await settled(promise), 'ERR_DEEPBLAS_INTERNAL')
  },
  'outputs are detached before a pass runs': () => {
    const output = new Float32Array(many * 4)
    const pass = passOf(output)
    structuredClone(output.buffer, { transfer: [output.buffer] })
    is(
      codeOf(() => pass.runSync()),
      'ERR_DEEPBLAS_INTERNAL',
    )
  },
  'outputs shrink and grow while a pass runs': async () => {
    for (const bytes of [0, 16, many * 32]) {
      const buffer = new ArrayBuffer(many * 16, { maxByteLength: many * 64 })
      const promise = passOf(new Float32Array(buffer)).run()
      buffer.resize(bytes)
      is(await settled(promise), 'ERR_DEEPBLAS_INTERNAL')
    }
  },
  'a pass gives its outputs': async () => {
    for (const form of ['run', 'runSync']) {
      const output = new Float32Array(many * 4)
      await passOf(output)[form]()
      is(
        output.every((value) => value > 0.6 && value < 0.7),
        true,
      )
    }
  },
  'a pass is used while it runs': async () => {
    const pass = passOf(new Float32Array(many * 4))
    const promise = pass.run()
    for (const use of [() => pass.run(), () => pass.runSync(), () => pass.readTensor(0, 0, 1)]) {
      is(codeOf(use), 'ERR_DEEPBLAS_BUSY')
    }
    is(await settled(promise), '')
    pass.runSync()
    const again = pass.run()
    pass.release()
    is(await settled(again), '')
    is(
      codeOf(() => pass.runSync()),
      'ERR_DEEPBLAS_INTERNAL',
    )
  },
  'a training is used while it runs': async () => {
    const training = trainingOf()
    const promise = training.advance(none, many * 4, 1e9, false, false)
    for (const use of [
      () => training.advance(none, 1, 1, false, false),
      () => training.advanceSync(none, 1, 1, false, false),
      () => training.setActive(Float64Array.of(0)),
      () => training.rebind([[matrixOf(1)]], Float64Array.of(1)),
      () => training.measure(true),
      () => training.microseconds(),
      () => training.readTensor(0, 0, 1),
    ]) {
      is(codeOf(use), 'ERR_DEEPBLAS_BUSY')
    }
    training.cancel()
    is(await settled(promise), '')
    training.release()
    is(
      codeOf(() => training.advanceSync(none, 1, 1, false, false)),
      'ERR_DEEPBLAS_INTERNAL',
    )
  },
  'a training of endless milliseconds': () => {
    is(trainingOf().advanceSync(none, 100, Number.POSITIVE_INFINITY, false, false).steps, 100)
  },
  'data bound anew: too few rows, then the old ones are still there': () => {
    const training = trainingOf()
    for (let i = 0; i < 50; ++i)
      is(
        codeOf(() => training.rebind([[matrixOf(3)]], Float64Array.of(40))),
        'ERR_DEEPBLAS_INTERNAL',
      )
    is(training.advanceSync(none, many, 1e9, true, false).steps, many)
  },
  'data bound anew: a whole matrix too': () => {
    const program = new Program(
      Float64Array.from([...data(0, 4, 5), 6, 2, -1, 1, 1, 0, 0, 0, 0, ...batch(4)]),
      Float64Array.from([0, 3, 1, 2, 1, 0, 1, 1]),
      ['gather'],
      none,
    )
    const training = trainingOf({
      program,
      shuffle: true,
      batch: 16,
      rows: Float64Array.of(100),
      slots: [[matrixOf(100)]],
    })
    is(
      codeOf(() => training.rebind([[matrixOf(100)]], Float64Array.of(100))),
      'ERR_DEEPBLAS_INTERNAL',
    )
    training.advanceSync(none, 20, 1e9, false, false)
    is(
      codeOf(() => trainingOf({ program, slots: [[matrixOf(many)]] }).advanceSync(none, 1, 1, false, false)),
      'ERR_DEEPBLAS_ARGUMENT',
    )
    is(
      codeOf(() => new Predictor(program, 4, parameters, 4, 4, 1)),
      '',
      'ERR_DEEPBLAS_ARGUMENT',
    )
  },
  'rows of data behind the last batch are not read': () => {
    const pass = passOf(undefined, 100, { program: inside(), keepAll: true })
    pass.runSync()
    is(
      codeOf(() => pass.readTensor(0, 0, 100)),
      'ERR_DEEPBLAS_INTERNAL',
    )
    is(pass.readTensor(0, 0, 36).length, 144)
  },
  'no members at all': () => {
    is(
      codeOf(() => passOf(undefined, 4, { program: inside(), rows: none })),
      'ERR_DEEPBLAS_INTERNAL',
    )
  },
  'a predictor of a program with numbers of steps': () => {
    const program = new Program(
      Float64Array.from([...data(0, 4), ...data(1, 4), ...batch(4)]),
      Float64Array.from([...activation(1, 0), 23, 5, 1, 2, 3, 0, 2, 0, 2, 0, 2, 0]),
      ['copy', 'random'],
      none,
    )
    is(
      codeOf(() => new Predictor(program, 8, parameters, 4, 4, 1)),
      'ERR_DEEPBLAS_ARGUMENT',
    )
  },
  'options whose getters take things away': async () => {
    const arena = new Arena(64, 1)
    const matrix = matrixOf(10)
    const pass = new Pass({
      program: inside(),
      batch: 64,
      keepAll: false,
      rows: Float64Array.of(10),
      parameters: arena,
      get slots() {
        arena.release()
        return [[matrix]]
      },
      get numbers() {
        matrix.release()
        return undefined
      },
    })
    pass.runSync()
    is(await settled(pass.run()), '')
  },
  'lists that grow or change while they are read': () => {
    const labels = ['copy']
    Object.defineProperty(labels, 0, { get: () => labels.push('more') && 'copy' })
    const tensors = Float64Array.from([...data(0, 4), ...batch(4)])
    codeOf(() => new Program(tensors, Float64Array.from(activation(1, 0)), labels, none))
    is(
      codeOf(
        () =>
          new Program(
            tensors,
            Float64Array.from(activation(1, 0)),
            [{ toString: () => structuredClone(tensors.buffer, { transfer: [tensors.buffer] }) }],
            none,
          ),
      ),
      'ERR_DEEPBLAS_INTERNAL',
    )
    const slots = [[matrixOf(4)]]
    Object.defineProperty(slots[0], 0, { get: () => slots.push([]) + slots[0].push(matrixOf(1)) })
    is(
      codeOf(() => passOf(undefined, 4, { program: inside(), slots })),
      'ERR_DEEPBLAS_INTERNAL',
    )
    is(
      codeOf(() => passOf(undefined, 4, { program: inside(), slots: new Proxy([], {}) })),
      'ERR_DEEPBLAS_INTERNAL',
    )
  },
  'methods on other objects': () => {
    const handles = [new Arena(4, 1), matrixOf(2), copying(), passOf(undefined, 4, { program: inside() }), trainingOf()]
    for (const handle of handles) {
      for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(handle))) {
        if (name === 'constructor') continue
        for (const other of [
          ...handles,
          {},
          null,
          3,
          Object.create(handle),
          new Proxy(handle, {}),
          Object.getPrototypeOf(handle),
        ]) {
          if (other?.constructor === handle.constructor && other === handle) continue
          is(
            codeOf(() => handle[name].call(other)),
            'TypeError',
            'ERR_DEEPBLAS_INTERNAL',
            'ERR_INVALID_ARG_TYPE',
            '',
          )
        }
      }
    }
  },
  'classes that are called, extended and constructed by others': () => {
    for (const Class of [Arena, Matrix, Program, Training, Pass, Predictor]) {
      codeOf(() => Class())
      codeOf(() => Reflect.construct(Class, [], Object))
      codeOf(() => Reflect.construct(Class, [2, 2, 0], Array))
      codeOf(() => new (class extends Class {})())
    }
  },
  'arrays that are detached, of shared memory, or of another kind': () => {
    const gone = new Float32Array(8)
    structuredClone(gone.buffer, { transfer: [gone.buffer] })
    is(
      codeOf(() => new Matrix(gone, 2, 4, 0, 1)),
      'ERR_DEEPBLAS_INTERNAL',
    )
    is(
      codeOf(() => new Matrix(new Float32Array(new SharedArrayBuffer(32)), 2, 4, 0, 1)),
      '',
    )
    is(
      codeOf(() => new Matrix(new BigInt64Array(8), 2, 4, 0, 1)),
      'ERR_DEEPBLAS_INTERNAL',
    )
    is(
      codeOf(() => new Matrix(new DataView(new ArrayBuffer(32)), 2, 4, 0, 1)),
      'ERR_DEEPBLAS_INTERNAL',
    )
    const buffer = new ArrayBuffer(32, { maxByteLength: 64 })
    const shrunk = new Float32Array(buffer, 4, 7)
    buffer.resize(8)
    is(
      codeOf(() => matrixOf(2, 7).write(shrunk, 2)),
      '',
    )
    is(
      codeOf(() => matrixOf(2, 7).write(shrunk, 3)),
      'ERR_DEEPBLAS_INTERNAL',
    )
    const predictor = new Predictor(copying(), 8, parameters, 4, 4, 1)
    is(
      codeOf(() => predictor.predictSync(gone, 2, new Float32Array(8))),
      'ERR_DEEPBLAS_INTERNAL',
    )
    is(
      codeOf(() => predictor.predictSync(new Float32Array(8), 2, gone)),
      'ERR_DEEPBLAS_INTERNAL',
    )
    const arena = new Arena(8, 1)
    arena.release()
    for (const call of [() => arena.read(0, 0, 1, 1, 0), () => arena.isFinite(0), () => arena.copyFrom(parameters)]) {
      is(codeOf(call), 'ERR_DEEPBLAS_INTERNAL')
    }
  },
  'numbers that an integer cannot hold': () => {
    for (const [type, array, code] of [
      [2, [Number.NaN], 'ERR_DEEPBLAS_DATA'],
      [2, [2 ** 31], 'ERR_DEEPBLAS_DATA'],
      [2, [-(2 ** 31) - 1], 'ERR_DEEPBLAS_DATA'],
      [2, [2 ** 31 - 1], ''],
      [2, [-(2 ** 31)], ''],
      [3, [-1], 'ERR_DEEPBLAS_DATA'],
      [3, [256], 'ERR_DEEPBLAS_DATA'],
      [3, [Number.POSITIVE_INFINITY], 'ERR_DEEPBLAS_DATA'],
      [3, [255], ''],
    ]) {
      const values = Float64Array.from([1, ...array])
      is(
        codeOf(() => new Matrix(values, 2, 1, type, 1)),
        code,
      )
      const matrix = new Matrix(2, 1, type)
      is(
        codeOf(() => matrix.write(values, 0)),
        code,
      )
      // Nothing is half written.
      is(matrix.row(0)[0], code === '' ? 1 : 0)
    }
  },
  'sizes whose products no integer holds': () => {
    for (const size of [2 ** 31, 2 ** 40, 2 ** 53]) {
      is(
        codeOf(() => weightLayout(size, size)),
        'ERR_DEEPBLAS_MEMORY',
      )
      is(
        codeOf(() => registerPanel(size)),
        '',
      )
      is(
        codeOf(() => new Arena(size, size)),
        'ERR_DEEPBLAS_MEMORY',
      )
      is(
        codeOf(() => new Matrix(size, size, 0)),
        'ERR_DEEPBLAS_MEMORY',
      )
    }
  },
  'row numbers that another thread changes while they are read': async () => {
    const rows = new Int32Array(new SharedArrayBuffer(4 * 100_000))
    const worker = new Worker(
      "const { workerData: rows, parentPort } = require('node:worker_threads'); parentPort.postMessage(1); for (;;) for (const row of [3, 2 ** 30]) rows.fill(row)",
      { eval: true, workerData: rows },
    )
    await new Promise((resolve) => worker.once('message', resolve))
    const from = matrixOf(8)
    for (let i = 0; i < 100; ++i)
      is(
        codeOf(() => new Matrix(from, rows)),
        '',
        'ERR_DEEPBLAS_INTERNAL',
      )
    await worker.terminate()
  },
  "an array class put in place of JavaScript's own": async () => {
    const code = `
      const { parentPort } = require('node:worker_threads')
      const Own = Float32Array
      globalThis.Float32Array = function () { return new Own(1) }
      const { Matrix } = require(${JSON.stringify(file)})
      let told = 'none'
      try { new Matrix(new Own(100000), 1, 100000, 0, 1).row(0) } catch (error) { told = error.code }
      parentPort.postMessage(told)`
    const worker = new Worker(code, { eval: true })
    const told = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    is(told, 'ERR_DEEPBLAS_INTERNAL')
  },
  'handles that are sent to a worker': () => {
    for (const handle of [parameters, matrixOf(2), copying()]) {
      const copy = structuredClone(handle)
      is(
        codeOf(() => passOf(undefined, 2, { program: copy })),
        'ERR_DEEPBLAS_INTERNAL',
      )
      is(
        codeOf(() => passOf(undefined, 2, { program: inside(), parameters: copy })),
        'ERR_DEEPBLAS_INTERNAL',
      )
      is(
        codeOf(() => passOf(undefined, 2, { program: inside(), slots: [[copy]] })),
        'ERR_DEEPBLAS_INTERNAL',
      )
    }
  },
}

const failures = []
for (const [name, attack] of Object.entries(attacks)) {
  if (process.argv[2] !== undefined && !name.includes(process.argv[2])) continue
  console.log(name)
  try {
    await attack()
  } catch (error) {
    failures.push(`${name}: ${error.stack ?? error}`)
  }
}
for (const failure of failures) console.log(failure)
console.log(JSON.stringify({ attacks: Object.keys(attacks).length, failures }))
process.exit(failures.length > 0 ? 1 : 0)
