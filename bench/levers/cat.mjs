/*
 * Which lever? On the lesson's cat pictures, on bank marketing and on Fashion-MNIST: the ranked tables, and what the
 * recommendation reaches on the test rows beside the training as given.
 *
 *   node bench/levers/cat.mjs [--data ../shared/data] [--sets cat,bank,fashion] [--budget 240] [--seed 1] [--epochs 120]
 *     [--levers learningRate,augment,bigger,dropout,l2] [--journal cat.jsonl]
 *
 * needs a built package. The budget is in seconds, for each set; epochs, levers and journal are those of the cat pictures: the
 * lesson's four-layer net 12288-20-7-5-1 (relu, sigmoid) with the lesson's initial weights and rate 0.0075. In steps of 8
 * pictures, 120 epochs are 2,160 updates; the lesson has 2,500, of all pictures each.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Dataset, Dense, improve, improvePictures, improveTable, Sequential, SGD } from '../../dist/index.mjs'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    sets: { type: 'string', default: 'cat,bank,fashion' },
    budget: { type: 'string', default: '240' },
    seed: { type: 'string', default: '1' },
    epochs: { type: 'string', default: '120' },
    journal: { type: 'string' },
    levers: { type: 'string', default: 'learningRate,augment,bigger,dropout,l2' },
  },
})
const settings = { budget: 1000 * Number(values.budget), seed: Number(values.seed) }
const sets = { cat, bank, fashion }

for (const name of values.sets.split(',')) {
  console.log(`== ${name}\n`)
  const { text } = await sets[name]()
  console.log(`${text}\n`)
}

/**
 * A third of the 209 training pictures are dev rows; the 50 test pictures are looked at once, with ten seeds. Two of three
 * dev pictures are no cats, so a network that has learnt nothing is right on two thirds, more often than one that has
 * learnt a little: accuracy would choose it. The area under the curve does not count what a constant answer gets right, nor
 * does it depend on the share of cats, which is another one in the test pictures (33 of 50). Accuracy is what is told at
 * the end.
 */
async function cat() {
  const folder = join(values.data, 'catvnoncat')
  const read = (set) =>
    Dataset.fromNPY(join(folder, `${set}_x.npy`), { y: join(folder, `${set}_y.npy`), scale: 1 / 255 })
  const [train, dev] = (await read('train')).split(1 / 3, { seed: settings.seed, stratified: true })
  const hidden = [20, 7, 5].map((units) => new Dense(units, { activation: 'relu', initializer: 'lecunNormal' }))
  const model = new Sequential([...hidden, new Dense(1, { activation: 'sigmoid' })], { inputs: train.features })
  const fit = {
    loss: 'binaryCrossEntropy',
    optimizer: new SGD({ learningRate: 0.0075 }),
    epochs: Number(values.epochs),
    batchSize: 8,
  }
  const levers = values.levers.split(',')
  const data = { train, dev, test: await read('test') }
  const { journal } = values
  return improve(model, data, { ...settings, fit, levers, metric: 'rocAuc', confirm: 10, ...(journal && { journal }) })
}

function bank() {
  const file = join(values.data, 'bank-marketing', 'bank-full.csv')
  // The length of a call is known after it alone.
  return improveTable(file, {
    ...settings,
    target: 'y',
    ignore: ['duration'],
    hidden: [32],
    epochs: 4,
    metric: 'rocAuc',
  })
}

function fashion() {
  return improvePictures(join(values.data, 'fashion-mnist'), { ...settings, hidden: [32], epochs: 3, batchSize: 128 })
}
