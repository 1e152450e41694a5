import { Dataset, type DatasetInput } from '../data/dataset/dataset.js'
import type { Encoder } from '../data/encoder/encoder.js'
import type { CheckpointDescription } from '../files/checkpoint-file.js'
import { notDescribed } from '../files/file-error.js'
import { type DescribedModel, readModelFile, type WeightDescription, writeModelFile } from '../files/model-file.js'
import type { NamedInputs } from '../inputs.js'
import type { Layer } from '../layers/layer.js'
import { layerFrom } from '../layers/registry.js'
import type { Loss } from '../losses/loss.js'
import { type LossName, loss as lossOf } from '../losses/names.js'
import type { Arena } from '../native/addon.js'
import { type OptimizerName, optimizerOf } from '../optimizers/names.js'
import type { Optimizer } from '../optimizers/optimizer.js'
import { onlyWhatItMade, refuseMethods, refuseStructuredClone, showWhenInspected } from '../own-methods.js'
import { atOnce, inTurns, type Steps } from '../turns.js'
import {
  boolean,
  invalid,
  isCallable,
  knownOptions,
  nonNegativeInteger,
  plainObject,
  positiveInteger,
} from '../validate.js'
import { checkedLayers, requireNoData } from './arguments.js'
import { explainTraining } from './inspection/explain.js'
import { type LayerRecord, type TracedStep, traceNetwork } from './inspection/trace.js'
import { carriedNames, carryNames } from './network/carried-names.js'
import type { Fitting, NumberOf } from './network/dimension-types.js'
import { dataFor, inputsOf, readInputs } from './network/inputs.js'
import {
  buildNetwork,
  initializeParameters,
  leavesOf,
  type Network,
  newArena,
  trainableCount,
} from './network/network.js'
import { startingParameters, withParameters } from './network/starting-parameters.js'
import { type SummaryOptions, summary } from './network/summary.js'
import {
  checkedWeights,
  type MatchedWeight,
  matchedWeights,
  type NamedWeights,
  namedWeights,
  type SetWeightsOptions,
  savedWeights,
  writeWeights,
  writingWeights,
} from './network/weights.js'
import { fileWeights, type Rename, usualName } from './network/weights-from-file.js'
import { methodsElsewhere, modelCloning } from './other-libraries.js'
import {
  layerOutputs,
  type Predicting,
  type Prediction,
  type PredictionInput,
  predictRows,
  predictRowsSync,
  requireClasses,
  requireEncoded,
  savedEncoder,
} from './prediction/predict.js'
import { choosingClasses, requireOutputsOfClasses } from './prediction/predicted-classes.js'
import { ModelReader } from './prediction/predictor.js'
import type { Scoring } from './programs/compile.js'
import { type FitForm, type FitSteps, paused } from './programs/requests.js'
import { ClassNames, type NamedModel, namesFor } from './scoring/class-names.js'
import { EvaluationRun } from './scoring/evaluation.js'
import {
  chosenLoss,
  defaultLoss,
  defaultMetrics,
  type EvaluateOptions,
  type Evaluation,
  savedScoring,
  trainingSummary,
} from './scoring/results.js'
import { requireWeight } from './scoring/row-weights.js'
import { readCheckpoint } from './training/checkpoint/start.js'
import { fitting } from './training/chunked-steps.js'
import { FitLock } from './training/driver.js'
import type { History } from './training/epoch-results.js'
import {
  checkpointOfNames,
  datasetOf,
  type FitOptions,
  fitSettings,
  lossFor,
  metricsOf,
  type PartialFitOptions,
  partialFitOptions,
  type Trainee,
} from './training/options.js'
import type { FitSettings, FitSubject } from './training/settings.js'
import { continuedStart, releaseStates, type TrainingState } from './training/state.js'
import { type BatchSource, isBatchSource } from './training/stream-batches.js'
import { type StreamFitOptions, streamSettings } from './training/stream-options.js'
import { fittingStream } from './training/stream-steps.js'

export interface SaveOptions {
  /** How the model came to be, as plain JSON: the file keeps it, and `made` of the loaded model tells it. */
  readonly made?: Readonly<Record<string, unknown>>
}

