/*
 * What Keras, PyTorch, scikit-learn, TensorFlow.js and brain.js call the things that deepblas has under other names: a user who
 * types one of their words is told ours.
 */

/**
 * Their words, by ours. Case and separators do not matter. A word may have several meanings: the first that can stand in a
 * place is meant there.
 */
const theirWords = {
  losses: {
    meanSquaredError: 'mse mseLoss l2 l2Loss squaredError squaredLoss meanSquareError quadratic regression',
    meanAbsoluteError: 'mae maeLoss l1 l1Loss absoluteError absoluteDifference',
    huber: 'huberLoss smoothL1 smoothL1Loss',
    binaryCrossEntropy:
      'bce bceLoss bceWithLogits bceWithLogitsLoss binaryCrossEntropyWithLogits sigmoidCrossEntropy ' +
      'sigmoidCrossEntropyWithLogits binaryLogistic logistic logLoss logisticLoss',
    crossEntropy:
      'ce crossEntropyLoss categoricalCrossEntropy sparseCategoricalCrossEntropy softmaxCrossEntropy ' +
      'softmaxCrossEntropyWithLogits sparseSoftmaxCrossEntropyWithLogits nll nllLoss negativeLogLikelihood softmax ' +
      'multiclass',
    kullbackLeibler: 'kl kld klDiv klDivLoss klDivergence kullbackLeiblerDivergence',
    poisson: 'poissonLoss poissonNll poissonNllLoss',
    hinge: 'hingeLoss hingeEmbeddingLoss svm',
    quantile: 'quantileLoss pinball pinballLoss multiQuantile regQuantile checkLoss tiltedLoss',
  },
  metrics: {
    accuracy: 'acc binaryAccuracy categoricalAccuracy sparseCategoricalAccuracy accuracyScore',
    precision: 'precisionScore',
    recall: 'recallScore sensitivity tpr',
    f1: 'f1Score fScore fMeasure fbeta',
    rocAuc: 'auc auroc rocAucScore aucRoc roc',
    averagePrecision: 'averagePrecisionScore ap prAuc aucPr auprc aucpr',
    logLoss: 'binaryCrossEntropy crossEntropy categoricalCrossEntropy sparseCategoricalCrossEntropy logloss nll',
    brier: 'brierScore brierScoreLoss',
    matthews: 'mcc matthewsCorrcoef matthewsCorrelationCoefficient',
    topK: 'topKAccuracy topKCategoricalAccuracy sparseTopKCategoricalAccuracy top5Accuracy topKAccuracyScore',
    confusion: 'confusionMatrix',
    meanSquaredError: 'mse squaredError negMeanSquaredError',
    rootMeanSquaredError: 'rmse rootMeanSquareError negRootMeanSquaredError',
    meanAbsoluteError: 'mae l1 absoluteError negMeanAbsoluteError',
    medianAbsoluteError: 'medae medianError negMedianAbsoluteError',
    r2: 'r2Score rSquared r2score coefficientOfDetermination',
  },
  activations: {
    silu: 'swish',
    linear: 'none identity',
    sigmoid: 'logistic',
    leakyRelu: 'lrelu',
  },
  initializers: {
    glorotUniform: 'xavier xavieruniform glorot',
    glorotNormal: 'xaviernormal',
    heNormal: 'kaiming kaimingnormal he',
    heUniform: 'kaiminguniform',
    lecunNormal: 'lecun',
    normal: 'randomnormal truncatednormal',
    uniform: 'randomuniform',
    zeros: 'zero none',
  },
  optimizers: {
    sgd: 'gradientdescent gd momentum',
  },
  options: {
    learningRate: 'lr alpha eta stepsize learningrateinit',
    epsilon: 'eps',
    beta1: 'betas b1',
    beta2: 'b2',
    weightDecay: 'wd l2penalty',
    clipNorm: 'maxgradnorm gradientclip',
    averageDecay: 'ema emamomentum',
    accumulate: 'gradientaccumulationsteps',
    inputs: 'inputshape batchinputshape inputdim inputsize inputlayersize infeatures nfeatures nin',
    bias: 'usebias',
    initializer: 'kernelinitializer weightinitializer weightinit init',
    regularizer: 'kernelregularizer weightregularizer',
    constraint: 'kernelconstraint',
    seed: 'randomstate randomseed shuffleseed',
    epochs: 'nepochs nbepoch numepochs maxepochs epoch iterations maxiter niter',
    batchSize: 'minibatchsize batch',
    validation: 'validationsplit validationdata validationset validationfraction valdata validsplit evalset',
    classWeights: 'classweight',
    loss: 'criterion lossfn lossfunction objective',
    optimizer: 'optim solver',
    progress: 'verbose',
    callbacks: 'callback',
    x: 'xs xtrain features inputs input data',
    y: 'ys ytrain target targets output outputs',
    sampleWeights: 'sampleweight weights',
    labels: 'classnames',
    stratified: 'stratify',
    delimiter: 'sep separator',
    missing: 'navalues',
    target: 'labelcolumn targetcolumn label',
    monitor: 'metric quantity metricname',
    minimumDelta: 'mindelta delta tolerance tol',
    threshold: 'mindelta delta epsilon',
    restoreBest: 'restorebestweights restorebestmodel',
    startFromEpoch: 'startepoch warmup minepochs',
    minimumLearningRate: 'minlr',
    bestOnly: 'savebestonly savetopk',
    every: 'savefreq period everynepochs frequency',
  },
} satisfies Readonly<Record<string, Readonly<Record<string, string>>>>

