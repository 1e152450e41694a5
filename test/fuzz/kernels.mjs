// Layers of a user that record every kernel of the table, with arguments that fit and with arguments that do not: sizes,
// types, storages, layouts and numbers of another kind, tensors that overlap, tensors of another recording. Whatever it
// is, the model predicts and trains, or a DeepblasError tells what does not fit: the process lives, and no kernel reads or
// writes outside its memory (npm test -- --only addon runs this under the address sanitizer).
//
//   node test/fuzz/kernels.mjs --calls 3000 --seed 1
//
// Prints, last, one line of JSON: { calls, taken, refused, failures }, the middle two by kernel. Needs a built package
// (npm run build:ts).
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Dataset, DeepblasError, Dense, Layer, Parameter, Population, Sequential } from 'deepblas'
import { random } from './random.mjs'

const { values: options } = parseArgs({
  options: { calls: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
})
const seed = Number(options.seed ?? Date.now() % 1e9)
const calls = Number(options.calls ?? 1000)
const table = (name) => JSON.parse(readFileSync(new URL(`../../native/boundary/${name}`, import.meta.url), 'utf8'))
const { kernels: all } = table('kernels.json')
const { enums } = table('enums.json')
/** Names of an enum's values. */
const valuesOf = (name) => enums.find((one) => one.name === name).values.map((value) => value.name ?? value)
const kernels = all.filter(({ name }) => options.only === undefined || name === options.only)
const draw = random(seed)
const any = (list) => list[draw(list.length)]
const sizes = [1, 2, 3, 4, 5, 7, 16, 17, 31, 33, 64, 70]
const odd = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.5, 1, 2, 3, 5, 17, 100, 2 ** 31, 2 ** 53, 1e300]

/** A layer that records one call beside an output that does not depend on it. */
class Odd extends Layer {
  type = 'Odd'
  outputs = 3
  constructor(kernel, state, inputs) {
    super()
    this.kernel = kernel
    this.state = state
    this.inputs = inputs
  }
  get parameters() {
    return this.state.parameters
  }
  bind(inputs) {
    return new Odd(this.kernel, this.state, inputs)
  }
  options() {
    return {}
  }
  #output(record) {
    const output = record.empty(3)
    const x = record.empty(3)
    record.map({ inputs: {}, outputs: { x, output } }, () => ({ x: 0.5, output: 0.25 }))
    return output
  }
  forward(record, x) {
    this.state.foreign ??= record.empty(3)
    if (this.state.where === 'forward') this.state.record(record, x)
    return { output: this.#output(record), cache: { x } }
  }
  backward(record, { x }, _gradient, wantInputGradient) {
    if (this.state.where === 'backward') this.state.record(record, x)
    if (!wantInputGradient) return { inputGradient: undefined }
    const inputGradient = record.empty(this.inputs)
    record.map({ inputs: {}, outputs: { inputGradient } }, () => ({ inputGradient: 0 }))
    return { inputGradient }
  }
}

const start = { kind: 'uniform', a: -0.5, b: 0.5 }

