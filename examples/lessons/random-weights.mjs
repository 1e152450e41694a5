// Course 1, week 3: why weights start at random. Units that start equal get equal gradients, and stay equal: a hidden
// layer of eight units then computes one feature. Biases may start at zero.
import { constant, Dataset, Dense, datasets, normal, Sequential, SGD } from 'deepblas'

const data = Dataset.from(datasets.moons({ samples: 400, noise: 0.1, seed: 1 }))
const starts = {
  zeros: constant(0),
  'all 0.5': constant(0.5),
  random: normal({ standardDeviation: 0.5 }),
}

for (const [name, initializer] of Object.entries(starts)) {
  const layers = [
    new Dense(8, { activation: 'tanh', initializer }),
    new Dense(1, { activation: 'sigmoid', initializer }),
  ]
  const model = new Sequential(layers, { inputs: 2, seed: 1 })
  await model.fit(data, { loss: 'binaryCrossEntropy', optimizer: new SGD({ learningRate: 0.5 }), epochs: 300 })
  const [hidden] = model.getWeights()
  const rows = Array.from({ length: 8 }, (_, unit) => Array.from(hidden.data.slice(2 * unit, 2 * unit + 2)).join())
  const { accuracy } = await model.evaluate(data)
  console.log(
    `${name.padEnd(8)} different hidden units ${new Set(rows).size} of 8   accuracy ${(100 * accuracy).toFixed(1)} %`,
  )
}