export interface SequentialOptions<Inputs extends number | NamedInputs = number | NamedInputs> {
  /**
   * Features of one row. May be left out where the first layer says its inputs. Or by name, with categories beside the
   * numbers: { numeric: 12, city: categorical(500) }.
   */
  readonly inputs?: Inputs
  /** Of the initial weights, and of shuffles where `fit` is given none. Default 0. */
  readonly seed?: number
  /** Names of the classes, in the order of the outputs. Default those of the first data set that has any. */
  readonly labels?: readonly string[]
}

export interface FromSafetensorsOptions extends SequentialOptions, SetWeightsOptions {
  /** The name of the weight that a tensor is, or undefined for none. Default: PyTorch's `nn.Sequential` and deepblas's. */
  readonly rename?: Rename
}

let keepScoring: (model: Sequential, scoring: Scoring | undefined) => void

/** For a population: a member by itself is scored as all were. */
export function withScoring(model: Sequential, scoring: Scoring | undefined): Sequential {
  keepScoring(model, scoring)
  return model
}

/**
 * A stack of layers, trained and asked as one.
 *
 * @example
 * const model = new Sequential([new Dense(16, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })],
 *   { inputs: 2, seed: 42 })
 * await model.fit(data, { loss: 'binaryCrossEntropy', epochs: 100 })
 */
export class Sequential<
  const Layers extends readonly Layer[] = readonly Layer[],
  const Inputs extends number | NamedInputs = number | NamedInputs,
