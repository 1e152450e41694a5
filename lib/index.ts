import './public-classes.js'

export type { ActivationOption } from './activations/activation.js'
export {
  ActivationFunction,
  type ActivationGradient,
  type ActivationOutputs,
  type OutputActivation,
} from './activations/activation-function.js'
export {
  type EluOptions,
  elu,
  type GeluOptions,
  gelu,
  type LeakyReluOptions,
  leakyRelu,
} from './activations/configured.js'
export type { ActivationRule } from './activations/element-wise.js'
export { type ActivationName, activationNames } from './activations/names.js'
export { defineActivation } from './activations/own-activation.js'
export type {
  Callback,
  CallbackState,
  EpochResult,
  FitInfo,
  HistoryView,
  Progress,
  Scores,
  Snapshot,
  TrainingHandle,
} from './callbacks/callback.js'
export { Checkpoint, type CheckpointOptions } from './callbacks/checkpoint.js'
export { CSVLog, type CSVLogOptions } from './callbacks/csv-log.js'
export { EarlyStopping, type EarlyStoppingOptions } from './callbacks/early-stopping.js'
export { ProgressBar, type ProgressBarOptions } from './callbacks/progress-bar.js'
export { ReduceOnPlateau, type ReduceOnPlateauOptions } from './callbacks/reduce-on-plateau.js'
export { TensorBoard, type TensorBoardOptions } from './callbacks/tensorboard.js'
export type { ArrayWithShape, NumberArray, Rows } from './data/arrays/rows.js'
export type { Targets } from './data/arrays/targets.js'
export type {
  Augmentation,
  AugmentationFunction,
  AugmentationSource,
  BoundAugmentation,
  RandomNumbers,
  Sample,
} from './data/augmentation/augmentation.js'
export { type FlipOptions, flip } from './data/augmentation/flip.js'
export { type MixUpOptions, mixUp } from './data/augmentation/mix-up.js'
export { type NoiseOptions, noise } from './data/augmentation/noise.js'
export { type RotateOptions, rotate } from './data/augmentation/rotate.js'
export { type ShiftOptions, shift } from './data/augmentation/shift.js'
export type { NamedColumns } from './data/contents/contents.js'
export type { DatasetInput, DatasetOptions } from './data/contents/from-arrays.js'
export type { MappedRow, Row, RowFunction } from './data/contents/map-rows.js'
export type { NamedRows } from './data/contents/named-rows.js'
export { Dataset, type EncodingOptions } from './data/dataset/dataset.js'
export type { NpyOptions, NpzOptions } from './data/dataset/from-npy.js'
export { Encoder } from './data/encoder/encoder.js'
export type { EncoderCheck, OutsideValues, UnknownValues } from './data/encoding/check-rows.js'
export type {
  BooleanEncoding,
  CategoryEncoding,
  ColumnEncoding,
  DateEncoding,
  DroppedColumn,
  NumberEncoding,
  NumberScale,
  QuantileEncoding,
  RobustEncoding,
  TrainingRange,
} from './data/encoding/column-encoding.js'
export type { EncodedRows } from './data/encoding/fill-features.js'
export type { EncoderOptions, Scaling, Task } from './data/encoding/fit/options.js'
export type { RowSource } from './data/encoding/object-rows.js'
export type { EncodedOutputs } from './data/encoding/outputs.js'
export { datasets } from './data/generated/index.js'
export { type PictureSets, type ReadPicturesOptions, readPictures } from './data/pictures/read-pictures.js'
export { readIdx, readIdxImages } from './data/readers/arrays/idx.js'
export { readNpy, writeNpy } from './data/readers/arrays/npy.js'
export { readNpz } from './data/readers/arrays/npz.js'
export type { TextEncoding } from './data/readers/bytes/text-encoding.js'
export type { TextInput } from './data/readers/bytes/text-source.js'
export { type ArrowTable, readArrow } from './data/readers/columnar/arrow.js'
export {
  type DuckdbConnection,
  type DuckdbQuery,
  type DuckdbResult,
  type DuckdbValues,
  duckdbQuery,
  type QueryChunkOptions,
  type QueryOptions,
  queryChunks,
  readQuery,
} from './data/readers/columnar/duckdb.js'
export { parquetChunks, readParquet } from './data/readers/columnar/parquet.js'
export { csvChunks, readCsv } from './data/readers/csv/csv.js'
export type { CsvChunkOptions, CsvOptions, ReadProgress } from './data/readers/csv/options.js'
export { type AugmentedBatches, type AugmentedOptions, augmented } from './data/streams/augmented-batches.js'
export { type BatchesOptions, batches, type RowBatch } from './data/streams/rows-to-batches.js'
export type { Cell, Column, ColumnType } from './data/table/column.js'
export type { ColumnNote, ColumnReading, NoteKind, TableNote } from './data/table/column-reading.js'
export type { DateOrder } from './data/table/dates/date-inference.js'
export type { RowsOptions } from './data/table/from-rows.js'
export type { Notation, ThousandsMark } from './data/table/numbers/notation.js'
export type { ObjectRow } from './data/table/plain-rows.js'
export type { DecimalMark, ReadingOptions } from './data/table/reading-options.js'
export { type BadRow, type SkippedRows, Table } from './data/table/table.js'
export { missingInValues, missingTexts, type TextsByColumn } from './data/table/texts/missing-marks.js'
export { DeepblasError, type ErrorCode } from './errors.js'
export { readSafetensors, writeSafetensors } from './files/safetensors.js'
export {
  constant,
  type NormalOptions,
  normal,
  type OrthogonalOptions,
  orthogonal,
  type Uniform,
  type UniformOptions,
  uniform,
} from './initializers/configured.js'
export { type Initializer, type InitializerName, initializerNames } from './initializers/names.js'
export { type Categorical, categorical, type InputLayout, type InputPart, type NamedInputs } from './inputs.js'
export { Activation } from './layers/activation.js'
export { BatchNorm, type BatchNormOptions } from './layers/batch-norm.js'
export { Concatenate } from './layers/concatenate.js'
export { Dense, type DenseOptions, type Parametrization } from './layers/dense.js'
export { Dropout } from './layers/dropout.js'
export { Embedding, type EmbeddingOptions } from './layers/embedding.js'
export { GaussianNoise } from './layers/gaussian-noise.js'
export { type Backward, type Cache, type Forward, Layer, type RecordOptions } from './layers/layer.js'
export { LayerNorm, type LayerNormOptions } from './layers/layer-norm.js'
export { MemberHeads, type MemberHeadsOptions } from './layers/member-heads.js'
export { MemberScaling, type MemberScalingOptions, type ScalingStart } from './layers/member-scaling.js'
export { NonCrossing, type NonCrossingOptions } from './layers/non-crossing.js'
export { Normalize, type NormalizeOptions } from './layers/normalize.js'
export {
  type FittedEmbeddingOptions,
  NumericEmbedding,
  type NumericEmbeddingKind,
  type NumericEmbeddingOptions,
} from './layers/numeric-embedding.js'
export { OneHot, type OneHotOptions } from './layers/one-hot.js'
export { ParametricActivation, type ParametricActivationOptions } from './layers/parametric-activation.js'
export { type MakeLayer, registerLayer } from './layers/registry.js'
export { Residual } from './layers/residual.js'
export { Scale, type ScaleOptions } from './layers/scale.js'
export { type Adapters, SharedDense, type SharedDenseOptions } from './layers/shared-dense.js'
export { type TabMKind, type TabMOptions, tabM } from './layers/tab-m.js'
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from './losses/binary-cross-entropy.js'
export { type CrossEntropyOptions, crossEntropy } from './losses/cross-entropy.js'
export { defineLoss, type LossDefinition } from './losses/define-loss.js'
export type { ElementLoss, ElementValues } from './losses/element-rule.js'
export { hinge } from './losses/hinge.js'
export { type HuberOptions, huber } from './losses/huber.js'
export { kullbackLeibler } from './losses/kullback-leibler.js'
export type { ActivationPlace, ConfigurableLoss, Loss, LossRecording, TargetKind } from './losses/loss.js'
export { meanAbsoluteError } from './losses/mean-absolute-error.js'
export { meanSquaredError } from './losses/mean-squared-error.js'
export { type LossName, lossNames } from './losses/names.js'
export { poisson } from './losses/poisson.js'
export { type QuantileOptions, quantile } from './losses/quantile.js'
export { accuracy } from './metrics/accuracy.js'
export { brier } from './metrics/brier.js'
export { defineMetric, type MetricDefinition } from './metrics/define-metric.js'
export { medianAbsoluteError, r2, rootMeanSquaredError } from './metrics/errors.js'
export {
  type ClassificationReport,
  type ClassificationReportOptions,
  type ClassScores,
  classificationReport,
} from './metrics/functions/classification-report.js'
export { metrics } from './metrics/functions/index.js'
export type { Intervals, PinballOptions, PredictionSets } from './metrics/functions/quantiles.js'
export { confusion, f1, type LabelMetricOptions, matthews, precision, recall } from './metrics/label-metrics.js'
export { logLoss } from './metrics/log-loss.js'
export type {
  ConfigurableMetric,
  Metric,
  MetricNeed,
  MetricRecording,
  MetricValue,
  NamedMetric,
  ScoredRows,
} from './metrics/metric.js'
export { type MetricName, type MetricOption, metricNames } from './metrics/names.js'
export { averagePrecision, type RankingMetricOptions, rocAuc } from './metrics/ranking-metrics.js'
export { type TopKMetricOptions, topK } from './metrics/top-k.js'
export { type CheckActivationOptions, checkActivation } from './model/inspection/check-activation.js'
export { checkGradient, type GradientCheckOptions } from './model/inspection/check-gradient.js'
export type { LayerRecord, TracedMatrix } from './model/inspection/trace.js'
export type { SummaryOptions } from './model/network/summary.js'
export type { NamedWeights, SetWeightsOptions } from './model/network/weights.js'
export type { Rename } from './model/network/weights-from-file.js'
export {
  Population,
  type PopulationHistory,
  type PopulationOptions,
  type PopulationPrediction,
} from './model/population.js'
export type { Prediction, PredictionInput } from './model/prediction/predict.js'
export type { ClassWeights } from './model/scoring/class-weights.js'
export type { EvaluateOptions, Evaluation } from './model/scoring/results.js'
export { Sequential } from './model/sequential.js'
export type { FromSafetensorsOptions, SaveOptions, SequentialOptions } from './model/sequential-options.js'
export type { History } from './model/training/epoch-results.js'
export type { FitOptions, PartialFitOptions } from './model/training/options.js'
export type { Batch, BatchSource, BatchStream } from './model/training/stream-batches.js'
export type { StreamFitOptions } from './model/training/stream-options.js'
export { Adadelta, type AdadeltaOptions } from './optimizers/adadelta.js'
export { Adagrad, type AdagradOptions } from './optimizers/adagrad.js'
export { Adam, type AdamOptions, AdamW } from './optimizers/adam.js'
export { Adamax, type AdamaxOptions } from './optimizers/adamax.js'
export { LBFGS, type LBFGSOptions } from './optimizers/lbfgs.js'
export { Lion, type LionOptions } from './optimizers/lion.js'
export { NAdam, type NAdamOptions } from './optimizers/nadam.js'
export { type OptimizerName, optimizerNames } from './optimizers/names.js'
export { Optimizer, type RuleResult, type RuleValues } from './optimizers/optimizer.js'
export type { OptimizerOptions } from './optimizers/options.js'
export { RAdam, type RAdamOptions } from './optimizers/radam.js'
export { RMSProp, type RMSPropOptions } from './optimizers/rmsprop.js'
export { SGD, type SGDOptions } from './optimizers/sgd.js'
export type { MetricTask, OutputMeaning } from './outputs/meaning.js'
export type { TargetUnits } from './outputs/units.js'
export { openRunBoard, type RunBoard, type RunBoardOptions, type RunProgress } from './pages/board/run-board.js'
export { type DiagnosePageOptions, diagnosePage } from './pages/diagnose/page.js'
export { type ImprovePageOptions, improvePage } from './pages/improve/page.js'
export { writePage } from './pages/page.js'
export { type SearchPageOptions, searchPage } from './pages/search/page.js'
export { type WhyDeepPageOptions, whyDeepPage } from './pages/why-deep/page.js'
export type { StudiedPictures } from './pages/why-deep/pictures.js'
export type { PerMember } from './per-member.js'
export { type InitialValues, Parameter } from './recording/parameter.js'
export type { Precision } from './recording/precision.js'
export type { MapTensors, Recorder } from './recording/recorder.js'
export { batchRows, columnIndex, type Element, elementOf, type Operand } from './recording/rule.js'
export type { Scalar, StepNumber, Tensor } from './recording/tensor.js'
export { type Constraint, maxNorm } from './regularizers/constraint.js'
export { l1, l1l2, l2, lessonL2, type Regularizer } from './regularizers/regularizer.js'
export { renderConfusionMatrix } from './report/terminal/confusion-matrix.js'
export { renderLearningCurve } from './report/terminal/learning-curve.js'
export { renderTable } from './report/terminal/table.js'
export { type ConstantRateOptions, constantRate } from './schedules/constant-rate.js'
export { type CosineOptions, cosine } from './schedules/cosine.js'
export { type CoslogOptions, coslog } from './schedules/coslog.js'
export { type ExponentialDecayOptions, exponentialDecay } from './schedules/exponential-decay.js'
export { type FlatCosineOptions, flatCosine } from './schedules/flat-cosine.js'
export { type OneCycleOptions, oneCycle } from './schedules/one-cycle.js'
export { type PolynomialOptions, polynomial } from './schedules/polynomial.js'
export type { DurationOptions, Schedule, SchedulePlace, ScheduleUnit } from './schedules/schedule.js'
export { type StepDecayOptions, stepDecay } from './schedules/step-decay.js'
export { type WarmUpOptions, warmUp } from './schedules/warm-up.js'
export {
  type ChooseThresholdOptions,
  type ChosenThreshold,
  chooseThreshold,
  type ErrorCosts,
  type ThresholdCounts,
  type ThresholdGoal,
} from './strategy/choose-threshold.js'
export { type ConformalOptions, conformalQuantile } from './strategy/conformal/conformal-quantile.js'
export {
  conformalizedQuantiles,
  type IntervalCalibration,
  type PredictedIntervals,
  predictionIntervals,
  splitConformal,
} from './strategy/conformal/intervals.js'
export {
  type ConformalSetOptions,
  conformalSets,
  predictionSets,
  type SetCalibration,
  type SetMethod,
} from './strategy/conformal/sets.js'
export { type CrossValidateOptions, type CrossValidation, crossValidate } from './strategy/cross-validate.js'
export { diagnose } from './strategy/diagnose/diagnose.js'
export {
  type DiagnosePicturesOptions,
  diagnosePictures,
  type PictureDiagnosis,
} from './strategy/diagnose/diagnose-pictures.js'
export { type DiagnoseTableOptions, diagnoseTable, type TableDiagnosis } from './strategy/diagnose/diagnose-table.js'
export type { ModelErrors } from './strategy/diagnose/model-errors.js'
export type { DiagnoseOptions, DiagnoseProgress } from './strategy/diagnose/options.js'
export type {
  CurvePoint,
  Curves,
  Diagnosis,
  DiagnosisFigures,
  Dominant,
  EpochPoint,
  ErrorFigure,
  Estimate,
  Finding,
  FindingKind,
  LabelNoiseFigure,
  LayerFigure,
  Lever,
  ProbeFigure,
  SegmentFigure,
  TwiceTheRows,
} from './strategy/diagnose/result.js'
export type { FinishedTrial } from './strategy/experiments/finished-trial.js'
export { improve } from './strategy/improve/improve.js'
export { type ImprovePicturesOptions, improvePictures } from './strategy/improve/improve-pictures.js'
export { type ImproveTableOptions, improveTable } from './strategy/improve/improve-table.js'
export type { ImproveProgress, ImproveStage } from './strategy/improve/lab.js'
export type { ExperimentSettings, ImproveData, ImproveOptions } from './strategy/improve/options.js'
export {
  type CombinedResult,
  type ConfirmedResult,
  type ImproveResult,
  type LeverCurve,
  type LeverName,
  type LeverResult,
  type LeverVerdict,
  leverNames,
  type TriedSetting,
} from './strategy/improve/result.js'
export {
  findLearningRate,
  type LearningRateCurve,
  type LearningRateOptions,
} from './strategy/learning-rate-finder.js'
export { type PrunedMembers, type PruneMembersOptions, pruneMembers } from './strategy/prune-members.js'
export {
  type Choice,
  choice,
  type Distribution,
  type IntegerRange,
  integer,
  type LogUniform,
  logUniform,
  type ValueOf,
} from './strategy/search/distributions.js'
export type { SearchMethod } from './strategy/search/method-names.js'
export type { SearchFitOptions, SearchModel, SearchOptions } from './strategy/search/options.js'
export type {
  BestTrial,
  Importance,
  SearchProgress,
  SearchResult,
  SearchTrial,
  Share,
} from './strategy/search/result.js'
export { search } from './strategy/search/search.js'
export { type SearchPicturesOptions, searchPictures } from './strategy/search/search-pictures.js'
export { type SearchTableOptions, searchTable } from './strategy/search/search-table.js'
export type { Configuration, SearchSpace } from './strategy/search/space.js'
export {
  type SuspiciousColumn,
  type SuspiciousColumnsOptions,
  suspiciousColumns,
} from './strategy/suspicious-columns.js'
export type { MetricInterval } from './strategy/tables/bootstrap.js'
export type { IntervalOptions, IntervalPrediction, SetOptions } from './strategy/tables/covered.js'
export { type EvaluateTableOptions, evaluateTable, type TableEvaluation } from './strategy/tables/evaluate-table.js'
export { loadModel } from './strategy/tables/load-model.js'
export type { MetricIntervals } from './strategy/tables/measured-model.js'
export type { TrainTableOptions } from './strategy/tables/options.js'
export type { OutOfFold } from './strategy/tables/out-of-fold.js'
export type { Preset } from './strategy/tables/presets.js'
export {
  type ClassCount,
  type ColumnProfile,
  type ProfileTableOptions,
  profileTable,
  type TableProfile,
} from './strategy/tables/profile.js'
export type { TableProgress } from './strategy/tables/progress.js'
export type { TableRecipe, TableSchedule } from './strategy/tables/recipe.js'
export type { TableScores } from './strategy/tables/scores.js'
export { type RowsWithTarget, TableModel } from './strategy/tables/table-model.js'
export type { TableInput } from './strategy/tables/table-source.js'
export type { TimeNote } from './strategy/tables/time-notes.js'
export { type TableTraining, type TrainedMember, trainTable } from './strategy/tables/train-table.js'
export { type TabularLayersOptions, tabularLayers } from './strategy/tabular-layers.js'
export { type TargetAdvice, type TargetAdviceOptions, targetAdvice } from './strategy/target-advice.js'
export { type ParityForm, type ParityNetworkOptions, parityNetwork } from './strategy/why-deep/parity-network.js'
export {
  type PictureStudy,
  type PictureStudyOptions,
  pictureStudy,
} from './strategy/why-deep/picture-study.js'
export type { ConstructedParity, FewestUnits, WhyDeep, WhyDeepProgress } from './strategy/why-deep/result.js'
export type { ParityTraining } from './strategy/why-deep/train-parity.js'
export {
  type EdgeFigures,
  type UnitPicture,
  type UnitPictures,
  type UnitPicturesOptions,
  unitPictures,
} from './strategy/why-deep/unit-pictures.js'
export { type WhyDeepOptions, whyDeep } from './strategy/why-deep/why-deep.js'
export { getThreads, type Info, info, setThreads } from './system.js'
