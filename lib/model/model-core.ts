/*
 * The part that one network and a population have in common: the parameters of K networks of one architecture, the
 * state that the last training left, and the ways to train, score and save them. `Sequential` and `Population` are thin
 * classes over it.
 */
import type { DatasetInput } from '../data/contents/from-arrays.js'
import type { Dataset } from '../data/dataset/dataset.js'
import type { Encoder } from '../data/encoder/encoder.js'
import type { CheckpointDescription } from '../files/checkpoint-file.js'
import { type DescribedModel, type WeightDescription, writeModelFile } from '../files/model-file.js'
import type { Layer } from '../layers/layer.js'
import type { Arena } from '../native/addon.js'
import { atOnce, inTurns, type Steps } from '../turns.js'
import { knownOptions } from '../validate.js'
import { requireNoData } from './arguments.js'
import { type LastFit, type PartsOfTable, showInside } from './inside.js'
import { inputsOf } from './network/inputs.js'
import { leavesOf, type Network, newArena } from './network/network.js'
import type { StartingParameters } from './network/starting-parameters.js'
import { savedWeights } from './network/weights.js'
import { requireEncoded } from './prediction/predict.js'
import { ModelReader } from './prediction/predictor.js'
import type { Scoring } from './programs/compile.js'
import { afterPass, afterPassSync, type OpenPass, type PassSettings } from './programs/passes.js'
import { type FitForm, type FitSteps, paused } from './programs/requests.js'
import { ClassNames, type NamedModel } from './scoring/class-names.js'
import { EvaluationRun } from './scoring/evaluation.js'
import { chosenLoss, defaultMetrics, type EvaluateOptions, type Evaluation } from './scoring/results.js'
import { trainingSummary } from './scoring/saved-scoring.js'
import { readCheckpoint } from './training/checkpoint/start.js'
import { FitLock } from './training/driver.js'
import type { History } from './training/epoch-results.js'
import { fitting, fittingStream, type RunFit } from './training/fit.js'
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

/** One data set for all members, one for each, or one stream for all. */
export type TrainingData = Dataset | readonly Dataset[] | BatchSource
export type TrainingOptions = FitOptions<number | Dataset | readonly Dataset[]> | StreamFitOptions

export interface CoreParts {
  /** The user's model, which callbacks see. */
  readonly model: object
  /** The layers as the user gave them. */
  readonly descriptions: readonly Layer[]
  readonly network: Network
  /** Seed of every network. */
  readonly seeds: readonly number[]
  /** Whether they are the members of a population, which may have one alone. Default false. */
  readonly population?: boolean
  readonly labels: readonly string[] | undefined
  readonly parameters: StartingParameters
}

export class ModelCore {
  readonly network: Network
  readonly descriptions: readonly Layer[]
  /** Seed of every network. */
  readonly seeds: readonly number[]
  /** Loss and metrics of the last fit. */
  scoring: Scoring | undefined
  /** Members of a population whose last fit failed, ascending; told while it runs. */
  failed: readonly number[] = []
  labels: readonly string[] | undefined
  /**
   * Whether the weights of the outputs came from another model, with its class names if it had any; no fit has
   * confirmed those names.
   */
  namesCarried = false
  /** The encoder; a population, which takes numbers only, has none. */
  encoder: Encoder | undefined
  /** How the model was made, as given to `save`. */
  made: Readonly<Record<string, unknown>> | undefined
  /** Epochs of the last fit of a single network. */
  epochs: number | undefined
  /** The last fit of a single network on a data set. */
  lastFit: LastFit | undefined
  readonly #model: object
  readonly #members: number | undefined
  readonly #lock = new FitLock()
  /** Reader of the present parameters; replaced whenever they change while somebody reads. */
  #reader: ModelReader
  /** State of the last fit, from which `partialFit` continues. */
  #state: TrainingState | undefined

