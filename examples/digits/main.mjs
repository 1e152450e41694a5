// The main job: trains a network on pictures of digits and shows what came of it.
//   npm start
//   npm start -- --images FOLDER --hidden 512,512 --epochs 10
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
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

  Folders and files are taken from the root of the repository.

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

const values = readArguments()
if (values.help) {
  console.log(help)
  process.exit(0)
}
const sizes = values.hidden.split(',').map((units) => whole('hidden', units, 1))
const [epochs, batchSize, samples, seed] = [
  whole('epochs', values.epochs, 1),
  whole('batch-size', values['batch-size'], 1),
  whole('samples', values.samples, 1),
  whole('seed', values.seed, 0),
]
const learningRate = Number(values['learning-rate'])
if (!(learningRate > 0 && learningRate < Number.POSITIVE_INFINITY)) {
  wrongUse(`Expected a number above 0 for --learning-rate but received '${values['learning-rate']}'.`)
}
if (values.threads !== undefined) setThreads(whole('threads', values.threads, 1))
if (!existsSync(dirname(resolve(values.out)))) failed(`--out: there is no folder ${dirname(resolve(values.out))}.`)

const { train, test } = await pictures()
const trainSet = Dataset.from(train)
const testSet = Dataset.from(test)
const model = new Sequential(
  [...sizes.map((units) => new Dense(units, { activation: 'relu' })), new Dense(10, { activation: 'softmax' })],
  { inputs: trainSet.features, seed },
)
console.log(`${trainSet.rows} pictures to learn from, ${testSet.rows} to be judged on\n`)

const history = await model.fit(trainSet, {
  loss: 'crossEntropy',
  optimizer: new Adam({ learningRate }),
  epochs,
  batchSize,
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

async function pictures() {
  if (values.images === undefined) {
    return { train: datasets.digits({ samples, seed }), test: datasets.digits({ samples: 5000, seed: seed + 1 }) }
  }
  try {
    return await readIdxImages(values.images)
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error))
  }
}

function readArguments() {
  try {
    return parseArgs({
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
    }).values
  } catch (error) {
    return wrongUse(
      String(error)
        .replace(/^\w+( \[\w+\])?: /, '')
        .split('\n')[0],
    )
  }
}

function whole(name, text, least) {
  const number = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= least) return number
  return wrongUse(`Expected a whole number of at least ${least} for --${name} but received '${text}'.`)
}

/** @returns {never} */
function wrongUse(message) {
  console.error(`${message}\nnpm start -- --help tells the options.`)
  process.exit(2)
}

/** @returns {never} */
function failed(message) {
  console.error(message)
  process.exit(1)
}

async function confusion() {
  const counts = Array.from({ length: 10 }, () => new Array(10).fill(0))
  const predicted = await model.predictClasses(testSet)
  for (const [row, guess] of predicted.entries()) counts[testSet.target(row)[0]][Number(guess)]++
  return counts
}
