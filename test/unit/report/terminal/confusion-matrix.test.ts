import { describe, expect, it } from 'vitest'
import { DeepblasError } from '../../../../lib/errors.js'
import { renderConfusionMatrix } from '../../../../lib/report/terminal/confusion-matrix.js'

describe('renderConfusionMatrix', () => {
  it('has true classes down, predicted ones across, and each recall', () => {
    const text = renderConfusionMatrix([Float64Array.of(50, 3), [4, 43]], { labels: ['cat', 'dog'] })
    expect(text.split('\n')).toEqual([
      'true ╲ predicted  cat  dog  recall',
      '──────────────────────────────────',
      'cat                50    3  94.3 %',
      'dog                 4   43  91.5 %',
      'accuracy 93.0 %: 93 of 100 right',
    ])
  })

  it('names classes by index and has no recall for a class without rows', () => {
    const text = renderConfusionMatrix(
      [
        [1, 0],
        [0, 0],
      ],
      { ascii: true },
    )
    expect(text.split('\n')).toEqual([
      'true \\ predicted  0  1   recall',
      '-------------------------------',
      '0                 1  0  100.0 %',
      '1                 0  0        -',
      'accuracy 100.0 %: 1 of 1 right',
    ])
  })

  it('has no accuracy of nothing', () => {
    expect(renderConfusionMatrix([[0]])).not.toContain('accuracy')
  })

  it('shows right and wrong in colour', () => {
    const text = renderConfusionMatrix(
      [
        [7, 2],
        [0, 9],
      ],
      { colour: true },
    )
    expect(text).toContain('\u001b[32m7\u001b[39m')
    expect(text).toContain('\u001b[31m2\u001b[39m')
    expect(text).toContain('\u001b[2m0\u001b[22m')
  })

  it('refuses counts that are not square and labels that do not fit', () => {
    expect(() =>
      renderConfusionMatrix([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toThrow(/Expected 2 columns in row 0 .* received 3/)
    const call = () => renderConfusionMatrix([[1]], { labels: ['a', 'b'] })
    expect(call).toThrow(/Expected 1 labels, one per class of the confusion matrix, but received 2/)
    expect(call).toThrow(DeepblasError)
  })
})
