import { describe, expect, it } from 'vitest'
import { renderEpochLine, renderProgressLine } from '../../../../lib/report/terminal/progress-line.js'

const STATE = {
  epoch: 13,
  epochs: 20,
  step: 60,
  stepsPerEpoch: 150,
  scores: [
    ['loss', 0.21339],
    ['accuracy', 0.9412],
  ],
  secondsLeft: 1.2,
} as const

describe('renderProgressLine', () => {
  it('tells epoch, share, step, scores and time left', () => {
    expect(renderProgressLine(STATE, { width: 120 })).toBe(
      'epoch 13/20 ━━━━━━━━━━━━          62 %  step  60/150  loss 0.2134  accuracy 0.9412  1.2 s left',
    )
  })

  it('has an ASCII form', () => {
    expect(renderProgressLine({ ...STATE, step: 90 }, { width: 120, ascii: true })).toBe(
      'epoch 13/20 ============>         63 %  step  90/150  loss 0.2134  accuracy 0.9412  1.2 s left',
    )
  })

  it.each([
    [86, 'epoch 13/20 ━━━━━━━       62 %  step  60/150  loss 0.2134  accuracy 0.9412  1.2 s left'],
    [80, 'epoch 13/20 ━━━━━━━━━━━━          62 %  step  60/150  loss 0.2134  1.2 s left'],
    [60, 'epoch 13/20 ━━━━━━━━━━╸        62 %  loss 0.2134  1.2 s left'],
    [45, 'epoch 13/20 ━━━━━━━━╸       62 %  loss 0.2134'],
    [30, 'epoch 13/20  62 %  loss 0.2134'],
    [20, 'epoch 13/20  62 %'],
    [10, 'epoch 13/2'],
  ])('fits %i columns', (width, line) => {
    expect(renderProgressLine(STATE, { width })).toBe(line)
  })

  it('is never wider than the terminal', () => {
    for (let width = 1; width < 130; width++) {
      expect(renderProgressLine(STATE, { width }).length).toBeLessThanOrEqual(width)
    }
  })

  it('needs neither scores nor a time', () => {
    const { scores: _, secondsLeft: __, ...bare } = STATE
    expect(renderProgressLine(bare, { width: 60 })).toBe('epoch 13/20 ━━━━━━━━━━━━          62 %  step  60/150')
  })

  it('shows all of the bar in colour, and the same text', () => {
    const line = renderProgressLine(STATE, { width: 120, colour: true })
    expect(line).toContain('\u001b[32m━━━━━━━━━━━━\u001b[39m\u001b[2m━━━━━━━━\u001b[22m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the control characters that have to go
    const text = line.replaceAll(/\u001b\[\d+m/g, '')
    expect(text.replaceAll(/━| /g, '')).toBe(renderProgressLine(STATE, { width: 120 }).replaceAll(/━| /g, ''))
  })

  it('is of all epochs, not of one', () => {
    const share = (epoch: number, step: number) =>
      / (\d+) %/.exec(renderProgressLine({ epoch, epochs: 10, step, stepsPerEpoch: 100 }))![1]
    expect([share(1, 0), share(1, 50), share(1, 100), share(2, 0), share(9, 99), share(10, 100)]).toEqual([
      '0',
      '5',
      '10',
      '10',
      '89',
      '100',
    ])
    expect(renderProgressLine({ epoch: 6, epochs: 10, step: 7, stepsPerEpoch: 0 })).toContain(' 50 %')
  })

  it('is full only at the end', () => {
    const at = (step: number) => renderProgressLine({ epoch: 1, epochs: 1, step, stepsPerEpoch: 1000 }, { width: 60 })
    expect(at(0)).toContain('  0 %')
    expect(at(999)).toContain(' 99 %')
    expect(at(1000)).toContain('━━━━━━━━━━━━━━━━━━━━ 100 %')
  })
})

describe('renderEpochLine', () => {
  it('tells what an epoch came to', () => {
    const scores = [['loss', 0.5] as const, ['validation.accuracy', 1] as const]
    expect(renderEpochLine(3, 20, scores, 75)).toBe('epoch  3/20  loss 0.5000  validation.accuracy 1.0000  1 min 15 s')
  })
})
