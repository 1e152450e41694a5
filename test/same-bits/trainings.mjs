/*
 * A fixed set of trainings, small ones of every kind: what each of them saves is the same bytes for the same code, seed and
 * instruction set. Whoever moves code about compares two builds (`compare.mjs`); a test runs them on the baseline
 * instruction set, and holds what comes of them against `saved-models.json`.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Every training: a name and a function that trains and tells what came of it, a list of files and plain values. */
export function trainings(deepblas, folder) {
  const {
    Activation,
    Adam,
    AdamW,
    BatchNorm,
    Checkpoint,
    Concatenate,
    Dataset,
    Dense,
    Dropout,
    EarlyStopping,
    Embedding,
    GaussianNoise,
    LayerNorm,
    LBFGS,
    Normalize,
    OneHot,
    Population,
    ReduceOnPlateau,
    Residual,
    SGD,
    Sequential,
    augmented,
    categorical,
    cosine,
    crossValidate,
    datasets,
    flip,
    l1l2,
    l2,
    maxNorm,
    noise,
    normal,
    optimizerNames,
    orthogonal,
    tabularLayers,
    warmUp,
  } = deepblas

  let files = 0
  const path = () => join(folder, `${files++}.safetensors`)
  const saved = async (model) => {
    const file = path()
    await model.save(file)
    return readFileSync(file)
  }
  /** All but what a clock says. */
  const plain = (history) =>
    JSON.stringify(history, (key, value) => (key === 'seconds' || key === 'model' ? undefined : value))
  const x = (rows, columns, seed = 1) => {
    let state = seed
    return Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return state / 2 ** 31 - 1
      }),
    )
  }
  const rows = x(150, 6)
  const classes = rows.map((row) => (row[0] * row[1] > 0 ? 2 : row[2] > 0.3 ? 1 : 0))
  const two = rows.map((row) => (row[0] + row[3] * row[4] > 0 ? 1 : 0))
  const values = rows.map((row) => [row[0] * 3 + row[1] ** 2, row[2] - row[3]])
  const ofClasses = () => Dataset.from({ x: rows, y: classes })
  const ofTwo = () => Dataset.from({ x: rows, y: two })
  const ofValues = () => Dataset.from({ x: rows, y: values })
  const classifier = (seed = 3, extra = {}) =>
    new Sequential([new Dense(12, { activation: 'relu', ...extra }), new Dense(3, { activation: 'softmax' })], {
      inputs: 6,
      seed,
    })
  const basic = { loss: 'crossEntropy', epochs: 4, batchSize: 32, metrics: ['accuracy'] }
  const fitted = async (model, data, options) => {
    const history = await model.fit(data, options)
    return [await saved(model), plain(history)]
  }

  const all = []
  const training = (name, run) => all.push([name, run])

  for (const name of optimizerNames) {
    if (name === 'lbfgs') continue
    training(`optimizer ${name}`, () => fitted(classifier(), ofClasses(), { ...basic, optimizer: name }))
  }
  training('momentum of Nesterov, decay, clipping, accumulation, averages', () =>
    fitted(classifier(), ofClasses(), {
      ...basic,
      optimizer: new SGD({
        learningRate: cosine({ learningRate: 0.1, steps: 15 }),
        momentum: 0.9,
        nesterov: true,
        weightDecay: 1e-3,
        clipNorm: 1,
        accumulate: 2,
        averageDecay: 0.9,
      }),
      validation: 0.2,
    }),
  )
  training('AdamW with warm-up and clipped values', () =>
    fitted(classifier(), ofClasses(), {
      ...basic,
      optimizer: new AdamW({
        learningRate: warmUp(cosine({ learningRate: 0.01, steps: 20 }), { steps: 5 }),
        clipValue: 0.05,
      }),
    }),
  )
  training('LBFGS', () =>
    fitted(classifier(5, { activation: 'tanh' }), ofClasses(), {
      loss: 'crossEntropy',
      optimizer: new LBFGS(),
      epochs: 12,
      validation: 0.2,
      metrics: ['accuracy', 'f1'],
    }),
  )
  training('full batch, two classes, penalties', () =>
    fitted(
      new Sequential(
        [
          new Dense(8, { activation: 'tanh', regularizer: l2(1e-3) }),
          new Dense(1, { activation: 'sigmoid', regularizer: l1l2({ l1: 1e-4, l2: 1e-4 }) }),
        ],
        { inputs: 6, seed: 2 },
      ),
      ofTwo(),
      { loss: 'binaryCrossEntropy', epochs: 12, batchSize: 'full', metrics: ['accuracy', 'rocAuc'], validation: 0.25 },
    ),
  )
  for (const [loss, targets] of [
    ['meanSquaredError', ofValues],
    ['meanAbsoluteError', ofValues],
    ['huber', ofValues],
  ]) {
    training(`loss ${loss}`, () =>
      fitted(new Sequential([new Dense(10, { activation: 'gelu' }), new Dense(2)], { inputs: 6, seed: 1 }), targets(), {
        loss,
        epochs: 3,
        batchSize: 50,
        optimizer: new Adam({ learningRate: 0.01 }),
      }),
    )
  }
  training('layers of every kind', () =>
    fitted(
      new Sequential(
        [
          new Dense(12, { initializer: orthogonal({ gain: 1.2 }), constraint: maxNorm(2) }),
          new BatchNorm(),
          new Activation('leakyRelu'),
          new Dropout(0.2),
          new Residual([new Dense(12, { activation: 'elu' }), new LayerNorm(), new GaussianNoise(0.1)]),
          new Dense(7, { activation: 'silu', initializer: normal({ standardDeviation: 0.2 }) }),
          new Dense(3, { activation: 'softmax' }),
        ],
        { inputs: 6, seed: 11 },
      ),
      ofClasses(),
      basic,
    ),
  )
  training('named inputs, embedding, one-hot, normalize', async () => {
    const codes = rows.map((_, i) => i % 5)
    const marks = rows.map((_, i) => i % 3)
    const data = Dataset.from({ x: { numbers: rows, city: codes, mark: marks }, y: two })
    const model = new Sequential(
      [
        new Concatenate({ numbers: Normalize.fit(data, 'numbers'), city: [new Embedding(4)], mark: [new OneHot()] }),
        new Dense(9, { activation: 'relu' }),
        new Dense(1, { activation: 'sigmoid' }),
      ],
      { inputs: { numbers: 6, city: categorical(5), mark: categorical(3) }, seed: 4 },
    )
    return fitted(model, data, { loss: 'binaryCrossEntropy', epochs: 3, batchSize: 40 })
  })
  training('sample weights and class weights', () =>
    fitted(classifier(), Dataset.from({ x: rows, y: classes, sampleWeights: rows.map((row) => 1 + row[5]) }), {
      ...basic,
      classWeights: 'balanced',
    }),
  )
  training('callbacks that steer', () =>
    fitted(classifier(), ofClasses(), {
      ...basic,
      epochs: 30,
      validation: 0.2,
      callbacks: [
        new EarlyStopping({ monitor: 'validation.loss', patience: 3, restoreBest: true }),
        new ReduceOnPlateau({ monitor: 'validation.loss', patience: 1, factor: 0.5 }),
      ],
    }),
  )
  training('stream', () => {
    const batches = async function* () {
      for (let from = 0; from < 150; from += 40)
        yield { x: rows.slice(from, from + 40), y: classes.slice(from, from + 40) }
    }
    return fitted(classifier(), batches, {
      loss: 'crossEntropy',
      epochs: 3,
      validation: ofClasses(),
      metrics: ['accuracy'],
      optimizer: new Adam({ averageDecay: 0.9 }),
    })
  })
  training('augmented stream', () =>
    fitted(
      classifier(),
      () => augmented(ofClasses(), [noise({ standardDeviation: 0.1 })], { batchSize: 40, seed: 7 }),
      {
        loss: 'crossEntropy',
        epochs: 2,
      },
    ),
  )
  training('partialFit', async () => {
    const model = classifier()
    const options = { loss: 'crossEntropy', optimizer: new Adam() }
    const first = await model.partialFit({ x: rows.slice(0, 70), y: classes.slice(0, 70) }, options)
    const second = await model.partialFit({ x: rows.slice(70), y: classes.slice(70) })
    return [await saved(model), plain([first, second])]
  })
  training('fine-tuning with a frozen layer', async () => {
    const model = classifier()
    model.layers[0].trainable = false
    return fitted(model, ofClasses(), basic)
  })
  training('population with rates, decays, own data and early ends', async () => {
    const many = new Population([new Dense(8, { activation: 'relu' }), new Dense(3, { activation: 'softmax' })], {
      inputs: 6,
      members: 5,
      seed: 20,
    })
    const parts = Array.from({ length: 5 }, (_, i) =>
      Dataset.from({ x: rows.slice(0, 80 + 14 * i), y: classes.slice(0, 80 + 14 * i) }),
    )
    const history = await many.fit(parts, {
      ...basic,
      epochs: 10,
      optimizer: new Adam({ learningRate: [0.1, 0.03, 0.01, 0.003, 0.001] }),
      validation: 0.2,
      callbacks: [new EarlyStopping({ monitor: 'validation.loss', patience: 2 })],
    })
    const best = many.best()
    return [await saved(many), await saved(best.model), plain(history), String(best.index)]
  })
  training('population of a stream, and partialFit', async () => {
    const many = new Population([new Dense(4, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })], {
      inputs: 6,
      members: 3,
    })
    await many.fit(
      async function* () {
        yield { x: rows.slice(0, 60), y: two.slice(0, 60) }
        yield { x: rows.slice(60), y: two.slice(60) }
      },
      { loss: 'binaryCrossEntropy', epochs: 2 },
    )
    await many.partialFit(ofTwo())
    return [await saved(many)]
  })
  training('resume', async () => {
    const checkpoint = path()
    const options = { ...basic, validation: 0.2, optimizer: new Adam({ averageDecay: 0.95 }) }
    const layers = { regularizer: l2(1e-3) }
    await classifier(6, layers).fit(ofClasses(), { ...options, callbacks: [new Checkpoint(checkpoint)] })
    const model = classifier(6, layers)
    const history = await model.fit(ofClasses(), { ...options, epochs: 8, resume: checkpoint })
    return [await saved(model), plain(history)]
  })
  training('resume of a population in mid-epoch', async () => {
    const checkpoint = path()
    const many = () =>
      new Population(
        [new Dense(4, { activation: 'relu' }), new Dropout(0.1), new Dense(3, { activation: 'softmax' })],
        {
          inputs: 6,
          members: 9,
        },
      )
    const options = { ...basic, callbacks: [new Checkpoint(checkpoint, { every: { steps: 7 } })] }
    await many().fit(ofClasses(), options)
    const again = many()
    await again.fit(ofClasses(), { ...options, epochs: 6, resume: checkpoint, callbacks: [] })
    return [await saved(again)]
  })
  training('encoder', async () => {
    const table = rows.map((row, i) => ({
      size: row[0] * 100,
      city: ['Rome', 'Oslo', 'Lima', 'Cairo'][i % 4],
      built: new Date(Date.UTC(2000 + (i % 20), i % 12, 1 + (i % 28))),
      garden: i % 3 === 0,
      empty: i % 7 === 0 ? null : row[1],
      price: row[2] * 1e5 + (i % 4) * 1e4,
    }))
    const data = await Dataset.fromRows(table, { target: 'price' })
    const model = new Sequential(tabularLayers(data.encoder, { hidden: [16], dropout: 0.1 }), {
      inputs: data.encoder.inputs,
      seed: 8,
    })
    const history = await model.fit(data, { loss: 'meanSquaredError', epochs: 4, metrics: ['meanAbsoluteError', 'r2'] })
    const prediction = model.predictSync(table.slice(0, 9))
    return [await saved(model), plain(history), Buffer.from(prediction.data.buffer)]
  })
  training('pictures, flipped, from bytes', async () => {
    const pixels = new Uint8Array(60 * 64).map((_, i) => (i * 37 + (i >> 5) * 11) & 255)
    const data = Dataset.from(
      { x: { data: pixels, shape: [60, 64] }, y: Array.from({ length: 60 }, (_, i) => i % 3) },
      { scale: 1 / 255, featureShape: [8, 8] },
    )
    const model = new Sequential([new Dense(20, { activation: 'relu' }), new Dense(3, { activation: 'softmax' })], {
      inputs: 64,
    })
    return fitted(model, () => augmented(data, [flip()], { batchSize: 20 }), { loss: 'crossEntropy', epochs: 2 })
  })
  training('folds', async () => {
    const { mean } = await crossValidate(() => classifier(), ofClasses(), { ...basic, folds: 3 })
    return [plain(mean)]
  })
  training('made data', async () => {
    const flower = Dataset.from(datasets.flower({ samples: 100, seed: 5 }))
    const planar = new Sequential([new Dense(4, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })], {
      inputs: 2,
    })
    return fitted(planar, flower, { loss: 'binaryCrossEntropy', epochs: 50, batchSize: 'full', optimizer: 'sgd' })
  })
  training('wide', async () => {
    const wide = x(96, 200, 9)
    const model = new Sequential(
      [new Dense(160, { activation: 'relu' }), new Dense(140, { activation: 'relu' }), new Dense(1)],
      {
        inputs: 200,
      },
    )
    return fitted(model, Dataset.from({ x: wide, y: wide.map((row) => [row[0]]) }), {
      loss: 'meanSquaredError',
      epochs: 2,
      batchSize: 32,
    })
  })
  return all
}

/** Name -> checksum of all that the training told. */
export async function checksums(deepblas) {
  const folder = mkdtempSync(join(tmpdir(), 'same-bits-'))
  const result = {}
  try {
    for (const [name, run] of trainings(deepblas, folder)) {
      const sum = createHash('sha256')
      for (const part of await run()) sum.update(part)
      result[name] = sum.digest('hex').slice(0, 32)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  return result
}

if (process.argv[1] === import.meta.filename) {
  const deepblas = await import(
    new URL(`${process.argv[2] ?? new URL('../..', import.meta.url).pathname}/dist/index.mjs`, 'file:').href
  )
  console.log(JSON.stringify(await checksums(deepblas), undefined, 2))
}
