import { describe, expect, it } from 'vitest'
import { monitorDirection } from '../../../lib/callbacks/monitor.js'

describe('monitorDirection', () => {
  it.each('accuracy precision recall f1 rocAuc averagePrecision matthews topK top5 r2'.split(' '))(
    'lets %s rise',
    (name) => {
      expect(monitorDirection(name, 'auto')).toBe('max')
      expect(monitorDirection(`validation.${name}`, 'auto')).toBe('max')
    },
  )

  it.each(
    (
      'loss logLoss brier meanSquaredError rootMeanSquaredError meanAbsoluteError medianAbsoluteError ' +
      'crossEntropy binaryCrossEntropy huber kullbackLeibler poisson hinge'
    ).split(' '),
  )('lets %s fall', (name) => {
    expect(monitorDirection(name, 'auto')).toBe('min')
    expect(monitorDirection(`validation.${name}`, 'auto')).toBe('min')
  })

  it('does as it is told', () => {
    expect(monitorDirection('loss', 'max')).toBe('max')
    expect(monitorDirection('accuracy', 'min')).toBe('min')
  })
})
