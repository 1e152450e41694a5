// Course 1, week 3: why activations are not linear. However deep, a network of linear layers is one linear layer:
// W3 (W2 (W1 x + b1) + b2) + b3 = (W3 W2 W1) x + (W3 W2 b1 + W3 b2 + b3). The example multiplies the weights of a trained
// network, and trains the same layers with relu beside it.
import { Adam, Dataset, Dense, datasets, Sequential } from 'deepblas'

const data = Dataset.from(datasets.moons({ samples: 400, noise: 0.1, seed: 1 }))

async function trained(activation) {
  const layers = [new Dense(16, { activation }), new Dense(8, { activation }), new Dense(1, { activation: 'sigmoid' })]
  const model = new Sequential(layers, { inputs: 2, seed: 3 })
  await model.fit(data, { loss: 'binaryCrossEntropy', optimizer: new Adam({ learningRate: 0.02 }), epochs: 100 })
  const { accuracy } = await model.evaluate(data)
  console.log(
    `${activation.padEnd(6)}  three layers, ${model.parameterCount} parameters: accuracy ${(100 * accuracy).toFixed(1)} %`,
  )
  return model
}

/** W (rows, inner) times M (inner, columns), both row-major. */
function times(W, M) {
  const [rows, inner] = W.shape
  const columns = M.shape[1]
  const data = Array.from({ length: rows * columns }, (_, at) => {
    const [r, c] = [Math.floor(at / columns), at % columns]
    let sum = 0
    for (let i = 0; i < inner; i++) sum += W.data[r * inner + i] * M.data[i * columns + c]
    return sum
  })
  return { data, shape: [rows, columns] }
}

const deep = await trained('linear')
await trained('relu')

let weight
let bias
const weights = deep.getWeights()
for (let layer = 0; layer < weights.length; layer += 2) {
  const [W, b] = [weights[layer], weights[layer + 1]]
  const moved = bias === undefined ? undefined : times(W, bias)
  weight = weight === undefined ? W : times(W, weight)
  bias = { data: Array.from(b.data, (value, i) => value + (moved?.data[i] ?? 0)), shape: [b.data.length, 1] }
}
const single = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2 })
single.setWeights([
  { name: 'layers.0.weight', shape: [1, 2], data: Float32Array.from(weight.data) },
  { name: 'layers.0.bias', shape: [1], data: Float32Array.from(bias.data) },
])
const [many, one] = [await deep.predict(data), await single.predict(data)]
const difference = Math.max(...many.data.map((value, row) => Math.abs(value - one.data[row])))
console.log(
  `linear  as one layer, ${single.parameterCount} parameters: largest difference ${difference.toExponential(1)}`,
)
