// A loss of one's own: the quantile loss, which makes a network predict bounds instead of a middle. Its derivative is
// compared with differences of its value, and two bounds are checked against what share of rows lies between them.
import { Adam, Dataset, Dense, defineLoss, Sequential } from 'deepblas'

/** `q · d` where the target lies `d` above the prediction, `(1 - q) · d` where it lies below. */
function quantile(share) {
  return defineLoss({
    name: `quantile${share}`,
    rule({ prediction, target }) {
      const above = target.minus(prediction)
      return {
        value: above.times(share).atLeast(above.times(share - 1)),
        derivative: above.moreThan(0).select(-share, 1 - share),
      }
    },
  })
}

// A curve with noise that grows along it.
let state = 7
function next() {
  state = (state * 48271) % 2147483647
  return state / 2147483647
}
const normal = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
const x = Array.from({ length: 2000 }, () => [2 * next() - 1])
const y = x.map(([a]) => [Math.sin(3 * a) + (0.1 + 0.2 * (a + 1)) * normal()])
const data = Dataset.from({ x, y })

const model = () => new Sequential([new Dense(16, { activation: 'tanh' }), new Dense(1)], { inputs: 1, seed: 1 })

// The gradient of one weight, beside a difference of the cost.
const trial = model()
const loss = quantile(0.9)
const few = data.subset(Array.from({ length: 50 }, (_, row) => row))
const at = (by) => {
  const moved = trial.clone()
  moved.setWeights(
    moved
      .getWeights()
      .map((one) => (one.name === 'layers.1.bias' ? { ...one, data: one.data.map((b) => b + by) } : one)),
  )
  return moved.evaluateSync(few, { loss }).loss
}
const gradient = (await trial.gradients(few, { loss })).find(({ name }) => name === 'layers.1.bias')?.data[0] ?? 0
console.log(
  `gradient of the last bias ${gradient.toFixed(4)}, by differences ${((at(0.001) - at(-0.001)) / 0.002).toFixed(4)}`,
)

const bounds = []
for (const share of [0.1, 0.9]) {
  const one = model()
  await one.fit(data, { loss: quantile(share), optimizer: new Adam({ learningRate: 0.01 }), epochs: 60, batchSize: 50 })
  bounds.push((await one.predict(x)).data)
}
const between = y.filter(([value], row) => bounds[0][row] < value && value < bounds[1][row]).length
console.log(`of the rows between both bounds ${((100 * between) / y.length).toFixed(1)} %, wanted 80 %`)
