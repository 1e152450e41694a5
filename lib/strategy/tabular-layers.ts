import type { ActivationOption } from '../activations/activation.js'
import { Encoder } from '../data/encoder/encoder.js'
import type { CategoryEncoding } from '../data/encoding/column-encoding.js'
import { Concatenate } from '../layers/concatenate.js'
import { Dense } from '../layers/dense.js'
import { Dropout } from '../layers/dropout.js'
import { Embedding } from '../layers/embedding.js'
import type { Layer } from '../layers/layer.js'
import type { Regularizer } from '../regularizers/regularizer.js'
import { array, fraction, invalid, knownOptions, positiveInteger } from '../validate.js'

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
  /** Number of outputs. Default `encoder.outputs`: 1 for values and for two classes, otherwise one per class. */
  readonly outputs?: number
}

/** The widest vector of a category: more says little that the next layer could not. */
const MOST_DIMENSIONS = 50

/**
 * Makes the layers of a network for the rows of an encoder: an Embedding for each category that the encoder turns into
 * codes, hidden layers, and an output layer for the target: sigmoid for two classes, softmax for
 * several, linear for values. The Embedding of n levels has 1.6 · n^0.56 dimensions, at most 50 (fastai's rule).
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
    'outputs',
  ])
  if (encoder.target === undefined && given.outputs === undefined) {
    throw invalid('outputs', 'number of outputs for an encoder without a target', given.outputs)
  }
  const dropout = fraction('dropout', given.dropout ?? 0)
  const regularized = given.regularizer === undefined ? {} : { regularizer: given.regularizer }
  const hidden = array('hidden', given.hidden ?? [64, 32], 'numbers of units').flatMap((units, i): Layer[] => [
    new Dense(positiveInteger(`hidden[${i}]`, units), { activation: given.activation ?? 'relu', ...regularized }),
    ...(dropout > 0 ? [new Dropout(dropout)] : []),
  ])
  const outputs = positiveInteger('outputs', given.outputs ?? encoder.outputs)
  const several = outputs === 1 ? 'sigmoid' : 'softmax'
  const activation = encoder.task === 'classification' ? several : 'linear'
  return [...embeddings(encoder), ...hidden, new Dense(outputs, { activation, ...regularized })]
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