const optimizer = 'It is an option of the optimizer: optimizer: new Adam({ learningRate: 0.001 }).'
const units = 'The number of units comes first: new Dense(8, { … }).'

/** What to do about an option that a place does not have, by its name without case and separators. */
const elsewhere: Readonly<Record<string, string>> = {
  lr: optimizer,
  learningrate: optimizer,
  alpha: optimizer,
  weightdecay: 'It is an option of the optimizer: optimizer: new AdamW({ weightDecay: 0.01 }).',
  clipnorm: 'It is an option of the optimizer: optimizer: new Adam({ clipNorm: 1 }).',
  clipvalue: 'It is an option of the optimizer: optimizer: new Adam({ clipValue: 1 }).',
  momentum: 'SGD and RMSProp take a momentum; Adam has beta1 in its place.',
  decay: 'Give a schedule as learningRate, such as exponentialDecay({ … }).',
  lrschedule: 'Give a schedule as learningRate, such as cosine({ … }).',
  maximize: 'Optimizers make the loss smaller: write a loss that is the negative.',
  units,
  outfeatures: units,
  outputdim: units,
  nodes: units,
  neurons: units,
  name: 'Layers and models have no names: leave it out, and read model.layers[0].',
  dtype: 'All numbers are float32: leave it out.',
  activityregularizer: 'There are penalties on weights alone: regularizer and biasRegularizer.',
  layers: 'The list of layers comes first: new Sequential([new Dense(1)], { inputs: 2 }).',
  hiddenlayers: 'Give the layers as a list: new Sequential([new Dense(16), new Dense(1)], { inputs: 2 }).',
  dropout: 'It is a layer: new Dropout(0.2).',
  sampleweight: 'It belongs to the data: Dataset.from({ x, y, sampleWeights }).',
  sampleweights: 'It belongs to the data: Dataset.from({ x, y, sampleWeights }).',
  x: 'The data set comes first: fit(Dataset.from({ x, y }), { … }).',
  y: 'It belongs to the data: Dataset.from({ x, y }).',
  stepsperepoch: 'Only a fit with a stream has it; of a data set, batchSize says how many steps an epoch has.',
  initialepoch: 'fit({ resume: path }) goes on from a checkpoint.',
  validationfreq: 'Every epoch is validated: leave it out.',
  validationsteps: 'All rows of the validation are looked at: leave it out.',
  errorthresh: "Give callbacks: [new EarlyStopping({ monitor: 'loss' })].",
  earlystopping: 'Give callbacks: [new EarlyStopping()].',
  patience: 'Give callbacks: [new EarlyStopping({ patience: 3 })].',
  logperiod: 'Give progress: true.',
  log: 'Give progress: true.',
  loglevel: 'Give progress: true.',
  testsize: 'The share comes first: split(0.2).',
  trainsize: 'The share of the second part comes first: split(0.2).',
  normalize: 'Put Normalize.fit(data) first in the list of layers.',
  standardize: 'Put Normalize.fit(data) first in the list of layers.',
}