  constructor({ model, descriptions, network, seeds, population = false, labels, parameters }: CoreParts) {
    this.#model = model
    this.descriptions = [...descriptions]
    this.network = network
    this.seeds = seeds
    this.#members = population ? seeds.length : undefined
    this.labels = labels
    this.#reader = new ModelReader(network, parameters)
    showInside(model, this)
  }

  /** Seed of the first network. */
  get seed(): number {
    return this.seeds[0]!
  }

  get reader(): ModelReader {
    return this.#reader
  }

  get parameters(): Arena {
    return this.#reader.parameters
  }

  /** The model with what is known of its classes. */
  get named(): NamedModel {
    const { network, labels, scoring, namesCarried } = this
    return { network, labels, scoring, namesCarried }
  }

  /** @throws DeepblasError ERR_DEEPBLAS_BUSY while a fit computes */
  requireFree(what: string): void {
    this.#lock.requireFree(what)
  }

  /**
   * Gives the parameters in order to change them; whoever still reads them keeps the present ones. `made` no longer
   * applies.
   */
  changing(): Arena {
    if (this.#reader.busy) this.#reader = new ModelReader(this.network, { arena: this.copyOfParameters() })
    this.made = undefined
    return this.#reader.parameters
  }

  copyOfParameters(): Arena {
    const copy = newArena(this.network, this.seeds.length)
    copy.copyFrom(this.#reader.parameters)
    return copy
  }

  /** Takes over everything that another model of the same layers knows beside its parameters. */
  learnFrom(other: ModelCore): void {
    const { network, scoring, labels, namesCarried, encoder, epochs, made, lastFit } = other
    const leaves = leavesOf(this.network.layers)
    for (const [i, { trainable }] of leavesOf(network.layers).entries()) leaves[i]!.trainable = trainable
    Object.assign(this, { scoring, labels, namesCarried, encoder, epochs, made, lastFit })
  }

  /**
   * Trains, and gives the history of every member. It is async so that wrong arguments reject.
   *
   * @param run takes the place of the training on a data set
   */
  async fit(data: TrainingData, options: TrainingOptions, run?: RunFit): Promise<readonly History[]> {
    return await this.#lock.run(this.#fit(data, options, 'async', run))
  }

  fitSync(data: TrainingData, options: TrainingOptions): readonly History[] {
    return this.#lock.runSync(this.#fit(data, options, 'sync'))
  }

  async partialFit(batch: Dataset | DatasetInput, options: PartialFitOptions | undefined): Promise<readonly History[]> {
    return await this.#lock.run(this.#partialFit(batch, options, 'async'))
  }

  partialFitSync(batch: Dataset | DatasetInput, options: PartialFitOptions | undefined): readonly History[] {
    return this.#lock.runSync(this.#partialFit(batch, options, 'sync'))
  }

  /** Scores every member, on one data set for all or one for each. */
  async evaluate(data: unknown, options: EvaluateOptions | undefined): Promise<Evaluation[]> {
    const run = this.#evaluation(data, options)
    return await this.#reader.during('evaluate', () => run.run())
  }

  evaluateSync(data: unknown, options: EvaluateOptions | undefined): Evaluation[] {
    return this.#evaluation(data, options).runSync()
  }

  /** Runs a pass over the parameters of the call, whatever becomes of the model meanwhile. */
  async reading<Result>(
    what: string,
    settings: PassSettings,
    use: (pass: OpenPass, sums: Float64Array) => Result,
  ): Promise<Result> {
    // In a callback the parameters are the fit's, which goes on where the callback does not wait.
    if (this.#lock.fits) return afterPassSync(settings, use)
    return await this.#reader.during(what, () => afterPass(settings, use))
  }

  /** @param more what the file tells beside: networks of a table's model belong to it */
  async save(path: string, more: PartsOfTable = {}): Promise<void> {
    const description = { ...this.#describe(), ...more }
    const weights = await this.#weightsToSave()
    await writeModelFile(path, { ...description, weights })
  }

  /** The weights at the time of the call, whatever happens to the model meanwhile. */
  async #weightsToSave(): Promise<WeightDescription[]> {
    const reading = this.#weights()
    // Whoever changes the parameters while they are read takes a copy of them, except a fit that has begun.
    return this.#lock.fits ? atOnce(reading) : await this.#reader.during('save', () => inTurns(reading))
  }

  /** The model as its file holds it, without the weights. */
  #describe(): DescribedModel {
    const { network, seed, seeds, labels, encoder, scoring, failed, made } = this
    return {
      formatVersion: 1,
      architecture: {
        inputs: inputsOf(network),
        seed,
        layers: network.layers.map((layer) => ({ type: layer.type, options: layer.options() })),
        ...(this.#members !== undefined && { members: this.#members }),
        ...(seeds.some((one, member) => one !== seed + member) && { seeds: [...seeds] }),
      },
      ...(labels === undefined ? {} : { labels: [...labels] }),
      ...(encoder === undefined ? {} : { encoder: encoder.toJSON() }),
      ...(scoring && { training: trainingSummary(scoring, this.epochs, failed) }),
      ...(made === undefined ? {} : { made }),
    }
  }

  #weights(): Steps<WeightDescription[]> {
    return savedWeights(this.network, this.parameters, this.#members)
  }

  #fit(data: TrainingData, options: TrainingOptions, form: FitForm, run?: RunFit): FitSteps<History[]> {
    requireNoData('fit', options)
    this.#lock.requireNoFit()
    const path = checkpointOfNames(options, this.named)
    return path === undefined ? this.#fitting(data, options, form, { run }) : this.#resuming(data, options, form, path)
  }

  /** Resumes. A model without class names takes those of the checkpoint, so that classes are numbered as before. */
  *#resuming(data: TrainingData, options: TrainingOptions, form: FitForm, path: string): FitSteps<History[]> {
    return yield* this.#fitting(data, options, form, { checkpoint: yield* readCheckpoint(path, form) })
  }

  *#fitting(
    data: TrainingData,
    options: TrainingOptions,
    form: FitForm,
    { checkpoint, run = fitting }: { checkpoint?: CheckpointDescription; run?: RunFit | undefined },
  ): FitSteps<History[]> {
    const undo = this.#undoing()
    const trainee = { ...this.#trainee, labels: this.labels ?? checkpoint?.model.labels }
    const resumed = checkpoint && { checkpoint }
    if (isBatchSource(data)) {
      const settings = streamSettings(trainee, data, options as StreamFitOptions, ({ encoder }, labels) =>
        this.#take(labels, encoder),
      )
      this.labels = trainee.labels
      const subject = this.#subject(settings)
      this.lastFit = undefined
      return yield* this.#remembering(fittingStream({ ...settings, ...subject, ...resumed }, form), undo)
    }
    const given = options as FitOptions<number | Dataset | readonly Dataset[]>
    const settings = yield* paused(fitSettings(trainee, data, given), options?.signal)
    this.#take(settings.labels, settings.encoder)
    const subject = this.#subject(settings)
    const fit = run({ ...settings, ...subject, ...resumed }, settings.train, form)
    const histories = yield* this.#remembering(fit, undo)
    this.#rememberFit(settings, given.classWeights, histories)
    return histories
  }

  #rememberFit(
    {
      scoring,
      optimizer,
      epochs,
      batchSize,
      shuffle,
    }: Pick<FitSettings, 'scoring' | 'optimizer' | 'epochs' | 'batchSize' | 'shuffle'>,
    classWeights: FitOptions['classWeights'],
    [history]: readonly History[],
  ): void {
    if (this.#members !== undefined) return
    const options = { loss: scoring.loss, optimizer, epochs, batchSize, shuffle }
    this.lastFit = {
      options: { ...options, ...(classWeights === undefined ? {} : { classWeights }) },
      history: history!,
    }
  }

  #partialFit(
    batch: Dataset | DatasetInput,
    options: PartialFitOptions | undefined,
    form: FitForm,
  ): FitSteps<History[]> {
    requireNoData('partialFit', options)
    this.#lock.requireNoFit()
    return this.#goingOn(batch, options, form)
  }

