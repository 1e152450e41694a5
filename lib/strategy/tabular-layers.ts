import { Encoder } from '../data/encoder/encoder.js'
import type { CategoryEncoding } from '../data/encoding/column-encoding.js'
import { Concatenate } from '../layers/concatenate.js'
import { Dense } from '../layers/dense.js'
import { Dropout } from '../layers/dropout.js'
import { Embedding } from '../layers/embedding.js'
import type { Layer } from '../layers/layer.js'
import type { Regularizer } from '../regularizers/regularizer.js'
import { array, fraction, invalid, knownOptions, positiveInteger } from '../validate.js'

export interface TabularLayersOptions {
  /** Units of every hidden layer; none for a linear model. Default [64, 32]. */
  readonly hidden?: readonly number[]
  /** Share of the units behind every hidden layer that are left out in training. Default 0. */
  readonly dropout?: number
  /** Of the weights of all dense layers. Default none. */
  readonly regularizer?: Regularizer
  /** Default that of the encoder: one for values and for two classes, else one a class. */
  readonly outputs?: number
}

/** The widest vector of a category: more says little that the next layer could not. */
const MOST_DIMENSIONS = 50

/**
 * The layers of a network for an encoder's rows: vectors for categories where it makes codes of them, hidden layers of
 * `relu` units, and the output that the target wants: sigmoid for two classes, softmax for several, linear for values. A
 * category of n levels gets 1.6 · n^0.56 numbers, at most 50 (fastai's rule).
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
    new Dense(positiveInteger(`hidden[${i}]`, units), { activation: 'relu', ...regularized }),
    ...(dropout > 0 ? [new Dropout(dropout)] : []),
  ])
  const outputs = positiveInteger('outputs', given.outputs ?? encoder.outputs)
  const several = outputs === 1 ? 'sigmoid' : 'softmax'
  const activation = encoder.task === 'classification' ? several : 'linear'
  return [...embeddings(encoder), ...hidden, new Dense(outputs, { activation, ...regularized })]
}

function embeddings({ columns }: Encoder): Layer[] {
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
