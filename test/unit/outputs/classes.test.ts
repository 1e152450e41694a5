import { describe, expect, test } from 'vitest'
import { indexOfLargest } from '../../../lib/extremes.js'
import { loss } from '../../../lib/losses/names.js'
import { areOneHot, classOfOneHot, classOfOutputs, targetsFor } from '../../../lib/outputs/classes.js'
import { scoresOfOutputs } from '../../../lib/outputs/scores.js'
import {
  bringInUnits,
  factorOfUnits,
  inUnits,
  predictionsInUnits,
  scaledTarget,
  targetsInUnits,
} from '../../../lib/outputs/units.js'
import { atOnce, ELEMENTS_OF_STEP } from '../../../lib/turns.js'

describe('the largest of a row', () => {
  test('of equal ones the first, counted from where the row begins', () => {
    expect(indexOfLargest([3, 1, 4, 4, 2])).toBe(2)
    expect(indexOfLargest([9, 1, 4, 4, 2], 1, 5)).toBe(1)
  })

  test('one output goes by the threshold, which it must be above', () => {
    expect([0.4, 0.5, 0.6].map((output) => classOfOutputs([output], 0, 1, 0.5))).toEqual([0, 0, 1])
    expect(classOfOutputs([7, 0.1, 0.2, 0.7], 1, 3, 0.5)).toBe(2)
  })

  test('outputs that are no candidates are no answer', () => {
    expect(classOfOutputs([0.1, 0.2, 0.7], 0, 3, 0.5, 2)).toBe(1)
    expect(classOfOutputs([0.1, 0.2, 0.7], 0, 3, 0.5, 1)).toBe(0)
  })
})

describe('the class of targets', () => {
  test.each([
    [[0, 1, 0], 1],
    [[0, 0, 0], -1],
    [[1, 1, 0], -1],
    [[0.5, 0.5, 0], -1],
    [[0, Number.NaN, 1], -1],
  ])('one-hot %j', (row, expected) => {
    expect(classOfOneHot([9, ...row], 1, row.length)).toBe(expected)
  })

  test('values are classes where all rows are', () => {
    const of = (data: number[], columns: number, task: 'binary' | 'classes') =>
      atOnce(areOneHot({ data, rows: data.length / columns, columns }, task))
    expect(of([0, 1, 1], 1, 'binary')).toBe(true)
    expect(of([0, 1, 2], 1, 'binary')).toBe(false)
    expect(of([0, 1, 1, 0], 2, 'classes')).toBe(true)
    expect(of([0, 1, 1, 1], 2, 'classes')).toBe(false)
  })

  test('as metrics read them', () => {
    const table = (data: number[], columns: number) => ({ data, rows: data.length / columns, columns })
    const [entropy, hinge] = [loss('loss', 'crossEntropy'), loss('loss', 'hinge')]
    expect([...targetsFor(table([0.2, 0.8, 0.5, 0.5], 2), entropy, 'classes')]).toEqual([1, 0])
    expect([...targetsFor(table([2, 0], 1), entropy, 'classes')]).toEqual([2, 0])
    expect([...targetsFor(table([-1, 1, 0], 1), hinge, 'binary')]).toEqual([0, 1, 0])
    expect([...targetsFor(table([0.4, 0.6], 1), loss('loss', 'binaryCrossEntropy'), 'binary')]).toEqual([0, 1])
    expect([...targetsFor(table([-3, 0.25], 1), loss('loss', 'meanSquaredError'), 'values')]).toEqual([-3, 0.25])
  })
})

test('outputs as probabilities, rates and values', () => {
  const logits = Float32Array.of(0, Math.log(3), 1000, 0)
  const [a, b, c, d] = scoresOfOutputs(logits, 'logits', 'classes', 2)
  expect([a, b].map((p) => p!.toFixed(6))).toEqual(['0.250000', '0.750000'])
  // Large logits do not overflow.
  expect([c, d]).toEqual([1, 0])
  expect([...scoresOfOutputs(Float32Array.of(0), 'logits', 'binary', 1)]).toEqual([0.5])
  expect([...scoresOfOutputs(Float32Array.of(0), 'logProbabilities', 'classes', 1)]).toEqual([1])
  expect([...scoresOfOutputs(Float32Array.of(0), 'logRates', 'values', 1)]).toEqual([1])
  expect([...scoresOfOutputs(Float32Array.of(-2), 'values', 'values', 1)]).toEqual([-2])
})

describe('units of targets', () => {
  const units = { mean: 10, deviation: 4 }

  test('there and back', () => {
    expect(inUnits(0.5, units)).toBe(12)
    expect(scaledTarget(12, units)).toBe(0.5)
    for (const inTheirUnits of [targetsInUnits, predictionsInUnits]) {
      expect([...inTheirUnits(Float64Array.of(0, 1), units)]).toEqual([10, 14])
      expect([...inTheirUnits(Float64Array.of(0, 1), undefined)]).toEqual([0, 1])
    }
  })

  test('bounds hold for predictions, not for targets', () => {
    const within = { ...units, min: 6, max: 11 }
    const outputs = () => Float64Array.of(-2, -1, 0, 0.5, Number.NaN)
    expect([...predictionsInUnits(outputs(), within)]).toEqual([6, 6, 10, 11, Number.NaN])
    expect([...targetsInUnits(outputs(), within)]).toEqual([2, 6, 10, 12, Number.NaN])
  })

  test('many outputs are brought in units step by step, each once', () => {
    const outputs = new Float32Array(2 * ELEMENTS_OF_STEP + 1).fill(1)
    const steps = bringInUnits(outputs, units, inUnits)
    let pauses = 0
    while (steps.next().done !== true) pauses++
    expect(pauses).toBe(2)
    expect(outputs.every((value) => value === 14)).toBe(true)
  })

  test('distances, squares and shares', () => {
    expect(([0, 1, 2] as const).map((power) => factorOfUnits(units, power))).toEqual([1, 4, 16])
    expect(factorOfUnits(undefined, 2)).toBe(1)
  })
})
