import { expect, test } from 'vitest'
import { Dataset, Dense, lessonL2, Sequential } from '../../../lib/index.js'
import { waves } from '../../helpers/reference-network.js'

// m is the number of rows whose cost is asked for; in how many batches an evaluation computes it must not show.
test.each([100, 512, 513, 1000, 5000])(
  "lessonL2 adds λ / (2 m) · Σ w² to an evaluation's cost over %d rows",
  async (rows) => {
    const data = Dataset.from({ x: waves(rows, 2), y: waves(rows, 1, 3) })
    const make = (regularized: boolean) =>
      new Sequential([new Dense(1, regularized ? { regularizer: lessonL2(100) } : {})], { inputs: 2, seed: 1 })
    const [w] = make(true).getWeights()
    const penalty = (100 / (2 * rows)) * w!.data.reduce((sum, value) => sum + value * value, 0)
    const { loss } = await make(true).evaluate(data)
    const { loss: without } = await make(false).evaluate(data)
    expect(loss - without).toBeCloseTo(penalty, 7)
    const { cost } = await make(true).trace(data, { loss: 'meanSquaredError' })
    expect(loss).toBeCloseTo(cost, 6)
  },
)