> {
  readonly seed: number
  readonly #descriptions: readonly Layer[]
  readonly #network: Network
  /** Of the present parameters; another one whenever they change while somebody reads. */
  #reader: ModelReader
  readonly #lock = new FitLock()
  #scoring: Scoring | undefined
  #labels: readonly string[] | undefined
  /** Whether the outputs' weights are another model's, and the names, if any, came with them: no fit has confirmed them. */
  #namesCarried = false
  #encoder: Encoder | undefined
  #training: { epochs: number; loss: number } | undefined
  #made: Readonly<Record<string, unknown>> | undefined
  /** Of the last fit, for one that goes on. */
  #state: TrainingState | undefined

  static {
    onlyWhatItMade(Sequential, (object) => #network in object)
    keepScoring = (model, scoring) => {
      model.#scoring = scoring
    }
    refuseMethods(Sequential.prototype, 'model', methodsElsewhere)
    showWhenInspected(Sequential.prototype as Sequential, 'Sequential', (model) => ({
      inputs: model.inputs,
      layers: model.layers.map((layer) => layer.describe()),
      outputs: model.outputs,
      parameterCount: model.parameterCount,
      seed: model.seed,
    }))
  }

  /**
   * Where the sizes are literal types, the compiler finds two layers that do not fit.
   *
   * @throws DeepblasError ERR_DEEPBLAS_SHAPE that names both layers and both sizes where two do not fit;
   *   ERR_DEEPBLAS_ARGUMENT for one layer object with weights at two places of the model
   */
  constructor(layers: Layers & Fitting<Layers, NumberOf<Inputs>>, options?: SequentialOptions<Inputs>) {
    this.#descriptions = [...checkedLayers('Sequential', layers, 1)]
    const given = knownOptions<SequentialOptions>('Sequential', options, ['inputs', 'seed', 'labels'])
    this.seed = nonNegativeInteger('seed', given.seed ?? 0)
    this.#network = buildNetwork(layers, readInputs(given.inputs))
    this.#labels = namesFor(this.#network, given.labels)
    this.#reader = new ModelReader(
      this.#network,
      startingParameters(options, this.#network, 1, () => [this.seed]),
    )
    refuseStructuredClone(this, modelCloning)
  }

  get layers(): readonly Layer[] {
    return this.#network.layers
  }

  /** Features of one row. */
  get inputs(): number {
    return this.#network.inputs
  }

  get outputs(): number {
    return this.#network.outputs
  }

  /** Trainable numbers. */
  get parameterCount(): number {
    return trainableCount(this.#network)
  }

  /** Names of the classes, where the training data had them. */
  get labels(): readonly string[] | undefined {
    return this.#labels
  }

  /** What made the training data's features of a table's columns: the model takes such rows too. */
  get encoder(): Encoder | undefined {
    return this.#encoder
  }

  /** How the model came to be, where `save` was told; gone once it is trained further. */
  get made(): Readonly<Record<string, unknown>> | undefined {
    return this.#made
  }

  /** Layer, output shape, parameters: the dimensions lesson as a table. */
  summary(options?: SummaryOptions): string {
    return summary(this.#network, options)
  }

  /**
   * Trains. The event loop stays free: steps run on native threads.
   *
   * @throws DeepblasError ERR_DEEPBLAS_BUSY while another fit of this model runs, ERR_DEEPBLAS_NOT_FINITE when the loss
   *   explodes (the parameters are those of the last good step), ERR_DEEPBLAS_ARGUMENT, _SHAPE, _DATA for wrong input;
   *   the signal's reason when aborted
   */
  fit(train: Dataset, options: FitOptions): Promise<History>
  /**
   * Trains on a stream of batches, each of which is a step: data larger than memory. The next batch is read while one is
   * computed, and no more. An error of the stream rejects; the parameters are those of the last completed step.
   *
   * @example
   * await model.fit(() => readBatches('flats.csv'), { loss: 'meanSquaredError', epochs: 3 })
   */
  fit(stream: BatchSource, options: StreamFitOptions): Promise<History>
  fit(train: Dataset | BatchSource, options: FitOptions | StreamFitOptions): Promise<History> {
    // Async, so that wrong arguments reject.
    return (async () => this.#lock.run(this.#steps(train, options, 'async')))()
  }

  /** As `fit` with a data set, on this thread: the event loop waits. Callbacks must not return promises. */
  fitSync(train: Dataset, options: FitOptions): History {
    return this.#lock.runSync(this.#steps(train, options, 'sync'))
  }

  /**
   * One pass over a batch or a data set that goes on where the last `fit` or `partialFit` ended: the optimizer's state and
   * step count, and the number of the epoch, go on. A later `fit` starts anew; the parameters stay in any case.
   *
   * @example
   * await model.partialFit({ x, y }, { loss: 'crossEntropy', optimizer: new Adam() })
   * await model.partialFit({ x: moreX, y: moreY })
   * @throws as `fit`; ERR_DEEPBLAS_ARGUMENT where the optimizer is of another kind than before
   */
  partialFit(batch: Dataset | DatasetInput, options?: PartialFitOptions): Promise<History> {
    return (async () => this.#lock.run(this.#partialSteps(batch, options, 'async')))()
  }

  /** As `partialFit`, on this thread: the event loop waits. */
  partialFitSync(batch: Dataset | DatasetInput, options?: PartialFitOptions): History {
    return this.#lock.runSync(this.#partialSteps(batch, options, 'sync'))
  }

  /**
   * Loss and metrics over all rows. Errors of scaled targets are in the target's own units; the loss is of scaled ones.
   */
  async evaluate(data: Dataset, options?: EvaluateOptions): Promise<Evaluation> {
    const run = this.#evaluation(data, options)
    const [scores] = await this.#reader.during('evaluate', () => run.run())
    return scores!
  }

  evaluateSync(data: Dataset, options?: EvaluateOptions): Evaluation {
    return this.#evaluation(data, options).runSync()[0]!
  }

  /**
   * The output for every row: { data, shape: [rows, outputs] }. Of a model with an encoder that scales the target, values in
   * the target's own units. Rows may then be objects: a number may be a text, further columns are not looked at.
   *
   * `data` is a Float32Array. Values that float32 cannot tell apart, such as times in seconds since 1970 (it has every 128th
   * of them), lose digits in it: `encoder.decode(await model.predictRaw(rows))` gives them in float64, where the last
   * layer's activation is linear.
   *
   * @throws DeepblasError ERR_DEEPBLAS_DATA for a column that is missing
   */
  async predict(rows: PredictionInput): Promise<Prediction> {
    return predictRows(this.#predicting('predict'), rows, 'output')
  }

  /** As `predict`, on this thread: microseconds for one row. */
  predictSync(rows: PredictionInput): Prediction {
    return predictRowsSync(this.#predicting('predictSync'), rows, 'output')
  }

  /** The output before the last layer's activation; of scaled targets, in the network's own units. */
  async predictRaw(rows: PredictionInput): Promise<Prediction> {
    return predictRows(this.#predicting('predict'), rows, 'raw')
  }

  predictRawSync(rows: PredictionInput): Prediction {
    return predictRowsSync(this.#predicting('predictSync'), rows, 'raw')
  }

  /**
   * The class of every row: its number, or its name where the training data had names.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a model of values
   */
  async predictClasses(rows: PredictionInput): Promise<number[] | string[]> {
    const model = this.#predicting('predict')
    requireClasses(model)
    requireOutputsOfClasses(this.#network, this.#scoring)
    return await inTurns(this.#classes(await predictRows(model, rows, 'output')))
  }

  predictClassesSync(rows: PredictionInput): number[] | string[] {
    const model = this.#predicting('predictSync')
    requireClasses(model)
    requireOutputsOfClasses(this.#network, this.#scoring)
    return atOnce(this.#classes(predictRowsSync(model, rows, 'output')))
  }

  /** What layer `layer` (from 0) gives for the rows. */
  async activations(rows: PredictionInput, layer: number): Promise<Prediction> {
    if (!Number.isSafeInteger(layer) || layer < 0 || layer >= this.layers.length) {
      throw invalid('layer', `layer from 0 to ${this.layers.length - 1}`, layer)
    }
    return layerOutputs(this.#predicting('activations'), rows, layer)
  }

  /** The gradients of the full cost over one full batch, by the parameters' names. */
  async gradients(data: Dataset, options: { loss: LossName | Loss }): Promise<NamedWeights[]> {
    return this.#trace('gradients', data, options, ({ gradients }) => this.#weightsOf(gradients))
  }

  /** Every layer's Z, A, dZ and dA over one full batch, and what was cached, in the lesson's terms. */
  async trace(data: Dataset, options: { loss: LossName | Loss }): Promise<{ cost: number; layers: LayerRecord[] }> {
    return this.#trace('trace', data, options, ({ cost, layers }) => ({ cost, layers: layers() }))
  }

  #trace<Result>(
    what: string,
    data: Dataset,
    options: { loss: LossName | Loss },
    read: (step: TracedStep) => Result,
  ): Result {
    this.#requireFree(what)
    if (!(data instanceof Dataset)) throw invalid('data', 'Dataset', data, 'Make one with Dataset.from({ x, y }).')
    const { loss } = knownOptions<{ loss: LossName | Loss }>(what, options, ['loss'])
    const checked = lossFor(this.#network, loss)
    const [own] = new ClassNames(this.#named(), checked).known('data', [dataFor('data', data, this.#network)])
    requireWeight('data', [own!])
    return traceNetwork(this.#network, this.#reader.parameters, own!, checked, read)
  }

  /** Where a training step's time goes: regions, calls, measured microseconds, and the bytes of the workspace. */
  explain(options?: { batchSize?: number; loss?: LossName | Loss; optimizer?: OptimizerName | Optimizer }): string {
    this.#requireFree('explain')
    const given = knownOptions('explain', options, ['batchSize', 'loss', 'optimizer'])
    const batchSize = positiveInteger('batchSize', given.batchSize ?? 32)
    const loss = lossOf('loss', given.loss ?? defaultLoss(this.#network))
    const optimizer = optimizerOf(given.optimizer)
    const parameters = newArena(this.#network)
    try {
      parameters.copyFrom(this.#reader.parameters)
      return explainTraining(this.#network, parameters, batchSize, loss, optimizer)
    } finally {
      parameters.release()
    }
  }

  /** Every parameter by name, as copies: [{ name: 'layers.0.weight', shape, data }]. */
  getWeights(): NamedWeights[] {
    this.#requireFree('getWeights')
    const weights = this.#weightsOf(this.#reader.parameters)
    const byName = new Map(weights.map((weight) => [weight.name, weight]))
    carryNames([...byName.keys()], (name) => byName.get(name), this.#labels)
    return weights
  }

  /**
   * Sets every parameter, or with `partial` those that fit; the list may be in any order. A model without names of classes
   * takes over those that the list's model has, if the weights of the last layer are among those set.
   *
   * @returns the names of the parameters that were set
   * @throws DeepblasError ERR_DEEPBLAS_SHAPE for a missing, unknown or wrongly shaped parameter; nothing is set then
   */
  setWeights(weights: readonly NamedWeights[], options?: SetWeightsOptions): string[] {
    this.#requireFree('setWeights')
    const { partial = false } = knownOptions<SetWeightsOptions>('setWeights', options, ['partial'])
    const values = checkedWeights(this.#network, weights, boolean('partial', partial))
    const parameters = this.#changing()
    this.#made = undefined
    writeWeights(parameters, values)
    const set = values.map(({ parameter }) => parameter.name)
    this.#takeNames(new Set(set), weights)
    return set
  }

  #takeNames(set: ReadonlySet<string>, weights: readonly NamedWeights[]): void {
    if (this.#labels !== undefined && !this.#namesCarried) return
    const ofAll = this.#network.parameters.map(({ name }) => name)
    const names = carriedNames(ofAll, set, weights)
    if (names === undefined) return
    this.#namesCarried = true
    this.#labels = names === 'unknown' ? undefined : names
  }

  /** A second model with the same layers and parameters; to serve from while this one fits. */
  clone(): Sequential {
    this.#requireFree('clone')
    const options = { inputs: inputsOf(this.#network), seed: this.seed }
    const copyOfParameters = (network: Network) => {
      const arena = newArena(network)
      arena.copyFrom(this.#reader.parameters)
      return arena
    }
    const copy = new Sequential(this.#descriptions, withParameters(options, copyOfParameters))
    const leaves = leavesOf(copy.layers)
    for (const [i, { trainable }] of leavesOf(this.layers).entries()) leaves[i]!.trainable = trainable
    copy.#scoring = this.#scoring
    copy.#labels = this.#labels
    copy.#namesCarried = this.#namesCarried
    copy.#encoder = this.#encoder
    copy.#training = this.#training
    copy.#made = this.#made
    return copy
  }

  /**
   * Writes one .safetensors file that holds all a prediction needs. A reader never sees half a file.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that JSON cannot carry, ERR_DEEPBLAS_FILE if the file cannot
   *   be written
   */
  async save(path: string, options?: SaveOptions): Promise<void> {
    this.#requireFree('save')
    const { made } = knownOptions<SaveOptions>('save', options, ['made'])
    const before = this.#made
    const told = made === undefined ? before : structuredClone(plainObject('made', made))
    this.#made = told
    try {
      const description = this.#describe()
      const weights = await this.#weightsToSave()
      await writeModelFile(path, { ...description, weights })
    } catch (error) {
      // What no file holds is not known of the model either; a fit may have forgotten it meanwhile.
      if (this.#made === told) this.#made = before
      throw error
    }
  }

  /** Those of the call, whatever becomes of the model meanwhile. */
  async #weightsToSave(): Promise<WeightDescription[]> {
    const reading = this.#weights()
    // Who changes the parameters takes a copy of them while they are read, but for a fit that has begun.
    return this.#lock.fits ? atOnce(reading) : await this.#reader.during('save', () => inTurns(reading))
  }

  #describe(): DescribedModel {
    return {
      formatVersion: 1,
      architecture: {
        inputs: inputsOf(this.#network),
        seed: this.seed,
        layers: this.layers.map((layer) => ({ type: layer.type, options: layer.options() })),
      },
      ...(this.#labels === undefined ? {} : { labels: [...this.#labels] }),
      ...(this.#encoder === undefined ? {} : { encoder: this.#encoder.toJSON() }),
      ...(this.#scoring && { training: trainingSummary(this.#scoring, this.#training?.epochs) }),
      ...(this.#made === undefined ? {} : { made: this.#made }),
    }
  }

  #weights(): Steps<WeightDescription[]> {
    return savedWeights(this.#network, this.#reader.parameters)
  }

  /**
   * A model from a file that `save` wrote.
   *
   * @throws DeepblasError ERR_DEEPBLAS_FILE that says what is wrong with the file
   */
  static async load(path: string): Promise<Sequential> {
    const { architecture, labels, encoder, training, made, weights } = await readModelFile(path)
    try {
      if (architecture.members !== undefined) throw new Error('it holds a population: load it with Population.load')
      const layers = architecture.layers.map(({ type, options }) => layerFrom(type, options))
      const options = { inputs: architecture.inputs, seed: architecture.seed, ...(labels && { labels }) }
      let matched: MatchedWeight[] = []
      const ofFile = (network: Network) => {
        matched = matchedWeights(network, weights, false)
        return newArena(network)
      }
      const model = new Sequential(layers, withParameters(options, ofFile))
      await inTurns(writingWeights(model.#reader.parameters, matched, true))
      model.#encoder = encoder === undefined ? undefined : savedEncoder(encoder, model.#network)
      model.#scoring = savedScoring(training)
      model.#made = made
      if (typeof training?.epochs === 'number') model.#training = { epochs: training.epochs, loss: 0 }
      return model
    } catch (cause) {
      throw notDescribed(path, 'a model', cause)
    }
  }

  /**
   * A model of these layers with the weights of a safetensors file: of deepblas, a checkpoint too, or of PyTorch's
   * `nn.Sequential`, whose tensors '0.weight' are those of the layer at that place.
   *
   * @example
   * const model = await Sequential.fromSafetensors('torch.safetensors', [new Dense(64, { activation: 'relu' }), new Dense(3)],
   *   { inputs: 20, rename: (name) => name.replace('fc1.', 'layers.0.').replace('fc2.', 'layers.1.') })
   * @throws DeepblasError ERR_DEEPBLAS_FILE for a file that cannot be read, ERR_DEEPBLAS_SHAPE as `setWeights`
   */
  static async fromSafetensors(
    path: string,
    layers: readonly Layer[],
    options?: FromSafetensorsOptions,
  ): Promise<Sequential> {
    const names = ['inputs', 'seed', 'labels', 'partial', 'rename'] as const
    const {
      partial = false,
      rename = usualName,
      ...own
    } = knownOptions<FromSafetensorsOptions>('fromSafetensors', options, names)
    if (!isCallable(rename)) throw invalid('rename', 'function from name to name', rename)
    boolean('partial', partial)
    const weights = await fileWeights(path, rename)
    const set = new Set<string>()
    let matched: MatchedWeight[] = []
    const ofFile = (network: Network) => {
      matched = matchedWeights(network, weights, partial)
      const arena = newArena(network)
      for (const { parameter } of matched) set.add(parameter.name)
      initializeParameters(network, arena, [own.seed ?? 0], ({ name }) => !set.has(name))
      return arena
    }
    const model = new Sequential(layers, withParameters(own, ofFile))
    await inTurns(writingWeights(model.#reader.parameters, matched, false))
    model.#takeNames(set, weights)
    return model
  }

  #steps(train: Dataset | BatchSource, options: FitOptions | StreamFitOptions, form: FitForm): FitSteps<History> {
    requireNoData('fit', options)
    this.#lock.requireNoFit()
    const path = checkpointOfNames(options, this.#named())
    return path === undefined ? this.#fitting(train, options, form) : this.#resuming(train, options, form, path)
  }

  /** A model without names takes those of the checkpoint, so that data is numbered as it was. */
  *#resuming(
    train: Dataset | BatchSource,
    options: FitOptions | StreamFitOptions,
    form: FitForm,
    path: string,
  ): FitSteps<History> {
    return yield* this.#fitting(train, options, form, yield* readCheckpoint(path, form))
  }

  *#fitting(
    train: Dataset | BatchSource,
    options: FitOptions | StreamFitOptions,
    form: FitForm,
    checkpoint?: CheckpointDescription,
  ): FitSteps<History> {
    const undo = this.#undoing()
    const trainee = { ...this.#trainee(), labels: this.#labels ?? checkpoint?.model.labels }
    const resumed = checkpoint && { checkpoint }
    if (isBatchSource(train)) {
      const settings = streamSettings(trainee, train, options as StreamFitOptions, ({ encoder }, labels) => {
        this.#labels = labels
        this.#encoder = encoder
      })
      this.#labels = trainee.labels
      return yield* this.#remembering(
        fittingStream({ ...settings, ...this.#subject(settings), ...resumed }, form),
        undo,
      )
    }
    const settings = yield* paused(fitSettings(trainee, train, options), options?.signal)
    this.#labels = settings.labels
    this.#encoder = train.encoder
    const subject = this.#subject(settings)
    return yield* this.#remembering(fitting({ ...settings, ...subject, ...resumed }, settings.train, form), undo)
  }

  #partialSteps(
    batch: Dataset | DatasetInput,
    options: PartialFitOptions | undefined,
    form: FitForm,
  ): FitSteps<History> {
    requireNoData('partialFit', options)
    this.#lock.requireNoFit()
    return this.#goingOn(batch, options, form)
  }

  *#goingOn(batch: Dataset | DatasetInput, options: PartialFitOptions | undefined, form: FitForm): FitSteps<History> {
    const train = datasetOf(batch)
    const given = partialFitOptions(options, this.#state, this.#scoring)
    const settings = yield* paused(fitSettings(this.#trainee(), train, given), options?.signal)
    if (this.#state !== undefined) requireEncoded('batch', train, this.#encoder)
    const start = this.#state && continuedStart(this.#state, settings.optimizer)
    const undo = this.#undoing()
    this.#labels = settings.labels
    this.#encoder = train.encoder
    const subject = this.#subject(settings)
    return yield* this.#remembering(
      fitting({ ...settings, ...subject, ...(start && { start }) }, settings.train, form),
      undo,
    )
  }

  #trainee(): Trainee {
    return { ...this.#named(), seeds: [this.seed] }
  }

  #named(): NamedModel {
    return {
      network: this.#network,
      labels: this.#labels,
      scoring: this.#scoring,
      namesCarried: this.#namesCarried,
    }
  }

  /** What a fit changes and tells of. */
  #subject({ scoring, resume }: Pick<FitSettings, 'scoring' | 'resume'>): FitSubject {
    const undrawn = resume === undefined ? undefined : this.#reader.undrawn
    this.#scoring = scoring
    this.#namesCarried = false
    // It is of the parameters that were.
    this.#made = undefined
    return {
      ...(undrawn === undefined
        ? { parameters: this.#changing() }
        : { parameters: undrawn.arena, overwritten: undrawn.written }),
      model: this,
      describe: () => this.#describe(),
      weights: () => atOnce(this.#weights()),
      remember: (state) => {
        releaseStates(this.#state, state)
        this.#state = state
      },
    }
  }

  /** Puts back what a fit tells the model before its first step. Does nothing where the fit has got under way. */
  #undoing(): () => void {
    const state = this.#state
    const [labels, encoder, scoring, made] = [this.#labels, this.#encoder, this.#scoring, this.#made]
    return () => {
      if (this.#state !== state) return
      this.#labels = labels
      this.#encoder = encoder
      this.#scoring = scoring
      this.#made = made
    }
  }

  *#remembering(steps: FitSteps<History[]>, undo: () => void): FitSteps<History> {
    let all: History[] | undefined
    try {
      all = yield* steps
    } finally {
      // An error, or the end of a fit whose promise was rejected.
      if (all === undefined) undo()
    }
    const [history] = all
    this.#training = { epochs: history!.epochs.length, loss: history!.epochs.at(-1)?.loss ?? 0 }
    return history!
  }

  #requireFree(what: string): void {
    this.#lock.requireFree(what)
  }

  #evaluation(given: Dataset, options: EvaluateOptions | undefined): EvaluationRun {
    this.#requireFree('evaluate')
    if (!(given instanceof Dataset)) throw invalid('data', 'Dataset', given, 'Make one with Dataset.from({ x, y }).')
    requireNoData('evaluate', options)
    const asked = knownOptions<EvaluateOptions>('evaluate', options, ['loss', 'metrics'])
    const loss = chosenLoss(asked.loss, this.#scoring, this.#network)
    const metrics = asked.metrics === undefined ? defaultMetrics(this.#scoring, loss) : metricsOf(asked.metrics)
    requireEncoded('data', given, this.#encoder)
    const data = new ClassNames(this.#named(), loss).known('data', [dataFor('data', given, this.#network)])
    return new EvaluationRun(this.#network, this.#reader.parameters, data, { loss, metrics }, 1)
  }

  #predicting(what: string): Predicting {
    this.#requireFree(what)
    return { network: this.#network, reader: this.#reader, encoder: this.#encoder }
  }

  /** The parameters, to be changed: who still reads them keeps those of now. */
  #changing(): Arena {
    if (this.#reader.busy) {
      const copy = newArena(this.#network)
      copy.copyFrom(this.#reader.parameters)
      this.#reader = new ModelReader(this.#network, { arena: copy })
    }
    return this.#reader.parameters
  }

  #classes({ data, shape }: Prediction): Steps<number[] | string[]> {
    return choosingClasses(data, shape, this.#network, this.#scoring, this.#labels)
  }

  #weightsOf(arena: Arena): NamedWeights[] {
    return namedWeights(this.#network, arena)
  }
}
