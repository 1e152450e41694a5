/*
 * What Keras, PyTorch, scikit-learn, tfjs and brain.js call options, activations, initializers and optimizers, and what we
 * call them; losses and metrics have a list of their own. Messages about an unknown name
 * go by it: one look ends the search.
 */

/** Names by the word of another library, without case and separators; the first that can stand in a place is meant. */
const ours: Readonly<Record<string, readonly string[]>> = {
  // Options of optimizers and schedules.
  lr: ['learningRate'],
  alpha: ['learningRate'],
  eta: ['learningRate'],
  stepsize: ['learningRate'],
  learningrateinit: ['learningRate'],
  eps: ['epsilon'],
  betas: ['beta1'],
  b1: ['beta1'],
  b2: ['beta2'],
  wd: ['weightDecay'],
  l2penalty: ['weightDecay'],
  maxgradnorm: ['clipNorm'],
  gradientclip: ['clipNorm'],
  ema: ['averageDecay'],
  emamomentum: ['averageDecay'],
  gradientaccumulationsteps: ['accumulate'],
  // Options of layers and models.
  inputshape: ['inputs'],
  batchinputshape: ['inputs'],
  inputdim: ['inputs'],
  inputsize: ['inputs'],
  inputlayersize: ['inputs'],
  infeatures: ['inputs'],
  nfeatures: ['inputs'],
  nin: ['inputs'],
  usebias: ['bias'],
  kernelinitializer: ['initializer'],
  weightinitializer: ['initializer'],
  weightinit: ['initializer'],
  init: ['initializer'],
  kernelregularizer: ['regularizer'],
  weightregularizer: ['regularizer'],
  kernelconstraint: ['constraint'],
  randomstate: ['seed'],
  randomseed: ['seed'],
  shuffleseed: ['seed'],
  // Options of fit.
  nepochs: ['epochs'],
  nbepoch: ['epochs'],
  numepochs: ['epochs'],
  maxepochs: ['epochs'],
  epoch: ['epochs'],
  iterations: ['epochs'],
  maxiter: ['epochs'],
  niter: ['epochs'],
  minibatchsize: ['batchSize'],
  batch: ['batchSize'],
  validationsplit: ['validation'],
  validationdata: ['validation'],
  validationset: ['validation'],
  validationfraction: ['validation'],
  valdata: ['validation'],
  validsplit: ['validation'],
  evalset: ['validation'],
  classweight: ['classWeights'],
  criterion: ['loss'],
  lossfn: ['loss'],
  lossfunction: ['loss'],
  objective: ['loss'],
  optim: ['optimizer'],
  solver: ['optimizer'],
  verbose: ['progress'],
  callback: ['callbacks'],
  // Options of callbacks.
  mindelta: ['minimumDelta'],
  restorebestweights: ['restoreBest'],
  savebestonly: ['bestOnly'],
  // Parts of a data set and its options.
  xs: ['x'],
  xtrain: ['x'],
  features: ['x'],
  inputs: ['x'],
  input: ['x'],
  data: ['x'],
  ys: ['y'],
  ytrain: ['y'],
  target: ['y'],
  targets: ['y'],
  output: ['y'],
  outputs: ['y'],
  sampleweight: ['sampleWeights'],
  weights: ['sampleWeights'],
  classnames: ['labels'],
  stratify: ['stratified'],
  // Options of files.
  sep: ['delimiter'],
  separator: ['delimiter'],
  navalues: ['missing'],
  labelcolumn: ['target'],
  targetcolumn: ['target'],
  label: ['target'],
  // Activations.
  swish: ['silu'],
  none: ['linear', 'zeros'],
  identity: ['linear'],
  logistic: ['sigmoid'],
  lrelu: ['leakyRelu'],
  // Initializers.
  xavier: ['glorotUniform'],
  xavieruniform: ['glorotUniform'],
  xaviernormal: ['glorotNormal'],
  glorot: ['glorotUniform'],
  kaiming: ['heNormal'],
  kaiminguniform: ['heUniform'],
  kaimingnormal: ['heNormal'],
  he: ['heNormal'],
  lecun: ['lecunNormal'],
  randomnormal: ['normal'],
  truncatednormal: ['normal'],
  randomuniform: ['uniform'],
  zero: ['zeros'],
  // Optimizers.
  gradientdescent: ['sgd'],
  gd: ['sgd'],
  momentum: ['sgd'],
}

