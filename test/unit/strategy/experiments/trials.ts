import { Adam, type Callback, Dataset, Dense, datasets, type Layer, Sequential } from '../../../../lib/index.js'
import type { Metric } from '../../../../lib/metrics/metric.js'
import type { Trial, TrialLayer, TrialResult } from '../../../../lib/strategy/experiments/trial.js'

export const [train, dev] = Dataset.from(datasets.moons({ samples: 240, noise: 0.2, seed: 1 })).split(0.5, { seed: 1 })

export const described = (layers: readonly Layer[]): TrialLayer[] =>
  layers.map((layer) => ({ type: layer.type, options: layer.options() }))

export const small = () => [new Dense(8, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })]

const optimizer = new Adam({ learningRate: 0.01 })

export function trialOf(changes: Partial<Trial> & { readonly key: string }): Trial {
  return {
    layers: described(small()),
    inputs: 2,
    loss: 'binaryCrossEntropy',
    optimizer,
    rateFactor: 1,
    epochs: 3,
    batchSize: 16,
    train,
    seed: 1,
    ...changes,
  }
}

/** What a result holds beside the time it took, NaN and all. */
export function figuresOf(results: readonly (TrialResult | undefined)[]): unknown[] {
  return results.map((result) => {
    if (result === undefined) return undefined
    const { seconds: _, ...figures } = result
    return figures
  })
}

/** The figures of a trial by a fit of one network, with layers and optimizer as a user would write them. */
export async function singleFit(
  trial: Trial,
  layers: readonly Layer[],
  own: Trial['optimizer'],
  devRows: Dataset,
  metric: Metric,
  sign = 1,
): Promise<Pick<TrialResult, 'value' | 'trainLoss' | 'devLoss' | 'devValue'>> {
  const { inputs, seed, loss, epochs, batchSize, classWeights, shuffle = true } = trial
  const model = new Sequential(layers, { inputs, seed })
  const callbacks: Callback[] = (trial.callbacks ?? []).map((callback) => callback.forMember?.(0) ?? callback)
  const history = await model.fit(trial.train, {
    loss,
    optimizer: own,
    epochs,
    batchSize,
    shuffle,
    callbacks,
    validation: devRows,
    metrics: [metric],
    ...(classWeights && { classWeights }),
  })
  const { [metric.name]: value } = await model.evaluate(devRows, { metrics: [metric] })
  return {
    value: sign * (value as number),
    trainLoss: history.epochs.map((epoch) => epoch.loss),
    devLoss: history.epochs.map(({ validation }) => validation!.loss),
    devValue: history.epochs.map(({ validation }) => sign * (validation![metric.name] as number)),
  }
}
