/*
 * The details of RealMLP (Holzmüller et al., "Better by default: Strong pre-tuned MLPs and boosted trees on tabular data",
 * 2024), as layers and their options.
 */
import type { Encoder } from '../data/encoder/encoder.js'
import { type CategoryEncoding, type ColumnEncoding, widthOf } from '../data/encoding/column-encoding.js'
import { normal } from '../initializers/configured.js'
import { Concatenate } from '../layers/concatenate.js'
import type { DenseOptions } from '../layers/dense.js'
import { Embedding } from '../layers/embedding.js'
import type { Layer } from '../layers/layer.js'
import { NumericEmbedding } from '../layers/numeric-embedding.js'
import { Scale } from '../layers/scale.js'

/** How much faster or slower than a weight of the dense layers these learn. */
const RATE_OF = { scale: 6, embedding: 0.1, bias: 0.1 } as const

/** Numbers that a category of codes becomes. */
const CATEGORY_DIMENSIONS = 8

/** The layers before the hidden ones. */
export function realMlpInputs({ columns }: Encoder): Layer[] {
  const numbers = placesOfNumbers(columns)
  const numeric =
    numbers.length === 0
      ? undefined
      : new NumericEmbedding({ kind: 'pbld', columns: numbers, learningRateFactor: RATE_OF.embedding })
  return [...inputsOf(columns, numeric), new Scale({ learningRateFactor: RATE_OF.scale })]
}

/** Options of a hidden layer. */
export function realMlpLayer(): DenseOptions {
  return {
    parametrization: 'neuralTangent',
    biasInitializer: normal({ standardDeviation: 1 }),
    biasLearningRateFactor: RATE_OF.bias,
  }
}

/** Options of the last layer, whose first answer is the same for all rows. */
export function realMlpOutput(): DenseOptions {
  return { parametrization: 'neuralTangent', initializer: 'zeros', biasLearningRateFactor: RATE_OF.bias }
}

function inputsOf(columns: readonly ColumnEncoding[], numeric: NumericEmbedding | undefined): Layer[] {
  const codes = columns.filter((column): column is CategoryEncoding => column.kind === 'embedding')
  if (codes.length === 0) return numeric === undefined ? [] : [numeric]
  return [
    new Concatenate({
      ...(numeric && { numeric }),
      ...Object.fromEntries(
        codes.map(({ input, levels, unknown }) => {
          const dimensions = Math.min(CATEGORY_DIMENSIONS, levels.length + 1)
          return [input!, new Embedding(dimensions, { padding: !unknown })]
        }),
      ),
    }),
  ]
}

/** Where numbers and the days of dates are among the features that are no codes. */
function placesOfNumbers(columns: readonly ColumnEncoding[]): number[] {
  const places: number[] = []
  let at = 0
  for (const column of columns) {
    if (column.kind === 'embedding') continue
    if (column.kind !== 'oneHot' && column.kind !== 'boolean') places.push(at)
    at += widthOf(column)
  }
  return places
}
