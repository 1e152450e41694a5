/*
 * The classes that users meet, with their names. Loading it marks them: another copy of deepblas knows them by name.
 */
import { ActivationFunction } from './activations/activation-function.js'
import { Checkpoint } from './callbacks/checkpoint.js'
import { CSVLog } from './callbacks/csv-log.js'
import { EarlyStopping } from './callbacks/early-stopping.js'
import { ProgressBar } from './callbacks/progress-bar.js'
import { ReduceOnPlateau } from './callbacks/reduce-on-plateau.js'
import { TensorBoard } from './callbacks/tensorboard.js'
import { markClass } from './copy.js'
import { Dataset } from './data/dataset/dataset.js'
import { Encoder } from './data/encoder/encoder.js'
import { Table } from './data/table/table.js'
import { DeepblasError } from './errors.js'
import { Activation } from './layers/activation.js'
import { BatchNorm } from './layers/batch-norm.js'
import { Concatenate } from './layers/concatenate.js'
import { Dense } from './layers/dense.js'
import { Dropout } from './layers/dropout.js'
import { Embedding } from './layers/embedding.js'
import { GaussianNoise } from './layers/gaussian-noise.js'
import { Layer } from './layers/layer.js'
import { LayerNorm } from './layers/layer-norm.js'
import { Normalize } from './layers/normalize.js'
import { OneHot } from './layers/one-hot.js'
import { Residual } from './layers/residual.js'
import { Population } from './model/population.js'
import { Sequential } from './model/sequential.js'
import { Adadelta } from './optimizers/adadelta.js'
import { Adagrad } from './optimizers/adagrad.js'
import { Adam, AdamW } from './optimizers/adam.js'
import { Adamax } from './optimizers/adamax.js'
import { LBFGS } from './optimizers/lbfgs.js'
import { Lion } from './optimizers/lion.js'
import { NAdam } from './optimizers/nadam.js'
import { Optimizer } from './optimizers/optimizer.js'
import { RAdam } from './optimizers/radam.js'
import { RMSProp } from './optimizers/rmsprop.js'
import { SGD } from './optimizers/sgd.js'
import { Parameter } from './recording/parameter.js'

const classes = {
  // Those that others extend come first: what extends them has their mark.
  Layer,
  Optimizer,
  Activation,
  ActivationFunction,
  Adadelta,
  Adagrad,
  Adam,
  AdamW,
  Adamax,
  BatchNorm,
  CSVLog,
  Checkpoint,
  Concatenate,
  Dataset,
  DeepblasError,
  Dense,
  Dropout,
  EarlyStopping,
  Embedding,
  Encoder,
  GaussianNoise,
  LBFGS,
  LayerNorm,
  Lion,
  NAdam,
  Normalize,
  OneHot,
  Parameter,
  Population,
  ProgressBar,
  RAdam,
  RMSProp,
  ReduceOnPlateau,
  Residual,
  SGD,
  Sequential,
  Table,
  TensorBoard,
}

for (const [name, Class] of Object.entries(classes)) markClass(name, Class)
