/*
 * Tables whose trouble is known, since it was put there: what `diagnose` and `improve` are judged by. Everything is drawn
 * from the seed; the size multiplies the rows.
 *
 * Each task has inputs that are standard normal, and a target that follows a rule: `soft`, a random network of four tanh
 * units, which a few hundred rows teach; `round`, by the distance from the origin, for which a network needs several
 * units; `straight`, a weighted sum.
 */

/** Sizes that a case is run at where none are asked for: factors of its rows. */
export const usualSizes = [0.6, 1, 2]

const tasks = ['two classes', 'three classes', 'regression']

/** What may come first where few rows are fitted too closely. */
const againstVariance = ['l2', 'dropout', 'smaller', 'moreData', 'augment']

const kinds = [
  { kind: 'tooSmall', make: tooSmall, dominant: ['bias'], levers: ['bigger', 'hiddenUnits', 'deeper'] },
  { kind: 'tooLittleRegularization', make: unregularized, dominant: ['variance'], levers: againstVariance },
  { kind: 'rateTooLow', make: rateTooLow, dominant: ['optimization'], levers: ['learningRate'] },
  { kind: 'unscaledInputs', make: unscaledInputs, dominant: ['inputs'], levers: ['scale'] },
  { kind: 'noisyLabels', make: noisyLabels, dominant: ['labelNoise'], levers: againstVariance },
  { kind: 'tooLittleData', make: tooLittleData, dominant: ['variance'], levers: ['moreData', 'augment'] },
  // In so few steps a higher rate goes farther too, if not as far.
  { kind: 'tooFewEpochs', make: tooFewEpochs, dominant: ['optimization'], levers: ['longer', 'learningRate'] },
  { kind: 'deadActivation', make: deadUnits, dominant: ['optimization'], levers: ['activation'] },
  // Adam's steps are as long however small the gradients are.
  { kind: 'vanishingGradients', make: vanishing, dominant: ['optimization'], levers: ['activation', 'optimizer'] },
  { kind: 'nothingToGain', make: nothingToGain, dominant: ['none'], levers: [] },
  { kind: 'mismatch', make: mismatch, dominant: ['mismatch'], levers: ['moreData', 'augment'] },
]

/**
 * The cases, one for each kind of trouble and each task: `make(seed, size, library)` gives, of the library that is to be
 * tested, an untrained model, the data sets, the options of its training, and what a diagnosis of the trained model may
 * say dominates and which lever may come first (of `nothingToGain` none: all are ties).
 */
export const plantedCases = kinds.flatMap(({ kind, make, dominant, levers }) =>
  tasks.map((task) => ({
    name: `${kind}, ${task}`,
    kind,
    task,
    make: (seed, size, library) => ({ ...make({ seed, size, task, library, draw: drawing(seed) }), dominant, levers }),
  })),
)

function tooSmall(given) {
  const { library, seed } = given
  const { Dense, Sequential, Adam } = library
  const units = 1 + (seed % 2)
  const model = new Sequential([new Dense(units, { activation: 'tanh' }), output(given)], { inputs: 3, seed })
  const parts = tables(given, { features: 3, rows: 600, rule: 'round' })
  return { model, ...parts, fit: fitting(given, new Adam({ learningRate: 0.01 }), 60, 32) }
}

function unregularized(given) {
  const parts = tables(given, { features: 20, rows: 80, rule: 'soft', relevant: 5 })
  const { Adam } = given.library
  return {
    model: network(given, 20, [64, 64]),
    ...parts,
    fit: fitting(given, new Adam({ learningRate: 3e-3 }), 120, 16),
  }
}

function tooLittleData(given) {
  const { Dense, Dropout, Sequential, Adam, l2 } = given.library
  const layers = [new Dense(24, { activation: 'relu', regularizer: l2(3e-3) }), new Dropout(0.2), output(given)]
  const model = new Sequential(layers, { inputs: 10, seed: given.seed })
  const parts = tables(given, { features: 10, rows: 40, rule: 'soft' })
  return { model, ...parts, fit: fitting(given, new Adam({ learningRate: 3e-3 }), 100, 16) }
}

function rateTooLow(given) {
  const parts = tables(given, { features: 8, rows: 500, rule: 'soft' })
  const { Adam, SGD } = given.library
  const optimizer = given.seed % 2 === 0 ? new Adam({ learningRate: 1e-6 }) : new SGD({ learningRate: 1e-5 })
  return { model: network(given, 8, [32, 16]), ...parts, fit: fitting(given, optimizer, 30, 32) }
}

