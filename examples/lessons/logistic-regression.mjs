// Course 1, week 2: logistic regression is a network of one unit. J falls at every step of gradient descent.
import { Dataset, Dense, datasets, Sequential, SGD } from 'deepblas'

const [train, test] = Dataset.from(datasets.moons({ samples: 500, noise: 0.2, seed: 1 })).split(0.2)

const model = new Sequential([new Dense(1, { activation: 'sigmoid', initializer: 'zeros' })], { inputs: 2 })
const history = await model.fit(train, {
  loss: 'binaryCrossEntropy',
  optimizer: new SGD({ learningRate: 0.5 }),
  epochs: 1000,
  batchSize: 'full',
})

for (const { epoch, loss } of history.epochs.filter(({ epoch }) => epoch === 1 || epoch % 200 === 0)) {
  console.log(`J after step ${String(epoch).padStart(4)}: ${loss.toFixed(4)}`)
}
const [weight, bias] = model.getWeights()
console.log(`w = [${Array.from(weight.data, (value) => value.toFixed(3)).join(', ')}], b = ${bias.data[0].toFixed(3)}`)
console.log(`test accuracy ${(100 * (await model.evaluate(test)).accuracy).toFixed(1)} %`)
