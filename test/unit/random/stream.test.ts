import { describe, expect, it } from 'vitest'
import { philox4x32, RandomStream } from '../../../lib/random/stream.js'

/** Random123's tests/kat_vectors, the lines of philox4x32 with 10 rounds: counter, key, result. */
const KNOWN_ANSWERS: [number[], number[], number[]][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
]

function block(counter: number[], key: number[]): number[] {
  const output = new Uint32Array(4)
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter
  const [k0 = 0, k1 = 0] = key
  philox4x32(c0, c1, c2, c3, k0, k1, output)
  return [...output]
}

describe('philox4x32', () => {
  it.each(KNOWN_ANSWERS)('gives the known answer for counter %j and key %j', (counter, key, answer) => {
    expect(block(counter, key)).toEqual(answer)
  })
})

describe('RandomStream', () => {
  it('lays the substream out as the last counter word', () => {
    const words = new RandomStream(3, 4, 8, 5)
    expect(Array.from({ length: 4 }, () => words.uint32())).toEqual(block([2, 0, 4, 5], [3, 0]))
    expect(() => new RandomStream(0, 0, 0, 2 ** 32)).toThrow('substream')
  })

  it('lays seed, stream and position out as key and counter', () => {
    const seed = 7 * 2 ** 32 + 5
    const position = 4 * (3 * 2 ** 32 + 9)
    const stream = new RandomStream(seed, 11, position)
    const words = [stream.uint32(), stream.uint32(), stream.uint32(), stream.uint32()]
    expect(words).toEqual(block([9, 3, 11, 0], [5, 7]))
    expect(stream.uint32()).toBe(block([10, 3, 11, 0], [5, 7])[0])
  })

  it('goes on where another stream stood', () => {
    const whole = new RandomStream(3, 0)
    const words = Array.from({ length: 23 }, () => whole.uint32())
    for (const position of [0, 1, 4, 7, 22]) {
      expect(new RandomStream(3, 0, position).uint32()).toBe(words[position])
    }
    expect(whole.position).toBe(23)
  })

  it('gives other numbers for another seed and another stream', () => {
    const first = new RandomStream(1, 0).uint32()
    expect(new RandomStream(2, 0).uint32()).not.toBe(first)
    expect(new RandomStream(1, 1).uint32()).not.toBe(first)
  })

  it('draws uniform numbers in [0, 1) with mean 1/2 and variance 1/12', () => {
    const stream = new RandomStream(42, 0)
    const values = Array.from({ length: 20_000 }, () => stream.uniform())
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    const { mean, variance } = moments(values)
    expect(mean).toBeCloseTo(0.5, 2)
    expect(variance).toBeCloseTo(1 / 12, 2)
  })

  it('draws normal numbers with mean 0, variance 1 and the right tails', () => {
    const stream = new RandomStream(42, 1)
    const values = Array.from({ length: 40_000 }, () => stream.normal())
    const { mean, variance } = moments(values)
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(Math.abs(variance - 1)).toBeLessThan(0.03)
    const beyondTwo = values.filter((value) => Math.abs(value) > 2).length / values.length
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(0.005)
  })

  it('gives the n-th normal at position n, resumed or not', () => {
    const whole = new RandomStream(8, 2)
    const values = Array.from({ length: 9 }, () => whole.normal())
    expect(whole.position).toBe(9)
    for (let position = 0; position < 9; position++) {
      expect(new RandomStream(8, 2, position).normal()).toBe(values[position])
    }
  })

  it('never uses a word for a uniform number and again for a normal one', () => {
    const stream = new RandomStream(8, 2)
    const words = new RandomStream(8, 2)
    stream.uniform()
    const value = stream.normal()
    const [, , third, fourth] = [words.uint32(), words.uint32(), words.uint32(), words.uint32()]
    const radius = Math.sqrt(-2 * Math.log(((third as number) + 1) / 2 ** 32))
    expect(value).toBe(radius * Math.cos(2 * Math.PI * ((fourth as number) / 2 ** 32)))
  })

  it('draws every integer below a bound about as often', () => {
    const stream = new RandomStream(5, 0)
    const counts = new Array<number>(7).fill(0)
    for (let i = 0; i < 14_000; i++) {
      const value = stream.integer(7)
      counts[value] = (counts[value] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200)
  })

  it('redraws a word that would favour some integers', () => {
    // With 3 * 2^30 a quarter of all words is redrawn.
    const stream = new RandomStream(5, 0)
    let low = 0
    for (let i = 0; i < 4000; i++) if (stream.integer(3 * 2 ** 30) < 2 ** 30) low++
    expect(stream.position).toBeGreaterThan(5000)
    expect(Math.abs(low / 4000 - 1 / 3)).toBeLessThan(0.03)
  })

  it('takes the bounds 1 and 2^32', () => {
    const stream = new RandomStream(5, 0)
    expect(stream.integer(1)).toBe(0)
    expect(stream.integer(2 ** 32)).toBe(new RandomStream(5, 0, 1).uint32())
    for (const below of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) expect(() => stream.integer(below)).toThrow(/for below/)
  })

  it('shuffles plain and typed arrays in place, repeatably', () => {
    const plain = Array.from({ length: 50 }, (_, i) => i)
    const shuffled = new RandomStream(1, 3).shuffle(plain)
    expect(shuffled).toBe(plain)
    expect(shuffled).not.toEqual(Array.from({ length: 50 }, (_, i) => i))
    expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
    const typed = new RandomStream(1, 3).shuffle(Int32Array.from({ length: 50 }, (_, i) => i))
    expect([...typed]).toEqual(shuffled)
  })

  it('reaches each order of three about as often', () => {
    const stream = new RandomStream(9, 0)
    const counts = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const order = stream.shuffle([0, 1, 2]).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130)
  })

  it.each([-1, 1.5, 2 ** 53, Number.NaN])('refuses the seed %d', (seed) => {
    expect(() => new RandomStream(seed, 0)).toThrow(/Expected non-negative integer for seed but received/)
  })

  it('refuses a stream of more than 32 bits', () => {
    expect(() => new RandomStream(0, 2 ** 32)).toThrow(/for stream/)
  })
})

function moments(values: number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, variance }
}
