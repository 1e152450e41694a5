import { describe, expect, it } from 'vitest'
import type { GeneratedData } from '../../../../lib/data/generated/generated-data.js'
import { datasets } from '../../../../lib/data/generated/index.js'

const { flower, spirals, moons, circles } = datasets

function points({ x, y }: GeneratedData<Float32Array>): { x: number; y: number; label: number }[] {
  return [...y].map((label, row) => ({ x: x.data[2 * row] ?? 0, y: x.data[2 * row + 1] ?? 0, label }))
}

describe.each([
  ['flower', flower, 400, 2],
  ['spirals', spirals, 300, 3],
  ['moons', moons, 400, 2],
  ['circles', circles, 400, 2],
] as const)('%s', (_, make, samples, classes) => {
  it('gives two float32 features and a class per row', () => {
    const data = make()
    expect(data.x.data).toBeInstanceOf(Float32Array)
    expect(data.x.shape).toEqual([samples, 2])
    expect(data.x.data).toHaveLength(2 * samples)
    expect(data.y).toBeInstanceOf(Int32Array)
    expect(new Set(data.y)).toEqual(new Set(Array.from({ length: classes }, (__, i) => i)))
  })

  it('shares rows out evenly and mixes their order', () => {
    const { y } = make({ samples: 101 })
    for (let label = 0; label < classes; label++) {
      const count = y.filter((value) => value === label).length
      expect(Math.abs(count - 101 / classes)).toBeLessThan(1)
    }
    expect([...y]).not.toEqual([...y].sort((a, b) => a - b))
  })

  it('depends on its options only', () => {
    expect(make({ seed: 3 })).toEqual(make({ seed: 3 }))
    expect(make({ seed: 3 }).x.data).not.toEqual(make({ seed: 4 }).x.data)
  })

  it('refuses options out of range', () => {
    expect(() => make({ samples: 0 })).toThrow(/Expected positive integer for samples/)
    expect(() => make({ noise: -1 })).toThrow(/Expected finite number at least 0 for noise/)
    expect(() => make({ nose: 1 } as object)).toThrow(/Did you mean 'noise'\?/)
  })
})

describe('the curves, without noise', () => {
  it('flower: r = 4 sin(4 angle), one class on each side', () => {
    for (const { x, y, label } of points(flower({ noise: 0 }))) {
      // x = r sin(angle), y = r cos(angle); r may be negative, and then the angle is half a turn further.
      const angle = Math.atan2(x, y)
      expect(Math.abs(Math.hypot(x, y) - Math.abs(4 * Math.sin(4 * angle)))).toBeLessThan(1e-4)
      expect([0, 1]).toContain(label)
    }
    expect(flower().labels).toEqual(['red', 'blue'])
  })

  it('flower: an odd number of petals draws as many', () => {
    const radii = points(flower({ noise: 0, petals: 3, samples: 1000 })).map(({ x, y }) => Math.hypot(x, y))
    expect(Math.max(...radii)).toBeCloseTo(4, 3)
  })

  it('spirals: the angle grows with the radius, from a direction of its own for each class', () => {
    for (const { x, y, label } of points(spirals({ noise: 0, classes: 4, turns: 1.25 }))) {
      const radius = Math.hypot(x, y)
      const angle = 2 * Math.PI * (label / 4 + 1.25 * radius)
      expect(x).toBeCloseTo(radius * Math.sin(angle), 5)
      expect(y).toBeCloseTo(radius * Math.cos(angle), 5)
    }
  })

  it('moons: half circles around (0, 0) and (1, 0.5)', () => {
    for (const { x, y, label } of points(moons({ noise: 0 }))) {
      const distance = label === 0 ? Math.hypot(x, y) : Math.hypot(x - 1, y - 0.5)
      expect(distance).toBeCloseTo(1, 5)
      if (label === 0) expect(y).toBeGreaterThan(-1e-6)
      else expect(y).toBeLessThan(0.5 + 1e-6)
    }
  })

  it('circles: radius 1 outside, the factor inside', () => {
    for (const { x, y, label } of points(circles({ noise: 0, factor: 0.8 }))) {
      expect(Math.hypot(x, y)).toBeCloseTo(label === 0 ? 1 : 0.8, 5)
    }
  })

  it('have the noise asked for', () => {
    const off = points(circles({ noise: 0.1, samples: 4000 })).map(
      ({ x, y, label }) => Math.hypot(x, y) - (label === 0 ? 1 : 0.5),
    )
    const deviation = Math.sqrt(off.reduce((sum, value) => sum + value * value, 0) / off.length)
    expect(Math.abs(deviation - 0.1)).toBeLessThan(0.01)
  })

  it('can have a single row', () => {
    expect(moons({ samples: 1, noise: 0 }).x.data).toEqual(Float32Array.of(1, 0))
    expect(spirals({ samples: 1, noise: 0 }).y).toEqual(Int32Array.of(0))
  })
})

describe('options of their own', () => {
  it.each([0, 1, 1.5])('circles refuses the factor %d', (factor) => {
    expect(() => circles({ factor })).toThrow(/greater than 0 and less than 1 for factor/)
  })

  it('spirals refuses one arm and arms that do not turn', () => {
    expect(() => spirals({ classes: 1 })).toThrow(/Expected integer of at least 2 for classes/)
    expect(() => spirals({ turns: 0 })).toThrow(/greater than 0 for turns/)
  })

  it('flower refuses no petals', () => {
    expect(() => flower({ petals: 0 })).toThrow(/Expected positive integer for petals/)
  })
})