/** What follows the question "Did you mean …?" where our option is not quite theirs. */
const differences: Readonly<Record<string, string>> = {
  inputs: 'It is the number of features of one row: 784 for pictures of 28 × 28.',
  validation: 'It is a share such as 0.2, or a Dataset.',
  progress: 'It is true or false, and false if left out.',
  beta1: 'There are beta1 and beta2.',
}

/** Case and word separators are the usual difference between one library's names and another's. */
export function comparable(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '')
}

/** Our names by their word, and by our own in another spelling. */
function byTheirWord(kinds: readonly Readonly<Record<string, string>>[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const kind of kinds) {
    for (const [ours, words] of Object.entries(kind)) {
      for (const word of [ours, ...words.split(' ')]) {
        const key = comparable(word)
        found.set(key, [...(found.get(key) ?? []), ours])
      }
    }
  }
  return found
}

const ourNames = byTheirWord(Object.values(theirWords))
const ourMetrics = byTheirWord([theirWords.metrics])

/** Our name for the word of another library, if it is one of `names`. */
export function ourName(word: string, names: readonly string[]): string | undefined {
  return ourNames.get(comparable(word))?.find((name) => names.includes(name))
}

/** The sentence "deepblas calls it 'crossEntropy'." for another library's word for one of `names`. */
export function calledHere(word: unknown, names: readonly string[]): string | undefined {
  const ours = typeof word === 'string' ? ourName(word, names) : undefined
  return ours === undefined ? undefined : `deepblas calls it '${ours}'.`
}

/** A sentence on where an option is found that this place does not have. */
export function foundElsewhere(option: string): string | undefined {
  const key = comparable(option)
  return Object.hasOwn(elsewhere, key) ? elsewhere[key] : undefined
}

/** A sentence on how our option differs from another library's option of another name. */
export function difference(option: string, word: string): string | undefined {
  return comparable(option) !== comparable(word) && Object.hasOwn(differences, option) ? differences[option] : undefined
}

/**
 * The path of ours for a monitored number as others write it: `val_loss`, `valAcc`, `train_loss`, `lr`; undefined where
 * there is none.
 */
export function ourMonitor(monitor: string): string | undefined {
  const [, part = '', rest = ''] =
    /^(?:(validation|valid|val|eval|test|dev|training|train)(?:[_\-./ :]+(?:set[_\-./ :]+)?|(?=[A-Z])))?(.+)$/.exec(
      monitor,
    ) ?? []
  const held = part !== '' && !part.startsWith('train')
  const key = comparable(rest)
  if (!held && /^(lr|learningrate)$/.test(key)) return 'learningRate'
  const name = key === 'loss' || key === 'cost' ? 'loss' : ourMetrics.get(key)?.[0]
  if (name === undefined) return undefined
  const path = held ? `validation.${name}` : name
  return path === monitor ? undefined : path
}

/** The sentence "Write 'validation.loss'." for a monitor as others write it; undefined for other texts. */
export function monitorHint(monitor: string): string | undefined {
  const ours = ourMonitor(monitor)
  return ours === undefined ? undefined : `Write '${ours}'.`
}
