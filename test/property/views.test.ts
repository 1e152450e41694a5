/*
 * Views of other libraries, { data, shape, stride, offset }: one whose numbers are not row after row is refused wherever
 * arrays are taken, and one whose numbers are is read as it stands.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Dataset, Dense, Sequential } from '../../lib/index.js'

const strideNames = fc.constantFrom('stride', 'strides')
const sizes = fc.record({ rows: fc.integer({ min: 1, max: 5 }), columns: fc.integer({ min: 1, max: 5 }) })

function taken(view: { data: Float64Array; shape: number[] }): (() => unknown)[] {
  const [rows, columns] = view.shape as [number, number]
  const model = new Sequential([new Dense(1)], { inputs: columns, seed: 1 })
  return [
    () => Dataset.from({ x: view }),
    () => Dataset.from({ x: Array.from({ length: rows }, () => [1]), y: view }),
    () => model.predictSync(view),
  ]
}

test('a transposed view is refused, unless a row or a column is all there is', () => {
  fc.assert(
    fc.property(sizes, strideNames, ({ rows, columns }, name) => {
      const data = Float64Array.from({ length: rows * columns }, (_, i) => i)
      const view = { data, shape: [rows, columns], [name]: [1, rows], offset: 0 }
      const plain = rows === 1 || columns === 1
      for (const take of taken(view)) {
        if (plain) take()
        else
          expect(take).toThrow(new RegExp(`Expected \\[${columns}, 1\\], .*\\.${name} but received \\[1, ${rows}\\]`))
      }
    }),
  )
})

test('a view of rows is read as it stands, and one that starts later is refused', () => {
  fc.assert(
    fc.property(sizes, strideNames, fc.integer({ min: 1, max: 9 }), ({ rows, columns }, name, offset) => {
      const data = Float64Array.from({ length: rows * columns }, (_, i) => i)
      const view = { data, shape: [rows, columns], [name]: [columns, 1], offset: 0 }
      expect(Dataset.from({ x: view }).row(rows - 1)).toEqual(Float32Array.from(data.slice(-columns)))
      for (const take of taken({ ...view, data, ...{ offset } })) expect(take).toThrow('.offset but received')
    }),
  )
})
