/*
 * Methods of models in Keras, PyTorch, scikit-learn, tfjs and brain.js, and what to call here instead.
 */
const fit = 'Loss, optimizer and metrics are options of fit: model.fit(data, { loss, optimizer, metrics }).'
const train = 'Call model.fit(data, { loss, epochs }).'
const list = 'The list of layers is whole from the start: new Sequential([new Dense(16), new Dense(1)], { inputs }).'
const mode = 'Leave it out: layers such as Dropout act in fit only.'
const passes = 'Call model.predict(rows).'
const probabilities = 'Call model.predict(rows): the outputs of a softmax or sigmoid are probabilities.'
const score = 'Call model.evaluate(data), and read accuracy or another metric from what it gives.'
const batch = 'Call model.partialFit({ x, y }, { loss, optimizer }).'
const weights = 'Call model.getWeights() or model.setWeights(list).'
const file = 'Call model.save(path), and Sequential.load(path).'
const gradients = 'fit computes the gradients itself; model.gradients(data, { loss }) gives them to look at.'
const memory = 'Leave it out: memory frees itself.'
const layers = 'Read model.layers[i].'

/** By name, in both spellings where other libraries have a word of several parts. */
export const methodsElsewhere: Readonly<Record<string, string>> = {
  add: list,
  pop: list,
  build: list,
  compile: fit,
  train,
  trainAsync: train,
  fitDataset: train,
  fit_generator: train,
  trainOnBatch: batch,
  train_on_batch: batch,
  partial_fit: batch,
  eval: mode,
  forward: passes,
  run: passes,
  predictOnBatch: passes,
  predict_on_batch: passes,
  predict_proba: probabilities,
  predictProba: probabilities,
  predict_classes: 'Call model.predictClasses(rows).',
  score,
  test: score,
  evaluateDataset: score,
  parameters: weights,
  get_weights: weights,
  set_weights: weights,
  stateDict: weights,
  state_dict: weights,
  loadStateDict: weights,
  load_state_dict: weights,
  saveWeights: file,
  save_weights: file,
  loadWeights: file,
  load_weights: file,
  load: 'It is a function of the class: Sequential.load(path).',
  toJSON: `JSON cannot hold its weights. ${file}`,
  fromJSON: file,
  to_json: file,
  backward: gradients,
  zeroGrad: gradients,
  zero_grad: gradients,
  dispose: memory,
  getLayer: layers,
  get_layer: layers,
}

/** Why a model is not cloned by structuredClone or postMessage, and what to do. */
export const modelCloning =
  'A model: call model.clone(), or for a worker model.save(path) and there Sequential.load(path);'

/** The same as `modelCloning` for a population. */
export const populationCloning = 'A population: call population.save(path), and in the worker Population.load(path);'

/** Of a file that holds the model of a table, which has networks, an encoder and more. */
export const tableModelAdvice = 'it holds a model of a table with several networks: load it with loadModel'

/** Why the model of a table is not cloned, and what to do. */
export const tableModelCloning =
  'A model of a table never changes and can be shared; for a worker call model.save(path), and there loadModel(path);'
