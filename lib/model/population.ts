import type { NumberArray, Rows } from '../data/arrays/rows.js'
import type { DatasetInput } from '../data/contents/from-arrays.js'
import type { NamedRows } from '../data/contents/named-rows.js'
import type { Dataset } from '../data/dataset/dataset.js'
import { DeepblasError } from '../errors.js'
import { smallestOf } from '../extremes.js'
import { notDescribed } from '../files/file-error.js'
import { type ModelDescription, readModelFile, type WeightDescription } from '../files/model-file.js'
import type { NamedInputs } from '../inputs.js'
import type { Layer } from '../layers/layer.js'
import { layerFrom } from '../layers/registry.js'
import { newFloats } from '../memory.js'
import { onlyWhatItMade, refuseMethods, refuseStructuredClone, showWhenInspected } from '../own-methods.js'
import { atOnce, ELEMENTS_OF_STEP, inTurns, type Steps } from '../turns.js'
import { array, invalid, knownOptions, nonNegativeInteger, plainObject, positiveInteger } from '../validate.js'
import { checkedLayers } from './arguments.js'
import { ModelCore } from './model-core.js'
import type { Fitting, NumberOf } from './network/dimension-types.js'
import { inputsOf, readInputs } from './network/inputs.js'
import { buildNetwork, type Network, newArena, trainableCount } from './network/network.js'
import { startingParameters, withStart } from './network/starting-parameters.js'
import {
  arenaOf,
  checkedWeights,
  type MatchedWeight,
  memberName,
  namedWeights,
  writingWeights,
} from './network/weights.js'
import { methodsElsewhere, populationCloning, tableModelAdvice } from './other-libraries.js'
import { rowsToPredict } from './prediction/predict.js'
import { compilePrediction } from './programs/compile.js'
import { EVALUATION_BATCH } from './programs/data-binding.js'
import { type PassSettings, runPass, runPassSync } from './programs/passes.js'
import { namesFor } from './scoring/class-names.js'
import type { EvaluateOptions, Evaluation } from './scoring/results.js'
import { savedFailed, savedScoring } from './scoring/saved-scoring.js'
import { Sequential } from './sequential.js'
import type { History } from './training/epoch-results.js'
import type { FitOptions, PartialFitOptions } from './training/options.js'
import type { BatchSource } from './training/stream-batches.js'
import type { StreamFitOptions } from './training/stream-options.js'

export interface PopulationOptions<Inputs extends number | NamedInputs = number | NamedInputs> {
  /** Number of features in a row, or inputs by name, as for Sequential. Default: the inputs of the first layer. */
  readonly inputs?: Inputs
  /** Number of networks. Default as many as `seeds` has. */
  readonly members?: number
  /** Member i has the initial weights and shuffles of a network of seed `seed + i`. Default 0. */
  readonly seed?: number
  /**
   * In place of `seed`: one seed a member. Members of equal seeds start and shuffle alike, so that what differs between
   * them is the data, rates or strengths that they were given.
   */
  readonly seeds?: readonly number[]
  /** Names of the classes, in the order of the outputs. Default those of the first data sets that have any. */
  readonly labels?: readonly string[]
}

/** The result of a fit of a population. */
export interface PopulationHistory {
  /** Every member's own history, in order. */
  readonly members: readonly History[]
}

/** The outputs of every member. */
export interface PopulationPrediction {
  /** The outputs, row-major: [members, rows, outputs]. */
  readonly data: Float32Array<ArrayBuffer>
  readonly shape: [members: number, rows: number, outputs: number]
}

/** The mean of the outputs of the members that have not failed. */
export interface MeanPrediction {
  /** Mean over these members, [rows, outputs], row-major. */
  readonly data: Float32Array<ArrayBuffer>
  /** Standard deviation over these members, [rows, outputs], row-major: how far they disagree. */
  readonly spread: Float32Array<ArrayBuffer>
  readonly shape: [rows: number, outputs: number]
}

/** The population of a file, which may be that of a table's model. Users do not get this function. @internal */
export let populationFrom: (path: string, description: ModelDescription) => Promise<Population>

type PopulationFitOptions = FitOptions<number | Dataset | readonly Dataset[]> | StreamFitOptions

const LARGEST_SEED = Number.MAX_SAFE_INTEGER

