// Binary cross-entropy of smoothed targets, by NumPy: test/golden/values/label_smoothing.py. Bounds as of the other losses.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type BinaryCrossEntropyOptions, binaryCrossEntropy, Dataset, Dense, Sequential } from '../../lib/index.js'

interface Case extends BinaryCrossEntropyOptions {
  readonly loss: number
  readonly gradient: number[][]
}
const file = JSON.parse(readFileSync(new URL('./values/label-smoothing.json', import.meta.url), 'utf8')) as {
  logits: number[][]
  binary: number[][]
  cases: Case[]
}

test.each(file.cases.map((one) => [one.labelSmoothing, one.positiveWeight, one] as const))(
  'labelSmoothing %s, positiveWeight %s',
  async (_, __, { loss, gradient, ...options }) => {
    const rows = file.logits.length
    const outputs = file.logits[0]!.length
    // Every row's logits are weights of its own: the input is one-hot.
    const model = new Sequential([new Dense(outputs, { bias: false })], { inputs: rows })
    const data = Float32Array.from(
      { length: outputs * rows },
      (_, at) => file.logits[at % rows]![Math.floor(at / rows)]!,
    )
    model.setWeights([{ name: 'layers.0.weight', shape: [outputs, rows], data }])
    const set = Dataset.from({
      x: file.logits.map((_, row) => file.logits.map((_, c) => Number(c === row))),
      y: file.binary,
    })
    const chosen = binaryCrossEntropy(options)
    expect(Math.abs((await model.evaluate(set, { loss: chosen, metrics: [] })).loss / loss - 1)).toBeLessThan(1e-5)
    const [weights] = await model.gradients(set, { loss: chosen })
    const largest = Math.max(...gradient.flat().map(Math.abs))
    for (const [row, values] of gradient.entries()) {
      for (const [column, value] of values.entries()) {
        const error = Math.abs(weights!.data[column * rows + row]! - value)
        expect(error).toBeLessThanOrEqual(1e-5 * Math.abs(value) + 2e-7 * largest)
      }
    }
  },
)

test('what is no share below 1 is an error', () => {
  for (const labelSmoothing of [-0.1, 1, 2, Number.NaN, '0.1']) {
    expect(() => binaryCrossEntropy({ labelSmoothing: labelSmoothing as number })).toThrow(/labelSmoothing/)
  }
  expect(() => binaryCrossEntropy({ labelsmoothing: 0.1 } as never)).toThrow(/Did you mean 'labelSmoothing'/)
})
