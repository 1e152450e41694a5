import { expect, test } from 'vitest'
import { native } from '../../../lib/native/addon.js'
import { philox4x32, RandomStream } from '../../../lib/random/stream.js'

const seeds = [0, 1, 2, 42, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 7 * 2 ** 40 + 12_345, 2 ** 53 - 1]
const streams = [0, 1, 2, 3, 77, 2 ** 31, 2 ** 32 - 1]
const substreams = [0, 1, 2, 1000, 2 ** 31, 2 ** 32 - 1]

test('the native generator and that of the library give the same words', () => {
  for (const seed of seeds) {
    for (const stream of streams) {
      const words = native().randomWords(seed, stream, 0, 103)
      const own = new RandomStream(seed, stream)
      expect([...words], `seed ${seed}, stream ${stream}`).toEqual(Array.from({ length: 103 }, () => own.uint32()))
    }
  }
})

test('a substream is the fourth word of the counter', () => {
  const block = new Uint32Array(4)
  for (const seed of seeds) {
    for (const stream of streams) {
      for (const substream of substreams) {
        const words = native().randomWords(seed, stream, substream, 12)
        for (let at = 0; at < 3; at++) {
          philox4x32(at, 0, stream, substream, seed % 2 ** 32, Math.floor(seed / 2 ** 32), block)
          expect([...words.slice(4 * at, 4 * at + 4)]).toEqual([...block])
        }
      }
    }
  }
})

test('the native words of seed 0 are the known answer of Philox 4x32-10', () => {
  // Random123's kat_vectors: counter 0 0 0 0, key 0 0.
  expect([...native().randomWords(0, 0, 0, 4)]).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8])
})

test('streams, substreams and seeds share no word by place', () => {
  const first = native().randomWords(1, 1, 0, 1000)
  for (const other of [
    native().randomWords(2, 1, 0, 1000),
    native().randomWords(1, 2, 0, 1000),
    native().randomWords(1, 1, 1, 1000),
  ]) {
    expect(first.some((word, i) => word === other[i])).toBe(false)
  }
})

test('initial weights are the same numbers in every layout of the weight', () => {
  const { Arena } = native()
  const draw = (panel: number, kind: 1 | 2) => {
    const arena = new Arena(64 * 40, 1)
    arena.fill(0, 0, 33, 40, panel, kind, -1, 1, 9, 4)
    return arena.read(0, 0, 33, 40, panel)
  }
  for (const kind of [1, 2] as const) {
    const expected = draw(33, kind)
    for (const panel of [4, 16, 32, 64]) expect(draw(panel, kind)).toEqual(expected)
    expect(new Set(expected).size).toBeGreaterThan(1300)
  }
})
