import { describe, expect, it } from 'vitest'
import { monitorDirection } from '../../../lib/callbacks/monitor.js'
import {
  Checkpoint,
  Dataset,
  Dense,
  defineMetric,
  EarlyStopping,
  type Metric,
  metricNames,
  precision,
  ReduceOnPlateau,
  Sequential,
  topK,
} from '../../../lib/index.js'

describe('monitorDirection', () => {
  const rising = 'accuracy precision recall f1 rocAuc averagePrecision matthews topK r2'.split(' ')
  const falling = 'logLoss brier meanSquaredError rootMeanSquaredError meanAbsoluteError medianAbsoluteError'.split(' ')

  it.each(rising)('lets %s rise', (name) => {
    expect(monitorDirection(name, 'auto')).toBe('max')
    expect(monitorDirection(`validation.${name}`, 'auto')).toBe('max')
  })

  it.each(['loss', ...falling])('lets %s fall', (name) => {
    expect(monitorDirection(name, 'auto')).toBe('min')
    expect(monitorDirection(`validation.${name}`, 'auto')).toBe('min')
  })

  it('knows every metric but the one that is no number', () => {
    expect(metricNames.filter((name) => monitorDirection(name, 'auto') === undefined)).toEqual(['confusion'])
    expect([...rising, ...falling, 'confusion'].sort()).toEqual([...metricNames].sort())
  })

  it('asks the metrics of the fit, by the names that they have there', () => {
    const metrics = [topK({ k: 3, name: 'top3' }), precision({ name: 'accuracyError' })]
    expect(monitorDirection('validation.top3', 'auto', metrics)).toBe('max')
    expect(monitorDirection('accuracyError', 'auto', metrics)).toBe('max')
    expect(monitorDirection('other', 'auto', metrics)).toBeUndefined()
  })

  it('does as it is told', () => {
    expect(monitorDirection('loss', 'max')).toBe('max')
    expect(monitorDirection('accuracy', 'min')).toBe('min')
  })
})

describe('a metric of a user', () => {
  // The mean output, whatever the targets: it rises from epoch to epoch here.
  const mean = (higherIsBetter?: boolean) =>
    defineMetric({ name: 'mean', rule: ({ score }) => score, ...(higherIsBetter !== undefined && { higherIsBetter }) })
  const data = Dataset.from({ x: [[1], [1], [1], [1]], y: [1, 1, 1, 1] })
  const trained = (callback: EarlyStopping | ReduceOnPlateau | Checkpoint, metric: Metric) =>
    new Sequential([new Dense(1, { initializer: 'zeros' })], { inputs: 1 }).fit(data, {
      loss: 'meanSquaredError',
      epochs: 4,
      batchSize: 'full',
      metrics: [metric],
      callbacks: [callback],
    })

  it.each([
    [true, 4],
    [false, 1],
  ])('says whether it is higherIsBetter: %s, and the best epoch is %i', async (higherIsBetter, epoch) => {
    const { best } = await trained(new EarlyStopping({ monitor: 'mean', patience: 9 }), mean(higherIsBetter))
    expect(best?.epoch).toBe(epoch)
  })

  it('is told by mode all the same', async () => {
    const { best } = await trained(new EarlyStopping({ monitor: 'mean', mode: 'max', patience: 9 }), mean(false))
    expect(best?.epoch).toBe(4)
  })

  it.each([
    new EarlyStopping({ monitor: 'mean' }),
    new ReduceOnPlateau({ monitor: 'mean' }),
    new Checkpoint('not-written.safetensors', { bestOnly: true, monitor: 'mean' }),
  ])('of which nobody knows is an error before the first step (%#)', async (callback) => {
    await expect(trained(callback, mean())).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringMatching(/'min' or 'max' for mode .*'mean' is low or high: .* mode, .* higherIsBetter/),
    })
  })

  it('cannot say anything but true and false', async () => {
    const refused = { code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining('higherIsBetter') }
    expect(() => mean('yes' as never)).toThrow(expect.objectContaining(refused))
    const own = { ...mean(), higherIsBetter: 1 } as never
    await expect(trained(new EarlyStopping({ monitor: 'loss' }), own)).rejects.toMatchObject(refused)
  })
})
