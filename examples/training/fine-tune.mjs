// Fine-tuning: what a network has learned from many digits helps another one that sees few, for another question.
// node examples/training/fine-tune.mjs
import { Adam, Dataset, Dense, datasets, Sequential } from 'deepblas'

const body = () => [new Dense(128, { activation: 'relu' }), new Dense(64, { activation: 'relu' })]

// Many pictures, ten classes.
const many = Dataset.from(datasets.digits({ samples: 6000, seed: 1 }), { scale: 1 / 255 })
const digits = new Sequential([...body(), new Dense(10, { activation: 'softmax' })], { inputs: 784, seed: 1 })
await digits.fit(many, { loss: 'crossEntropy', epochs: 10 })

/** Another question: is the digit odd? Few pictures to learn it from. */
function odd(samples, seed) {
  const { x, y } = datasets.digits({ samples, seed })
  return Dataset.from({ x, y: Array.from(y, (digit) => digit % 2) }, { scale: 1 / 255 })
}
const few = odd(60, 2)
const test = odd(2000, 3)
const ask = () => new Sequential([...body(), new Dense(1, { activation: 'sigmoid' })], { inputs: 784, seed: 4 })
const learn = (model, learningRate, epochs) =>
  model.fit(few, { loss: 'binaryCrossEntropy', optimizer: new Adam({ learningRate }), epochs, batchSize: 16 })
const accuracy = async (model) => (100 * (await model.evaluate(test, { metrics: ['accuracy'] })).accuracy).toFixed(1)

const fresh = ask()
await learn(fresh, 1e-3, 40)
console.log(`from random weights:      ${await accuracy(fresh)} % of ${test.rows} digits told odd or even`)

const tuned = ask()
// The head is another one: it is left out, and keeps its random weights.
const taken = tuned.setWeights(digits.getWeights(), { partial: true })
console.log(`taken over: ${taken.join(', ')}`)

// First the head alone, the layers below frozen ...
for (const layer of tuned.layers.slice(0, 2)) layer.trainable = false
await learn(tuned, 3e-3, 40)
console.log(`head on frozen layers:    ${await accuracy(tuned)} %`)

// ... then all of it, in small steps.
for (const layer of tuned.layers) layer.trainable = true
await learn(tuned, 1e-4, 10)
console.log(`all layers, small steps:  ${await accuracy(tuned)} %`)
