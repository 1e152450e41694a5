/*
 * Names that users of other libraries type are answered with ours.
 */
import { describe, expect, test } from 'vitest'
import {
  Checkpoint,
  Dataset,
  Dense,
  EarlyStopping,
  type FitOptions,
  lossNames,
  metricNames,
  ReduceOnPlateau,
  Sequential,
} from '../../lib/index.js'
import { calledHere, ourMonitor } from '../../lib/names-elsewhere.js'

const data = Dataset.from({ x: [[1], [2], [3], [4]], y: [0, 1, 0, 1] })
const message = async (options: object) => {
  const model = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 1, seed: 1 })
  const thrown: unknown = await model
    .fit(data, { loss: 'binaryCrossEntropy', ...options } as FitOptions)
    .catch((e) => e)
  expect(thrown).toMatchObject({ code: 'ERR_DEEPBLAS_ARGUMENT' })
  return (thrown as Error).message
}

describe('losses', () => {
  test.each([
    ['mse', 'meanSquaredError'],
    ['MSELoss', 'meanSquaredError'],
    ['mean_squared_error', 'meanSquaredError'],
    ['mae', 'meanAbsoluteError'],
    ['L1Loss', 'meanAbsoluteError'],
    ['SmoothL1Loss', 'huber'],
    ['binary_crossentropy', 'binaryCrossEntropy'],
    ['binaryCrossentropy', 'binaryCrossEntropy'],
    ['BCELoss', 'binaryCrossEntropy'],
    ['BCEWithLogitsLoss', 'binaryCrossEntropy'],
    ['log_loss', 'binaryCrossEntropy'],
    ['categorical_crossentropy', 'crossEntropy'],
    ['categoricalCrossentropy', 'crossEntropy'],
    ['sparse_categorical_crossentropy', 'crossEntropy'],
    ['CrossEntropyLoss', 'crossEntropy'],
    ['softmaxCrossEntropy', 'crossEntropy'],
    ['NLLLoss', 'crossEntropy'],
    ['kl_divergence', 'kullbackLeibler'],
    ['KLDivLoss', 'kullbackLeibler'],
    ['PoissonNLLLoss', 'poisson'],
    ['hinge_loss', 'hinge'],
  ])('%s is %s', async (theirs, ours) => {
    expect(await message({ loss: theirs })).toContain(`deepblas calls it '${ours}'.`)
  })

  test('a misspelt name of ours is still answered with the nearest', async () => {
    expect(await message({ loss: 'meanSquareEror' })).toContain("Did you mean 'meanSquaredError'?")
    expect(await message({ loss: 'something else' })).not.toMatch(/Did you mean|deepblas calls/)
  })
})

describe('metrics', () => {
  test.each([
    ['acc', 'accuracy'],
    ['binary_accuracy', 'accuracy'],
    ['auc', 'rocAuc'],
    ['AUC', 'rocAuc'],
    ['roc_auc', 'rocAuc'],
    ['roc_auc_score', 'rocAuc'],
    ['pr_auc', 'averagePrecision'],
    ['average_precision', 'averagePrecision'],
    ['f1_score', 'f1'],
    ['mcc', 'matthews'],
    ['confusion_matrix', 'confusion'],
    ['mse', 'meanSquaredError'],
    ['rmse', 'rootMeanSquaredError'],
    ['RootMeanSquaredError', 'rootMeanSquaredError'],
    ['mae', 'meanAbsoluteError'],
    ['neg_mean_absolute_error', 'meanAbsoluteError'],
    ['r2_score', 'r2'],
    ['binary_crossentropy', 'logLoss'],
    ['top_k_categorical_accuracy', 'topK'],
  ])('%s is %s', async (theirs, ours) => {
    expect(await message({ metrics: [theirs] })).toContain(`deepblas calls it '${ours}'.`)
  })
})

test.each([
  [() => new EarlyStopping({ min_delta: 0.1 } as object), 'minimumDelta'],
  [() => new EarlyStopping({ restore_best_weights: true } as object), 'restoreBest'],
  [() => new EarlyStopping({ restoreBestWeights: true } as object), 'restoreBest'],
  [() => new EarlyStopping({ start_from_epoch: 3 } as object), 'startFromEpoch'],
  [() => new ReduceOnPlateau({ min_lr: 0.1 } as object), 'minimumLearningRate'],
  [() => new ReduceOnPlateau({ min_delta: 0.1 } as object), 'threshold'],
  [() => new Checkpoint('a', { save_best_only: true } as object), 'bestOnly'],
  [() => new Checkpoint('a', { save_freq: 5 } as object), 'every'],
])('an option of a callback: %s', (make, ours) => {
  expect(make).toThrow(new RegExp(`(deepblas calls it|Did you mean) '${ours}'`))
})

test('every answer is a name of ours', () => {
  const words = 'mse mae bce ce nll kl l1 l2 acc auc rmse r2 f1 mcc ap hinge poisson huber'.split(' ')
  for (const word of words) {
    const loss = /'(\w+)'/.exec(calledHere(word, lossNames) ?? '')?.[1]
    const metric = /'(\w+)'/.exec(calledHere(word, metricNames) ?? '')?.[1]
    if (loss !== undefined) expect(lossNames).toContain(loss)
    if (metric !== undefined) expect(metricNames).toContain(metric)
    expect(loss ?? metric, word).toBeDefined()
  }
  for (const own of [...metricNames, 'loss']) {
    expect(ourMonitor(own)).toBeUndefined()
    expect(ourMonitor(`validation.${own}`)).toBeUndefined()
    expect(ourMonitor(`val_${own}`)).toBe(`validation.${own}`)
  }
})