/** Some call of the kernel: how its arguments are made in a recording, drawn once for all recordings of a model. */
function plan(kernel, broken) {
  const state = { parameters: [], where: any(['forward', 'backward', 'forward']) }
  const names = new Map()
  // What number arguments count; 0: left out, which is 1.
  const counts = new Map()
  const sizeOf = (size) => {
    if (typeof size === 'number') return size
    const [last, times] = size.split(' * ').reverse()
    if (times !== undefined) return Math.max(1, counts.get(times)) * sizeOf(last)
    if (counts.has(size)) return counts.get(size)
    if (!names.has(size)) names.set(size, any(sizes))
    return names.get(size)
  }
  for (const { name, value, optional } of kernel.arguments) {
    if (value === 'count') counts.set(name, optional && draw(2) === 0 ? 0 : any([1, 2, 3, 4]))
  }
  // Columns of equal parts: as many as a number of the call says.
  for (const { parts, shape } of kernel.arguments) {
    if (parts === undefined) continue
    const [count, each] = parts
    if (!counts.has(count)) counts.set(count, any([1, 2, 3, 4]))
    if (!names.has(shape[1])) names.set(shape[1], counts.get(count) * (each === undefined ? any(sizes) : sizeOf(each)))
  }
  const parameter = (rows, columns, panel) => {
    const role = `p${state.parameters.length}`
    const made =
      panel === 'weight'
        ? Parameter.weight(role, rows, columns, start)
        : new Parameter(role, rows === 1 ? [columns] : [rows, columns], panel, start)
    state.parameters.push(made)
    return made
  }
  const inArena = (made) => {
    const how = state.where === 'backward' ? any(['parameter', 'gradient', 'gradient']) : 'parameter'
    return (record) => record[how](made)
  }
  const typed = (type) => any([type ?? 'float32'].flat())
  const ofBatch = (columns, type) => (record, x) =>
    columns === x.columns && type === 'float32' && columns === 4 ? x : record.empty(columns, type)
  const fixed = (columns, type) => {
    if (type === 'float64' && columns === 2 && draw(2) === 0) return (record) => record.accumulator()
    if (type !== 'float32' || draw(3) === 0) return (record) => record.scratch(columns, columns, 0, type)
    return inArena(parameter(1, columns, draw(2)))
  }
  /** A tensor that the table says will do. */
  const fitting = (argument) => {
    const { shape, elements, type, layout, or } = argument
    if (or && draw(2) === 0) return fitting({ ...argument, ...or, or: undefined })
    const one = typed(type)
    if (elements !== undefined) {
      const count = sizeOf(elements)
      return layout === 'panels' ? inArena(parameter(1, count, 1)) : fixed(count, one)
    }
    const [rows, columns] = shape
    if (rows === 'order') return (record) => record.order()
    if (rows === 'batch' || rows === 'ordered') return ofBatch(sizeOf(columns), one)
    if (layout === 'transposed') {
      const [inputs, outputs] = [sizeOf(rows), sizeOf(columns)]
      const panel = any([8, 16, 24, 32, 48, 64])
      return (record) => record.scratch(Math.ceil(inputs / panel) * panel * outputs, outputs, panel, one)
    }
    if (layout === 'weight' || layout === 'tiles') return inArena(parameter(sizeOf(rows), sizeOf(columns), 'weight'))
    if (layout === 'panels') return inArena(parameter(sizeOf(rows), sizeOf(columns), any([1, 3, 16])))
    if (sizeOf(rows) === 1) return fixed(sizeOf(columns), one)
    return inArena(parameter(sizeOf(rows), sizeOf(columns), 0))
  }
  const types = valuesOf('Type')
  const oddTensor = () => {
    const [a, b] = [any(sizes), any(sizes)]
    const slot = draw(3)
    const panel = any([0, 1, 2, 5, 16, 64])
    const offset = draw(40)
    const made = any([
      () => ofBatch(a, any(types)),
      () => ofBatch(a, 'float32'),
      () => (record) => record.scratch(a, b, panel, any(types)),
      () => fixed(a, any(types)),
      () => (record) => record.data(slot, a, any(types), draw(2) === 0),
      () => (record) => record.order(),
      () => (record) => record.accumulator(),
      () => inArena(parameter(a, b, panel)),
      () => inArena(parameter(a, b, 'weight')),
      () => (record) => record.range(any(['parameter', 'gradient', 'state']), offset, a, slot),
      () => () => state.foreign,
      () => () => ({ fields: {}, index: 0 }),
    ])()
    return made
  }
  const oddValue = ({ kind }) =>
    any([
      oddTensor,
      () => () => any(odd),
      () => () => undefined,
      () => () => any(['relu', 'none', null, {}]),
      () => (record) => record.stepNumber(),
    ])(kind)

  const given = new Map()
  for (const argument of kernel.arguments) {
    const { name, kind, optional, value } = argument
    if (counts.has(name) ? counts.get(name) === 0 : optional && draw(2) === 0) continue
    if (kind === 'tensor') given.set(name, fitting(argument))
    else if (kind === 'activation') given.set(name, () => any(valuesOf('Activation')))
    else if (kind === 'number') {
      const number = counts.has(name)
        ? counts.get(name)
        : Array.isArray(value)
          ? value[0] + draw(value[1] - value[0] + 1)
          : value.of !== undefined
            ? draw(value.to === undefined ? valuesOf(value.of).length : valuesOf(value.of).indexOf(value.to) + 1)
            : value === 'index'
              ? draw(3)
              : any([0, 0.5, 1])
      given.set(name, () => number)
    }
  }
  if (broken) {
    for (let changes = 1 + draw(2); changes > 0; --changes) {
      const argument = any(kernel.arguments)
      const others = [...given.keys()]
      if (argument.kind === 'tensor' && draw(4) === 0 && others.length > 1) {
        // The same tensor, or what lies over it.
        const other = any(others)
        given.set(argument.name, () => state.made.get(other))
      } else given.set(argument.name, argument.kind === 'tensor' && draw(5) > 0 ? oddTensor() : oddValue(argument))
    }
  }
  state.record = (record, x) => {
    state.made = new Map()
    for (const [name, make] of given) state.made.set(name, make(record, x))
    if (kernel.name.startsWith('map')) return recordMap(record, state.made)
    record[kernel.name](Object.fromEntries(state.made))
  }
  return state
}

