import type { DatasetInput } from '../data/contents/from-arrays.js'
import { Dataset } from '../data/dataset/dataset.js'
import type { Encoder } from '../data/encoder/encoder.js'
import { notDescribed } from '../files/file-error.js'
import { type ModelDescription, readModelFile } from '../files/model-file.js'
import type { NamedInputs } from '../inputs.js'
import type { Layer } from '../layers/layer.js'
import { layerFrom } from '../layers/registry.js'
import type { Loss } from '../losses/loss.js'
import { type LossName, loss as lossOf } from '../losses/names.js'
import { batchOptimizerOf, type OptimizerName } from '../optimizers/names.js'
import type { Optimizer } from '../optimizers/optimizer.js'
import { onlyWhatItMade, refuseMethods, refuseStructuredClone, showWhenInspected } from '../own-methods.js'
import { type Precision, precisions } from '../recording/precision.js'
import { atOnce, inTurns, type Steps } from '../turns.js'
import {
  boolean,
  invalid,
  isCallable,
  knownOptions,
  nonNegativeInteger,
  oneOf,
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
import { fileWeights, usualName } from './network/weights-from-file.js'
import { methodsElsewhere, modelCloning, tableModelAdvice } from './other-libraries.js'
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
import { defaultLoss, type EvaluateOptions, type Evaluation } from './scoring/results.js'
import { requireWeight } from './scoring/row-weights.js'
import { savedScoring } from './scoring/saved-scoring.js'
import type { FromSafetensorsOptions, SaveOptions, SequentialOptions } from './sequential-options.js'
import type { History } from './training/epoch-results.js'
import { type FitOptions, lossFor, type PartialFitOptions } from './training/options.js'
import type { BatchSource } from './training/stream-batches.js'
import type { StreamFitOptions } from './training/stream-options.js'

/** The model of a file. Users do not get this function. @internal */
export let sequentialFrom: (path: string, description: ModelDescription) => Promise<Sequential>

/**
 * A network whose layers follow one another.
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
    sequentialFrom = (path, description) => Sequential.#from(path, description)
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
   * Makes a model and checks that its layers fit; where sizes are literal types, TypeScript checks it too.
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
    this.#core = new ModelCore({ model: this, descriptions, network, seeds: [seed], labels, parameters })
    this.#core.scoring = startOf<Scoring>(options)?.scoring
    refuseStructuredClone(this, modelCloning)
  }

  get layers(): readonly Layer[] {
    return this.#core.network.layers
  }

  /** Seed of the initial weights, and of a `fit` that is given no seed. */
  get seed(): number {
    return this.#core.seed
  }

  /** Number of features in a row. */
  get inputs(): number {
    return this.#core.network.inputs
  }

  get outputs(): number {
    return this.#core.network.outputs
  }

  /** Number of trainable numbers. */
  get parameterCount(): number {
    return trainableCount(this.#core.network)
  }

  /**
   * Names of the classes in the order of the outputs, from the option or the training data; undefined where there are
   * none.
   */
  get labels(): readonly string[] | undefined {
    return this.#core.labels
  }

  /**
   * The encoder that turned the columns of the training table into features: with it, predictions take rows of such a
   * table. Undefined where the training data had none.
   */
  get encoder(): Encoder | undefined {
    return this.#core.encoder
  }

  /** How the model was made, as plain JSON: `save` writes it; undefined once the parameters change. */
  get made(): Readonly<Record<string, unknown>> | undefined {
    return this.#core.made
  }

  set made(made: Readonly<Record<string, unknown>> | undefined) {
    this.#core.made = made === undefined ? undefined : structuredClone(plainObject('made', made))
  }

  /** Gives a table of the layers, their output shapes and their parameters, as in the course's lesson on dimensions. */
  summary(options?: SummaryOptions): string {
    return summary(this.#core.network, options)
  }

  /**
   * Trains the model. The event loop stays free, since steps run on native threads.
   *
   * @throws DeepblasError ERR_DEEPBLAS_BUSY while another fit of this model runs, ERR_DEEPBLAS_NOT_FINITE when the loss
   *   becomes infinite or NaN (the parameters are those of the last good step), ERR_DEEPBLAS_ARGUMENT, _SHAPE, _DATA
   *   for wrong input; the signal's reason when aborted
   */
  fit(train: Dataset, options: FitOptions): Promise<History>
  /**
   * Trains on a stream of batches, each of which is a step, for data larger than memory. One batch is read ahead while
   * another is computed. An error of the stream rejects the promise; the parameters are those of the last completed
   * step.
   *
   * @example
   * await model.fit(() => readBatches('flats.csv'), { loss: 'meanSquaredError', epochs: 3 })
   */
  fit(stream: BatchSource, options: StreamFitOptions): Promise<History>
  fit(train: Dataset | BatchSource, options: FitOptions | StreamFitOptions): Promise<History> {
    // Async, so that wrong arguments reject.
    return this.#core.fit(train, options).then(([history]) => history!)
  }

  /**
   * Does the same as `fit` with a data set, on this thread: the event loop waits. Callbacks must not return promises.
   */
  fitSync(train: Dataset, options: FitOptions): History {
    return this.#core.fitSync(train, options)[0]!
  }

  /**
   * Trains one pass over a batch or a data set, and continues where the last `fit` or `partialFit` ended: with its
   * optimizer state, step count and epoch number. A later `fit` starts with a new optimizer state; the parameters stay
   * in any case.
   *
   * @example
   * await model.partialFit({ x, y }, { loss: 'crossEntropy', optimizer: new Adam() })
   * await model.partialFit({ x: moreX, y: moreY })
   * @throws as `fit`; ERR_DEEPBLAS_ARGUMENT where the optimizer is of another kind than before
   */
  partialFit(batch: Dataset | DatasetInput, options?: PartialFitOptions): Promise<History> {
    return this.#core.partialFit(batch, options).then(([history]) => history!)
  }

  /** Does the same as `partialFit`, on this thread: the event loop waits. */
  partialFitSync(batch: Dataset | DatasetInput, options?: PartialFitOptions): History {
    return this.#core.partialFitSync(batch, options)[0]!
  }

  /**
   * Computes loss and metrics over all rows. Where an encoder scaled the targets, errors are in the target's own units,
   * but the loss is that of the scaled targets.
   */
  async evaluate(data: Dataset, options?: EvaluateOptions): Promise<Evaluation> {
    const [scores] = await this.#core.evaluate(data, options)
    return scores!
  }

  /** Does the same as `evaluate`, on this thread: the event loop waits. */
  evaluateSync(data: Dataset, options?: EvaluateOptions): Evaluation {
    return this.#core.evaluateSync(data, options)[0]!
  }

  /**
   * Computes the output for every row: { data, shape: [rows, outputs] }. With an encoder that scales the target, values
   * are in the target's own units. A model with an encoder also takes rows as objects: numbers may be given as texts,
   * and columns that the encoder does not use are ignored.
   *
   * `data` is a Float32Array of about seven digits. Of times in seconds since 1970 it has only every 128th. If the last
   * layer's activation is linear, `encoder.decode(await model.predictRaw(rows))` gives the values in float64.
   *
   * @throws DeepblasError ERR_DEEPBLAS_DATA for a column that is missing
   */
  async predict(rows: PredictionInput): Promise<Prediction> {
    return predictRows(this.#predicting('predict'), rows, 'output')
  }

  /** Does the same as `predict`, on this thread; it takes microseconds for one row. */
  predictSync(rows: PredictionInput): Prediction {
    return predictRowsSync(this.#predicting('predictSync'), rows, 'output')
  }

  /** Computes the output before the last layer's activation, [rows, outputs], in scaled units where the target is scaled. */
  async predictRaw(rows: PredictionInput): Promise<Prediction> {
    return predictRows(this.#predicting('predict'), rows, 'raw')
  }

  /** Does the same as `predictRaw`, on this thread: the event loop waits. */
  predictRawSync(rows: PredictionInput): Prediction {
    return predictRowsSync(this.#predicting('predictSync'), rows, 'raw')
  }

  /**
   * Gives the class of every row: its name where the model has class names, else its number.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a model that predicts values
   */
  async predictClasses(rows: PredictionInput): Promise<number[] | string[]> {
    const model = this.#predicting('predict')
    requireClasses(model)
    requireOutputsOfClasses(this.#core.network, this.#core.scoring)
    return await inTurns(this.#classes(await predictRows(model, rows, 'output')))
  }

  /** Does the same as `predictClasses`, on this thread: the event loop waits. */
  predictClassesSync(rows: PredictionInput): number[] | string[] {
    const model = this.#predicting('predictSync')
    requireClasses(model)
    requireOutputsOfClasses(this.#core.network, this.#core.scoring)
    return atOnce(this.#classes(predictRowsSync(model, rows, 'output')))
  }

  /**
   * Computes the output of layer `layer` (counted from 0) for every row: { data, shape: [rows, outputs of the layer] }.
   */
  async activations(rows: PredictionInput, layer: number): Promise<Prediction> {
    if (!Number.isSafeInteger(layer) || layer < 0 || layer >= this.layers.length) {
      throw invalid('layer', `layer from 0 to ${this.layers.length - 1}`, layer)
    }
    return layerOutputs(this.#predicting('activations'), rows, layer)
  }

  /** Computes the gradients of the full cost (loss and penalties) over all rows, by the parameters' names. */
  async gradients(data: Dataset, options: { loss: LossName | Loss }): Promise<NamedWeights[]> {
    return this.#trace('gradients', data, options, ({ gradients }) => namedWeights(this.#core.network, gradients))
  }

  /** Records every layer's Z, A, dZ and dA over all rows, and what was cached, in the terms of the course. */
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

  /**
   * Measures where the time of a training step goes, as a text: regions, calls, microseconds, and the bytes of the
   * workspace. Of a batch of very many rows, a part is measured, and the text says of how many. With `precision:
   * 'bfloat16'` those of such a fit, and which layers take it. Default batchSize 32, the loss that the last layer
   * suggests, Adam, 'float32'.
   */
  explain(options?: {
    batchSize?: number
    loss?: LossName | Loss
    optimizer?: OptimizerName | Optimizer
    precision?: Precision
  }): string {
    this.#core.requireFree('explain')
    const given = knownOptions('explain', options, ['batchSize', 'loss', 'optimizer', 'precision'])
    const ofFull =
      (given.batchSize as unknown) === 'full' ? 'Give the number of rows, data.rows: explain has no data.' : undefined
    const batchSize = positiveInteger('batchSize', given.batchSize ?? 32, ofFull)
    const loss = lossOf('loss', given.loss ?? defaultLoss(this.#core.network))
    const optimizer = batchOptimizerOf(given.optimizer, 'explain')
    const precision = oneOf('precision', given.precision ?? 'float32', precisions)
    const parameters = this.#core.copyOfParameters()
    try {
      return explainTraining(this.#core.network, parameters, batchSize, loss, optimizer, precision)
    } finally {
      parameters.release()
    }
  }

  /** Gives copies of all parameters by name: [{ name: 'layers.0.weight', shape, data }]. */
  getWeights(): NamedWeights[] {
    this.#core.requireFree('getWeights')
    const weights = namedWeights(this.#core.network, this.#core.parameters)
    const byName = new Map(weights.map((weight) => [weight.name, weight]))
    carryNames([...byName.keys()], (name) => byName.get(name), this.#core.labels)
    return weights
  }

  /**
   * Sets every parameter, or with `partial` those that fit; the list may be in any order. A model without class names
   * takes over those of the model that the list comes from, if the weights of the last layer are among those set.
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

  /** Gives a second model with the same layers and parameters, for example to predict with while this one trains. */
  clone(): Sequential {
    this.#core.requireFree('clone')
    const options = { inputs: inputsOf(this.#core.network), seed: this.seed }
    const parameters = () => this.#core.copyOfParameters()
    const copy = new Sequential(this.#core.descriptions, withStart(options, { parameters }))
    copy.#core.learnFrom(this.#core)
    return copy
  }

  /**
   * Writes one .safetensors file, whole or not at all, which holds everything that a prediction needs.
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
      // The write failed, so the model does not keep `made` either; a fit may have removed it meanwhile.
      if (this.#core.made === told) this.#core.made = before
      throw error
    }
  }

  /**
   * Reads a model from a file that `save` or a checkpoint wrote.
   *
   * @throws DeepblasError ERR_DEEPBLAS_FILE that says what is wrong with the file
   */
  static async load(path: string): Promise<Sequential> {
    return Sequential.#from(path, await readModelFile(path))
  }

  static async #from(path: string, description: ModelDescription): Promise<Sequential> {
    const { architecture, labels, encoder, training, made, table, weights } = description
    try {
      if (table !== undefined) throw new Error(tableModelAdvice)
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
   * Makes a model of these layers with the weights of a safetensors file. The file may be a model or checkpoint of
   * deepblas, or come from PyTorch's `nn.Sequential`, whose tensor '0.weight' belongs to the layer with index 0.
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
