/*
 * From a table to a diagnosis: trains as `trainTable` does with the preset 'fast', or takes a model that it has made, and diagnoses on the same rows.
 */
import type { Encoder } from '../../data/encoder/encoder.js'
import type { Table } from '../../data/table/table.js'
import { DeepblasError } from '../../errors.js'
import { lastFitOf } from '../../model/inside.js'
import { Sequential } from '../../model/sequential.js'
import type { FitOptions } from '../../model/training/options.js'
import { AdamW } from '../../optimizers/adam.js'
import { oneCycle } from '../../schedules/one-cycle.js'
import { inTurns } from '../../turns.js'
import { finiteNumber, invalid, knownOptions } from '../../validate.js'
import { budgetOption, functionOption, leftOfBudget } from '../experiments/checks.js'
import { splitTable } from '../tables/held-out.js'
import {
  checkedListener,
  checkedOptions,
  type OneNetworkOptions,
  oneNetworkOptionNames,
  type TrainTableOptions,
  withoutNames,
} from '../tables/options.js'
import type { TableProgress } from '../tables/progress.js'
import { learnableTable, testTable } from '../tables/read-tables.js'
import { encodedRows } from '../tables/scores.js'
import type { TableInput } from '../tables/table-source.js'
import { trainTable } from '../tables/train-table.js'
import { diagnose } from './diagnose.js'
import { type DiagnoseProgress, FIRST_TRAINING } from './options.js'
import type { Diagnosis } from './result.js'
import { nothingKnown, unlessStopped } from './stopped.js'

export interface DiagnoseTableOptions extends Omit<OneNetworkOptions, 'test' | 'resume' | 'callbacks'> {
  /** A model that `trainTable` or `deepblas train` has made of the same table. Default: one is trained, by the options. */
  readonly model?: Sequential
  /**
   * The rows to be good on, where they come from elsewhere; read as the others are. The part held out then tells variance
   * from mismatch. Default: the part held out.
   */
  readonly dev?: TableInput
  /** What would be good enough, as `diagnose` takes its `target`: accuracy of classes, R² of values. Default inferred. */
  readonly goal?: number
  /** Milliseconds from the call on, reading and the model's training included, within which experiments are made. */
  readonly budget?: number
  /** Told before the model's training and before every experiment. Default none. */
  readonly onExperiment?: (progress: DiagnoseProgress) => void
}

export interface TableDiagnosis extends Diagnosis {
  /** The model that was diagnosed; undefined where it was stopped before that was trained. */
  readonly model: Sequential | undefined
}

/**
 * Diagnoses a training on a table: `deepblas diagnose`. The part of 15 % that `trainTable` holds out takes the place of dev
 * rows; it has decided when to stop, so its error is a little too small. An abort rejects while the table is read; from the
 * model's training on it ends the diagnosis with what is known by then.
 *
 * @throws DeepblasError as `trainTable` and `diagnose`; ERR_DEEPBLAS_ARGUMENT for a model that does not tell how it was made
 * @example
 * const { text } = await diagnoseTable('customers.csv', { target: 'churned', goal: 0.95 })
 */
