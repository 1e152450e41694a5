import { Dataset, type DatasetInput } from '../data/dataset/dataset.js'
import type { Encoder } from '../data/encoder/encoder.js'
import { notDescribed } from '../files/file-error.js'
import { readModelFile } from '../files/model-file.js'
import type { NamedInputs } from '../inputs.js'
import type { Layer } from '../layers/layer.js'
import { layerFrom } from '../layers/registry.js'
import type { Loss } from '../losses/loss.js'
import { type LossName, loss as lossOf } from '../losses/names.js'
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
import { checkedLayers } from './arguments.js'
import { explainTraining } from './inspection/explain.js'
import { type LayerRecord, type TracedStep, tracePass } from './inspection/trace.js'
import { ModelCore } from './model-core.js'
import { carriedNames, carryNames } from './network/carried-names.js'
import type { Fitting, NumberOf } from './network/dimension-types.js'
import { dataFor, inputsOf, readInputs } from './network/inputs.js'
import { buildNetwork, initializeParameters, type Network, newArena, trainableCount } from './network/network.js'
import { startingParameters, startOf, withStart } from './network/starting-parameters.js'
import { type SummaryOptions, summary } from './network/summary.js'
import {
  checkedWeights,
  type MatchedWeight,
  matchedWeights,
  type NamedWeights,
  namedWeights,
  type SetWeightsOptions,
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
  savedEncoder,
} from './prediction/predict.js'
import { choosingClasses, requireOutputsOfClasses } from './prediction/predicted-classes.js'
import type { Scoring } from './programs/compile.js'
import { ClassNames, namesFor } from './scoring/class-names.js'
import { defaultLoss, type EvaluateOptions, type Evaluation, savedScoring } from './scoring/results.js'
import { requireWeight } from './scoring/row-weights.js'
import type { History } from './training/epoch-results.js'
import { type FitOptions, lossFor, type PartialFitOptions } from './training/options.js'
import type { BatchSource } from './training/stream-batches.js'
import type { StreamFitOptions } from './training/stream-options.js'

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
  readonly #core: ModelCore

  static {
    onlyWhatItMade(Sequential, (object) => #core in object)
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
    const descriptions = checkedLayers('Sequential', layers, 1)
    const given = knownOptions<SequentialOptions>('Sequential', options, ['inputs', 'seed', 'labels'])
    const seed = nonNegativeInteger('seed', given.seed ?? 0)
    const network = buildNetwork(layers, readInputs(given.inputs))
    const labels = namesFor(network, given.labels)
    const parameters = startingParameters(options, network, 1, () => [seed])
    this.#core = new ModelCore({ model: this, descriptions, network, seed, labels, parameters })
    this.#core.scoring = startOf<Scoring>(options)?.scoring
    refuseStructuredClone(this, modelCloning)
  }

  get layers(): readonly Layer[] {
    return this.#core.network.layers
  }

  /** Of the initial weights, and of shuffles where `fit` is given none. */
  get seed(): number {
    return this.#core.seed
  }

  /** Features of one row. */
  get inputs(): number {
    return this.#core.network.inputs
  }

  get outputs(): number {
    return this.#core.network.outputs
  }

  /** Trainable numbers. */
  get parameterCount(): number {
    return trainableCount(this.#core.network)
  }

  /** Names of the classes, where the training data had them. */
  get labels(): readonly string[] | undefined {
    return this.#core.labels
  }

  /** What made the training data's features of a table's columns: the model takes such rows too. */
  get encoder(): Encoder | undefined {
    return this.#core.encoder
  }

  /** How the model came to be, where `save` was told; gone once it is trained further. */
  get made(): Readonly<Record<string, unknown>> | undefined {
    return this.#core.made
  }

  /** Layer, output shape, parameters: the dimensions lesson as a table. */
  summary(options?: SummaryOptions): string {
    return summary(this.#core.network, options)
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
    return this.#core.fit(train, options).then(([history]) => history!)
  }

  /** As `fit` with a data set, on this thread: the event loop waits. Callbacks must not return promises. */
  fitSync(train: Dataset, options: FitOptions): History {
    return this.#core.fitSync(train, options)[0]!
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
    return this.#core.partialFit(batch, options).then(([history]) => history!)
  }

  /** As `partialFit`, on this thread: the event loop waits. */
  partialFitSync(batch: Dataset | DatasetInput, options?: PartialFitOptions): History {
    return this.#core.partialFitSync(batch, options)[0]!
  }

  /**
   * Loss and metrics over all rows. Errors of scaled targets are in the target's own units; the loss is of scaled ones.
   */
  async evaluate(data: Dataset, options?: EvaluateOptions): Promise<Evaluation> {
    const [scores] = await this.#core.evaluate(data, options)
    return scores!
  }

  evaluateSync(data: Dataset, options?: EvaluateOptions): Evaluation {
    return this.#core.evaluateSync(data, options)[0]!
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
    requireOutputsOfClasses(this.#core.network, this.#core.scoring)
    return await inTurns(this.#classes(await predictRows(model, rows, 'output')))
  }

  predictClassesSync(rows: PredictionInput): number[] | string[] {
    const model = this.#predicting('predictSync')
    requireClasses(model)
    requireOutputsOfClasses(this.#core.network, this.#core.scoring)
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
    return this.#trace('gradients', data, options, ({ gradients }) => namedWeights(this.#core.network, gradients))
  }

  /** Every layer's Z, A, dZ and dA over one full batch, and what was cached, in the lesson's terms. */
  async trace(data: Dataset, options: { loss: LossName | Loss }): Promise<{ cost: number; layers: LayerRecord[] }> {
    return this.#trace('trace', data, options, ({ cost, layers }) => ({ cost, layers: layers() }))
  }

  async #trace<Result>(
    what: string,
    data: Dataset,
    options: { loss: LossName | Loss },
    tell: (step: TracedStep) => Result,
  ): Promise<Result> {
    this.#core.requireFree(what)
    if (!(data instanceof Dataset)) throw invalid('data', 'Dataset', data, 'Make one with Dataset.from({ x, y }).')
    const { loss } = knownOptions<{ loss: LossName | Loss }>(what, options, ['loss'])
    const { network, named, parameters } = this.#core
    const checked = lossFor(network, loss)
    const [own] = new ClassNames(named, checked).known('data', [dataFor('data', data, network)])
    requireWeight('data', [own!])
    const { settings, read } = tracePass(network, parameters, own!, checked)
    return await this.#core.reading(what, settings, (pass, sums) => tell(read(pass, sums)))
  }

  /** Where a training step's time goes: regions, calls, measured microseconds, and the bytes of the workspace. */
  explain(options?: { batchSize?: number; loss?: LossName | Loss; optimizer?: OptimizerName | Optimizer }): string {
    this.#core.requireFree('explain')
    const given = knownOptions('explain', options, ['batchSize', 'loss', 'optimizer'])
    const batchSize = positiveInteger('batchSize', given.batchSize ?? 32)
    const loss = lossOf('loss', given.loss ?? defaultLoss(this.#core.network))
    const optimizer = optimizerOf(given.optimizer)
    const parameters = this.#core.copyOfParameters()
    try {
      return explainTraining(this.#core.network, parameters, batchSize, loss, optimizer)
    } finally {
      parameters.release()
    }
  }

  /** Every parameter by name, as copies: [{ name: 'layers.0.weight', shape, data }]. */
  getWeights(): NamedWeights[] {
    this.#core.requireFree('getWeights')
    const weights = namedWeights(this.#core.network, this.#core.parameters)
    const byName = new Map(weights.map((weight) => [weight.name, weight]))
    carryNames([...byName.keys()], (name) => byName.get(name), this.#core.labels)
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
    this.#core.requireFree('setWeights')
    const { partial = false } = knownOptions<SetWeightsOptions>('setWeights', options, ['partial'])
    const values = checkedWeights(this.#core.network, weights, boolean('partial', partial))
    const parameters = this.#core.changing()
    writeWeights(parameters, values)
    const set = values.map(({ parameter }) => parameter.name)
    this.#takeNames(new Set(set), weights)
    return set
  }

  #takeNames(set: ReadonlySet<string>, weights: readonly NamedWeights[]): void {
    if (this.#core.labels !== undefined && !this.#core.namesCarried) return
    const ofAll = this.#core.network.parameters.map(({ name }) => name)
    const names = carriedNames(ofAll, set, weights)
    if (names === undefined) return
    this.#core.namesCarried = true
    this.#core.labels = names === 'unknown' ? undefined : names
  }

  /** A second model with the same layers and parameters; to serve from while this one fits. */
  clone(): Sequential {
    this.#core.requireFree('clone')
    const options = { inputs: inputsOf(this.#core.network), seed: this.seed }
    const parameters = () => this.#core.copyOfParameters()
    const copy = new Sequential(this.#core.descriptions, withStart(options, { parameters }))
    copy.#core.learnFrom(this.#core)
    return copy
  }

  /**
   * Writes one .safetensors file that holds all a prediction needs. A reader never sees half a file.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that JSON cannot carry, ERR_DEEPBLAS_FILE if the file cannot
   *   be written
   */
  async save(path: string, options?: SaveOptions): Promise<void> {
    this.#core.requireFree('save')
    const { made } = knownOptions<SaveOptions>('save', options, ['made'])
    const before = this.#core.made
    const told = made === undefined ? before : structuredClone(plainObject('made', made))
    this.#core.made = told
    try {
      await this.#core.save(path)
    } catch (error) {
      // What no file holds is not known of the model either; a fit may have forgotten it meanwhile.
      if (this.#core.made === told) this.#core.made = before
      throw error
    }
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
      const model = new Sequential(layers, withStart(options, { parameters: ofFile }))
      await inTurns(writingWeights(model.#core.parameters, matched, true))
      model.#core.encoder = encoder === undefined ? undefined : savedEncoder(encoder, model.#core.network)
      model.#core.scoring = savedScoring(training)
      model.#core.made = made
      if (typeof training?.epochs === 'number') model.#core.epochs = training.epochs
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
    const model = new Sequential(layers, withStart(own, { parameters: ofFile }))
    await inTurns(writingWeights(model.#core.parameters, matched, false))
    model.#takeNames(set, weights)
    return model
  }

  #predicting(what: string): Predicting {
    this.#core.requireFree(what)
    const { network, reader, encoder } = this.#core
    return { network, reader, encoder }
  }

  #classes({ data, shape }: Prediction): Steps<number[] | string[]> {
    return choosingClasses(data, shape, this.#core.network, this.#core.scoring, this.#core.labels)
  }
}