/** The most members of layers without parameters, for which a file has no tensors to check the number against. */
const MOST_EMPTY_MEMBERS = 10_000

/**
 * Many networks of one architecture, trained side by side in one program: each with its own seed and, where given, its
 * own rates, strengths and data. Member i has, bit for bit, the weights that a `Sequential` of the same layers and seed
 * gets when it is trained alone on the member's data.
 *
 * Memory grows linearly: each member takes its parameters, and while it trains also its gradients, its optimizer state
 * and the activations of one batch.
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
  readonly #core: ModelCore
  #histories: readonly History[] | undefined

  static {
    onlyWhatItMade(Population, (object) => #core in object)
    populationFrom = (path, description) => Population.#from(path, description)
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
      'seeds',
      'labels',
    ])
    const { members, seeds } = membersOf(given)
    const descriptions = checkedLayers('Population', layers, members)
    const network = buildNetwork(layers, readInputs(given.inputs))
    const labels = namesFor(network, given.labels)
    const parameters = startingParameters(options, network, members, seeds)
    this.#core = new ModelCore({
      model: this,
      descriptions,
      network,
      seeds: seeds(),
      population: true,
      labels,
      parameters,
    })
    refuseStructuredClone(this, populationCloning)
  }

  get layers(): readonly Layer[] {
    return this.#core.network.layers
  }

  /** Number of networks. */
  get members(): number {
    return this.#core.seeds.length
  }

  /** Seed of the first member. Member i has `seed + i` where the population was made with `seed`. */
  get seed(): number {
    return this.#core.seed
  }

  /** Seed of every member: it has the initial weights and shuffles of a network of that seed. */
  get seeds(): readonly number[] {
    return [...this.#core.seeds]
  }

  /** Features of one row. */
  get inputs(): number {
    return this.#core.network.inputs
  }

  get outputs(): number {
    return this.#core.network.outputs
  }

  /** Names of the classes, in the order of the outputs, of all members: where the training data had them. */
  get labels(): readonly string[] | undefined {
    return this.#core.labels
  }

  /**
   * Members whose last fit or `partialFit` failed, ascending: their histories say why. They have finite parameters, and
   * `predictMean` leaves them out. `save` keeps them.
   */
  get failed(): readonly number[] {
    return [...this.#core.failed]
  }

  /** Trainable numbers of one member. */
  get parameterCount(): number {
    return trainableCount(this.#core.network)
  }

  /**
   * Trains all members, on one data set for all or one per member, of any numbers of rows. The learning rate and the
   * weight decay of the optimizer may be lists with one number per member. With EarlyStopping every member stops at its
   * own time and takes no time from then on. A member fails when its loss, or the parameters that an update makes, are no
   * longer finite: it stops alone with the parameters before that step, and its history says `stopped: 'failed'` and why.
   * The fit rejects for no member, not even where all of them fail.
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
    return this.#core.fit(train, options).then((histories) => this.#remembered(histories))
  }

  /** Does the same as `fit`, on this thread: the event loop waits. */
  fitSync(train: Dataset | readonly Dataset[], options: FitOptions<number | Dataset | readonly Dataset[]>) {
    return this.#remembered(this.#core.fitSync(train, options))
  }

  /**
   * Trains all members one pass over a batch or a data set, and continues where the last `fit` or `partialFit` ended:
   * with its optimizer states and step counts.
   */
  partialFit(batch: Dataset | DatasetInput, options?: PartialFitOptions): Promise<PopulationHistory> {
    return this.#core.partialFit(batch, options).then((histories) => this.#remembered(histories))
  }

  /** Does the same as `partialFit`, on this thread: the event loop waits. */
  partialFitSync(batch: Dataset | DatasetInput, options?: PartialFitOptions): PopulationHistory {
    return this.#remembered(this.#core.partialFitSync(batch, options))
  }

  /** Computes loss and metrics of every member, over one data set for all or one per member. */
  async evaluate(data: Dataset | readonly Dataset[], options?: EvaluateOptions): Promise<Evaluation[]> {
    return await this.#core.evaluate(data, options)
  }

  /** Does the same as `evaluate`, on this thread: the event loop waits. */
  evaluateSync(data: Dataset | readonly Dataset[], options?: EvaluateOptions): Evaluation[] {
    return this.#core.evaluateSync(data, options)
  }

  /** Computes every member's output for every row: { data, shape: [members, rows, outputs] }. */
  async predict(rows: Rows | NumberArray | NamedRows | Dataset): Promise<PopulationPrediction> {
    const { pass, prediction } = this.#prediction(rows)
    await this.#core.reader.during('predict', () => runPass(pass))
    return prediction
  }

  /** Does the same as `predict`, on this thread: the event loop waits. */
  predictSync(rows: Rows | NumberArray | NamedRows | Dataset): PopulationPrediction {
    const { pass, prediction } = this.#prediction(rows)
    runPassSync(pass)
    return prediction
  }

  /**
   * Computes the mean and the standard deviation of the members' outputs: the answer of an ensemble, and how far its
   * members disagree. Members that have failed are left out.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT where all members have failed
   */
  async predictMean(rows: Rows | NumberArray | NamedRows | Dataset): Promise<MeanPrediction> {
    const members = this.#trained()
    return await inTurns(averaging(await this.predict(rows), members))
  }

  /** Does the same as `predictMean`, on this thread: the event loop waits. */
  predictMeanSync(rows: Rows | NumberArray | NamedRows | Dataset): MeanPrediction {
    const members = this.#trained()
    return atOnce(averaging(this.predictSync(rows), members))
  }

  /** Gives a copy of one member as a network of its own. */
  member(index: number): Sequential {
    this.#core.requireFree('member')
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.members) {
      throw invalid('index', `member from 0 to ${this.members - 1}`, index)
    }
    const layers = this.#core.descriptions.map((layer) => layer.forMember(index))
    const options = {
      inputs: inputsOf(this.#core.network),
      seed: this.#core.seeds[index]!,
      ...(this.#core.labels && { labels: this.#core.labels }),
    }
    const weights = namedWeights(this.#core.network, this.#core.parameters, index)
    const ofMember = (network: Network) => arenaOf(network, checkedWeights(network, weights, false))
    return new Sequential(layers, withStart(options, { parameters: ofMember, scoring: this.#core.scoring }))
  }

  /**
   * Gives the member with the least loss after the last fit: the validation loss where there was one, else the training
   * loss. A member that failed is never the best.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT before the first fit, and where all members have failed
   */
  best(): { index: number; loss: number; model: Sequential } {
    const losses = this.#histories?.map(({ epochs, stopped, best }) => {
      const chosen = best === undefined ? epochs.at(-1) : epochs.find(({ epoch }) => epoch === best.epoch)
      if (chosen === undefined || stopped === 'failed') return Number.POSITIVE_INFINITY
      const loss = chosen.validation?.loss ?? chosen.loss
      return Number.isFinite(loss) ? loss : Number.POSITIVE_INFINITY
    })
    if (this.#histories?.every(({ stopped }) => stopped === 'failed')) {
      throw this.#allFailed('best', this.#histories[0]!.reason)
    }
    if (losses === undefined || losses.every((loss) => loss === Number.POSITIVE_INFINITY)) {
      throw new DeepblasError('ERR_DEEPBLAS_ARGUMENT', 'Expected a fit of at least one epoch before best() is asked.')
    }
    const loss = smallestOf(losses)
    const index = losses.indexOf(loss)
    return { index, loss, model: this.member(index) }
  }

  /** Writes all members to one .safetensors file: tensors 'members.3.layers.0.weight' and so on. */
  async save(path: string): Promise<void> {
    this.#core.requireFree('save')
    await this.#core.save(path)
  }

  /**
   * Reads a population from a file of `save` or a checkpoint.
   *
   * @throws DeepblasError ERR_DEEPBLAS_FILE that says what is wrong with the file
   */
  static async load(path: string): Promise<Population> {
    const description = await readModelFile(path)
    if (description.table !== undefined) throw notDescribed(path, 'a population', new Error(tableModelAdvice))
    return Population.#from(path, description)
  }

  static async #from(path: string, { architecture, labels, training, weights }: ModelDescription): Promise<Population> {
    try {
      const { inputs, seed, seeds, members } = architecture
      if (members === undefined) throw new Error('it holds one network: load it with Sequential.load')
      const layers = architecture.layers.map(({ type, options }) => layerFrom(type, options))
      const options = { inputs, members, ...(seeds === undefined ? { seed } : { seeds }), ...(labels && { labels }) }
      let matched: MatchedWeight[] = []
      const ofFile = (network: Network) => {
        matched = membersWeights(network, members, weights)
        return newArena(network, members)
      }
      const many = new Population(layers, withStart(options, { parameters: ofFile }))
      await inTurns(writingWeights(many.#core.parameters, matched, true))
      many.#core.scoring = savedScoring(training)
      many.#core.failed = savedFailed(training, members)
      return many
    } catch (cause) {
      throw notDescribed(path, 'a population', cause)
    }
  }

  /** The members that have not failed. */
  #trained(): readonly number[] {
    const failed = new Set(this.#core.failed)
    const trained = [...this.#core.seeds.keys()].filter((member) => !failed.has(member))
    if (trained.length === 0) throw this.#allFailed('predictMean', this.#histories?.[0]?.reason)
    return trained
  }

  #allFailed(what: string, reason: string | undefined): DeepblasError {
    const { members } = this
    const all = members === 1 ? 'its only member has failed' : `all ${members} members have failed`
    return new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for ${what} a member that has not failed but ${all}. ` +
        (reason === undefined ? 'Fit again with a smaller learningRate, or scaled inputs.' : `The first: ${reason}`),
    )
  }

  #remembered(members: readonly History[]): PopulationHistory {
    this.#histories = members
    return { members }
  }

  #prediction(rows: Rows | NumberArray | NamedRows | Dataset): {
    pass: PassSettings
    prediction: PopulationPrediction
  } {
    this.#core.requireFree('predict')
    const { matrix, own, rows: count, type } = rowsToPredict(this.#core.network, rows)
    const size = this.members * count * this.outputs
    const output = newFloats(size, () => `the predictions of ${this.members} members`)
    const pass: PassSettings = {
      program: compilePrediction(this.#core.network, type),
      batch: Math.min(EVALUATION_BATCH, count),
      rows: new Float64Array(this.members).fill(count),
      parameters: this.#core.parameters,
      slots: [[matrix]],
      output,
      outputColumns: this.outputs,
      own: own ? [matrix] : [],
    }
    return { pass, prediction: { data: output, shape: [this.members, count, this.outputs] } }
  }
}

/** The number of members, and a function that makes the list of their seeds once there is memory for so many. */
function membersOf(given: Partial<PopulationOptions>): { members: number; seeds: () => readonly number[] } {
  if (given.seeds === undefined) {
    const members = positiveInteger('members', given.members)
    const seed = nonNegativeInteger('seed', given.seed ?? 0)
    if (seed + members - 1 > LARGEST_SEED) throw invalid('seed', 'seed with room for all members', seed)
    return { members, seeds: () => Array.from({ length: members }, (_, member) => seed + member) }
  }
  if (given.seed !== undefined)
    throw invalid('seed', 'no seed where seeds are given', given.seed, 'Leave one of them out.')
  const seeds = array('seeds', given.seeds, 'numbers').map((one, member) => nonNegativeInteger(`seeds[${member}]`, one))
  if (seeds.length === 0) throw invalid('seeds', 'at least one seed', given.seeds)
  const members = positiveInteger('members', given.members ?? seeds.length)
  if (seeds.length === members) return { members, seeds: () => seeds }
  throw new DeepblasError(
    'ERR_DEEPBLAS_SHAPE',
    `Expected ${members} numbers for seeds, one per member, but received ${seeds.length}.`,
  )
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

function* averaging(
  { data, shape: [, rows, outputs] }: PopulationPrediction,
  members: readonly number[],
): Steps<MeanPrediction> {
  const size = rows * outputs
  const mean = newFloats(size, () => `the means of ${rows} rows`)
  const spread = newFloats(size, () => `the deviations of ${rows} rows`)
  const placesOfStep = Math.ceil(ELEMENTS_OF_STEP / members.length)
  for (let at = 0; at < size; at++) {
    if (at > 0 && at % placesOfStep === 0) yield
    let sum = 0
    for (const member of members) sum += data[member * size + at]!
    const middle = sum / members.length
    let squares = 0
    for (const member of members) squares += (data[member * size + at]! - middle) ** 2
    mean[at] = middle
    spread[at] = Math.sqrt(squares / members.length)
  }
  return { data: mean, spread, shape: [rows, outputs] }
}
