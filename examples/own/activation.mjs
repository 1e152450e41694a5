// An activation of one's own: the squared relu of "Primer" (So et al., 2021), checked, trained, and compared with relu.
import { Adam, checkActivation, Dataset, Dense, datasets, defineActivation, Sequential } from 'deepblas'

const squaredRelu = defineActivation({
  name: 'squaredRelu',
  forward: (x) => x.atLeast(0).squared(),
  derivative: (x) => x.atLeast(0).times(2),
})
const error = checkActivation(squaredRelu)
console.log(`largest difference from differences of its output: ${error.toExponential(1)}`)

// A derivative that forgets the 2 is found, with the point.
try {
  checkActivation({ name: 'wrong', forward: (x) => x.atLeast(0).squared(), derivative: (x) => x.atLeast(0) })
} catch (wrong) {
  console.log(String(wrong))
}

const data = Dataset.from(datasets.spirals({ samples: 600, seed: 1 }))
for (const activation of [/** @type {const} */ ('relu'), squaredRelu]) {
  const model = new Sequential(
    [
      new Dense(32, { activation, initializer: 'heNormal' }),
      new Dense(32, { activation, initializer: 'heNormal' }),
      new Dense(3, { activation: 'softmax' }),
    ],
    { inputs: 2, seed: 3 },
  )
  await model.fit(data, {
    loss: 'crossEntropy',
    optimizer: new Adam({ learningRate: 0.005 }),
    epochs: 150,
    batchSize: 32,
  })
  const { accuracy = 0 } = await model.evaluate(data)
  console.log(`${model.layers[0]?.activationName.padEnd(12)} accuracy ${(100 * accuracy).toFixed(1)} %`)
}
