import { describe, expect, it } from 'vitest'
import type { EpochResult, FitInfo, Progress } from '../../../lib/callbacks/callback.js'
import { ProgressBar, type ProgressBarOptions, type ProgressStream } from '../../../lib/callbacks/progress-bar.js'

const INFO: FitInfo = { epochs: 2, stepsPerEpoch: 100, batchSize: 32, rows: 3200, parameters: 10 }
const FIRST: EpochResult = {
  epoch: 1,
  loss: 0.5,
  accuracy: 0.75,
  learningRate: 0.001,
  seconds: 1.5,
  validation: { loss: 0.625, accuracy: 0.5 },
}
const SECOND: EpochResult = { ...FIRST, epoch: 2, loss: 0.25 }

class FakeStream implements ProgressStream {
  readonly isTTY: boolean
  columns = 100
  readonly written: string[] = []

  constructor(isTTY: boolean) {
    this.isTTY = isTTY
  }

  write(text: string): boolean {
    this.written.push(text)
    return true
  }

  hasColors(): boolean {
    return true
  }
}

function at(epoch: number, step: number, seconds: number): Progress {
  return { epoch, epochs: 2, step, stepsPerEpoch: 100, totalStep: (epoch - 1) * 100 + step, loss: 0.4, seconds }
}

describe('ProgressBar on a terminal', () => {
  it('redraws one line, at most ten times a second', () => {
    const stream = new FakeStream(true)
    const bar = new ProgressBar({ stream, colour: false })
    bar.onFitStart(INFO)
    for (let step = 1; step <= 100; step++) bar.onProgress(at(1, step, step / 100))
    expect(stream.written.length).toBeGreaterThan(5)
    expect(stream.written.length).toBeLessThanOrEqual(11)
    expect(stream.written.every((text) => text.startsWith('\r\u001b[K') && !text.includes('\n'))).toBe(true)
  })

  it('shows the running loss, then also the scores of the last epoch', () => {
    const stream = new FakeStream(true)
    const bar = new ProgressBar({ stream, colour: false, width: 150 })
    bar.onFitStart(INFO)
    bar.onProgress({ ...at(1, 0, 0), loss: undefined })
    bar.onProgress(at(1, 50, 1))
    bar.onEpochEnd(FIRST)
    bar.onProgress(at(2, 25, 2.5))
    expect(stream.written.map((text) => text.slice(4))).toEqual([
      'epoch 1/2                        0 %  step   0/100',
      'epoch 1/2 ━━━━━                 25 %  step  50/100  loss 0.4000  3.0 s left',
      'epoch 2/2 ━━━━━━━━━━━━╸         62 %  step  25/100  loss 0.4000  accuracy 0.7500  validation.loss 0.6250  ' +
        'validation.accuracy 0.5000  1.5 s left',
    ])
  })

  it('follows the width of the terminal and leaves its last column free', () => {
    const stream = new FakeStream(true)
    const bar = new ProgressBar({ stream, colour: false })
    bar.onFitStart(INFO)
    stream.columns = 50
    bar.onProgress(at(1, 50, 1))
    expect(stream.written[0]?.slice(4).length).toBeLessThan(50)
  })

  it('ends with a line that stays', () => {
    const stream = new FakeStream(true)
    const bar = new ProgressBar({ stream, width: 160 })
    bar.onFitStart(INFO)
    bar.onProgress(at(1, 50, 1))
    expect(stream.written[0]).toContain('\u001b[32m')
    bar.onEpochEnd(FIRST)
    bar.onEpochEnd(SECOND)
    bar.onFitEnd({ epochs: [FIRST, SECOND], stopped: 'early', best: { epoch: 1, value: 0.625 } })
    expect(stream.written.at(-1)).toBe(
      '\r\u001b[Kepoch 2/2  loss 0.2500  accuracy 0.7500  validation.loss 0.6250  validation.accuracy 0.5000  3.0 s' +
        '  stopped early, best epoch 1, validation.loss 0.6250\n',
    )
  })

  it('puts what is too long for the last line below it', () => {
    const stream = new FakeStream(true)
    const bar = new ProgressBar({ stream, width: 60, colour: false })
    bar.onFitStart(INFO)
    bar.onFitEnd({ epochs: [FIRST], stopped: 'early', best: { epoch: 1, value: 0.625 } })
    expect(stream.written.at(-1)!.slice(4).split('\n')).toEqual([
      'epoch 1/2  loss 0.5000  accuracy 0.7500  validation.loss',
      '0.6250  validation.accuracy 0.5000  1.5 s',
      'stopped early, best epoch 1, validation.loss 0.6250',
      '',
    ])
  })

  it('clears its line if there was no epoch', () => {
    const stream = new FakeStream(true)
    const bar = new ProgressBar({ stream })
    bar.onFitStart(INFO)
    bar.onFitEnd({ epochs: [], stopped: 'early' })
    expect(stream.written).toEqual(['\r\u001b[K'])
  })
})

describe('ProgressBar elsewhere', () => {
  it('writes one plain line per epoch and nothing between', () => {
    const stream = new FakeStream(false)
    const bar = new ProgressBar({ stream })
    bar.onFitStart(INFO)
    bar.onProgress(at(1, 50, 1))
    bar.onEpochEnd(FIRST)
    bar.onProgress(at(2, 50, 2))
    bar.onEpochEnd(SECOND)
    bar.onFitEnd({ epochs: [FIRST, SECOND], stopped: 'completed' })
    const scores = 'accuracy 0.7500  validation.loss 0.6250  validation.accuracy 0.5000'
    expect(stream.written).toEqual([
      `epoch 1/2  loss 0.5000  ${scores}  1.5 s\n`,
      `epoch 2/2  loss 0.2500  ${scores}  1.5 s\n`,
    ])
  })

  it('names the best epoch and its loss, stopped or not', () => {
    const { validation: _, ...plain } = FIRST
    for (const [epochs, text] of [
      [[FIRST, SECOND], 'best epoch 1, validation.loss 0.6250\n'],
      [[plain, SECOND], 'best epoch 1, loss 0.5000\n'],
      [[SECOND], 'best epoch 1\n'],
    ] as const) {
      const stream = new FakeStream(false)
      const bar = new ProgressBar({ stream })
      bar.onFitStart(INFO)
      bar.onFitEnd({ epochs, stopped: 'completed', best: { epoch: 1, value: 1 } })
      expect(stream.written).toEqual([text])
    }
  })

  it('draws with ASCII characters where asked', () => {
    const stream = new FakeStream(true)
    const bar = new ProgressBar({ stream, colour: false, ascii: true })
    bar.onFitStart(INFO)
    bar.onProgress(at(2, 50, 1))
    expect(stream.written[0]).toMatch(/^\r.\[Kepoch 2\/2 =+ +75 %/)
  })

  it('says that the training was stopped', () => {
    const stream = new FakeStream(false)
    const bar = new ProgressBar({ stream })
    bar.onFitStart(INFO)
    bar.onEpochEnd(FIRST)
    bar.onFitEnd({ epochs: [FIRST], stopped: 'early', best: { epoch: 1, value: 1 } })
    expect(stream.written.at(-1)).toBe('stopped early, best epoch 1, validation.loss 0.6250\n')
  })
})

describe('ProgressBar options', () => {
  it('goes to standard error by default', () => {
    expect(() => new ProgressBar()).not.toThrow()
  })

  it.each([[{ width: 0 }], [{ colour: 'red' }], [{ colours: true }]])('refuses %o', (options) => {
    expect(() => new ProgressBar(options as unknown as ProgressBarOptions)).toThrow(/^Expected/)
  })
})
