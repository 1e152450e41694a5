// Course 1, week 4: cat or no cat, 209 pictures of 64 x 64 x 3, full batch, learning rate 0.0075, 2,500 iterations.
//   node examples/lessons/cat.mjs FOLDER     with train_x.npy, train_y.npy, test_x.npy, test_y.npy
import { join } from 'node:path'
import { Dataset, Dense, normal, readNpy, Sequential, SGD } from 'deepblas'

const folder = process.argv[2]
const iterations = Number(process.argv[3] ?? 2500)
if (folder === undefined) {
  console.error('usage: node examples/lessons/cat.mjs FOLDER [ITERATIONS]')
  process.exit(2)
}
const load = async (name) => {
  const x = await readNpy(join(folder, `${name}_x.npy`))
  const y = await readNpy(join(folder, `${name}_y.npy`))
  return Dataset.from({ x, y: y.data }, { scale: 1 / 255 })
}
const [train, test] = await Promise.all([load('train'), load('test')])

// The course starts the shallow network with randn * 0.01, the deep one with randn / sqrt(inputs).
const nets = [
  { hidden: [7], initializer: normal({ standardDeviation: 0.01 }) },
  { hidden: [20, 7, 5], initializer: /** @type {const} */ ('lecunNormal') },
]
for (const { hidden, initializer } of nets) {
  const layers = hidden.map((units) => new Dense(units, { activation: 'relu', initializer }))
  const output = new Dense(1, { activation: 'sigmoid', initializer })
  const model = new Sequential([...layers, output], { inputs: train.features, seed: 1 })
  console.log([train.features, ...hidden, 1].join('-'))
  const { epochs } = await model.fit(train, {
    loss: 'binaryCrossEntropy',
    optimizer: new SGD({ learningRate: 0.0075 }),
    epochs: iterations,
    batchSize: 'full',
  })
  for (const { epoch, loss } of epochs.filter(({ epoch }) => (epoch - 1) % 500 === 0 || epoch === iterations)) {
    console.log(`  cost after iteration ${String(epoch).padStart(4)}: ${loss.toFixed(4)}`)
  }
  const percent = async (data) => (100 * (await model.evaluate(data)).accuracy).toFixed(1)
  console.log(`  training accuracy ${await percent(train)} %, test accuracy ${await percent(test)} %`)
}
