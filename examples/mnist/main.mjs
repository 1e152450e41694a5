// MNIST and Fashion-MNIST without convolution: trains a recipe of recipes.mjs with several seeds.
//   node examples/mnist/main.mjs FOLDER
//   node examples/mnist/main.mjs FOLDER --recipe fashion --seeds 3
import { parseArgs } from 'node:util'
import { augmented, Dataset, datasets, readIdxImages, Sequential, setThreads } from 'deepblas'
import { recipes } from './recipes.mjs'

const names = Object.keys(recipes)
const help = `Trains a network on pictures of 28 x 28 and prints the test accuracy of every seed, after the last epoch.

  node examples/mnist/main.mjs [FOLDER] [options]

  FOLDER            train-images-idx3-ubyte and its three companions, plain or .gz (default: generated digits)
  --recipe NAME     ${names.join(', ')} (default ${names[0]})
  --seeds N         trainings, with seeds 1 to N (default 3)
  --epochs N        (default: the recipe's)
  --samples N       pictures to learn from (default: all; 20000 where they are generated)
  --threads N       (default: all that the process may use)
  --help

${names.map((name) => `  ${name.padEnd(11)} ${recipes[name].what}`).join('\n')}`

const { values, positionals } = readArguments()
if (values.help) {
  console.log(help)
  process.exit(0)
}
const recipe = recipes[values.recipe] ?? wrongUse(`Expected one of ${names.join(', ')} for --recipe.`)
const seeds = whole('seeds', values.seeds)
const epochs = whole('epochs', values.epochs ?? String(recipe.epochs))
const samples = values.samples === undefined ? undefined : whole('samples', values.samples)
if (values.threads !== undefined) setThreads(whole('threads', values.threads))

const { train, test } = await pictures()
console.log(`${values.recipe}: ${recipe.what}`)
console.log(`${train.rows} pictures to learn from, ${test.rows} to be judged on, ${epochs} epochs`)

const accuracies = []
for (let seed = 1; seed <= seeds; seed++) {
  const model = new Sequential(recipe.layers(), { inputs: train.features, seed })
  const start = performance.now()
  await training(model, seed)
  const seconds = (performance.now() - start) / 1000
  const { loss, accuracy } = await model.evaluate(test, { loss: 'crossEntropy', metrics: ['accuracy'] })
  accuracies.push(accuracy)
  const speed = `${(seconds / epochs).toFixed(2)} s an epoch`
  console.log(`seed ${seed}: test accuracy ${percent(accuracy)} %, loss ${loss.toFixed(4)}, ${speed}`)
}
console.log(`mean of ${seeds}: ${percent(accuracies.reduce((sum, one) => sum + one, 0) / seeds)} %`)

async function training(model, seed) {
  const { loss, batchSize, augmentations } = recipe
  const optimizer = recipe.optimizer(epochs)
  const callbacks = [{ onEpochEnd: (result) => report(seed, result) }]
  if (augmentations.length === 0) {
    await model.fit(train, { loss, optimizer, epochs, batchSize, callbacks })
    return
  }
  // Other pictures every epoch: each is one pass more of the same training.
  const fresh = augmented(train, augmentations, { seed, batchSize: train.rows })
  for (let epoch = 0; epoch < epochs; epoch++) {
    for await (const once of fresh.epoch(epoch)) {
      await model.partialFit(once, { loss, optimizer, batchSize, callbacks, shuffle: false })
    }
  }
}

/** Beside the results, which go to standard output. */
function report(seed, { epoch, loss, learningRate, seconds }) {
  const rate = `learning rate ${learningRate.toPrecision(2)}`
  console.error(
    `  seed ${seed}, epoch ${epoch} of ${epochs}: loss ${loss.toFixed(4)}, ${rate}, ${seconds.toFixed(1)} s`,
  )
}

async function pictures() {
  const [folder] = positionals
  const sets =
    folder === undefined
      ? {
          train: datasets.digits({ samples: samples ?? 20_000, seed: 1 }),
          test: datasets.digits({ samples: 5000, seed: 2 }),
        }
      : await readIdxImages(folder).catch((error) => failed(error.message))
  return { train: Dataset.from(sets.train).take(samples ?? sets.train.y.length), test: Dataset.from(sets.test) }
}

function percent(share) {
  return (100 * share).toFixed(2)
}

function readArguments() {
  try {
    const read = parseArgs({
      allowPositionals: true,
      options: {
        recipe: { type: 'string', default: names[0] },
        seeds: { type: 'string', default: '3' },
        epochs: { type: 'string' },
        samples: { type: 'string' },
        threads: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    return read.positionals.length > 1 ? wrongUse('Expected one folder.') : read
  } catch (error) {
    return wrongUse(error instanceof Error ? error.message : String(error))
  }
}

function whole(name, text) {
  const number = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= 1) return number
  return wrongUse(`Expected a whole number of at least 1 for --${name} but received '${text}'.`)
}

/** @returns {never} */
function wrongUse(message) {
  console.error(`${message}\nnode examples/mnist/main.mjs --help tells the options.`)
  process.exit(2)
}

/** @returns {never} */
function failed(message) {
  console.error(message)
  process.exit(1)
}