  *#goingOn(batch: Dataset | DatasetInput, options: PartialFitOptions | undefined, form: FitForm): FitSteps<History[]> {
    const data = datasetOf(batch)
    const given = partialFitOptions(options, this.#state, this.scoring)
    const settings = yield* paused(fitSettings(this.#trainee, data, given), options?.signal)
    if (this.#state !== undefined) requireEncoded('batch', data, this.encoder)
    const start = this.#state && continuedStart(this.#state, settings.optimizer)
    const undo = this.#undoing()
    this.#take(settings.labels, settings.encoder)
    const subject = this.#subject(settings)
    const going = { ...settings, ...subject, ...(start && { start }) }
    return yield* this.#remembering(fitting(going, settings.train, form), undo)
  }

  get #trainee(): Trainee {
    return { ...this.named, seeds: this.seeds }
  }

  /** Takes over the class names and the encoder that training data brings. */
  #take(labels: readonly string[] | undefined, encoder: Encoder | undefined): void {
    this.labels = labels
    if (this.#members === undefined) this.encoder = encoder
  }

  /** The part of the model that a fit changes and reports to. */
  #subject({ scoring, resume }: Pick<FitSettings, 'scoring' | 'resume'>): FitSubject {
    // A resume overwrites all parameters, so those that nobody has read need not be drawn first.
    const undrawn = resume === undefined ? undefined : this.#reader.undrawn
    const parameters = undrawn?.arena ?? this.changing()
    this.scoring = scoring
    this.failed = []
    this.namesCarried = false
    this.made = undefined
    return {
      parameters,
      ofPopulation: this.#members !== undefined,
      failed: (member) => {
        this.failed = [...this.failed, member].sort((a, b) => a - b)
      },
      ...(undrawn && { overwritten: undrawn.written }),
      model: this.#model,
      describe: () => this.#describe(),
      weights: () => atOnce(this.#weights()),
      remember: (state) => {
        releaseStates(this.#state, state)
        this.#state = state
      },
    }
  }

  /**
   * Gives a function that restores what a fit tells the model before its first step. It does nothing once the fit has
   * started.
   */
  #undoing(): () => void {
    const state = this.#state
    const { labels, namesCarried, encoder, scoring, failed, made } = this
    return () => {
      if (this.#state === state) Object.assign(this, { labels, namesCarried, encoder, scoring, failed, made })
    }
  }

  *#remembering(steps: FitSteps<History[]>, undo: () => void): FitSteps<History[]> {
    let histories: History[] | undefined
    try {
      histories = yield* steps
    } finally {
      // An error, or the end of a fit whose promise was rejected.
      if (histories === undefined) undo()
    }
    if (this.#members === undefined) this.epochs = histories[0]!.epochs.length
    return histories
  }

  #evaluation(given: unknown, options: EvaluateOptions | undefined): EvaluationRun {
    this.requireFree('evaluate')
    requireNoData('evaluate', options)
    const asked = knownOptions<EvaluateOptions>('evaluate', options, ['loss', 'metrics'])
    const { network, scoring, encoder } = this
    const members = this.seeds.length
    const loss = chosenLoss(asked.loss, scoring, network)
    const metrics = asked.metrics === undefined ? defaultMetrics(scoring, loss) : metricsOf(asked.metrics)
    const data = datasetsOf('data', given, network, members)
    for (const one of data) requireEncoded('data', one, encoder)
    const known = new ClassNames(this.named, loss).known('data', data)
    return new EvaluationRun(network, this.parameters, known, { loss, metrics }, members)
  }
}
