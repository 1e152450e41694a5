/*
 * What the units of a small trained network respond to, layer by layer, and whether the data shows what the lesson shows.
 */
import { Dataset } from '../../data/dataset/dataset.js'
import type { PictureSets } from '../../data/pictures/read-pictures.js'
import { DeepblasError } from '../../errors.js'
import { isAbortSignal } from '../../kinds.js'
import { Dense } from '../../layers/dense.js'
import { Sequential } from '../../model/sequential.js'
import { Adam } from '../../optimizers/adam.js'
import { l2 } from '../../regularizers/regularizer.js'
import { renderTable } from '../../report/terminal/table.js'
import { array, invalid, knownOptions, nonNegativeInteger, positiveInteger } from '../../validate.js'
import type { WhyDeepLook } from './text.js'
import { type EdgeFigures, type UnitPictures, unitPictures } from './unit-pictures.js'

export interface PictureStudyOptions {
  /** Units of the hidden layers. Default [64, 32]; [20, 7, 5] of fewer than 1,000 pictures, as the course's cat network. */
  readonly hidden?: readonly number[]
  /** Default 20; 200 of fewer than 1,000 pictures. */
  readonly epochs?: number
  /** Seed of the weights, the shuffles, and of what is drawn to compare with. Default 0. */
  readonly seed?: number
  /** Ends the work: the promise rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal
}

export interface PictureStudy {
  readonly rows: number
  readonly featureShape: readonly number[]
  readonly hidden: readonly number[]
  readonly trainAccuracy: number
  /** Undefined without test pictures. */
  readonly testAccuracy: number | undefined
  /** The first layer before any training. */
  readonly untrained: EdgeFigures | undefined
  /** Of every layer, from the first; rows are numbers of the training data. */
  readonly layers: readonly UnitPictures[]
  /** The figures as a table, and what they say of edges, parts and wholes. */
  readonly text: string
}

const FEW_ROWS = 1000
/** Weights of pixels that say nothing fall to 0, rather than stay what they were drawn as. */
const WEIGHT_PENALTY = 1e-3

/**
 * Trains a small network on pictures of classes and looks at the units of every layer by `unitPictures`. Adam, rate 0.001
 * (0.0001 of fewer than 1,000 pictures), batches of 32, an l2 penalty of 0.001.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range, _DATA for data without classes
 * @example
 * const { text, layers } = await pictureStudy(await readPictures('digits'))
 */
export async function pictureStudy(sets: PictureSets, options?: PictureStudyOptions): Promise<PictureStudy> {
  const { train, test } = sets ?? {}
  if (!(train instanceof Dataset)) throw invalid('train', 'Dataset', train, 'readPictures gives { train, test }.')
  const { hidden, epochs, seed, signal } = settingsOf(train, options)
  const classes = train.classCounts().length
  if (classes < 2) {
    throw new DeepblasError('ERR_DEEPBLAS_DATA', `Expected pictures of at least 2 classes but received ${classes}.`)
  }
  const model = newModel(train, hidden, classes, seed)
  const stop = signal === undefined ? {} : { signal }
  const untrained = await unitPictures(model, train, { steps: 0, seed, ...stop })
  await model.fit(train, {
    loss: classes === 2 ? 'binaryCrossEntropy' : 'crossEntropy',
    optimizer: new Adam({ learningRate: rateFor(train) }),
    epochs,
    batchSize: 32,
    ...stop,
  })
  const layers: UnitPictures[] = []
  for (const layer of model.layers.keys()) layers.push(await unitPictures(model, train, { layer, seed, ...stop }))
  const study = {
    rows: train.rows,
    featureShape: [...train.featureShape],
    hidden,
    trainAccuracy: (await model.evaluate(train, { metrics: ['accuracy'] })).accuracy,
    testAccuracy: test && (await model.evaluate(test, { metrics: ['accuracy'] })).accuracy,
    untrained: untrained.edges,
    layers,
  }
  return { ...study, text: pictureStudyText(study) }
}

/** Few pictures are large ones here: with thousands of inputs above 0, one large step shuts a relu unit off for good. */
function rateFor({ rows }: Dataset): number {
  return rows < FEW_ROWS ? 1e-4 : 1e-3
}

