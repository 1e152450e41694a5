import { describe, expect, it } from 'vitest'
import type { EpochResult, FitInfo, HistoryView, Snapshot, TrainingHandle } from '../../../lib/callbacks/callback.js'
import { EarlyStopping, type EarlyStoppingOptions } from '../../../lib/callbacks/early-stopping.js'

const INFO: FitInfo = { epochs: 10, stepsPerEpoch: 1, batchSize: 1, rows: 1, parameters: 1 }

/** A training whose only parameter is the number of the epoch that it has last run. */
class FakeTraining implements TrainingHandle {
  learningRateFactor = 1
  readonly model = {}
  parameter = 0
  stopped: string | undefined
  alive = 0
  mostAlive = 0

  saveCheckpoint(): void {}

  stop(reason = ''): void {
    this.stopped = reason
  }

  snapshot(): Snapshot {
    this.alive++
    this.mostAlive = Math.max(this.mostAlive, this.alive)
    const snapshot = {
      parameter: this.parameter,
      release: () => {
        this.alive--
      },
    }
    return snapshot
  }

  restore(snapshot: Snapshot): void {
    this.parameter = (snapshot as unknown as { parameter: number }).parameter
  }
}

function result(epoch: number, validationLoss: number): EpochResult {
  const validation = { loss: validationLoss, accuracy: 1 - validationLoss / 10 }
  return { epoch, loss: 1 / epoch, accuracy: 0.5, learningRate: 0.1, seconds: 0.01, validation }
}

/** Runs epochs with these validation losses until the callback stops it, as `fit` would. */
function run(callback: EarlyStopping, losses: number[]) {
  const training = new FakeTraining()
  const epochs: EpochResult[] = []
  callback.onFitStart(INFO, training)
  for (const [index, loss] of losses.entries()) {
    training.parameter = index + 1
    epochs.push(result(index + 1, loss))
    callback.onEpochEnd(epochs[index] as EpochResult, training)
    if (training.stopped !== undefined) break
  }
  const history: HistoryView = { epochs, stopped: training.stopped === undefined ? 'completed' : 'early' }
  callback.onFitEnd(history, training)
  return { training, history }
}

