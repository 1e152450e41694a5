// The main job: trains a network on pictures of digits and shows what came of it.
//   npm start
//   npm start -- --images FOLDER --hidden 512,512 --epochs 10
import { parseArgs } from 'node:util'
import {
  Adam,
  Dataset,
  Dense,
  datasets,
  readIdxImages,
  renderConfusionMatrix,
  renderLearningCurve,
  Sequential,
  setThreads,
} from 'deepblas'

const help = `Trains a network on pictures of digits, drawn here or read from an MNIST-format folder.

  --images FOLDER   train-images-idx3-ubyte and its three companions, plain or .gz (default: generated digits)
  --hidden SIZES    units of the hidden layers (default 128,64)
  --epochs N        passes over the training data (default 10)
  --batch-size N    rows of a step (default 64)
  --learning-rate R (default 0.001)
  --samples N       generated pictures to train on (default 20000)
  --seed N          (default 1)
  --threads N       (default: all that the process may use)
  --out FILE        where the model is saved (default digits.safetensors)
  --help`

const { values } = parseArgs({
  options: {
    images: { type: 'string' },
    hidden: { type: 'string', default: '128,64' },
    epochs: { type: 'string', default: '10' },
    'batch-size': { type: 'string', default: '64' },
    'learning-rate': { type: 'string', default: '0.001' },
    samples: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string' },
    out: { type: 'string', default: 'digits.safetensors' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(help)
  process.exit(0)
}
if (values.threads !== undefined) setThreads(Number(values.threads))
const seed = Number(values.seed)

const { train, test } = values.images === undefined ? generated() : await readIdxImages(values.images)
const trainSet = Dataset.from(train)
const testSet = Dataset.from(test)
const sizes = values.hidden.split(',').filter(Boolean).map(Number)
const model = new Sequential(
  [...sizes.map((units) => new Dense(units, { activation: 'relu' })), new Dense(10, { activation: 'softmax' })],
  { inputs: trainSet.features, seed },
)
console.log(`${trainSet.rows} pictures to learn from, ${testSet.rows} to be judged on\n`)

const history = await model.fit(trainSet, {
  loss: 'crossEntropy',
  optimizer: new Adam({ learningRate: Number(values['learning-rate']) }),
  epochs: Number(values.epochs),
  batchSize: Number(values['batch-size']),
  validation: testSet,
  metrics: ['accuracy'],
  progress: true,
})

console.log(`\n${model.summary()}\n`)
const losses = (pick) => history.epochs.map(pick)
console.log(
  renderLearningCurve([
    { name: 'training loss', values: losses((epoch) => epoch.loss) },
    { name: 'test loss', values: losses((epoch) => epoch.validation.loss) },
  ]),
)
const { accuracy } = await model.evaluate(testSet)
console.log(`\ntest accuracy ${(100 * accuracy).toFixed(2)} %\n`)
console.log(renderConfusionMatrix(await confusion()))
await model.save(values.out)
console.log(`\nsaved ${values.out}\n`)
console.log(`What to try next:
  npm start -- --hidden 256,128 --epochs 20      a bigger net, for longer
  npm start -- --samples 60000                   more data
  npm start -- --images FOLDER                   MNIST or Fashion-MNIST
  npm start -- --help`)

function generated() {
  const samples = Number(values.samples)
  return { train: datasets.digits({ samples, seed }), test: datasets.digits({ samples: 5000, seed: seed + 1 }) }
}

async function confusion() {
  const counts = Array.from({ length: 10 }, () => new Array(10).fill(0))
  const predicted = await model.predictClasses(testSet)
  for (const [row, guess] of predicted.entries()) counts[testSet.target(row)[0]][Number(guess)]++
  return counts
}
