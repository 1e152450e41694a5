// Course 1, week 3: the flower cannot be split by a line; one hidden layer of four tanh units can.
import { Dataset, Dense, datasets, normal, Sequential, SGD } from 'deepblas'

const data = Dataset.from(datasets.flower({ samples: 400, seed: 1 }))

async function accuracyOf(layers, learningRate, epochs) {
  const model = new Sequential(layers, { inputs: 2, seed: 2 })
  await model.fit(data, {
    loss: 'binaryCrossEntropy',
    optimizer: new SGD({ learningRate }),
    epochs,
    batchSize: 'full',
  })
  return (await model.evaluate(data)).accuracy
}

const line = await accuracyOf([new Dense(1, { activation: 'sigmoid' })], 1.2, 5000)
console.log(`logistic regression            ${(100 * line).toFixed(1)} %`)
for (const units of [1, 2, 3, 4, 5, 20]) {
  const hidden = new Dense(units, { activation: 'tanh', initializer: normal({ standardDeviation: 0.5 }) })
  const accuracy = await accuracyOf([hidden, new Dense(1, { activation: 'sigmoid' })], 1.2, 5000)
  console.log(`one hidden layer, ${String(units).padStart(2)} units     ${(100 * accuracy).toFixed(1)} %`)
}
