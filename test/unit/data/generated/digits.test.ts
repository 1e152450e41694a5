import { describe, expect, it } from 'vitest'
import { type DigitsOptions, digits } from '../../../../lib/data/generated/digits.js'

describe('digits', () => {
  it('gives pictures as bytes, with what a Dataset has to know about them', () => {
    const { x, y, labels, featureShape, scale } = digits({ samples: 30 })
    expect(x.data).toBeInstanceOf(Uint8Array)
    expect(x.shape).toEqual([30, 784])
    expect(x.data).toHaveLength(30 * 784)
    expect(y).toBeInstanceOf(Int32Array)
    expect(labels).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    expect(featureShape).toEqual([28, 28])
    expect(scale).toBe(1 / 255)
  })

  it('has every digit equally often, in random order', () => {
    const { y } = digits({ samples: 205 })
    const counts = new Array<number>(10).fill(0)
    for (const digit of y) counts[digit] = (counts[digit] ?? 0) + 1
    expect(counts).toEqual([21, 21, 21, 21, 21, 20, 20, 20, 20, 20])
    expect([...y.subarray(0, 10)]).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('depends on its options only', () => {
    expect(digits({ samples: 20, seed: 3 })).toEqual(digits({ samples: 20, seed: 3 }))
    const other = digits({ samples: 20, seed: 4 })
    expect(digits({ samples: 20, seed: 3 }).x.data).not.toEqual(other.x.data)
    expect(digits({ samples: 20, seed: 3 }).y).not.toEqual(other.y)
  })

  it('draws mostly paper, some ink, and no two pictures alike', () => {
    const { x } = digits({ samples: 200, seed: 1 })
    const seen = new Set<string>()
    for (let row = 0; row < 200; row++) {
      const picture = x.data.subarray(row * 784, (row + 1) * 784)
      const inked = picture.filter((value) => value > 100).length
      expect(inked).toBeGreaterThan(15)
      expect(inked).toBeLessThan(350)
      seen.add(picture.join())
    }
    expect(seen.size).toBe(200)
  })

  it('draws the digit that it says', () => {
    // The mean picture of each digit tells most of another set apart, though not nearly all.
    const train = digits({ samples: 1000, seed: 0 })
    const test = digits({ samples: 500, seed: 1 })
    const means = Array.from({ length: 10 }, () => new Float64Array(784))
    for (const [row, digit] of train.y.entries()) {
      const mean = means[digit] as Float64Array
      for (let i = 0; i < 784; i++) mean[i] = (mean[i] ?? 0) + (train.x.data[row * 784 + i] ?? 0) / 100
    }
    let right = 0
    for (const [row, digit] of test.y.entries()) {
      const distances = means.map((mean) =>
        mean.reduce((sum, value, i) => sum + (value - (test.x.data[row * 784 + i] ?? 0)) ** 2, 0),
      )
      if (distances.indexOf(Math.min(...distances)) === digit) right++
    }
    expect(right / 500).toBeGreaterThan(0.55)
    expect(right / 500).toBeLessThan(0.95)
  })

  it.each([8, 64])('draws pictures of %i pixels across', (size) => {
    const { x, featureShape } = digits({ samples: 10, size })
    expect(x.shape).toEqual([10, size * size])
    expect(featureShape).toEqual([size, size])
    const inked = x.data.filter((value) => value > 100).length / x.data.length
    expect(inked).toBeGreaterThan(0.03)
    expect(inked).toBeLessThan(0.4)
  })

  it.each<[unknown, RegExp]>([
    [{ samples: 0 }, /Expected positive integer for samples but received 0/],
    [{ seed: -1 }, /Expected non-negative integer for seed/],
    [{ size: 7 }, /Expected integer from 8 to 256 for size but received 7/],
    [{ sample: 5 }, /Did you mean 'samples'\?/],
    [5, /Expected plain object for the options of digits/],
  ])('refuses %o', (options, message) => {
    expect(() => digits(options as DigitsOptions)).toThrow(message)
  })
})
