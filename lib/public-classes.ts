/*
 * The classes that users meet, with their names. Loading it makes them ready: it marks them, so that another copy of
 * deepblas knows them by name, and gives data sets what reads their files, which stands above them.
 */
import { ActivationFunction } from './activations/activation-function.js'
import { Checkpoint } from './callbacks/checkpoint.js'
import { CSVLog } from './callbacks/csv-log.js'
import { EarlyStopping } from './callbacks/early-stopping.js'
import { ProgressBar } from './callbacks/progress-bar.js'
import { ReduceOnPlateau } from './callbacks/reduce-on-plateau.js'
import { TensorBoard } from './callbacks/tensorboard.js'
import { markClass } from './copy.js'
import { Dataset, installTableReaders } from './data/dataset/dataset.js'
import { Encoder } from './data/encoder/encoder.js'
import { tableReaders } from './data/encoder/read-and-encode.js'
import { Table } from './data/table/table.js'
import { DeepblasError } from './errors.js'
import { Layer } from './layers/layer.js'
import { layerClasses } from './layers/registry.js'
import { Population } from './model/population.js'
import { Sequential } from './model/sequential.js'
import { optimizerClasses } from './optimizers/names.js'
import { Optimizer } from './optimizers/optimizer.js'
import { Parameter } from './recording/parameter.js'
import { TableModel } from './strategy/tables/table-model.js'

const classes = {
  // Those that others extend come first: what extends them has their mark.
  Layer,
  Optimizer,
  ...layerClasses,
  ...optimizerClasses,
  ActivationFunction,
  CSVLog,
  Checkpoint,
  Dataset,
  DeepblasError,
  EarlyStopping,
  Encoder,
  Parameter,
  Population,
  ProgressBar,
  ReduceOnPlateau,
  Sequential,
  Table,
  TableModel,
  TensorBoard,
}

for (const [name, Class] of Object.entries(classes)) markClass(name, Class)

installTableReaders(tableReaders)
