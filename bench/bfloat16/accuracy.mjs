// What products of bfloat16 operands do to accuracy: the same trainings in both precisions, on MNIST's and Fashion-MNIST's
// files, or on generated digits.
//
//   node bench/bfloat16/accuracy.mjs [FOLDER ...] [--seeds 3] [--epochs 10] [--rows 60000]
//
// FOLDER holds train-images-idx3-ubyte and its three companions, plain or .gz. Prints a row of a table for each folder and
// seed, and the means; the difference is in points of test accuracy after the last epoch.
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { Adam, cosine, Dataset, Dense, Dropout, datasets, info, readIdxImages, Sequential } from 'deepblas'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string' }, epochs: { type: 'string' }, rows: { type: 'string' } },
})
const seeds = Number(values.seeds ?? 3)
const epochs = Number(values.epochs ?? 10)
const rows = values.rows === undefined ? undefined : Number(values.rows)
const layers = () => [
  new Dense(512, { activation: 'relu' }),
  new Dropout(0.2),
  new Dense(256, { activation: 'relu' }),
  new Dropout(0.2),
  new Dense(10, { activation: 'softmax' }),
]

const { instructionSet, bfloat16 } = info()
console.log(
  `784-512-256-10, dropout 0.2, Adam with cosine decay, ${epochs} epochs of batches of 128; ${instructionSet}, bfloat16: ${bfloat16}\n`,
)
console.log('| data | seed | float32 | bfloat16 | difference |')
console.log('|---|---|---|---|---|')
for (const folder of positionals.length === 0 ? [undefined] : positionals) {
  const name = folder === undefined ? 'generated digits' : basename(folder)
  const { train, test } = await pictures(folder)
  const sums = { float32: 0, bfloat16: 0 }
  for (let seed = 1; seed <= seeds; seed++) {
    const reached = {}
    for (const precision of ['float32', 'bfloat16']) {
      const model = new Sequential(layers(), { inputs: train.features, seed })
      const steps = Math.ceil(train.rows / 128) * epochs
      const optimizer = new Adam({ learningRate: cosine({ learningRate: 1e-3, steps }) })
      await model.fit(train, { loss: 'crossEntropy', optimizer, epochs, batchSize: 128, precision })
      reached[precision] = 100 * (await model.evaluate(test, { metrics: ['accuracy'] })).accuracy
      sums[precision] += reached[precision]
    }
    console.log(line(name, seed, reached))
  }
  console.log(line(name, 'mean', { float32: sums.float32 / seeds, bfloat16: sums.bfloat16 / seeds }))
}

function line(name, seed, { float32, bfloat16 }) {
  const difference = bfloat16 - float32
  return `| ${name} | ${seed} | ${float32.toFixed(2)} % | ${bfloat16.toFixed(2)} % | ${difference < 0 ? '' : '+'}${difference.toFixed(2)} |`
}

async function pictures(folder) {
  const { train, test } =
    folder === undefined
      ? { train: datasets.digits({ samples: 5000, seed: 1 }), test: datasets.digits({ samples: 2000, seed: 2 }) }
      : await readIdxImages(folder)
  return { train: Dataset.from(train).take(rows ?? train.y.length), test: Dataset.from(test) }
}
