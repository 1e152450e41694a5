// What runs read of a data set, which users do not get: its forms are made once.
import { expect, test } from 'vitest'
import { asDataset, forRuns } from '../../../../lib/data/dataset/dataset.js'
import { Dataset, Encoder, Table } from '../../../../lib/index.js'

const bytes = () =>
  Dataset.from({ x: { data: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] }, y: ['a', 'b', 'a'] }, { scale: 0.5 })

test('users find on a data set what they call, and nothing that runs call', () => {
  const names = Object.getOwnPropertyNames(Dataset.prototype).filter((name) => name !== 'constructor')
  expect(names.sort()).toEqual([
    'augment',
    'batch',
    'classCounts',
    'concat',
    'encoder',
    'featureShape',
    'features',
    'hasTargets',
    'inputs',
    'labels',
    'map',
    'notes',
    'row',
    'rows',
    'sampleWeights',
    'shuffle',
    'slice',
    'split',
    'subset',
    'take',
    'target',
    'targetColumns',
    'toJSON',
    'type',
    'withSampleWeights',
  ])
})

test('the same rows are the same data set', () => {
  const data = bytes()
  expect(asDataset(forRuns(data))).toBe(data)
  const numbered = () => asDataset(forRuns(data).numberedBy(['b', 'a'], 1))
  expect(numbered()).toBe(numbered())
  expect([0, 1, 2].map((row) => numbered().target(row)[0])).toEqual([1, 0, 1])
  expect(asDataset(forRuns(data).numberedBy(['a', 'b'], 1))).toBe(data)
  const named = Dataset.from({ x: { first: [1, 2], second: [3, 4] } })
  const wanted = ['second', 'first'].map((name) => ({ name, columns: 1 }))
  const arranged = () => asDataset(forRuns(named).arranged('x', wanted))
  expect(arranged()).toBe(arranged())
  expect([...arranged().row(1)]).toEqual([4, 2])
})

test('features are converted to floats once for all forms of the same rows', () => {
  const data = bytes()
  const weighted = data.withSampleWeights([1, 2, 3])
  const numbered = forRuns(weighted).numberedBy(['b', 'a'], 1)
  const floats = forRuns(data).featureMatrix(true)
  expect(floats).not.toBe(forRuns(data).featureMatrix(false))
  expect(forRuns(weighted).featureMatrix(true)).toBe(floats)
  expect(numbered.featureMatrix(true)).toBe(floats)
  expect([...floats.row(1)]).toEqual([1.5, 2])
})

test('a matrix of targets is made once for a kind and a number of outputs', () => {
  const data = Dataset.from({ x: [[1], [2], [3]], y: [0, 1, 1] })
  const signs = forRuns(data).targetMatrix({ targetKind: 'signs' }, 1)
  expect(forRuns(data).targetMatrix({ targetKind: 'signs' }, 1)).toBe(signs)
  expect(forRuns(data).targetMatrix({ targetKind: 'values' }, 1)).not.toBe(signs)
  expect([0, 1, 2].map((row) => signs.matrix.row(row)[0])).toEqual([-1, 1, 1])
})

test('a data set keeps the encoder that made it until its features change', async () => {
  const table = Table.fromRows([
    { size: 1, city: 'Wien' },
    { size: 2, city: 'Graz' },
  ])
  const encoder = await Encoder.fit(table)
  const data = encoder.encode(table)
  expect(data.encoder).toBe(encoder)
  expect(data.subset([1]).encoder).toBe(encoder)
  expect(data.map((row) => row).encoder).toBeUndefined()
})
