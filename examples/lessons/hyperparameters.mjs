// Course 1, week 4: parameters are what training finds, hyperparameters are what you choose before it. The same network
// has 65 parameters in every line; what they become depends on the hyperparameters.
import { Dataset, Dense, datasets, Sequential, SGD } from 'deepblas'

const [train, test] = Dataset.from(datasets.moons({ samples: 500, noise: 0.15, seed: 1 })).split(0.2)

for (const learningRate of [0.001, 0.1, 1]) {
  for (const batchSize of [8, 64]) {
    const hyperparameters = { units: 16, activation: 'tanh', learningRate, batchSize, epochs: 50 }
    const layers = [new Dense(hyperparameters.units, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })]
    const model = new Sequential(layers, { inputs: 2, seed: 1 })
    await model.fit(train, {
      loss: 'binaryCrossEntropy',
      optimizer: new SGD({ learningRate }),
      batchSize,
      epochs: hyperparameters.epochs,
    })
    const parameters = model.getWeights().map(({ name, shape }) => `${name} (${shape.join(', ')})`)
    if (learningRate === 0.001 && batchSize === 8) {
      console.log(`hyperparameters: ${Object.keys(hyperparameters).join(', ')}`)
      console.log(`parameters: ${parameters.join(', ')}: ${model.parameterCount} numbers\n`)
    }
    const { accuracy } = await model.evaluate(test)
    console.log(
      `learning rate ${String(learningRate).padEnd(5)}  batch size ${String(batchSize).padStart(2)}  ` +
        `test accuracy ${(100 * accuracy).toFixed(1)} %`,
    )
  }
}
