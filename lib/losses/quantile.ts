import { DeepblasError } from '../errors.js'
import { array, finiteNumber, invalid, knownOptions } from '../validate.js'
import { recordElementRule } from './element-rule.js'
import { type ConfigurableLoss, configurableLoss } from './loss.js'
import { recordColumns } from './record-columns.js'

export interface QuantileOptions {
  /**
   * The quantiles that the outputs are to be, in the order of the outputs: numbers above 0 and below 1 that grow. Default
   * [0.1, 0.5, 0.9].
   */
  readonly quantiles?: readonly number[]
}

/**
 * Quantile loss, or pinball loss: `max(τ (y - q), (τ - 1) (y - q))` for the quantile τ, mean over rows and quantiles, in the
 * targets' unit (Koenker and Bassett, "Regression quantiles", 1978). It is smallest where a share τ of the targets lies
 * below the output. The network has one output for each of the quantiles, and one column of targets serves them all;
 * `new NonCrossing()` as the last layer keeps the outputs in order. Metrics of values, such as `meanAbsoluteError`, read
 * the output of the quantile 0.5, or the only output, and are refused where there is neither. `quantile({ quantiles: [0.05, 0.5, 0.95] })`. See
 * docs/math/quantiles.md.
 *
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE for a network with another number of outputs
 */
export const quantile: ConfigurableLoss<QuantileOptions> = configurableLoss((options) => {
  const given = knownOptions<QuantileOptions>('quantile', options, ['quantiles'])
  const quantiles = checkedQuantiles('quantiles', given.quantiles ?? [0.1, 0.5, 0.9])
  const median = quantiles.indexOf(0.5)
  return {
    name: 'quantile',
    options: { quantiles: [...quantiles] },
    targetKind: 'values',
    sharedTarget: true,
    ...(median < 0 ? {} : { valueOutput: median }),
    takesLogits(_, outputs) {
      if (outputs === quantiles.length) return false
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected ${quantiles.length} outputs for loss 'quantile', one for each of the quantiles ${quantiles.join(', ')}, ` +
          `but received ${outputs}. Give the last layer ${quantiles.length} units, or the loss other quantiles.`,
      )
    },
    record(record, recording) {
      const levels = recordColumns(record, quantiles)
      recordElementRule<'levels'>(
        record,
        recording,
        ({ prediction, target, levels: level }) => {
          const difference = target.minus(prediction)
          return {
            value: difference.times(level).atLeast(difference.times(level.minus(1))),
            // -τ below the target and 1 - τ above it; at the target the mean of both.
            derivative: difference.sign().times(-0.5).plus(0.5).minus(level),
          }
        },
        { levels },
      )
    },
  }
})

/**
 * Quantiles that grow, each above 0 and below 1.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything else
 */
export function checkedQuantiles(argument: string, value: unknown): readonly number[] {
  const quantiles = array(argument, value, 'quantiles', adviceOn(value)).map((one, i) =>
    finiteNumber(`${argument}[${i}]`, one, { exclusiveMin: 0, exclusiveMax: 1 }),
  )
  if (quantiles.length === 0) throw invalid(argument, 'at least one quantile', value)
  const bad = quantiles.findIndex((one, i) => i > 0 && one <= quantiles[i - 1]!)
  if (bad > 0) throw invalid(argument, 'quantiles that grow from the first to the last', value, 'Sort them, each once.')
  return quantiles
}

function adviceOn(value: unknown): string | undefined {
  return typeof value === 'number' ? `Write it as a list: [${value}].` : undefined
}