describe('EarlyStopping', () => {
  it('asks to see every epoch', () => {
    expect(new EarlyStopping().needs).toBe('epoch')
  })

  it('stops after `patience` epochs without improvement and restores the best', () => {
    const { training, history } = run(new EarlyStopping({ patience: 2 }), [3, 1, 2, 1.5, 0, 0])
    expect(history.epochs).toHaveLength(4)
    expect(history.best).toEqual({ epoch: 2, value: 1 })
    expect(training.parameter).toBe(2)
    expect(training.stopped).toBe('validation.loss has not improved on 1 for 2 epochs')
  })

  it('restores the best when training runs to its end', () => {
    const { training, history } = run(new EarlyStopping({ patience: 5 }), [3, 1, 2, 2])
    expect(history.stopped).toBe('completed')
    expect(history.best).toEqual({ epoch: 2, value: 1 })
    expect(training.parameter).toBe(2)
  })

  it('starts counting again at each improvement', () => {
    const { history } = run(new EarlyStopping({ patience: 2 }), [5, 6, 4, 6, 3, 6, 2])
    expect(history.stopped).toBe('completed')
    expect(history.best).toEqual({ epoch: 7, value: 2 })
  })

  it('keeps one snapshot at a time and none at the end', () => {
    const { training } = run(new EarlyStopping(), [5, 4, 3, 2, 1])
    expect(training.mostAlive).toBe(1)
    expect(training.alive).toBe(0)
  })

  it('leaves the last parameters and copies nothing with restoreBest: false', () => {
    const { training, history } = run(new EarlyStopping({ restoreBest: false, patience: 1 }), [1, 2, 3])
    expect(training.stopped).toBe('validation.loss has not improved on 1 for 1 epoch')
    expect(training.parameter).toBe(2)
    expect(training.mostAlive).toBe(0)
    expect(history.best).toEqual({ epoch: 1, value: 1 })
  })

  it('counts an improvement only beyond minimumDelta', () => {
    const { history } = run(new EarlyStopping({ minimumDelta: 0.5, patience: 2 }), [3, 2.75, 2.5, 1])
    expect(history.best).toEqual({ epoch: 1, value: 3 })
    expect(history.epochs).toHaveLength(3)
    expect(run(new EarlyStopping({ minimumDelta: 0.5 }), [3, 2.25]).history.best?.epoch).toBe(2)
  })

  it('does not take an equal value for an improvement', () => {
    expect(run(new EarlyStopping({ patience: 1 }), [1, 1, 0]).history.epochs).toHaveLength(2)
  })

  it('lets accuracy rise and losses fall', () => {
    const rising = run(new EarlyStopping({ monitor: 'validation.accuracy', patience: 1 }), [3, 2, 4])
    expect(rising.history.best?.epoch).toBe(2)
    expect(rising.history.best?.value).toBeCloseTo(0.8)
    const forced = run(new EarlyStopping({ mode: 'max', patience: 1 }), [3, 4, 2])
    expect(forced.history.best).toEqual({ epoch: 2, value: 4 })
  })

  it('takes NaN for no improvement, first or later', () => {
    const { history, training } = run(new EarlyStopping({ patience: 2 }), [2, Number.NaN, Number.NaN, 1])
    expect(history.best).toEqual({ epoch: 1, value: 2 })
    expect(training.parameter).toBe(1)
    const never = run(new EarlyStopping({ patience: 2 }), [Number.NaN, Number.NaN, 1])
    expect(never.history.best).toBeUndefined()
    expect(never.training.parameter).toBe(2)
    expect(never.training.stopped).toBe('validation.loss has had no value for 2 epochs')
  })

  it('stops at a baseline that is not beaten within patience, and keeps the best all the same', () => {
    const { history, training } = run(new EarlyStopping({ baseline: 0.5, patience: 3 }), [4, 3, 2, 1, 0])
    expect(history.epochs).toHaveLength(3)
    expect(history.best).toEqual({ epoch: 3, value: 2 })
    expect(training.parameter).toBe(3)
    expect(training.stopped).toBe('validation.loss has not been better than the baseline 0.5, at best 2, for 3 epochs')
  })

  it('goes on as without a baseline once it is beaten', () => {
    const { history } = run(new EarlyStopping({ baseline: 2.5, patience: 2 }), [3, 2, 4, 1, 4, 4, 0])
    expect(history.epochs).toHaveLength(6)
    expect(history.best).toEqual({ epoch: 4, value: 1 })
    // Equal is not better, and minimumDelta counts.
    expect(run(new EarlyStopping({ baseline: 2, patience: 2 }), [2, 2, 0]).history.epochs).toHaveLength(2)
    const delta = new EarlyStopping({ baseline: 2, minimumDelta: 0.5, patience: 2 })
    expect(run(delta, [1.75, 1.6, 0]).history.epochs).toHaveLength(2)
    const rising = new EarlyStopping({ monitor: 'validation.accuracy', baseline: 0.75, patience: 2 })
    expect(run(rising, [4, 2, 3, 3, 0]).history.best).toEqual({ epoch: 2, value: 0.8 })
  })

  it('keeps the first of equal epochs, or the last, which is no improvement for patience', () => {
    const losses = [3, 1, 1, 2, 1, 5]
    expect(run(new EarlyStopping({ patience: 5 }), losses).training.parameter).toBe(2)
    const { history, training } = run(new EarlyStopping({ patience: 3, ties: 'last' }), losses)
    expect(history.best).toEqual({ epoch: 5, value: 1 })
    expect(training.parameter).toBe(5)
    expect(history.epochs).toHaveLength(5)
    expect(training.alive).toBe(0)
    expect(new EarlyStopping({ ties: 'last' }).forMember().ties).toBe('last')
    expect(() => new EarlyStopping({ ties: 'middle' as never })).toThrow("one of 'first', 'last' for ties")
  })

  it('watches from an epoch on', () => {
    const { history, training } = run(new EarlyStopping({ startFromEpoch: 3, patience: 2 }), [0, 9, 5, 4, 6, 6, 0])
    expect(history.epochs).toHaveLength(6)
    expect(history.best).toEqual({ epoch: 4, value: 4 })
    expect(training.parameter).toBe(4)
    expect(() => new EarlyStopping({ startFromEpoch: 11 }).onFitStart(INFO, new FakeTraining())).toThrow(
      'Expected epoch from 1 to 10 for startFromEpoch but received 11',
    )
    expect(() => new EarlyStopping({ startFromEpoch: 0 })).toThrow('The first epoch is 1')
    expect(() => new EarlyStopping({ baseline: Number.NaN })).toThrow('baseline')
  })

  it('gives its members all of its options', () => {
    const member = new EarlyStopping({ baseline: 1, startFromEpoch: 4, restoreBest: false }).forMember()
    expect(member).toMatchObject({ baseline: 1, startFromEpoch: 4, restoreBest: false })
  })

  it('goes on after a resume as if nothing had happened, baseline and all', () => {
    const options = { baseline: 2.5, patience: 2, startFromEpoch: 2 }
    const losses = [9, 3, 2, 4, 1, 4, 4, 0]
    const whole = run(new EarlyStopping(options), losses)
    for (let at = 1; at < whole.history.epochs.length; at++) {
      const [before, after] = [new EarlyStopping(options), new EarlyStopping(options)]
      const training = new FakeTraining()
      const tell = (one: EarlyStopping, from: number, to: number) => {
        for (let i = from; i < to && training.stopped === undefined; i++)
          one.onEpochEnd(result(i + 1, losses[i]!), training)
      }
      before.onFitStart(INFO, training)
      tell(before, 0, at)
      after.onFitStart(INFO, training)
      after.restoreState(before.saveState())
      tell(after, at, losses.length)
      expect([after.best, training.stopped]).toEqual([whole.history.best, whole.training.stopped])
    }
  })

  it('can be used again, after an aborted fit too', () => {
    const callback = new EarlyStopping()
    const training = new FakeTraining()
    callback.onFitStart(INFO, training)
    callback.onEpochEnd(result(1, 0.1), training)
    expect(training.alive).toBe(1)
    const { history } = run(callback, [3, 2])
    expect(history.best).toEqual({ epoch: 2, value: 2 })
    expect(callback.best).toEqual({ epoch: 2, value: 2 })
    expect(training.alive).toBe(0)
  })

  it('lists what there is when the monitored number is not there', () => {
    const callback = new EarlyStopping({ monitor: 'validation.f1' })
    expect(() => callback.onEpochEnd(result(1, 1), new FakeTraining())).toThrow(
      "Expected a number called 'validation.f1' in the epoch's result for monitor but received only loss, accuracy, " +
        'learningRate, seconds, validation.loss, validation.accuracy. ' +
        'Monitor one of those, or ask fit for the metric.',
    )
  })

  it('says that validation data are missing', () => {
    const { validation: _, ...without } = result(1, 1)
    expect(() => new EarlyStopping().onEpochEnd(without as EpochResult, new FakeTraining())).toThrow(
      /received only loss, accuracy, learningRate, seconds\. Pass validation data to fit/,
    )
  })

  it('does not mistake a matrix or an inherited name for a number', () => {
    const training = new FakeTraining()
    const withMatrix = { ...result(1, 1), confusion: [[1]] }
    expect(() => new EarlyStopping({ monitor: 'confusion', mode: 'max' }).onEpochEnd(withMatrix, training)).toThrow(
      /'confusion'/,
    )
    expect(() => new EarlyStopping({ monitor: 'toString', mode: 'max' }).onEpochEnd(withMatrix, training)).toThrow(
      /'toString'/,
    )
  })

  it.each<[unknown, RegExp]>([
    [{ patience: 0 }, /Expected positive integer for patience but received 0/],
    [{ minimumDelta: -1 }, /Expected finite number at least 0 for minimumDelta/],
    [{ monitor: '' }, /for monitor but received ''/],
    [{ monitor: 3 }, /Expected string for monitor/],
    [{ mode: 'mim' }, /Did you mean 'min'\?/],
    [{ restoreBest: 'yes' }, /Expected boolean for restoreBest/],
    [{ pateince: 3 }, /Did you mean 'patience'\?/],
  ])('refuses the options %o', (options, message) => {
    expect(() => new EarlyStopping(options as EarlyStoppingOptions)).toThrow(message)
  })

  it('refuses to guess before the first step, and learns of a metric from the fit', () => {
    const callback = new EarlyStopping({ monitor: 'validation.myScore' })
    const message = /Expected 'min' or 'max' for mode .* 'validation.myScore' is low or high/
    expect(() => callback.onFitStart(INFO, new FakeTraining())).toThrow(message)
    callback.onFitStart({ ...INFO, metrics: [{ name: 'myScore', higherIsBetter: true }] }, new FakeTraining())
    // What the fit before knew is not known of the next.
    expect(() => callback.onFitStart({ ...INFO, metrics: [{ name: 'myScore' }] }, new FakeTraining())).toThrow(message)
  })
})
