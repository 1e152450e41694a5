import type { NumberArray, Rows } from '../data/arrays/rows.js'
import type { NamedRows } from '../data/contents/named-rows.js'
import type { Dataset, DatasetInput } from '../data/dataset/dataset.js'
import { DeepblasError } from '../errors.js'
import { smallestOf } from '../extremes.js'
import type { CheckpointDescription } from '../files/checkpoint-file.js'
import { notDescribed } from '../files/file-error.js'
import { type DescribedModel, readModelFile, type WeightDescription, writeModelFile } from '../files/model-file.js'
import type { NamedInputs } from '../inputs.js'
import type { Layer } from '../layers/layer.js'
import { layerFrom } from '../layers/registry.js'
import type { Arena } from '../native/addon.js'
import { newFloats } from '../native/memory.js'
import { onlyWhatItMade, refuseMethods, refuseStructuredClone, showWhenInspected } from '../own-methods.js'
import { atOnce, ELEMENTS_OF_STEP, inTurns, type Steps } from '../turns.js'
import { invalid, knownOptions, nonNegativeInteger, plainObject, positiveInteger } from '../validate.js'
import { checkedLayers, requireNoData } from './arguments.js'
import type { Fitting, NumberOf } from './network/dimension-types.js'
import { inputsOf, readInputs } from './network/inputs.js'
import { buildNetwork, type Network, newArena, trainableCount } from './network/network.js'
import { startingParameters, withParameters } from './network/starting-parameters.js'
import {
  arenaOf,
  checkedWeights,
  type MatchedWeight,
  memberName,
  namedWeights,
  savedWeights,
  writingWeights,
} from './network/weights.js'
import { methodsElsewhere, populationCloning } from './other-libraries.js'
import { rowsToPredict } from './prediction/predict.js'
import { ModelReader } from './prediction/predictor.js'
import { compilePrediction, type Scoring } from './programs/compile.js'
import { EVALUATION_BATCH } from './programs/data-binding.js'
import { type PassSettings, runPass, runPassSync } from './programs/passes.js'
import { type FitForm, type FitSteps, paused } from './programs/requests.js'
import { ClassNames, type NamedModel, namesFor } from './scoring/class-names.js'
import { EvaluationRun } from './scoring/evaluation.js'
import {
  chosenLoss,
  defaultMetrics,
  type EvaluateOptions,
  type Evaluation,
  savedScoring,
  trainingSummary,
} from './scoring/results.js'
import { Sequential, withScoring } from './sequential.js'
import { readCheckpoint } from './training/checkpoint/start.js'
import { fitting } from './training/chunked-steps.js'
import { FitLock } from './training/driver.js'
import type { History } from './training/epoch-results.js'
import {
  checkpointOfNames,
  datasetOf,
  datasetsOf,
  type FitOptions,
  fitSettings,
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

export interface PopulationOptions<Inputs extends number | NamedInputs = number | NamedInputs> {
  /** Features of one row, by number or by name, as for Sequential. May be left out where the first layer says its inputs. */
  readonly inputs?: Inputs
  /** Number of networks. */
  readonly members: number
  /** Member i starts, and shuffles, as a network of seed `seed + i`. Default 0. */
  readonly seed?: number
  /** Names of the classes, in the order of the outputs. Default those of the first data sets that have any. */
  readonly labels?: readonly string[]
}

/** What a fit of a population came to. */
export interface PopulationHistory {
  /** Every member's own history, in order. */
  readonly members: readonly History[]
}

/** The outputs of every member. */
export interface PopulationPrediction {
  /** Row-major. */
  readonly data: Float32Array<ArrayBuffer>
  readonly shape: [members: number, rows: number, outputs: number]
}

/** The members' outputs as one. */
export interface MeanPrediction {
  /** Mean over the members, [rows, outputs], row-major. */
  readonly data: Float32Array<ArrayBuffer>
  /** Standard deviation over the members, of the same shape: how far they disagree. */
  readonly spread: Float32Array<ArrayBuffer>
  readonly shape: [rows: number, outputs: number]
}

type PopulationFitOptions = FitOptions<number | Dataset | readonly Dataset[]> | StreamFitOptions

const LARGEST_SEED = Number.MAX_SAFE_INTEGER

/** Of layers without parameters a file has no tensors that a number of members could be held against. */
const MOST_EMPTY_MEMBERS = 10_000

/**
 * Many networks of one architecture, trained side by side in one program: each with its own seed, and where given its
 * own rates, strengths and data. Member i has, bit for bit, the weights of the `Sequential` of the same layers and seed
 * trained alone on its data.
 *
 * Memory grows linearly: a member takes its parameters once, and while it trains its gradients, optimizer state and the
 * activations of one batch.
 *
 * @example
 * const many = new Population([new Dense(16, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })],
 *   { inputs: 14, members: 256, seed: 1 })
 * await many.fit(data, { loss: 'binaryCrossEntropy', optimizer: new Adam({ learningRate: rates }), epochs: 5 })
 */
export class Population<
  const Layers extends readonly Layer[] = readonly Layer[],
  const Inputs extends number | NamedInputs = number | NamedInputs,
> {
  readonly seed: number
  /** Number of networks. */
  readonly members: number
  readonly #descriptions: readonly Layer[]
  readonly #network: Network
  #reader: ModelReader
  readonly #lock = new FitLock()
  #scoring: Scoring | undefined
  #labels: readonly string[] | undefined
  #histories: readonly History[] | undefined
  /** Of the last fit, for one that goes on. */
  #state: TrainingState | undefined

  static {
    onlyWhatItMade(Population, (object) => #network in object)
    refuseMethods(Population.prototype, 'population', {
      ...methodsElsewhere,
      clone: 'Call population.member(i), which copies one network, or save and load it.',
    })
    showWhenInspected(Population.prototype as Population, 'Population', (many) => ({
      members: many.members,
      inputs: many.inputs,
      layers: many.layers.map((layer) => layer.describe()),
      outputs: many.outputs,
      parameterCount: many.parameterCount,
      seed: many.seed,
    }))
  }

  /**
   * @throws DeepblasError ERR_DEEPBLAS_SHAPE where two layers do not fit, or a list of strengths has another length than
   *   the population has members
   */
  constructor(layers: Layers & Fitting<Layers, NumberOf<Inputs>>, options: PopulationOptions<Inputs>) {
    const given = knownOptions<PopulationOptions>('Population', plainObject('options', options) as never, [
      'inputs',
      'members',
      'seed',
      'labels',
    ])
    this.members = positiveInteger('members', given.members)
    this.seed = nonNegativeInteger('seed', given.seed ?? 0)
    if (this.seed + this.members - 1 > LARGEST_SEED) throw invalid('seed', 'seed with room for all members', this.seed)
    this.#descriptions = [...checkedLayers('Population', layers, this.members)]
    this.#network = buildNetwork(layers, readInputs(given.inputs))
    this.#labels = namesFor(this.#network, given.labels)
    this.#reader = new ModelReader(
      this.#network,
      startingParameters(options, this.#network, this.members, () => this.#seeds()),
    )
    refuseStructuredClone(this, populationCloning)
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

  /** Names of the classes, in the order of the outputs, of all members: where the training data had them. */
  get labels(): readonly string[] | undefined {
    return this.#labels
  }

  /** Trainable numbers of one member. */
  get parameterCount(): number {
    return trainableCount(this.#network)
  }

  /**
   * Trains all members. One data set for all, or one a member, of any number of rows; the learning rate and the weight
   * decay of the optimizer may be lists. With EarlyStopping every member stops at its own time and costs nothing from
   * then on. A member whose loss is no longer finite stops alone, and its history says `stopped: 'failed'`.
   *
   * @throws as Sequential's `fit`; ERR_DEEPBLAS_SHAPE for lists of another length than there are members
   */
  fit(
    train: Dataset | readonly Dataset[],
    options: FitOptions<number | Dataset | readonly Dataset[]>,
  ): Promise<PopulationHistory>
  /** Trains all members on one stream of batches, each of which is a step. */
  fit(stream: BatchSource, options: StreamFitOptions): Promise<PopulationHistory>
  fit(train: Dataset | readonly Dataset[] | BatchSource, options: PopulationFitOptions): Promise<PopulationHistory> {
    return (async () => this.#lock.run(this.#steps(train, options, 'async')))()
  }

  /** As `fit`, on this thread: the event loop waits. */
  fitSync(train: Dataset | readonly Dataset[], options: FitOptions<number | Dataset | readonly Dataset[]>) {
    return this.#lock.runSync(this.#steps(train, options, 'sync'))
  }

  /**
   * One pass over a batch or a data set for all members that goes on where the last `fit` or `partialFit` ended: the
   * optimizer's state and step counts go on.
   */
  partialFit(batch: Dataset | DatasetInput, options?: PartialFitOptions): Promise<PopulationHistory> {
    return (async () => this.#lock.run(this.#partialSteps(batch, options, 'async')))()
  }

  /** As `partialFit`, on this thread: the event loop waits. */
  partialFitSync(batch: Dataset | DatasetInput, options?: PartialFitOptions): PopulationHistory {
    return this.#lock.runSync(this.#partialSteps(batch, options, 'sync'))
  }

  /** Loss and metrics of every member, over one data set for all, or one a member. */
  async evaluate(data: Dataset | readonly Dataset[], options?: EvaluateOptions): Promise<Evaluation[]> {
    const run = this.#evaluation(data, options)
    return await this.#reader.during('evaluate', () => run.run())
  }

  evaluateSync(data: Dataset | readonly Dataset[], options?: EvaluateOptions): Evaluation[] {
    return this.#evaluation(data, options).runSync()
  }

  /** Every member's output for every row: { data, shape: [members, rows, outputs] }. */
  async predict(rows: Rows | NumberArray | NamedRows | Dataset): Promise<PopulationPrediction> {
    const { pass, prediction } = this.#prediction(rows)
    await this.#reader.during('predict', () => runPass(pass))
    return prediction
  }

  predictSync(rows: Rows | NumberArray | NamedRows | Dataset): PopulationPrediction {
    const { pass, prediction } = this.#prediction(rows)
    runPassSync(pass)
    return prediction
  }

  /** The mean of all members' outputs, and their spread: an ensemble's answer and how sure it is. */
  async predictMean(rows: Rows | NumberArray | NamedRows | Dataset): Promise<MeanPrediction> {
    return await inTurns(averaging(await this.predict(rows)))
  }

  predictMeanSync(rows: Rows | NumberArray | NamedRows | Dataset): MeanPrediction {
    return atOnce(averaging(this.predictSync(rows)))
  }

  /** A copy of one member as a network of its own. */
  member(index: number): Sequential {
    this.#lock.requireFree('member')
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.members) {
      throw invalid('index', `member from 0 to ${this.members - 1}`, index)
    }
    const layers = this.#descriptions.map((layer) => layer.forMember(index))
    const options = {
      inputs: inputsOf(this.#network),
      seed: this.seed + index,
      ...(this.#labels && { labels: this.#labels }),
    }
    const weights = namedWeights(this.#network, this.#reader.parameters, index)
    const ofMember = (network: Network) => arenaOf(network, checkedWeights(network, weights, false))
    return withScoring(new Sequential(layers, withParameters(options, ofMember)), this.#scoring)
  }

  /**
   * The member whose last fit came to the least loss: of the validation, where there was one. A member that failed is
   * never best.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT before the first fit
   */
  best(): { index: number; loss: number; model: Sequential } {
    const losses = this.#histories?.map(({ epochs, stopped, best }) => {
      const chosen = best === undefined ? epochs.at(-1) : epochs.find(({ epoch }) => epoch === best.epoch)
      if (chosen === undefined || stopped === 'failed') return Number.POSITIVE_INFINITY
      const loss = chosen.validation?.loss ?? chosen.loss
      return Number.isFinite(loss) ? loss : Number.POSITIVE_INFINITY
    })
    if (losses === undefined || losses.every((loss) => loss === Number.POSITIVE_INFINITY)) {
      throw new DeepblasError('ERR_DEEPBLAS_ARGUMENT', 'Expected a fit of at least one epoch before best() is asked.')
    }
    const loss = smallestOf(losses)
    const index = losses.indexOf(loss)
    return { index, loss, model: this.member(index) }
  }

  /** Writes all members to one .safetensors file: tensors 'members.3.layers.0.weight' and so on. */
  async save(path: string): Promise<void> {
    this.#lock.requireFree('save')
    const description = this.#describe()
    const weights = await this.#weightsToSave()
    await writeModelFile(path, { ...description, weights })
  }

  /** Those of the call, whatever becomes of the population meanwhile. */
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
        members: this.members,
      },
      ...(this.#labels === undefined ? {} : { labels: [...this.#labels] }),
      ...(this.#scoring && { training: trainingSummary(this.#scoring) }),
    }
  }

  #weights(): Steps<WeightDescription[]> {
    return savedWeights(this.#network, this.#reader.parameters, this.members)
  }

  /** @throws DeepblasError ERR_DEEPBLAS_FILE that says what is wrong with the file */
  static async load(path: string): Promise<Population> {
    const { architecture, labels, training, weights } = await readModelFile(path)
    try {
      const { inputs, seed, members } = architecture
      if (members === undefined) throw new Error('it holds one network: load it with Sequential.load')
      const layers = architecture.layers.map(({ type, options }) => layerFrom(type, options))
      const options = { inputs, seed, members, ...(labels && { labels }) }
      let matched: MatchedWeight[] = []
      const ofFile = (network: Network) => {
        matched = membersWeights(network, members, weights)
        return newArena(network, members)
      }
      const many = new Population(layers, withParameters(options, ofFile))
      await inTurns(writingWeights(many.#reader.parameters, matched, true))
      many.#scoring = savedScoring(training)
      return many
    } catch (cause) {
      throw notDescribed(path, 'a population', cause)
    }
  }

  #seeds(): number[] {
    return Array.from({ length: this.members }, (_, member) => this.seed + member)
  }

  #steps(
    train: Dataset | readonly Dataset[] | BatchSource,
    options: PopulationFitOptions,
    form: FitForm,
  ): FitSteps<PopulationHistory> {
    requireNoData('fit', options)
    this.#lock.requireNoFit()
    const path = checkpointOfNames(options, this.#named())
    return path === undefined ? this.#fitting(train, options, form) : this.#resuming(train, options, form, path)
  }

  /** A population without names takes those of the checkpoint, so that data is numbered as it was. */
  *#resuming(
    train: Dataset | readonly Dataset[] | BatchSource,
    options: PopulationFitOptions,
    form: FitForm,
    path: string,
  ): FitSteps<PopulationHistory> {
    return yield* this.#fitting(train, options, form, yield* readCheckpoint(path, form))
  }

  *#fitting(
    train: Dataset | readonly Dataset[] | BatchSource,
    options: PopulationFitOptions,
    form: FitForm,
    checkpoint?: CheckpointDescription,
  ): FitSteps<PopulationHistory> {
    const undo = this.#undoing()
    const trainee = { ...this.#trainee(), labels: this.#labels ?? checkpoint?.model.labels }
    const resumed = checkpoint && { checkpoint }
    if (isBatchSource(train)) {
      const settings = streamSettings(trainee, train, options as StreamFitOptions, (_, labels) => {
        this.#labels = labels
      })
      this.#labels = trainee.labels
      return yield* this.#remembering(
        fittingStream({ ...settings, ...this.#subject(settings), ...resumed }, form),
        undo,
      )
    }
    const given = options as FitOptions<number | Dataset | readonly Dataset[]>
    const settings = yield* paused(fitSettings(trainee, train, given), options?.signal)
    this.#labels = settings.labels
    const subject = this.#subject(settings)
    return yield* this.#remembering(fitting({ ...settings, ...subject, ...resumed }, settings.train, form), undo)
  }

  #partialSteps(
    batch: Dataset | DatasetInput,
    options: PartialFitOptions | undefined,
    form: FitForm,
  ): FitSteps<PopulationHistory> {
    requireNoData('partialFit', options)
    this.#lock.requireNoFit()
    return this.#goingOn(batch, options, form)
  }

  *#goingOn(
    batch: Dataset | DatasetInput,
    options: PartialFitOptions | undefined,
    form: FitForm,
  ): FitSteps<PopulationHistory> {
    const train = datasetOf(batch)
    const given = partialFitOptions(options, this.#state, this.#scoring)
    const settings = yield* paused(fitSettings(this.#trainee(), train, given), options?.signal)
    const start = this.#state && continuedStart(this.#state, settings.optimizer)
    const undo = this.#undoing()
    this.#labels = settings.labels
    const subject = this.#subject(settings)
    return yield* this.#remembering(
      fitting({ ...settings, ...subject, ...(start && { start }) }, settings.train, form),
      undo,
    )
  }

  #trainee(): Trainee {
    return { ...this.#named(), seeds: this.#seeds() }
  }

  #named(): NamedModel {
    return { network: this.#network, labels: this.#labels, scoring: this.#scoring }
  }

  /** What a fit changes and tells of. */
  #subject({ scoring, resume }: Pick<FitSettings, 'scoring' | 'resume'>): FitSubject {
    const undrawn = resume === undefined ? undefined : this.#reader.undrawn
    this.#scoring = scoring
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
    const [labels, scoring] = [this.#labels, this.#scoring]
    return () => {
      if (this.#state !== state) return
      this.#labels = labels
      this.#scoring = scoring
    }
  }

  *#remembering(steps: FitSteps<History[]>, undo: () => void): FitSteps<PopulationHistory> {
    let all: History[] | undefined
    try {
      all = yield* steps
    } finally {
      // An error, or the end of a fit whose promise was rejected.
      if (all === undefined) undo()
    }
    const members = all
    this.#histories = members
    return { members }
  }

  /** The parameters, to be changed: who still reads them keeps those of now. */
  #changing(): Arena {
    if (this.#reader.busy) {
      const copy = newArena(this.#network, this.members)
      copy.copyFrom(this.#reader.parameters)
      this.#reader = new ModelReader(this.#network, { arena: copy })
    }
    return this.#reader.parameters
  }

  #evaluation(given: Dataset | readonly Dataset[], options: EvaluateOptions | undefined): EvaluationRun {
    this.#lock.requireFree('evaluate')
    requireNoData('evaluate', options)
    const asked = knownOptions<EvaluateOptions>('evaluate', options, ['loss', 'metrics'])
    const loss = chosenLoss(asked.loss, this.#scoring, this.#network)
    const metrics = asked.metrics === undefined ? defaultMetrics(this.#scoring, loss) : metricsOf(asked.metrics)
    const data = new ClassNames(this.#named(), loss).known(
      'data',
      datasetsOf('data', given, this.#network, this.members),
    )
    return new EvaluationRun(this.#network, this.#reader.parameters, data, { loss, metrics }, this.members)
  }

  #prediction(rows: Rows | NumberArray | NamedRows | Dataset): {
    pass: PassSettings
    prediction: PopulationPrediction
  } {
    this.#lock.requireFree('predict')
    const { matrix, own, rows: count, type } = rowsToPredict(this.#network, rows)
    const size = this.members * count * this.outputs
    const output = newFloats(size, () => `the predictions of ${this.members} members`)
    const pass: PassSettings = {
      program: compilePrediction(this.#network, type),
      batch: Math.min(EVALUATION_BATCH, count),
      rows: new Float64Array(this.members).fill(count),
      parameters: this.#reader.parameters,
      slots: [[matrix]],
      output,
      outputColumns: this.outputs,
      own: own ? [matrix] : [],
    }
    return { pass, prediction: { data: output, shape: [this.members, count, this.outputs] } }
  }
}

/** The weights of all members in a file, checked before memory is taken for any. */
function membersWeights(network: Network, members: number, weights: readonly WeightDescription[]): MatchedWeight[] {
  const given = new Map(weights.map((weight) => [weight.name, weight]))
  const each = network.parameters.length
  if (given.size !== members * each) {
    throw new Error(`it has ${given.size} weights, but ${members} members of ${each} need ${members * each}`)
  }
  if (each === 0 && members > MOST_EMPTY_MEMBERS) {
    throw new Error(`it claims ${members} members, and has no weight of any`)
  }
  const matched: MatchedWeight[] = []
  for (let member = 0; member < members; member++) {
    for (const parameter of network.parameters) {
      const weight = given.get(memberName(member, parameter.name))
      if (weight === undefined || weight.shape.join() !== parameter.shape.join()) {
        throw new Error(`weight ${parameter.name} of member ${member} is missing or of another shape`)
      }
      matched.push({ parameter, member, weight })
    }
  }
  return matched
}

function* averaging({ data, shape: [members, rows, outputs] }: PopulationPrediction): Steps<MeanPrediction> {
  const size = rows * outputs
  const mean = newFloats(size, () => `the means of ${rows} rows`)
  const spread = newFloats(size, () => `the deviations of ${rows} rows`)
  const placesOfStep = Math.ceil(ELEMENTS_OF_STEP / members)
  for (let at = 0; at < size; at++) {
    if (at > 0 && at % placesOfStep === 0) yield
    let sum = 0
    for (let member = 0; member < members; member++) sum += data[member * size + at]!
    const middle = sum / members
    let squares = 0
    for (let member = 0; member < members; member++) squares += (data[member * size + at]! - middle) ** 2
    mean[at] = middle
    spread[at] = Math.sqrt(squares / members)
  }
  return { data: mean, spread, shape: [rows, outputs] }
}