function newModel(train: Dataset, hidden: readonly number[], classes: number, seed: number): Sequential {
  const regularizer = l2(WEIGHT_PENALTY)
  return new Sequential(
    [
      ...hidden.map((units) => new Dense(units, { activation: 'relu', regularizer })),
      classes === 2 ? new Dense(1, { activation: 'sigmoid' }) : new Dense(classes, { activation: 'softmax' }),
    ],
    { inputs: train.features, seed },
  )
}

/** The table of a study, and what it says. */
export function pictureStudyText(
  study: Omit<PictureStudy, 'text'>,
  { width, ascii = false }: WhyDeepLook = {},
): string {
  const { layers, untrained, rows, featureShape, hidden, trainAccuracy, testAccuracy } = study
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`
  const named = (name: string, { median, shuffledMedian, structured, edges }: EdgeFigures) =>
    [name, percent(median), percent(shuffledMedian), percent(structured), percent(edges)] as const
  const edgeRows = [
    ...(untrained === undefined ? [] : [named('before training', untrained)]),
    ...layers.flatMap(({ layer, edges }) => (edges === undefined ? [] : [named(`trained, layer ${layer + 1}`, edges)])),
  ]
  const classRows = layers.map(({ layer, units, classShare }) => [
    `layer ${layer + 1}`,
    units.length,
    units.filter(({ constant }) => constant).length,
    classShare === undefined ? '' : percent(classShare.found),
    classShare === undefined ? '' : percent(classShare.random),
  ])
  const look = { ascii, ...(width === undefined ? {} : { width }) }
  const tested = testAccuracy === undefined ? '' : `, ${percent(testAccuracy)} of the test pictures`
  return [
    `${rows} pictures [${featureShape.join(', ')}], hidden layers ${hidden.join('-')}: right on ${percent(trainAccuracy)} of them${tested}`,
    ...(edgeRows.length === 0
      ? []
      : [
          'Weights of first-layer units: the share that one edge explains (median over units), the same with the weights in ' +
            'shuffled places, units with more structure than 99 of 100 shuffled ones, and units of which one edge explains more than half',
          renderTable(['weights', 'edge', 'shuffled', 'structured', 'edges'], edgeRows, look),
        ]),
    'Most exciting pictures of each unit: the share of their commonest class (mean over units), and the same for pictures drawn ' +
      'at random',
    renderTable(['', 'units', 'constant', 'one class', 'random'], classRows, look),
    verdict(layers),
  ].join('\n\n')
}

/** Whether the figures bear the lesson out. */
function verdict(layers: readonly UnitPictures[]): string {
  const [first] = layers
  const { edges } = first!
  const shares = layers.flatMap(({ classShare }) => (classShare === undefined ? [] : [classShare.found]))
  const told: string[] = []
  if (edges !== undefined) {
    const times = (edges.median / edges.shuffledMedian).toFixed(1)
    told.push(
      edges.edges >= 0.5
        ? 'Edges: most first-layer units are one edge or bar.'
        : edges.structured >= 0.5
          ? `Edges: hardly. First-layer weights have structure (one edge explains ${times} times as much as by chance), but few ` +
            'units are one edge: a fully connected unit has no reason to look at one place, as a convolution has.'
          : 'Edges: no. First-layer weights can hardly be told from shuffled ones.',
    )
  }
  if (shares.length > 1) {
    const rising = shares.at(-1)! > shares[0]!
    told.push(
      `Parts and wholes: ${rising ? 'as far as classes go' : 'no'}. What excites a unit is of one class for ` +
        `${(100 * shares[0]!).toFixed(0)} % in the first layer and ${(100 * shares.at(-1)!).toFixed(0)} % in the last, which is ` +
        'trained to do so; that units between them stand for parts, these figures do not show.',
    )
  }
  return told.join(' ')
}

function settingsOf(train: Dataset, options: PictureStudyOptions | undefined) {
  const names = ['hidden', 'epochs', 'seed', 'signal'] as const
  const given = knownOptions<PictureStudyOptions>('pictureStudy', options, names)
  const few = train.rows < FEW_ROWS
  const hidden = array('hidden', given.hidden ?? (few ? [20, 7, 5] : [64, 32]), 'numbers of units')
  const { signal } = given
  if (signal !== undefined && !isAbortSignal(signal)) throw invalid('signal', 'AbortSignal', signal)
  return {
    hidden: hidden.map((units, i) => positiveInteger(`hidden[${i}]`, units)),
    epochs: positiveInteger('epochs', given.epochs ?? (few ? 200 : 20)),
    seed: nonNegativeInteger('seed', given.seed ?? 0),
    signal,
  }
}
