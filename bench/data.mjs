// Random numbers that every contender makes for itself, in JavaScript and Python alike: the n-th number is a hash of n
// and a seed, so the same seed gives the same data everywhere, whole arrays at a time.
import { rowsOfMember } from './workloads.mjs'

/** 32 random bits from a number's place (Prospecting for hash functions, lowbias32). */
function hash(place) {
  let x = place >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

const place = (seed, index) => (Math.imul(seed, 0x9e3779b1) + index) >>> 0

/** Float32Array of numbers in [low, high), of 24 random bits each. */
export function uniform(count, seed, low = 0, high = 1) {
  const values = new Float32Array(count)
  for (let i = 0; i < count; i++) values[i] = low + ((high - low) * (hash(place(seed, i)) >>> 8)) / 2 ** 24
  return values
}

/** Uint8Array of random bytes. */
export function bytes(count, seed) {
  const values = new Uint8Array(count)
  for (let i = 0; i < count; i++) values[i] = hash(place(seed, i)) >>> 24
  return values
}

/** Int32Array of classes; the first rows have one of each, so that every class occurs. */
export function classes(count, classCount, seed) {
  const values = new Int32Array(count)
  for (let i = 0; i < count; i++) values[i] = i < classCount ? i : (hash(place(seed, i)) >>> 8) % classCount
  return values
}

/** A workload's rows: x as Float32Array or Uint8Array (read as value / 255), y as classes or as 0 and 1. */
export function dataOf(workload) {
  const { rows, inputs, type, loss } = workload
  const outputs = workload.layers.at(-1)
  const x = type === 'uint8' ? bytes(rows * inputs, 1) : uniform(rows * inputs, 1)
  const y = classes(rows, loss === 'crossEntropy' ? outputs : 2, 2)
  return { x, y }
}

/** The same x for a contender that has only floats. */
export function asFloats(x) {
  if (x instanceof Float32Array) return x
  const floats = new Float32Array(x.length)
  for (let i = 0; i < x.length; i++) floats[i] = x[i] / 255
  return floats
}

/**
 * Initial weights (outputs, inputs) and biases of each layer: He's uniform limits, zeros.
 *
 * @returns {{ inputs: number, outputs: number, weight: Float32Array, bias: Float32Array }[]}
 */
export function weightsOf(workload, member = 0) {
  const sizes = [workload.inputs, ...workload.layers]
  return workload.layers.map((outputs, layer) => {
    const inputs = sizes[layer]
    const limit = Math.sqrt(6 / inputs)
    const weight = uniform(outputs * inputs, 100 + layer + 1000 * member, -limit, limit)
    return { inputs, outputs, weight, bias: new Float32Array(outputs) }
  })
}

/** The parameters of a TabM-mini ensemble, by deepblas's names: factors that are signs, shared layers, a head each. */
export function tabMWeightsOf(workload) {
  const { inputs, layers, tabM: members } = workload
  const scale = uniform(members * inputs, 99).map((value) => (value < 0.5 ? -1 : 1))
  const shared = weightsOf(workload).slice(0, -1)
  const heads = Array.from({ length: members }, (_, member) => weightsOf(workload, member).at(-1))
  const all = (name) => Float32Array.from(heads.flatMap((head) => Array.from(head[name])))
  const last = layers.length
  return [
    { name: 'layers.0.scale', shape: [members, inputs], data: scale },
    ...shared.flatMap(({ inputs: from, outputs: to, weight, bias }, at) => [
      { name: `layers.${at + 1}.weight`, shape: [to, from], data: weight },
      { name: `layers.${at + 1}.bias`, shape: [to], data: bias },
    ]),
    { name: `layers.${last}.weight`, shape: [members * layers.at(-1), layers.at(-2)], data: all('weight') },
    { name: `layers.${last}.bias`, shape: [members * layers.at(-1)], data: all('bias') },
  ]
}

/** A seeded stream for shuffles. */
export function stream(seed) {
  let state = seed >>> 0
  return () => hash(state++)
}

/** Puts an Int32Array in random order, in place. */
export function shuffle(order, next) {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor((next() / 2 ** 32) * (last + 1))
    const held = order[last]
    order[last] = order[other]
    order[other] = held
  }
}

/** Rows of each step of an endless run: a fresh order each epoch, of its own for each member; a full batch as it is. */
export function batches(workload, shuffled = true, member = 0) {
  const { rows, batch } = workload
  if (batch >= rows) return () => undefined
  const order = rowsOfMember(workload, member)
  const next = stream(7 + member)
  let at = order.length
  return () => {
    if (at >= order.length) {
      if (shuffled) shuffle(order, next)
      at = 0
    }
    const taken = order.subarray(at, at + batch)
    at += batch
    return taken
  }
}
