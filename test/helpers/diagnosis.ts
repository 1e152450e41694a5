/*
 * A diagnosis as it could be, made up: what a page shows of it is known beforehand.
 */
import type { Diagnosis } from '../../lib/strategy/diagnose/result.js'

/** Of three classes: variance dominates; two weak segments, three changes tried, two layers. */
export function diagnosis(segment = 'age < 25 and city unknown'): Diagnosis {
  const estimate = (value: number, error: number) => ({ value, error, certain: value > 2.5 * error })
  const probe = (change: string, gain: number) => ({
    change,
    lever: 'dropout' as const,
    train: 0.06,
    heldOut: 0.16 - gain,
    gain: estimate(gain, 0.006),
    failed: 0,
  })
  return {
    dominant: 'variance',
    figures: {
      train: { value: 0.04, error: 0.004, rows: 2400 },
      trainDev: undefined,
      dev: { value: 0.16, error: 0.015, rows: 600 },
      attainable: { ...estimate(0.03, 0.01), given: false },
      bias: estimate(0.01, 0.01),
      variance: estimate(0.12, 0.016),
      mismatch: undefined,
      probes: [probe('dropout 0.3', 0.03), probe('twice the units', -0.004), probe('learning rate x 10', -0.05)],
      learningCurve: {
        rows: [300, 600, 1200, 2400].map((rows) => ({
          rows,
          train: 0.04 - 6 / rows,
          heldOut: 0.06 + 5 * rows ** -0.5,
          error: 0.006,
        })),
        epochs: Array.from({ length: 80 }, (_, epoch) => 0.05 + 0.6 / (epoch + 1)),
      },
      curves: {
        rows: [300, 600, 1200, 2400].map((rows) => ({
          rows,
          train: 0.04 - 6 / rows,
          heldOut: 0.06 + 5 * rows ** -0.5,
          error: 0.006,
        })),
        twice: { rows: 4800, heldOut: 0.132, band: [0.12, 0.15] },
        epochs: Array.from({ length: 80 }, (_, at) => ({
          epoch: at + 1,
          train: 0.05 + 0.6 / (at + 1),
          heldOut: 0.2 + 0.5 / (at + 1),
        })),
      },
      labelNoise: {
        share: 0.02,
        amongTheSurest: estimate(0.01, 0.01),
        staying: estimate(0.01, 0.01),
        scores: Float64Array.of(0.1, 0.9),
        rows: Int32Array.of(17, 40),
        suspects: [17],
      },
      classes: [
        { label: 'setosa', rows: 210, error: 0.05 },
        { label: 'virginica', rows: 190, error: 0.29 },
        { label: 'versicolor', rows: 200, error: 0.15 },
      ],
      segments: [
        { description: segment, share: 0.31, error: 0.38, times: 2.4, rows: 186 },
        { description: 'income >= 90,000', share: 0.08, error: 0.25, times: 1.6, rows: 48 },
      ],
      worstRows: [
        { row: 3, error: 6.1 },
        { row: 511, error: 5.2 },
      ],
      layers: [
        { name: 'layers.0 Dense 64 relu', dead: 0.05, gradient: 0.013, meanActivation: 0.4, deviation: 0.7 },
        {
          name: 'layers.1 Dense 3 softmax',
          dead: undefined,
          gradient: undefined,
          meanActivation: 0.33,
          deviation: 0.3,
        },
      ],
      leftOut: [],
    },
    findings: [
      {
        kind: 'variance',
        severity: 0.75,
        evidence: 'Error 4.0 % on train, 16.0 % on dev.',
        levers: ['moreData', 'dropout', 'l2'],
      },
      {
        kind: 'weakSegment',
        severity: 0.43,
        evidence: `${segment}: 31 % of rows, error 2.4 times the mean.`,
        levers: [],
      },
    ],
    stopped: 'completed',
    text: 'Variance dominates.\n',
  }
}
