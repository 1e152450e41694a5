import { Dataset, forRuns } from '../../data/dataset/dataset.js'
import { batchOptimizerOf } from '../../optimizers/names.js'
import { taskOf } from '../../outputs/meaning.js'
import { countsEpochs, isSchedule } from '../../schedules/schedule.js'
import { atOnce } from '../../turns.js'
import { invalid, knownOptions, positiveInteger } from '../../validate.js'
import type { Scoring } from '../programs/compile.js'
import { ClassNames } from '../scoring/class-names.js'
import { withClassWeights } from '../scoring/class-weights.js'
import { areOfClasses, requireComputable } from '../scoring/computable-metrics.js'
import { requireWeight } from '../scoring/row-weights.js'
import { requireOneEncoder } from '../scoring/target-units.js'
import {
  commonSettings,
  datasetOf,
  datasetsOf,
  type FitOptions,
  lossFor,
  optionNames,
  type Trainee,
} from './options.js'
import type { BatchFitSettings, FitSubject } from './settings.js'
import type { BatchSource } from './stream-batches.js'

/** Options of a fit that reads a stream: the batches are those of the stream, in its order. */
export interface StreamFitOptions extends Omit<FitOptions<Dataset>, 'batchSize' | 'shuffle'> {
  /** Number of epochs. Default 10; for a single stream, which without `stepsPerEpoch` is one epoch, 1. */
  readonly epochs?: number
  /**
   * Number of batches in an epoch, for streams that continue from epoch to epoch. Default: an epoch ends with its
   * stream.
   */
  readonly stepsPerEpoch?: number
  /** Validation data. Default none. */
  readonly validation?: Dataset
}

export interface StreamSettings extends BatchFitSettings {
  readonly source: BatchSource
  readonly stepsPerEpoch: number | undefined
  readonly accept: (batch: unknown) => Dataset
}

/**
 * Checks everything that the user gave to `fit` with a stream, before anything is read.
 *
 * @param arrived called with every batch as it is taken, and with the names of classes that the model has from then on
 */
export function streamSettings(
  trainee: Trainee,
  source: BatchSource,
  options: StreamFitOptions,
  arrived: (batch: Dataset, labels: readonly string[] | undefined) => void,
): Omit<StreamSettings, keyof FitSubject> {
  const names = optionNames.filter((name) => name !== 'batchSize' && name !== 'shuffle')
  const given = knownOptions<StreamFitOptions>('fit with a stream', options, [...names, 'stepsPerEpoch'])
  const { network, seeds } = trainee
  const { validation: held, classWeights } = given
  if (held !== undefined && !(held instanceof Dataset)) {
    throw invalid('validation', 'Dataset', held, 'A share of a stream cannot be held out.')
  }
  if (classWeights === 'balanced') {
    throw invalid(
      'classWeights',
      'weights of the classes',
      classWeights,
      'How often each class will occur in a stream is not known in advance.',
    )
  }
  const stepsPerEpoch =
    given.stepsPerEpoch === undefined ? undefined : positiveInteger('stepsPerEpoch', given.stepsPerEpoch)
  const single = typeof source !== 'function' && stepsPerEpoch === undefined
  const loss = lossFor(network, given.loss)
  const classes = new ClassNames(trainee, loss)
  // The names of classes in the batches are not known yet: those of the validation data come first.
  const validation = held && classes.known('validation', datasetsOf('validation', held, network, seeds.length))
  const common = atOnce(
    commonSettings(trainee, { ...given, loss, epochs: given.epochs ?? (single ? 1 : 10) }, validation),
  )
  const { scoring } = common
  if (single && common.epochs > 1) {
    throw invalid(
      'epochs',
      'epochs of 1 for a stream, which can be read once',
      common.epochs,
      'Give fit a function that opens the stream for every epoch, or stepsPerEpoch.',
    )
  }
  if (validation === undefined && scoring.metrics.some(({ fromScores }) => fromScores !== undefined)) {
    throw invalid('validation', 'Dataset, of whose scores the metrics are', held, 'A stream is not read a second time.')
  }
  const optimizer = batchOptimizerOf(common.optimizer, 'a stream')
  if (stepsPerEpoch === undefined && optimizer.accumulate > 1) {
    const hint = 'The last ones of an epoch make an update of their own.'
    throw invalid('stepsPerEpoch', 'batches of an epoch, which accumulate must know,', stepsPerEpoch, hint)
  }
  const { learningRate, weightDecay } = optimizer
  const schedules = [
    ...[learningRate, weightDecay].filter(isSchedule),
    ...(loss.schedules ?? []),
    ...network.layers.flatMap((layer) => layer.schedules),
  ]
  if (stepsPerEpoch === undefined && schedules.some(countsEpochs)) {
    throw invalid('stepsPerEpoch', 'batches of an epoch, by which the schedule counts', stepsPerEpoch)
  }
  let first: Dataset | undefined = held
  // Known from the first batch on, and used at the end of an epoch.
  const inUnits: { -readonly [Name in keyof Scoring]: Scoring[Name] } = { ...scoring }
  const accept = (batch: unknown): Dataset => {
    const [data] = classes.learn('batch', datasetsOf('batch', datasetOf(batch as Dataset), network, 1)) as [Dataset]
    first ??= data
    requireOneEncoder(first === held ? 'validation' : 'batch', data, [first])
    inUnits.units = data.encoder?.targetScale
    arrived(data, classes.names)
    forRuns(data).targetMatrix(loss, network.outputs)
    if (taskOf(loss.targetKind) === 'values')
      inUnits.ofClasses = inUnits.ofClasses !== false && atOnce(areOfClasses([data], loss, network))
    atOnce(requireComputable(scoring.metrics, scoring.loss, network, [data]))
    requireWeight('batch', [data])
    return classWeights === undefined
      ? data
      : atOnce(withClassWeights(data, classWeights, loss, network.outputs, classes.names))
  }
  return { ...common, optimizer, scoring: inUnits, batchSize: 'full', shuffle: false, source, stepsPerEpoch, accept }
}