const optimizer = 'It is an option of the optimizer: optimizer: new Adam({ learningRate: 0.001 }).'
const units = 'The number of units comes first: new Dense(8, { … }).'

/** What to do about an option that a place does not have, by its name without case and separators. */
const elsewhere: Readonly<Record<string, string>> = {
  lr: optimizer,
  learningrate: optimizer,
  alpha: optimizer,
  weightdecay: 'It is an option of the optimizer: optimizer: new AdamW({ weightDecay: 0.01 }).',
  clipnorm: 'It is an option of the optimizer: optimizer: new Adam({ clipNorm: 1 }).',
  clipvalue: 'It is an option of the optimizer: optimizer: new Adam({ clipValue: 1 }).',
  momentum: 'SGD and RMSProp take a momentum; Adam has beta1 in its place.',
  decay: 'Give a schedule as learningRate, such as exponentialDecay({ … }).',
  lrschedule: 'Give a schedule as learningRate, such as cosine({ … }).',
  maximize: 'Optimizers make the loss smaller: write a loss that is the negative.',
  units,
  outfeatures: units,
  outputdim: units,
  nodes: units,
  neurons: units,
  name: 'Layers and models have no names: leave it out, and read model.layers[0].',
  dtype: 'All numbers are float32: leave it out.',
  activityregularizer: 'There are penalties on weights alone: regularizer and biasRegularizer.',
  layers: 'The list of layers comes first: new Sequential([new Dense(1)], { inputs: 2 }).',
  hiddenlayers: 'Give the layers as a list: new Sequential([new Dense(16), new Dense(1)], { inputs: 2 }).',
  dropout: 'It is a layer: new Dropout(0.2).',
  sampleweight: 'It belongs to the data: Dataset.from({ x, y, sampleWeights }).',
  sampleweights: 'It belongs to the data: Dataset.from({ x, y, sampleWeights }).',
  x: 'The data set comes first: fit(Dataset.from({ x, y }), { … }).',
  y: 'It belongs to the data: Dataset.from({ x, y }).',
  stepsperepoch: 'Only a fit with a stream has it; of a data set, batchSize says how many steps an epoch has.',
  initialepoch: 'fit({ resume: path }) goes on from a checkpoint.',
  validationfreq: 'Every epoch is validated: leave it out.',
  validationsteps: 'All rows of the validation are looked at: leave it out.',
  errorthresh: "Give callbacks: [new EarlyStopping({ monitor: 'loss' })].",
  earlystopping: 'Give callbacks: [new EarlyStopping()].',
  patience: 'Give callbacks: [new EarlyStopping({ patience: 3 })].',
  logperiod: 'Give progress: true.',
  log: 'Give progress: true.',
  loglevel: 'Give progress: true.',
  testsize: 'The share comes first: split(0.2).',
  trainsize: 'The share of the second part comes first: split(0.2).',
  normalize: 'Put Normalize.fit(data) first in the list of layers.',
  standardize: 'Put Normalize.fit(data) first in the list of layers.',
}

/** What follows the question "Did you mean …?" where our option is not quite theirs. */
const differences: Readonly<Record<string, string>> = {
  inputs: 'It is the number of features of one row: 784 for pictures of 28 × 28.',
  validation: 'It is a share such as 0.2, or a Dataset.',
  progress: 'It is true or false, and false if left out.',
  beta1: 'There are beta1 and beta2.',
}

/** Case and word separators are the usual difference between one library's names and another's. */
export function comparable(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '')
}

/** Our name for the word of another library, if it is one of `names`. */
export function ourName(word: string, names: readonly string[]): string | undefined {
  const key = comparable(word)
  return Object.hasOwn(ours, key) ? ours[key]!.find((name) => names.includes(name)) : undefined
}

/** A sentence on where an option is found that this place does not have. */
export function foundElsewhere(option: string): string | undefined {
  const key = comparable(option)
  return Object.hasOwn(elsewhere, key) ? elsewhere[key] : undefined
}

/** A sentence on how our option differs from another library's option of another name. */
export function difference(option: string, word: string): string | undefined {
  return comparable(option) !== comparable(word) && Object.hasOwn(differences, option) ? differences[option] : undefined
}
