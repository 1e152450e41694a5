import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Dataset } from '../../lib/index.js'
import { firstFeatures, rowsOf } from '../helpers/dataset-rows.js'

const seed = fc.nat(Number.MAX_SAFE_INTEGER)
/** Classes of rows; the first feature of a row is its number. */
const classes = fc.array(fc.nat(4), { minLength: 2, maxLength: 60 })
const fraction = fc.double({ min: 0.01, max: 0.99, noNaN: true })

const dataOf = (y: readonly number[]) =>
  Dataset.from({
    x: { data: Float32Array.from(y, (one, row) => row + one / 8), shape: [y.length, 1] },
    y: [...y],
    sampleWeights: y.map((_, row) => row + 1),
  })

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)

test('the parts of a split are disjoint and complete, and rows keep what is theirs', () => {
  fc.assert(
    fc.property(classes, fraction, seed, fc.boolean(), (y, share, by, stratified) => {
      const held = Math.round(y.length * share)
      fc.pre(held > 0 && held < y.length)
      const data = dataOf(y)
      const parts = data.split(share, { seed: by, stratified })
      expect(parts.map(({ rows }) => rows)).toEqual([y.length - held, held])
      const order = parts.flatMap(firstFeatures)
      expect(sorted(order)).toEqual(firstFeatures(data))
      const all = rowsOf(data)
      expect(parts.flatMap(rowsOf)).toEqual(order.map((first) => all[Math.floor(first)]))
    }),
  )
})

test('stratified: every class is less than one row from its share', () => {
  fc.assert(
    fc.property(classes, fraction, seed, (y, share, by) => {
      const held = Math.round(y.length * share)
      fc.pre(held > 0 && held < y.length)
      const data = dataOf(y)
      const [, part] = data.split(share, { seed: by, stratified: true })
      const counts = part.classCounts()
      for (const [one, count] of data.classCounts().entries()) {
        expect(Math.abs((counts[one] ?? 0) - count * share)).toBeLessThan(1)
      }
    }),
  )
})

test('a shuffle is a permutation', () => {
  fc.assert(
    fc.property(classes, seed, (y, by) => {
      const data = dataOf(y)
      const order = firstFeatures(data.shuffle({ seed: by }))
      expect(sorted(order)).toEqual(firstFeatures(data))
    }),
  )
})

test('batches, and slices put together, are the data set', () => {
  fc.assert(
    fc.property(classes, fc.integer({ min: 1, max: 70 }), fc.nat(60), (y, size, cut) => {
      const data = dataOf(y)
      const all = rowsOf(data)
      expect([...data.batch(size)].flatMap(rowsOf)).toEqual(all)
      const at = 1 + (cut % (y.length - 1))
      expect(rowsOf(data.slice(0, at).concat(data.slice(at)))).toEqual(all)
    }),
  )
})
