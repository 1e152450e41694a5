// Two metrics of one's own: one a rule of every output, which runs natively, and one a function of all scores, in plain
// JavaScript. Early stopping watches the second.
import { Dataset, Dense, datasets, defineMetric, EarlyStopping, Sequential } from 'deepblas'

/** The mean of the probability given to the right side: 1 at best. */
const confidence = defineMetric({
  name: 'confidence',
  needs: ['labels', 'probabilities'],
  rule: ({ score, target }) => target.moreThan(0.5).select(score, score.negated().plus(1)),
})

/** How many of the rows among the tenth with the highest scores are of class 1, over what chance would give. */
const lift = defineMetric({
  name: 'lift',
  needs: ['labels'],
  higherIsBetter: true,
  fromScores({ rows, scores, targets }) {
    const order = Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
    const top = order.slice(0, Math.ceil(rows / 10))
    const share = (/** @type {readonly number[]} */ of) =>
      of.reduce((sum, row) => sum + (targets[row] ?? 0), 0) / of.length
    return share(top) / share(order)
  },
})

const data = Dataset.from(datasets.moons({ samples: 600, noise: 0.3, seed: 2 }))
const model = new Sequential([new Dense(16, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })], {
  inputs: 2,
  seed: 1,
})
const history = await model.fit(data, {
  loss: 'binaryCrossEntropy',
  epochs: 60,
  validation: 0.3,
  metrics: [confidence, lift],
  callbacks: [new EarlyStopping({ monitor: 'validation.lift', patience: 20 })],
})
for (const result of history.epochs.filter(({ epoch }) => epoch % 10 === 1)) {
  const [mean, times] = ['confidence', 'lift'].map((name) => Number(result.validation?.[name]))
  console.log(`epoch ${result.epoch}: confidence ${mean?.toFixed(3)}, lift ${times?.toFixed(2)}`)
}
console.log(`best lift ${history.best?.value.toFixed(2)}`)
