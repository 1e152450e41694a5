// Which learning rate? A range test: one batch after the other with a growing rate, on a copy of the model, until the
// loss explodes (Smith, 2017). Then the training with the rate that it suggests, and with rates far from it.
import { Adam, Dataset, Dense, datasets, findLearningRate, renderLearningCurve, Sequential } from 'deepblas'

const [train, test] = Dataset.from(datasets.digits({ samples: 3000, seed: 1 }), { scale: 1 / 255 }).split(0.2)
const model = new Sequential([new Dense(64, { activation: 'relu' }), new Dense(10, { activation: 'softmax' })], {
  inputs: 784,
  seed: 1,
})

const { rates, smoothed, suggestion } = await findLearningRate(model, train, { loss: 'crossEntropy', maximum: 10 })
console.log(renderLearningCurve([{ name: 'smoothed loss', values: smoothed }]))
console.log(`${rates.length} batches, rates from ${rates[0]} to ${rates.at(-1)?.toPrecision(2)}`)

for (const learningRate of [suggestion / 100, suggestion, suggestion * 100]) {
  const trained = model.clone()
  await trained.fit(train, { loss: 'crossEntropy', optimizer: new Adam({ learningRate }), epochs: 3 })
  const { accuracy } = await trained.evaluate(test)
  const name = learningRate === suggestion ? 'suggested' : learningRate < suggestion ? 'hundredth' : 'hundredfold'
  console.log(
    `${name.padEnd(11)} ${learningRate.toPrecision(2).padStart(8)}: test accuracy ${(100 * accuracy).toFixed(1)} %`,
  )
}
