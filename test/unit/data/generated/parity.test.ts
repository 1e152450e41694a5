import { describe, expect, it } from 'vitest'
import { parity } from '../../../../lib/data/generated/parity.js'

describe('parity', () => {
  it('is exclusive or with two bits', () => {
    const { x, y } = parity()
    expect(x.shape).toEqual([4, 2])
    expect(x.data).toEqual(Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1))
    expect(y).toEqual(Int32Array.of(0, 1, 1, 0))
  })

  it('has all rows, each with the oddness of its ones', () => {
    const { x, y } = parity({ bits: 5 })
    expect(x.shape).toEqual([32, 5])
    for (let row = 0; row < 32; row++) {
      const bits = [...x.data.subarray(5 * row, 5 * row + 5)]
      expect(Number.parseInt(bits.join(''), 2)).toBe(row)
      expect(y[row]).toBe(bits.reduce((sum, bit) => sum + bit, 0) % 2)
    }
  })

  it('draws different rows in random order', () => {
    const { x, y } = parity({ bits: 30, samples: 500, seed: 2 })
    expect(x.shape).toEqual([500, 30])
    const rows = Array.from({ length: 500 }, (_, row) => x.data.subarray(30 * row, 30 * row + 30).join(''))
    expect(new Set(rows).size).toBe(500)
    expect(rows).not.toEqual([...rows].sort())
    expect(Math.abs(y.reduce((sum, value) => sum + value, 0) - 250)).toBeLessThan(60)
    expect(parity({ bits: 30, samples: 500, seed: 2 })).toEqual({ x, y })
    expect(parity({ bits: 30, samples: 500, seed: 3 }).x.data).not.toEqual(x.data)
  })

  it('can draw every row there is', () => {
    const { x } = parity({ bits: 4, samples: 16 })
    const rows = Array.from({ length: 16 }, (_, row) => x.data.subarray(4 * row, 4 * row + 4).join(''))
    expect(new Set(rows).size).toBe(16)
  })

  it.each([
    [{ bits: 0 }, /Expected positive integer for bits/],
    [{ bits: 31 }, /Expected integer from 1 to 30 for bits but received 31/],
    [{ bits: 21 }, /from 1 to 20 without samples for bits .* All rows would be 2097152: give samples/],
    [{ bits: 3, samples: 9 }, /Expected integer from 1 to 8, .* for samples but received 9/],
    [{ bits: 3, seed: 0.5 }, /Expected non-negative integer for seed/],
    [{ bit: 3 } as object, /Did you mean 'bits'\?/],
  ])('refuses %o', (options, message) => {
    expect(() => parity(options)).toThrow(message)
  })
})