export async function diagnoseTable(source: TableInput, options: DiagnoseTableOptions): Promise<TableDiagnosis> {
  const begun = performance.now()
  const {
    model: given,
    dev,
    goal,
    budget,
    onExperiment,
    ...training
  } = knownOptions<DiagnoseTableOptions>('diagnoseTable', options, [
    ...oneNetworkOptionNames.filter((name) => !['test', 'resume', 'callbacks'].includes(name)),
    'model',
    'dev',
    'goal',
    'budget',
    'onExperiment',
  ] as (keyof DiagnoseTableOptions & string)[])
  if (given !== undefined && !(given instanceof Sequential)) throw invalid('model', 'Sequential', given)
  const target = goal === undefined ? undefined : finiteNumber('goal', goal, { max: 1 })
  budgetOption(budget)
  functionOption('onExperiment', onExperiment)
  const asked = checkedOptions(training as TrainTableOptions)
  const { signal } = asked
  const onProgress = checkedListener(training.onProgress)
  const { table } = await learnableTable(source, asked)
  const elsewhere = dev === undefined ? undefined : await testTable(dev, table, asked)
  let sizes: { readonly rows: number; readonly heldOut: number } | undefined
  const watched = (progress: TableProgress) => {
    if (progress.stage === 'encoded') sizes = progress
    if (progress.stage === 'training') onExperiment?.({ experiments: [FIRST_TRAINING] })
    onProgress?.(progress)
  }
  const model =
    given ??
    (
      await unlessStopped(signal, () =>
        trainTable(table, { ...onlyOfTraining(training), preset: 'fast', onProgress: watched }),
      )
    )?.model
  if (model === undefined) {
    const { rows = table.rows, heldOut = 0 } = sizes ?? {}
    const dev = elsewhere === undefined ? heldOut : elsewhere.table.rows
    return { ...nothingKnown({ train: rows, trainDev: elsewhere && heldOut, dev }), model }
  }
  const encoder = encoderOf(model, asked.target)
  const seed = given === undefined ? asked.seed : madeBy(given).seed
  const [kept, held] = await inTurns(splitTable(table, { target: asked.target, task: encoder.task!, seed }))
  const [train, near] = [await encodedRows(encoder, kept, 'the table'), await encodedRows(encoder, held, 'the table')]
  const found = await diagnose(model, {
    train,
    ...(elsewhere === undefined
      ? { dev: near }
      : { trainDev: near, dev: await encodedRows(encoder, elsewhere.table, elsewhere.place) }),
    ...(target === undefined ? {} : { target }),
    ...(lastFitOf(model) === undefined && { fit: fitOf(model, kept) }),
    ...(budget === undefined ? {} : { budget: leftOfBudget(budget, begun) }),
    ...(onExperiment === undefined ? {} : { onProgress: onExperiment }),
    ...(signal === undefined ? {} : { signal }),
    seed: asked.seed,
  })
  return { ...found, model }
}

/** The table has been read: how text is read is no longer asked. */
function onlyOfTraining(options: object): OneNetworkOptions {
  const own = ['target', 'task', 'keep', 'scaling', 'hidden', 'dropout', 'epochs', 'batchSize', 'learningRate', 'l2']
  const more = ['classWeights', 'seed', 'signal']
  const others = Object.keys(options).filter((name) => !own.includes(name) && !more.includes(name))
  return withoutNames(options, others) as OneNetworkOptions
}

function encoderOf({ encoder }: Sequential, target: string): Encoder {
  if (encoder?.target === target) return encoder
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected a model that was trained to predict '${target}' for model but received one ` +
      `${encoder?.target === undefined ? 'that was not trained on a table' : `that predicts '${encoder.target}'`}.`,
  )
}

interface Made {
  readonly seed: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly weightDecay: number
  readonly epoch: number
}

/** How `trainTable` made a model, as its file tells. */
function madeBy({ made }: Sequential): Made {
  const { epoch, options } = (made ?? {}) as { epoch?: unknown; options?: Readonly<Record<string, unknown>> }
  const numbers = { epoch, ...options } as unknown as Made
  const names = ['seed', 'epochs', 'batchSize', 'learningRate', 'weightDecay', 'epoch'] as const
  if (names.every((name) => typeof numbers[name] === 'number')) return numbers
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    'Expected a model that tells how it was made for model, as trainTable and deepblas train make them, but received one ' +
      'that does not. Call diagnose with its data sets and the option fit.',
  )
}

/** The training as `trainTable` had it, up to the epoch that it kept. */
function fitOf(model: Sequential, { rows }: Table): FitOptions {
  const { epochs, batchSize, learningRate, weightDecay, epoch } = madeBy(model)
  const { task, outputs } = model.encoder!
  const loss = task === 'regression' ? 'meanSquaredError' : outputs === 1 ? 'binaryCrossEntropy' : 'crossEntropy'
  const schedule = oneCycle({ learningRate, steps: epochs * Math.ceil(rows / batchSize) })
  return { loss, optimizer: new AdamW({ learningRate: schedule, weightDecay }), epochs: Math.max(1, epoch), batchSize }
}