function unscaledInputs(given) {
  const features = 8
  // From a thousandth to ten thousand, in an order of its own.
  const exponents = given.draw.shuffled(Array.from({ length: features }, (_, i) => -3 + i))
  const change = (row) => row.map((value, i) => value * 10 ** exponents[i])
  const parts = tables(given, { features, rows: 500, rule: 'soft', change })
  const { Adam } = given.library
  return {
    model: network(given, features, [32, 16]),
    ...parts,
    fit: fitting(given, new Adam({ learningRate: 3e-3 }), 40, 32),
  }
}

function noisyLabels(given) {
  const parts = tables(given, { features: 5, rows: 800, rule: 'straight', noise: 0.25 })
  const { Adam } = given.library
  return { model: network(given, 5, [64, 32]), ...parts, fit: fitting(given, new Adam({ learningRate: 3e-3 }), 60, 32) }
}

function tooFewEpochs(given) {
  const parts = tables(given, { features: 4, rows: 400, rule: 'round' })
  const { Adam } = given.library
  return { model: network(given, 4, [32, 16]), ...parts, fit: fitting(given, new Adam({ learningRate: 0.01 }), 2, 64) }
}

/** Biases so far below zero that no unit of the first layer ever gives anything but 0. */
function deadUnits(given) {
  const { Dense, Sequential, Adam, constant } = given.library
  const dead = new Dense(32, { activation: 'relu', biasInitializer: constant(-12) })
  const layers = [dead, new Dense(16, { activation: 'relu' }), output(given)]
  const model = new Sequential(layers, { inputs: 6, seed: given.seed })
  const parts = tables(given, { features: 6, rows: 500, rule: 'soft' })
  return { model, ...parts, fit: fitting(given, new Adam({ learningRate: 0.01 }), 40, 32) }
}

/** Sigmoids behind each other: each lets through a quarter of the gradient at most. */
function vanishing(given) {
  const { Dense, Sequential, SGD } = given.library
  const layers = [24, 24, 24, 24, 24].map((units) => new Dense(units, { activation: 'sigmoid' }))
  const model = new Sequential([...layers, output(given)], { inputs: 6, seed: given.seed })
  const parts = tables(given, { features: 6, rows: 500, rule: 'soft' })
  return { model, ...parts, fit: fitting(given, new SGD({ learningRate: 0.05 }), 40, 32) }
}

/**
 * The rule is simple, the rows are many, and the share of wrong labels is told as the target: nothing is left to gain. Nor
 * is there much to lose: the classes stand apart, so that a boundary which is not quite the best one has no row on its
 * wrong side, whatever activation draws it.
 */
function nothingToGain(given) {
  const noise = 0.15
  const parts = tables(given, { features: 3, rows: 1500, rule: 'straight', noise, everyone: true, apart: 0.2 })
  const { Dense, Sequential, Adam, l2 } = given.library
  const hidden = new Dense(8, { activation: 'tanh', regularizer: l2(1e-4) })
  const model = new Sequential([hidden, output(given)], { inputs: 3, seed: given.seed })
  const fit = fitting(given, new Adam({ learningRate: 5e-3 }), 60, 32)
  // Of the accuracy as of R²: the noise takes that share.
  return { model, ...parts, target: 1 - noise, fit }
}

/** The rows to be good on come from elsewhere: their inputs have another zero, and half of them another sign. */
function mismatch(given) {
  const { draw, library } = given
  const shifts = Array.from({ length: 6 }, () => (draw.uniform() < 0.5 ? 1.5 : -1.5))
  const elsewhere = (row) => row.map((value, i) => (i % 2 === 0 ? value : -value) + shifts[i])
  const { dev: trainDev, ...parts } = tables(given, { features: 6, rows: 900, rule: 'soft', elsewhere })
  const fit = fitting(given, new library.Adam({ learningRate: 3e-3 }), 40, 32)
  return { model: network(given, 6, [16]), ...parts, trainDev, dev: parts.test, fit }
}

/** A network of relu layers with the output that the task wants. */
function network(given, inputs, hidden) {
  const { Dense, Sequential } = given.library
  const layers = hidden.map((units) => new Dense(units, { activation: 'relu' }))
  return new Sequential([...layers, output(given)], { inputs, seed: given.seed })
}

function output({ task, library: { Dense } }) {
  if (task === 'regression') return new Dense(1)
  return task === 'two classes' ? new Dense(1, { activation: 'sigmoid' }) : new Dense(3, { activation: 'softmax' })
}

function fitting({ task }, optimizer, epochs, batchSize) {
  const losses = {
    'two classes': 'binaryCrossEntropy',
    'three classes': 'crossEntropy',
    regression: 'meanSquaredError',
  }
  return { loss: losses[task], optimizer, epochs, batchSize }
}

