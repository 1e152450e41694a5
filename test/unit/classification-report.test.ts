import { expect, test } from 'vitest'
import { classificationReport, metrics } from '../../lib/index.js'

// Worked out by hand.
test('scores of every class, the confusion matrix, and what the accuracy is compared with', () => {
  const targets = [0, 1, 2, 2, 2, 0]
  const predicted = [0, 0, 2, 2, 1, 0]
  const report = classificationReport(targets, predicted, { labels: ['a', 'b', 'c'] })
  expect(report).toEqual({
    accuracy: 4 / 6,
    balancedAccuracy: (1 + 0 + 2 / 3) / 3,
    majority: { label: 'c', share: 0.5 },
    classes: [
      { label: 'a', precision: 2 / 3, recall: 1, f1: 0.8, support: 2 },
      { label: 'b', precision: 0, recall: 0, f1: 0, support: 1 },
      { label: 'c', precision: 1, recall: 2 / 3, f1: 0.8, support: 3 },
    ],
    confusion: [
      [2, 0, 0],
      [1, 0, 0],
      [0, 1, 2],
    ],
  })
  expect(report.confusion).toEqual(metrics.confusion(targets, predicted))
})

test('always the largest class: accuracy is its share, balanced accuracy one over the classes', () => {
  const targets = Array.from({ length: 300 }, (_, i) => Number(i % 60 === 0))
  const { accuracy, balancedAccuracy, majority } = classificationReport(targets, new Array<number>(300).fill(0))
  expect([accuracy, majority.share, balancedAccuracy]).toEqual([295 / 300, 295 / 300, 0.5])
})

test('a class without rows counts for nothing in the balanced accuracy; names; mistakes', () => {
  const report = classificationReport([0, 1], [0, 1], { labels: ['x', 'y', 'z'] })
  expect(report.balancedAccuracy).toBe(1)
  expect(report.classes[2]).toEqual({ label: 'z', precision: 0, recall: 0, f1: 0, support: 0 })
  const named = classificationReport(['no', 'yes', 'no'], ['no', 'no', 'no'])
  expect(named.classes.map(({ label, support }) => [label, support])).toEqual([
    ['no', 2],
    ['yes', 1],
  ])
  expect(() => classificationReport([0, 1, 2], [0, 1, 2], { labels: ['a'] })).toThrow(/labels/)
  expect(() => classificationReport([0, 1], [0])).toThrow(/predicted/)
})
