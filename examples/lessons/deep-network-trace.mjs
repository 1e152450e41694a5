// Course 1, week 4: forward propagation and backpropagation, block by block, through an L-layer network, and the dimensions
// of everything in them. There are seven samples, a number that no layer has: a 7 is always the batch.
import { Dataset, Dense, Sequential } from 'deepblas'

const model = new Sequential(
  [
    new Dense(3, { activation: 'relu' }),
    new Dense(5, { activation: 'relu' }),
    new Dense(4, { activation: 'tanh' }),
    new Dense(2, { activation: 'relu' }),
    new Dense(1, { activation: 'sigmoid' }),
  ],
  { inputs: 2, seed: 4 },
)
const data = Dataset.from({
  x: [
    [0.5, -1],
    [1.5, 2],
    [-0.3, 0.8],
    [0.9, 0.1],
    [-1.2, -0.6],
    [0.2, 1.7],
    [-0.8, 0.4],
  ],
  y: [1, 0, 1, 1, 0, 0, 1],
})

const size = (matrix) => `(${matrix.shape.join(', ')})`
const { cost, layers } = await model.trace(data, { loss: 'binaryCrossEntropy' })
const gradients = await model.gradients(data, { loss: 'binaryCrossEntropy' })
console.log('samples are rows: the course writes the transpose of each matrix\n')
for (const [index, layer] of layers.entries()) {
  const l = index + 1
  const [dW, db] = gradients.slice(2 * index, 2 * index + 2)
  console.log(`${layer.name}, cached: ${layer.cached.join(', ')}`)
  console.log(
    `  forward   Z${l} = A${index} · W${l}ᵀ + b${l}    A${index} ${size(layer.input)}, W${l} (${dW.shape.join(', ')})`,
  )
  console.log(`            A${l} = g(Z${l})             ${size(layer.A)}`)
  console.log(`  backward  dZ${l} = dA${l} * g'(Z${l})     ${size(layer.dZ)}`)
  console.log(`            dW${l} = dZ${l}ᵀ · A${index}         (${dW.shape.join(', ')})`)
  console.log(`            db${l} = Σ rows of dZ${l}      (${db.shape.join(', ')})`)
  console.log(index > 0 ? `            dA${index} = dZ${l} · W${l}\n` : '            dA0 is not needed\n')
}
console.log(`J = ${cost.toFixed(6)}`)