/** A rule over the tensors of a map, which only `map` makes. */
function recordMap(record, made) {
  const part = (role) =>
    Object.fromEntries([...made].filter(([name, value]) => name.startsWith(role) && value !== undefined))
  const outputs = part('output')
  record.map({ inputs: part('input'), numbers: part('number'), outputs }, (given) => {
    const sum = Object.values(given).reduce((a, b) => a.plus(b).times(0.5), Object.values(given)[0] ?? 1)
    return Object.fromEntries(Object.keys(outputs).map((name) => [name, sum]))
  })
}

function run(state, kernel) {
  const odd = new Odd(kernel, state)
  const members = draw(4) === 0 ? 2 : 1
  const layers = [...(draw(2) === 0 ? [new Dense(4)] : []), odd, new Dense(2, { activation: 'softmax' })]
  const model =
    members === 1
      ? new Sequential(layers, { inputs: 4, seed: 1 })
      : new Population(layers, { inputs: 4, seed: 1, members })
  const rows = any([1, 3, 40])
  const x = Array.from({ length: rows }, (_, i) => [i / rows, 1, -1, i % 3])
  model.predictSync(x)
  model.fitSync(Dataset.from({ x, y: x.map((_, i) => i % 2) }), {
    loss: 'crossEntropy',
    epochs: 1,
    batchSize: any([1, 16, 'full']),
  })
}

const counts = Object.fromEntries(kernels.map(({ name }) => [name, 0]))
const [taken, refused] = [{ ...counts }, { ...counts }]
const failures = []
console.log(`seed ${seed}`)
for (let call = 0; call < calls; ++call) {
  const kernel = kernels[call % kernels.length]
  try {
    run(plan(kernel, draw(3) > 0), kernel)
    ++taken[kernel.name]
  } catch (error) {
    ++refused[kernel.name]
    const { code, message } = error
    if (options.only !== undefined) console.log(message)
    // What the table refuses is told with the layer and the kernel.
    const told =
      !/of the kernel/.test(message) || (/Odd/.test(message) && new RegExp(`kernel (${kernel.name}|map)`).test(message))
    if (!(error instanceof DeepblasError) || code === 'ERR_DEEPBLAS_INTERNAL' || !told) {
      failures.push(`${kernel.name}: ${error.stack}`.slice(0, 700))
    }
  }
}
for (const failure of failures.slice(0, 10)) console.log(failure)
console.log(JSON.stringify({ calls, taken, refused, failures }))