/**
 * The tables of a case: for training as many rows as asked for, for dev and test as many, from 400 up to 2000.
 *
 * @param options `noise`: of classes, the share of rows with a wrong one; of values, the share whose value is that of some
 *   other row, or, with `everyone`, the share of the variance that is noise of every row. `change`: what becomes of the
 *   inputs after the rule was applied; `elsewhere`: the same of the test rows alone. `apart`: no row of a class is nearer
 *   than this to another one, in deviations of the score.
 */
function tables(given, options) {
  const {
    features,
    rows,
    rule,
    relevant = features,
    noise = 0,
    everyone = false,
    change,
    elsewhere,
    apart = 0,
  } = options
  const { size, task, draw, library } = given
  const own = Math.max(10, Math.round(rows * size))
  const held = Math.min(2000, Math.max(400, own))
  const total = own + 2 * held
  const gap = task === 'regression' ? 0 : apart
  const drawn = Array.from({ length: gap > 0 ? 2 * total : total }, () =>
    Array.from({ length: features }, () => draw.normal()),
  )
  const all = drawn.map(ruleOf(rule, relevant, draw))
  const bounds = boundsOf(all, task)
  const kept = standingApart(all, bounds, gap).slice(0, total)
  const [x, scores] = [kept.map((at) => drawn[at]), kept.map((at) => all[at])]
  const y = task === 'regression' ? values(scores, noise, everyone, draw) : classes(scores, bounds, noise, draw)
  const part = (from, count, move = (row) => row) =>
    library.Dataset.from({
      x: x.slice(from, from + count).map((row) => move(change === undefined ? row : change(row))),
      y: task === 'regression' ? Float32Array.from(y.slice(from, from + count)) : y.slice(from, from + count),
    })
  return { train: part(0, own), dev: part(own, held), test: part(own + held, held, elsewhere) }
}

/** What a row's target follows from: a function of its inputs. */
function ruleOf(rule, relevant, draw) {
  if (rule === 'round') return (row) => Math.hypot(...row)
  const weights = () => Array.from({ length: relevant }, () => draw.normal() / Math.sqrt(relevant))
  const sum = (own, row) => own.reduce((total, weight, i) => total + weight * row[i], 0)
  const straight = weights()
  if (rule === 'straight') return (row) => sum(straight, row)
  const units = Array.from({ length: 4 }, weights)
  const outer = units.map((_, i) => (i % 2 === 0 ? 1 : -1))
  return (row) =>
    sum(straight, row) + units.reduce((total, own, i) => total + outer[i] * Math.tanh(2 * sum(own, row)), 0)
}

/** Places of the scores that are no nearer to a bound between classes than half the gap, in deviations of the score. */
function standingApart(scores, bounds, gap) {
  const least = (gap / 2) * deviationOf(scores)
  return [...scores.keys()].filter((at) => bounds.every((bound) => Math.abs(scores[at] - bound) >= least))
}

/** Bounds between classes of as many rows each; of values none. */
function boundsOf(scores, task) {
  const count = { 'two classes': 2, 'three classes': 3, regression: 1 }[task]
  const ordered = [...scores].sort((a, b) => a - b)
  return Array.from({ length: count - 1 }, (_, i) => ordered[Math.floor((scores.length * (i + 1)) / count)])
}

/** Classes in order of the scores; some of them wrong. */
function classes(scores, bounds, noise, draw) {
  const count = bounds.length + 1
  return scores.map((score) => {
    const own = bounds.filter((bound) => score >= bound).length
    return draw.uniform() < noise ? (own + 1 + Math.floor(draw.uniform() * (count - 1))) % count : own
  })
}

/** Values of mean 0 and variance 1. */
function values(scores, noise, everyone, draw) {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  const deviation = deviationOf(scores)
  const clean = scores.map((score) => (score - mean) / deviation)
  if (everyone) return clean.map((value) => Math.sqrt(1 - noise) * value + Math.sqrt(noise) * draw.normal())
  return clean.map((value) =>
    draw.uniform() < noise ? clean[Math.floor(draw.uniform() * clean.length)] : value + 0.05 * draw.normal(),
  )
}

function deviationOf(scores) {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  return Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length)
}

/** Random numbers of a seed: mulberry32, and Box and Muller's transform. */
function drawing(seed) {
  let state = (seed * 2654435761 + 12345) >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const shuffled = (items) =>
    items
      .map((item) => [uniform(), item])
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item)
  return { uniform, normal, shuffled }
}
