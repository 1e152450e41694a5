// The share of the machine's limit: what a step's arithmetic and its optimizer take at the least, by hand.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { root } from '../../helpers/program.js'

interface Net {
  readonly inputs: number
  readonly layers: readonly number[]
  readonly rows: number
  readonly batch: number
  readonly optimizer: 'sgd' | 'adam'
  readonly members?: number
  readonly tabM?: number
}

interface Peak {
  readonly allGflops: number
  readonly bandwidths?: readonly { readonly bytes: number; readonly gigabytesPerSecond: number }[]
}

const benchFile = async (name: string) => await import(pathToFileURL(join(root, 'bench', name)).href)
const { limitOf } = (await benchFile('limit.mjs')) as {
  limitOf(net: Net, peak: Peak): { seconds: number; arithmetic: number; optimizer: number } | undefined
}
const { flopOf, parametersOf } = (await benchFile('workloads.mjs')) as {
  flopOf(net: Net): number
  parametersOf(net: Net): number
}

const net: Net = { inputs: 10, layers: [20, 3], rows: 64, batch: 8, optimizer: 'adam' }
const peak: Peak = {
  allGflops: 2,
  bandwidths: [
    { bytes: 1000, gigabytesPerSecond: 100 },
    { bytes: 4000, gigabytesPerSecond: 30 },
    // Slower than what is larger: a disturbed measurement.
    { bytes: 8000, gigabytesPerSecond: 10 },
    { bytes: 16_000, gigabytesPerSecond: 20 },
  ],
}

describe('operations and parameters', () => {
  test('of one net: two products in the first layer, three in the others', () => {
    expect(parametersOf(net)).toBe(20 * 11 + 3 * 21)
    expect(flopOf(net)).toBe(8 * (2 * 2 * 10 * 20 + 3 * 2 * 20 * 3))
  })

  test('of a population: as many times', () => {
    expect(parametersOf({ ...net, members: 7 })).toBe(7 * parametersOf(net))
    expect(flopOf({ ...net, members: 7 })).toBe(7 * flopOf(net))
  })

  test('of TabM-mini: shared layers once, factors and heads for each member, and a gradient of the first inputs', () => {
    const many = { ...net, tabM: 4 }
    expect(parametersOf(many)).toBe(4 * 10 + 20 * 11 + 4 * 3 * 21)
    expect(flopOf(many)).toBe(4 * 8 * 3 * 2 * (10 * 20 + 20 * 3))
  })
})

describe('the limit of a step', () => {
  test('is its multiply-adds at the peak and one pass of Adam where 16 bytes a parameter lie', () => {
    // 283 parameters hold 4,528 bytes, of which the larger sizes tell that 20 GB/s can be had.
    const { arithmetic, optimizer, seconds } = limitOf(net, peak)!
    expect(arithmetic).toBeCloseTo((8 * 1160) / 2e9, 15)
    expect(optimizer).toBeCloseTo((283 * 28) / 20e9, 15)
    expect(seconds).toBe(arithmetic + optimizer)
  })

  test('takes the cache for SGD, which moves 12 bytes a parameter and holds 8', () => {
    // 2,264 bytes.
    expect(limitOf({ ...net, optimizer: 'sgd' }, peak)!.optimizer).toBeCloseTo((283 * 12) / 30e9, 15)
  })

  test('takes the last bandwidth beyond the largest size', () => {
    expect(limitOf({ ...net, members: 100 }, peak)!.optimizer).toBeCloseTo((28_300 * 28) / 20e9, 15)
  })

  test('is not known without bandwidths', () => {
    expect(limitOf(net, { allGflops: 2 })).toBeUndefined()
  })
})
