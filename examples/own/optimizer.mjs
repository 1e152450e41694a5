// An optimizer of one's own: Yogi (Zaheer et al., 2018), Adam whose mean of squares moves by a bounded step. One formula
// for every element; learning rate and schedule, weight decay, clipping, averages and accumulation come with the class.
import { Adam, cosine, Dataset, Dense, datasets, Optimizer, Sequential } from 'deepblas'

class Yogi extends Optimizer {
  name = 'Yogi'
  beta1 = 0.9
  beta2 = 0.999

  constructor(options = {}) {
    super(options, { learningRate: 0.01 })
  }

  // Kept for every element from update to update; each starts at 0.
  get ruleStates() {
    return ['mean', 'square']
  }

  // What changes from update to update, counted from 1.
  numbers(step, learningRate) {
    return { size: learningRate / (1 - this.beta1 ** step), correction: 1 / Math.sqrt(1 - this.beta2 ** step) }
  }

  /** @param {Record<string, import('deepblas').Element>} values */
  rule({ parameter, gradient, mean, square, size, correction }) {
    const nextMean = mean.times(this.beta1).plus(gradient.times(1 - this.beta1))
    const squared = gradient.squared()
    const nextSquare = square.minus(
      square
        .minus(squared)
        .sign()
        .times(squared)
        .times(1 - this.beta2),
    )
    const root = nextSquare.squareRoot().times(correction).plus(1e-3)
    return { parameter: parameter.minus(size.times(nextMean).over(root)), mean: nextMean, square: nextSquare }
  }
}

const [train, test] = Dataset.from(datasets.spirals({ samples: 1000, seed: 1 })).split(0.2)
const options = { learningRate: cosine({ learningRate: 0.02, steps: 60, unit: 'epoch' }), clipNorm: 1 }
for (const optimizer of [new Yogi(options), new Adam(options)]) {
  const layers = [new Dense(64, { activation: 'relu' }), new Dense(64, { activation: 'relu' })]
  const model = new Sequential([...layers, new Dense(3, { activation: 'softmax' })], { inputs: 2, seed: 1 })
  await model.fit(train, { loss: 'crossEntropy', optimizer, epochs: 60, batchSize: 32 })
  const { loss, accuracy } = await model.evaluate(test)
  console.log(`${optimizer.name.padEnd(5)} test loss ${loss.toFixed(4)}, accuracy ${(100 * accuracy).toFixed(1)} %`)
}
