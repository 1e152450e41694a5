/*
 * What Keras, PyTorch, scikit-learn and TensorFlow.js call the losses, metrics and monitored numbers of deepblas: a user
 * who types one of those names is told ours.
 */

const losses: Readonly<Record<string, string>> = {
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
}

const metrics: Readonly<Record<string, string>> = {
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
}

/** Options of callbacks; where several of ours may be meant, the callback has one of them. */
const callbackOptions: Readonly<Record<string, string>> = {
  monitor: 'metric quantity metricName',
  minimumDelta: 'minDelta delta tolerance tol',
  threshold: 'minDelta delta epsilon',
  restoreBest: 'restoreBestWeights restoreBestModel',
  startFromEpoch: 'startEpoch warmUp minEpochs',
  minimumLearningRate: 'minLr',
  bestOnly: 'saveBestOnly saveTopK',
  every: 'saveFreq period everyNEpochs frequency',
}

/** Case and word separators are the usual difference between one library's names and another's. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

function byTheirs(ours: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const pairs = Object.entries(ours).flatMap(([our, theirs]) => [
    [plain(our), our] as const,
    ...theirs.split(' ').map((their) => [plain(their), our] as const),
  ])
  // The first to claim a name keeps it.
  return new Map(pairs.reverse())
}

const lossOfName = byTheirs(losses)
const metricOfName = byTheirs(metrics)

/** The sentence "deepblas calls it 'crossEntropy'." for another library's name of a loss; undefined for other texts. */
export function foreignLossHint(name: unknown): string | undefined {
  return hint(typeof name === 'string' ? lossOfName.get(plain(name)) : undefined)
}

/** As `foreignLossHint`, of a metric. */
export function foreignMetricHint(name: unknown): string | undefined {
  return hint(typeof name === 'string' ? metricOfName.get(plain(name)) : undefined)
}

/** As `foreignLossHint`, of an option of a callback that has the options `names`. */
export function foreignOptionHint(key: string, names: readonly string[]): string | undefined {
  return hint(
    Object.entries(callbackOptions).find(
      ([ours, theirs]) => names.includes(ours) && theirs.split(' ').some((their) => plain(their) === plain(key)),
    )?.[0],
  )
}

/**
 * The path of ours for a monitored number as others write it: `val_loss`, `valAcc`, `train_loss`, `lr`; undefined where
 * there is none.
 */
export function foreignMonitor(monitor: string): string | undefined {
  const [, part = '', rest = ''] =
    /^(?:(validation|valid|val|eval|test|dev|training|train)(?:[_\-./ :]+(?:set[_\-./ :]+)?|(?=[A-Z])))?(.+)$/.exec(
      monitor,
    ) ?? []
  const held = part !== '' && !part.startsWith('train')
  if (!held && /^(lr|learningrate)$/.test(plain(rest))) return 'learningRate'
  const name = plain(rest) === 'loss' || plain(rest) === 'cost' ? 'loss' : metricOfName.get(plain(rest))
  if (name === undefined) return undefined
  const path = held ? `validation.${name}` : name
  return path === monitor ? undefined : path
}

/** The sentence "Write 'validation.loss'." for a monitor as others write it; undefined for other texts. */
export function foreignMonitorHint(monitor: string): string | undefined {
  const ours = foreignMonitor(monitor)
  return ours === undefined ? undefined : `Write '${ours}'.`
}

function hint(ours: string | undefined): string | undefined {
  return ours === undefined ? undefined : `deepblas calls it '${ours}'.`
}
