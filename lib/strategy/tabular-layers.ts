import type { ActivationOption } from '../activations/activation.js'
import { Encoder } from '../data/encoder/encoder.js'
import type { CategoryEncoding } from '../data/encoding/column-encoding.js'
import { Concatenate } from '../layers/concatenate.js'
import { Dense } from '../layers/dense.js'
import { Dropout } from '../layers/dropout.js'
import { Embedding } from '../layers/embedding.js'
import type { Layer } from '../layers/layer.js'
import type { Regularizer } from '../regularizers/regularizer.js'
import { array, fraction, invalid, knownOptions, oneOf, positiveInteger } from '../validate.js'
import { realMlpInputs, realMlpLayer, realMlpOutput } from './real-mlp.js'

/** Kinds of networks for tables. */
export const architectures = ['plain', 'realMlp'] as const

/**
 * What a network for a table is made of: 'plain' has dense layers alone; 'realMlp' has numeric embeddings and the
 * details of RealMLP (Holzmüller et al., "Better by default", 2024).
 */
export type TabularArchitecture = (typeof architectures)[number]

/** Options of `tabularLayers`. */
export interface TabularLayersOptions {
  /** Units of each hidden layer; an empty list gives a linear model. Default [64, 32]. */
  readonly hidden?: readonly number[]
  /** Activation of the hidden layers. Default 'relu'. */
  readonly activation?: ActivationOption
  /** Dropout after each hidden layer: the share of its units that a training step leaves out. Default 0. */
  readonly dropout?: number
  /** Regularizer of the weights of all dense layers. Default none. */
  readonly regularizer?: Regularizer
  /**
   * 'plain': dense layers, and an Embedding for each category of codes. 'realMlp': numbers go through a NumericEmbedding
   * of kind 'pbld', a Scale follows, and the dense layers have the neural tangent parametrization; it wants numbers
   * scaled as 'robust', and an Adam with `beta2: 0.95` and a rate of about 0.04. Default 'plain'.
   */
  readonly architecture?: TabularArchitecture
  /** Number of outputs. Default `encoder.outputs`: 1 for values and for two classes, otherwise one per class. */
  readonly outputs?: number
}

/** The widest vector of a category: more says little that the next layer could not. */
const MOST_DIMENSIONS = 50

/**
 * Makes the layers of a network for the rows of an encoder: an Embedding for each category that the encoder turns into
 * codes, hidden layers, and an output layer for the target: sigmoid for two classes, softmax for
 * several, linear for values. The Embedding of n levels has 1.6 · n^0.56 dimensions, at most 50 (fastai's rule), or 8 in
 * a RealMLP.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an encoder without a target, or a wrong option
 * @example
 * const encoder = await Encoder.fit(table, { target: 'price' })
 * const model = new Sequential(tabularLayers(encoder, { hidden: [32], dropout: 0.1 }), { inputs: encoder.inputs, seed: 1 })
 */
export function tabularLayers(encoder: Encoder, options?: TabularLayersOptions): Layer[] {
  if (!(encoder instanceof Encoder)) throw invalid('encoder', 'Encoder', encoder)
  const given = knownOptions<TabularLayersOptions>('tabularLayers', options, [
    'hidden',
    'activation',
    'dropout',
    'regularizer',
    'architecture',
    'outputs',
  ])
  if (encoder.target === undefined && given.outputs === undefined) {
    throw invalid('outputs', 'number of outputs for an encoder without a target', given.outputs)
  }
  const dropout = fraction('dropout', given.dropout ?? 0)
  const regularized = given.regularizer === undefined ? {} : { regularizer: given.regularizer }
  const realMlp = oneOf('architecture', given.architecture ?? 'plain', architectures) === 'realMlp'
  const dense = (units: number, activation: ActivationOption) =>
    new Dense(units, { activation, ...(realMlp ? realMlpLayer() : {}), ...regularized })
  const hidden = array('hidden', given.hidden ?? [64, 32], 'numbers of units').flatMap((units, i): Layer[] => [
    dense(positiveInteger(`hidden[${i}]`, units), given.activation ?? 'relu'),
    ...(dropout > 0 ? [new Dropout(dropout)] : []),
  ])
  const outputs = positiveInteger('outputs', given.outputs ?? encoder.outputs)
  const several = outputs === 1 ? 'sigmoid' : 'softmax'
  const activation = encoder.task === 'classification' ? several : 'linear'
  const last = new Dense(outputs, { activation, ...(realMlp ? realMlpOutput() : {}), ...regularized })
  return [...(realMlp ? realMlpInputs(encoder) : embeddings(encoder)), ...hidden, last]
}

/** The layers before the hidden ones: an Embedding for each category that the encoder turns into codes, or none. */
export function embeddings({ columns }: Encoder): Layer[] {
  const embedded = columns.filter((column): column is CategoryEncoding => column.kind === 'embedding')
  if (embedded.length === 0) return []
  return [
    new Concatenate(
      Object.fromEntries(
        embedded.map(({ input, levels, unknown }) => {
          const dimensions = Math.min(MOST_DIMENSIONS, Math.ceil(1.6 * (levels.length + 1) ** 0.56))
          // A level that no training row has would keep the random vector that it began with.
          return [input!, new Embedding(dimensions, { padding: !unknown })]
        }),
      ),
    ),
  ]
}
