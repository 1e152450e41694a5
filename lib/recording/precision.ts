/*
 * In what the products of dense layers are computed, and how products of bfloat16 operands are recorded.
 */

import { native } from '../native/addon.js'
import type { ActivationKernel } from '../native/generated/enums.js'
import type { Parameter } from './parameter.js'
import type { Recorder } from './recorder.js'
import type { Tensor } from './tensor.js'

/**
 * What the products of dense layers compute with in training. 'float32': with float32 numbers. 'bfloat16': with operands
 * rounded to bfloat16 (8 significant bits), whose products are summed in float32.
 */
export type Precision = 'float32' | 'bfloat16'

export const precisions: readonly Precision[] = ['float32', 'bfloat16']

/** Fewer inputs than these are rounded in as much time as they are multiplied. */
const LEAST_INPUTS = 32
/** A weight of fewer outputs may be kept row by row, which products of rounded operands do not read. */
const LEAST_OUTPUTS = 64
/** Numbers of a weight from which on products of rounded operands are the faster ones. */
const LEAST_WEIGHTS = 4096

/**
 * Whether a dense layer of this shape multiplies bfloat16 operands where a fit asks for them: from 32 inputs, 64 outputs
 * and 4,096 weights on. Smaller layers stay float32, which is as fast for them. The shape alone decides, so that the same
 * training has the same bits on every machine.
 */
export function takesBfloat16(inputs: number, outputs: number): boolean {
  return inputs >= LEAST_INPUTS && outputs >= LEAST_OUTPUTS && inputs * outputs >= LEAST_WEIGHTS
}

/** x (batch, columns) rounded to bfloat16, row by row: what the products' rows are. */
export function roundedRows(record: Recorder, x: Tensor): Tensor {
  const output = record.empty(x.columns, 'bfloat16')
  record.roundRows({ output, x })
  return output
}

/** A weight rounded to bfloat16, or that weight turned, in panels of the register tile. */
function roundedWeight(record: Recorder, parameter: Parameter, turned: boolean): Tensor {
  const [lanes, depth] = turned ? [parameter.columns, parameter.rows] : [parameter.rows, parameter.columns]
  const panel = native().registerPanel(lanes)
  const output = record.scratch(Math.ceil(lanes / panel) * panel * depth, depth, panel, 'bfloat16')
  const weight = record.parameter(parameter)
  if (turned) record.roundWeightTransposed({ output, weight })
  else record.roundWeight({ output, weight })
  return output
}

export interface Bfloat16Forward {
  readonly output: Tensor
  readonly preActivation: Tensor | undefined
  readonly x: Tensor
  readonly weight: Parameter
  readonly bias: Tensor | undefined
  readonly activation: ActivationKernel
}

/** As `record.denseForward`, of operands that are rounded here. */
export function recordBfloat16Forward(record: Recorder, { x, weight, ...given }: Bfloat16Forward): void {
  const rounded = roundedWeight(record, weight, false)
  record.bfloat16Forward({ ...given, x: roundedRows(record, x), weight: rounded })
}

export interface Bfloat16WeightGradient {
  readonly weight: Parameter
  readonly biasGradient: Tensor | undefined
  readonly x: Tensor
  readonly preActivationGradient: Tensor
}

/** As `record.denseBackwardWeight`, of operands that are rounded here; the bias gradient is a sum of float32. */
export function recordBfloat16WeightGradient(record: Recorder, given: Bfloat16WeightGradient): void {
  const { weight, biasGradient, x, preActivationGradient } = given
  const pairs = (of: Tensor, lanes: 0 | 1): Tensor => {
    const output = record.empty(of.columns, 'bfloat16')
    record.roundRowPairs({ output, x: of, lanes })
    return output
  }
  record.bfloat16BackwardWeight({
    weightGradient: record.gradient(weight),
    biasGradient,
    xPairs: pairs(x, 0),
    gradientPairs: pairs(preActivationGradient, 1),
    preActivationGradient,
  })
}

/** As `record.denseInputGradient`, of operands that are rounded here. */
export function recordBfloat16InputGradient(
  record: Recorder,
  weight: Parameter,
  preActivationGradient: Tensor,
): Tensor {
  const inputGradient = record.empty(weight.columns)
  record.bfloat16BackwardInput({
    inputGradient,
    preActivationGradient: roundedRows(record, preActivationGradient),
    weightTransposed: roundedWeight(record, weight, true),
  })
  return inputGradient
}
