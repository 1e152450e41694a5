// Made from native/boundary/kernels.json by scripts/generate-boundary.mjs: change the table, not this file.
import type { ActivationKernel } from '../../native/generated/enums.js'
import type { Expression } from '../rule.js'
import type { Scalar, Tensor } from '../tensor.js'

/** output[r] = source[order[r]] converted to output's type; without an order, consecutive rows */
export interface GatherArguments {
  output: Tensor
  source: Tensor
  order?: Tensor | undefined
}

/** preActivation = x · weightᵀ + bias, output = activation(preActivation); with members, the columns of each of them by the same weight */
export interface DenseForwardArguments {
  output: Tensor
  preActivation?: Tensor | undefined
  x: Tensor
  weight: Tensor
  bias?: Tensor | undefined
  activation: ActivationKernel
  members?: Scalar | undefined
}

/** weight as [panel of inputs][output][panel], which the product for the input gradient reads in order */
export interface TransposeWeightArguments {
  output: Tensor
  weight: Tensor
}

/** inputGradient = preActivationGradient · weight; with members, of the columns of each of them */
export interface DenseBackwardInputArguments {
  inputGradient: Tensor
  preActivationGradient: Tensor
  weight: Tensor
  weightTransposed?: Tensor | undefined
  members?: Scalar | undefined
}

/** weightGradient = preActivationGradientᵀ · x, biasGradient = sum of preActivationGradient over rows; with members, the sum over all of them */
export interface DenseBackwardWeightArguments {
  weightGradient: Tensor
  biasGradient?: Tensor | undefined
  x: Tensor
  preActivationGradient: Tensor
  members?: Scalar | undefined
}

/** output = activation(x) */
export interface ActivationForwardArguments {
  output: Tensor
  x: Tensor
  activation: ActivationKernel
}

/** inputGradient = outputGradient * activation'(preActivation); relu, sigmoid and tanh need only the output */
export interface ActivationBackwardArguments {
  inputGradient: Tensor
  outputGradient: Tensor
  output?: Tensor | undefined
  preActivation?: Tensor | undefined
  activation: ActivationKernel
}

/** output[r] = exp(x[r] - max) / sum */
export interface SoftmaxForwardArguments {
  output: Tensor
  x: Tensor
}

/** inputGradient = output * (outputGradient - sum(outputGradient * output)) */
export interface SoftmaxBackwardArguments {
  inputGradient: Tensor
  outputGradient: Tensor
  output: Tensor
}

/** sum[0] = sum of the batch's sample weights, known before any gradient */
export interface WeightSumArguments {
  sum: Tensor
  sampleWeights: Tensor
}

/** fused softmax and cross-entropy on logits; target is a class index (int32, one column) or a row of probabilities */
export interface SoftmaxCrossEntropyArguments {
  rowLoss: Tensor
  gradient?: Tensor | undefined
  output?: Tensor | undefined
  logits: Tensor
  target: Tensor
  sampleWeights?: Tensor | undefined
  weightSum?: Tensor | undefined
}

/** fused sigmoid and binary cross-entropy on logits, mean over outputs */
export interface SigmoidBinaryCrossEntropyArguments {
  rowLoss: Tensor
  gradient?: Tensor | undefined
  output?: Tensor | undefined
  logits: Tensor
  target: Tensor
  sampleWeights?: Tensor | undefined
  weightSum?: Tensor | undefined
}

/** mean over outputs of (prediction - target)^2 */
export interface MeanSquaredErrorArguments {
  rowLoss: Tensor
  gradient?: Tensor | undefined
  prediction: Tensor
  target: Tensor
  sampleWeights?: Tensor | undefined
  weightSum?: Tensor | undefined
}

/** rowValue[r] = 1 where the largest output (or, for one output, output > threshold) is the target, else 0; several binary outputs give their mean */
export interface AccuracyArguments {
  rowValue: Tensor
  output: Tensor
  target: Tensor
  binary: Scalar
  threshold: Scalar
}

/** accumulator[0] += sum of rowValue * weight, accumulator[1] += sum of weights, in float64 and in order; gate = 1 stops the run before the update when the sum is not finite */
export interface AccumulateArguments {
  accumulator: Tensor
  rowValue: Tensor
  sampleWeights?: Tensor | undefined
  gate: Scalar
}

/** accumulator[0] += batch weight * (l1 · sum |w| + l2 · sum w²); perRow = 1 divides both strengths by the batch's rows (the lesson's lambda / 2m) */
export interface PenaltyArguments {
  accumulator: Tensor
  weight: Tensor
  weightSum?: Tensor | undefined
  l1: Scalar
  l2: Scalar
  perRow: Scalar
}

/** weightGradient += l1 · sign(w) + 2 · l2 · w */
export interface PenaltyGradientArguments {
  weightGradient: Tensor
  weight: Tensor
  l1: Scalar
  l2: Scalar
  perRow: Scalar
}

/** g = gradient + weightDecay · p; with velocity: v = momentum · v + g, g = nesterov ? g + momentum · v : v; p -= learningRate · g; before all that, where they are there, gradient *= factor and is kept within ±limit; waits = 1 leaves all as it is */
export interface SgdArguments {
  parameter: Tensor
  gradient: Tensor
  velocity?: Tensor | undefined
  learningRate: Scalar
  momentum: Scalar
  nesterov: Scalar
  weightDecay: Scalar
  factor?: Tensor | undefined
  limit?: Scalar | undefined
  waits?: Scalar | undefined
}

/** m = beta1 · m + (1 - beta1) · g, v = beta2 · v + (1 - beta2) · g², p -= stepSize · m / (sqrt(v) · inverseRootCorrection + epsilon); weightDecay is coupled (g += weightDecay · p), weightShrink decoupled (p *= weightShrink first, AdamW; 1 = none); factor, limit and waits as in sgd */
export interface AdamArguments {
  parameter: Tensor
  gradient: Tensor
  firstMoment: Tensor
  secondMoment: Tensor
  stepSize: Scalar
  inverseRootCorrection: Scalar
  weightShrink: Scalar
  beta1: Scalar
  beta2: Scalar
  epsilon: Scalar
  weightDecay: Scalar
  factor?: Tensor | undefined
  limit?: Scalar | undefined
  waits?: Scalar | undefined
}

/** an element-wise rule over tensors of the batch; inputs may be of one row or one column */
export interface MapRowsArguments {
  output0: Tensor
  output1?: Tensor | undefined
  output2?: Tensor | undefined
  output3?: Tensor | undefined
  input0?: Tensor | undefined
  input1?: Tensor | undefined
  input2?: Tensor | undefined
  input3?: Tensor | undefined
  input4?: Tensor | undefined
  input5?: Tensor | undefined
  input6?: Tensor | undefined
  input7?: Tensor | undefined
  number0?: Scalar | undefined
  number1?: Scalar | undefined
  number2?: Scalar | undefined
  number3?: Scalar | undefined
  number4?: Scalar | undefined
  number5?: Scalar | undefined
  number6?: Scalar | undefined
  number7?: Scalar | undefined
  expression: Expression
}

/** an element-wise rule over tensors of one row, such as ranges of an arena; inputs of one element are broadcast; waits = 1 leaves all as it is */
export interface MapElementsArguments {
  output0: Tensor
  output1?: Tensor | undefined
  output2?: Tensor | undefined
  output3?: Tensor | undefined
  input0?: Tensor | undefined
  input1?: Tensor | undefined
  input2?: Tensor | undefined
  input3?: Tensor | undefined
  input4?: Tensor | undefined
  input5?: Tensor | undefined
  input6?: Tensor | undefined
  input7?: Tensor | undefined
  number0?: Scalar | undefined
  number1?: Scalar | undefined
  number2?: Scalar | undefined
  number3?: Scalar | undefined
  number4?: Scalar | undefined
  number5?: Scalar | undefined
  number6?: Scalar | undefined
  number7?: Scalar | undefined
  expression: Expression
  waits?: Scalar | undefined
}

/** output[r] = sum (kind 0), mean (1) or largest (2) of the columns of x[r]; sums in float64 */
export interface ReduceRowsArguments {
  output: Tensor
  x: Tensor
  kind: Scalar
}

/** output[c] = sum (kind 0) or mean (1) of column c over the batch, rows in order, in float64 */
export interface ReduceColumnsArguments {
  output: Tensor
  x: Tensor
  kind: Scalar
}

/** output = uniform in [0, 1) (kind 0) or standard normal (1), a function of seed, stream, step and the place of the element */
export interface RandomArguments {
  output: Tensor
  seed: Scalar
  stream: Scalar
  step: Scalar
  kind: Scalar
}

/** output = x / (1 - rate), or 0 where the number that random draws for the element, uniform in [0, 1), is below rate; chance takes these numbers */
export interface DropoutArguments {
  output: Tensor
  x: Tensor
  chance?: Tensor | undefined
  rate: Scalar
  seed: Scalar
  stream: Scalar
  step: Scalar
}

/** inputGradient = outputGradient / (1 - rate), or 0 where chance is below rate */
export interface DropoutBackwardArguments {
  inputGradient: Tensor
  outputGradient: Tensor
  chance: Tensor
  rate: Scalar
}

/** output[r][to + i] = x[r][from + i] for i below count */
export interface CopyColumnsArguments {
  output: Tensor
  x: Tensor
  from: Scalar
  to: Scalar
  count: Scalar
}

/** output[r][to + i] = table[code][i], code being x[r][column]; a code outside the table is row 0 */
export interface EmbeddingForwardArguments {
  output: Tensor
  table: Tensor
  x: Tensor
  column: Scalar
  to: Scalar
}

/** tableGradient[code] = sum of outputGradient[r][from ...] over the rows of that code, in order */
export interface EmbeddingBackwardArguments {
  tableGradient: Tensor
  outputGradient: Tensor
  x: Tensor
  column: Scalar
  from: Scalar
}

/** sum[0] += sum of squares of x, in float64; first = 1 starts at 0 */
export interface SquaredNormArguments {
  sum: Tensor
  x: Tensor
  first: Scalar
}

/** all elements of output become 0 */
export interface ClearArguments {
  output: Tensor
}

/** sums[b] = sum of squares of the 1024 elements of x from 1024 b on (the last block has all that are left), in float64, whenever all of them have come: counts[b], cleared before, says how many have */
export interface BlockSquaresArguments {
  x: Tensor
  sums: Tensor
  counts: Tensor
}

/** sum[0] += sums[0] + sums[1] …, in this order; blocks of x that are not complete are summed here; first = 1 starts at 0 */
export interface AddBlockSquaresArguments {
  sum: Tensor
  x: Tensor
  sums: Tensor
  counts: Tensor
  first: Scalar
}

/** every unit of the weight whose norm is above the limit is scaled down to it */
export interface LimitNormArguments {
  weight: Tensor
  limit: Scalar
}

/** a dense product for every group of columns: output = x · weightᵀ + bias, the weights of a group below each other */
export interface GroupedForwardArguments {
  output: Tensor
  x: Tensor
  weight: Tensor
  bias?: Tensor | undefined
  groups: Scalar
}

/** inputGradient = preActivationGradient · weight, for every group of columns */
export interface GroupedBackwardInputArguments {
  inputGradient: Tensor
  preActivationGradient: Tensor
  weight: Tensor
  groups: Scalar
}

/** weightGradient = preActivationGradientᵀ · x for every group of columns, biasGradient = sum of preActivationGradient over rows */
export interface GroupedBackwardWeightArguments {
  weightGradient: Tensor
  biasGradient?: Tensor | undefined
  x: Tensor
  preActivationGradient: Tensor
  groups: Scalar
}

/** output[r][j · columns + i] = x[r][j · columns + i] · scale[j][i], member j of x having columns of its own or being the same row as all */
export interface MemberScaleArguments {
  output: Tensor
  x: Tensor
  scale: Tensor
  members: Scalar
}

/** inputGradient[r][i] = sum over members j of outputGradient[r][j · columns + i] · scale[j][i], for a row that was the same to all members */
export interface MemberScaleBackwardInputArguments {
  inputGradient: Tensor
  outputGradient: Tensor
  scale: Tensor
  members: Scalar
}

/** scaleGradient[j][i] = sum over rows of outputGradient[r][j · columns + i] · x[r][j · columns + i], x as memberScale has it; in float64 and in order */
export interface MemberScaleBackwardScaleArguments {
  scaleGradient: Tensor
  outputGradient: Tensor
  x: Tensor
  members: Scalar
}

/** output[r] = mean over members j of x[r][j · columns ...]; of = 1 (sigmoid) takes and gives logits of the probabilities that it averages, of = 2 (softmax) takes logits and gives the logarithm of the mean probability */
export interface MemberMeanArguments {
  output: Tensor
  x: Tensor
  members: Scalar
  of: Scalar
}

/** output[r][b] = (x[r][column] - start) / width, cut to low … high, for every bin b; bins: rows of columns, starts, widths, lows, highs */
export interface PiecewiseLinearArguments {
  output: Tensor
  x: Tensor
  bins: Tensor
}

/** inputGradient[r][c] = sum of outputGradient[r][b] / width over the bins b of column c in which x is not cut */
export interface PiecewiseLinearBackwardArguments {
  inputGradient: Tensor
  outputGradient: Tensor
  x: Tensor
  bins: Tensor
}

/** output = x rounded to bfloat16, row by row */
export interface RoundRowsArguments {
  output: Tensor
  x: Tensor
}

/** output = x rounded to bfloat16, in panels of pairs of rows: with lanes, of as many columns as registerPanel says, else of as many as a block of factors has */
export interface RoundRowPairsArguments {
  output: Tensor
  x: Tensor
  lanes: Scalar
}

/** output = weight rounded to bfloat16, as [panel of outputs][pair of inputs][panel][2] */
export interface RoundWeightArguments {
  output: Tensor
  weight: Tensor
}

/** output = weight rounded to bfloat16, as [panel of inputs][pair of outputs][panel][2] */
export interface RoundWeightTransposedArguments {
  output: Tensor
  weight: Tensor
}

/** preActivation = x · weightᵀ + bias, output = activation(preActivation), of an x that roundRows and a weight that roundWeight made */
export interface Bfloat16ForwardArguments {
  output: Tensor
  preActivation?: Tensor | undefined
  x: Tensor
  weight: Tensor
  bias?: Tensor | undefined
  activation: ActivationKernel
}

/** inputGradient = preActivationGradient · weight, of a gradient that roundRows and a weight that roundWeightTransposed made */
export interface Bfloat16BackwardInputArguments {
  inputGradient: Tensor
  preActivationGradient: Tensor
  weightTransposed: Tensor
}

/** weightGradient = preActivationGradientᵀ · x, of what roundRowPairs made of both, the gradient with lanes; biasGradient = sum of preActivationGradient over rows */
export interface Bfloat16BackwardWeightArguments {
  weightGradient: Tensor
  biasGradient?: Tensor | undefined
  xPairs: Tensor
  gradientPairs: Tensor
  preActivationGradient: Tensor
}

export interface KernelArguments {
  gather: GatherArguments
  denseForward: DenseForwardArguments
  transposeWeight: TransposeWeightArguments
  denseBackwardInput: DenseBackwardInputArguments
  denseBackwardWeight: DenseBackwardWeightArguments
  activationForward: ActivationForwardArguments
  activationBackward: ActivationBackwardArguments
  softmaxForward: SoftmaxForwardArguments
  softmaxBackward: SoftmaxBackwardArguments
  weightSum: WeightSumArguments
  softmaxCrossEntropy: SoftmaxCrossEntropyArguments
  sigmoidBinaryCrossEntropy: SigmoidBinaryCrossEntropyArguments
  meanSquaredError: MeanSquaredErrorArguments
  accuracy: AccuracyArguments
  accumulate: AccumulateArguments
  penalty: PenaltyArguments
  penaltyGradient: PenaltyGradientArguments
  sgd: SgdArguments
  adam: AdamArguments
  mapRows: MapRowsArguments
  mapElements: MapElementsArguments
  reduceRows: ReduceRowsArguments
  reduceColumns: ReduceColumnsArguments
  random: RandomArguments
  dropout: DropoutArguments
  dropoutBackward: DropoutBackwardArguments
  copyColumns: CopyColumnsArguments
  embeddingForward: EmbeddingForwardArguments
  embeddingBackward: EmbeddingBackwardArguments
  squaredNorm: SquaredNormArguments
  clear: ClearArguments
  blockSquares: BlockSquaresArguments
  addBlockSquares: AddBlockSquaresArguments
  limitNorm: LimitNormArguments
  groupedForward: GroupedForwardArguments
  groupedBackwardInput: GroupedBackwardInputArguments
  groupedBackwardWeight: GroupedBackwardWeightArguments
  memberScale: MemberScaleArguments
  memberScaleBackwardInput: MemberScaleBackwardInputArguments
  memberScaleBackwardScale: MemberScaleBackwardScaleArguments
  memberMean: MemberMeanArguments
  piecewiseLinear: PiecewiseLinearArguments
  piecewiseLinearBackward: PiecewiseLinearBackwardArguments
  roundRows: RoundRowsArguments
  roundRowPairs: RoundRowPairsArguments
  roundWeight: RoundWeightArguments
  roundWeightTransposed: RoundWeightTransposedArguments
  bfloat16Forward: Bfloat16ForwardArguments
  bfloat16BackwardInput: Bfloat16BackwardInputArguments
  bfloat16BackwardWeight: Bfloat16BackwardWeightArguments
}

export type KernelName = keyof KernelArguments

export interface ArgumentDescription {
  name: string
  kind: 'tensor' | 'number' | 'activation' | 'expression'
  optional?: true
}

export interface KernelDescription {
  id: number
  arguments: readonly ArgumentDescription[]
}

export const kernels: { readonly [Name in KernelName]: KernelDescription } = {
  gather: {
    id: 0,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'source', kind: 'tensor' },
      { name: 'order', kind: 'tensor', optional: true },
    ],
  },
  denseForward: {
    id: 1,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'preActivation', kind: 'tensor', optional: true },
      { name: 'x', kind: 'tensor' },
      { name: 'weight', kind: 'tensor' },
      { name: 'bias', kind: 'tensor', optional: true },
      { name: 'activation', kind: 'activation' },
      { name: 'members', kind: 'number', optional: true },
    ],
  },
  transposeWeight: {
    id: 2,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'weight', kind: 'tensor' },
    ],
  },
  denseBackwardInput: {
    id: 3,
    arguments: [
      { name: 'inputGradient', kind: 'tensor' },
      { name: 'preActivationGradient', kind: 'tensor' },
      { name: 'weight', kind: 'tensor' },
      { name: 'weightTransposed', kind: 'tensor', optional: true },
      { name: 'members', kind: 'number', optional: true },
    ],
  },
  denseBackwardWeight: {
    id: 4,
    arguments: [
      { name: 'weightGradient', kind: 'tensor' },
      { name: 'biasGradient', kind: 'tensor', optional: true },
      { name: 'x', kind: 'tensor' },
      { name: 'preActivationGradient', kind: 'tensor' },
      { name: 'members', kind: 'number', optional: true },
    ],
  },
  activationForward: {
    id: 5,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'activation', kind: 'activation' },
    ],
  },
  activationBackward: {
    id: 6,
    arguments: [
      { name: 'inputGradient', kind: 'tensor' },
      { name: 'outputGradient', kind: 'tensor' },
      { name: 'output', kind: 'tensor', optional: true },
      { name: 'preActivation', kind: 'tensor', optional: true },
      { name: 'activation', kind: 'activation' },
    ],
  },
  softmaxForward: {
    id: 7,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
    ],
  },
  softmaxBackward: {
    id: 8,
    arguments: [
      { name: 'inputGradient', kind: 'tensor' },
      { name: 'outputGradient', kind: 'tensor' },
      { name: 'output', kind: 'tensor' },
    ],
  },
  weightSum: {
    id: 9,
    arguments: [
      { name: 'sum', kind: 'tensor' },
      { name: 'sampleWeights', kind: 'tensor' },
    ],
  },
  softmaxCrossEntropy: {
    id: 10,
    arguments: [
      { name: 'rowLoss', kind: 'tensor' },
      { name: 'gradient', kind: 'tensor', optional: true },
      { name: 'output', kind: 'tensor', optional: true },
      { name: 'logits', kind: 'tensor' },
      { name: 'target', kind: 'tensor' },
      { name: 'sampleWeights', kind: 'tensor', optional: true },
      { name: 'weightSum', kind: 'tensor', optional: true },
    ],
  },
  sigmoidBinaryCrossEntropy: {
    id: 11,
    arguments: [
      { name: 'rowLoss', kind: 'tensor' },
      { name: 'gradient', kind: 'tensor', optional: true },
      { name: 'output', kind: 'tensor', optional: true },
      { name: 'logits', kind: 'tensor' },
      { name: 'target', kind: 'tensor' },
      { name: 'sampleWeights', kind: 'tensor', optional: true },
      { name: 'weightSum', kind: 'tensor', optional: true },
    ],
  },
  meanSquaredError: {
    id: 12,
    arguments: [
      { name: 'rowLoss', kind: 'tensor' },
      { name: 'gradient', kind: 'tensor', optional: true },
      { name: 'prediction', kind: 'tensor' },
      { name: 'target', kind: 'tensor' },
      { name: 'sampleWeights', kind: 'tensor', optional: true },
      { name: 'weightSum', kind: 'tensor', optional: true },
    ],
  },
  accuracy: {
    id: 13,
    arguments: [
      { name: 'rowValue', kind: 'tensor' },
      { name: 'output', kind: 'tensor' },
      { name: 'target', kind: 'tensor' },
      { name: 'binary', kind: 'number' },
      { name: 'threshold', kind: 'number' },
    ],
  },
  accumulate: {
    id: 14,
    arguments: [
      { name: 'accumulator', kind: 'tensor' },
      { name: 'rowValue', kind: 'tensor' },
      { name: 'sampleWeights', kind: 'tensor', optional: true },
      { name: 'gate', kind: 'number' },
    ],
  },
  penalty: {
    id: 15,
    arguments: [
      { name: 'accumulator', kind: 'tensor' },
      { name: 'weight', kind: 'tensor' },
      { name: 'weightSum', kind: 'tensor', optional: true },
      { name: 'l1', kind: 'number' },
      { name: 'l2', kind: 'number' },
      { name: 'perRow', kind: 'number' },
    ],
  },
  penaltyGradient: {
    id: 16,
    arguments: [
      { name: 'weightGradient', kind: 'tensor' },
      { name: 'weight', kind: 'tensor' },
      { name: 'l1', kind: 'number' },
      { name: 'l2', kind: 'number' },
      { name: 'perRow', kind: 'number' },
    ],
  },
  sgd: {
    id: 17,
    arguments: [
      { name: 'parameter', kind: 'tensor' },
      { name: 'gradient', kind: 'tensor' },
      { name: 'velocity', kind: 'tensor', optional: true },
      { name: 'learningRate', kind: 'number' },
      { name: 'momentum', kind: 'number' },
      { name: 'nesterov', kind: 'number' },
      { name: 'weightDecay', kind: 'number' },
      { name: 'factor', kind: 'tensor', optional: true },
      { name: 'limit', kind: 'number', optional: true },
      { name: 'waits', kind: 'number', optional: true },
    ],
  },
  adam: {
    id: 18,
    arguments: [
      { name: 'parameter', kind: 'tensor' },
      { name: 'gradient', kind: 'tensor' },
      { name: 'firstMoment', kind: 'tensor' },
      { name: 'secondMoment', kind: 'tensor' },
      { name: 'stepSize', kind: 'number' },
      { name: 'inverseRootCorrection', kind: 'number' },
      { name: 'weightShrink', kind: 'number' },
      { name: 'beta1', kind: 'number' },
      { name: 'beta2', kind: 'number' },
      { name: 'epsilon', kind: 'number' },
      { name: 'weightDecay', kind: 'number' },
      { name: 'factor', kind: 'tensor', optional: true },
      { name: 'limit', kind: 'number', optional: true },
      { name: 'waits', kind: 'number', optional: true },
    ],
  },
  mapRows: {
    id: 19,
    arguments: [
      { name: 'output0', kind: 'tensor' },
      { name: 'output1', kind: 'tensor', optional: true },
      { name: 'output2', kind: 'tensor', optional: true },
      { name: 'output3', kind: 'tensor', optional: true },
      { name: 'input0', kind: 'tensor', optional: true },
      { name: 'input1', kind: 'tensor', optional: true },
      { name: 'input2', kind: 'tensor', optional: true },
      { name: 'input3', kind: 'tensor', optional: true },
      { name: 'input4', kind: 'tensor', optional: true },
      { name: 'input5', kind: 'tensor', optional: true },
      { name: 'input6', kind: 'tensor', optional: true },
      { name: 'input7', kind: 'tensor', optional: true },
      { name: 'number0', kind: 'number', optional: true },
      { name: 'number1', kind: 'number', optional: true },
      { name: 'number2', kind: 'number', optional: true },
      { name: 'number3', kind: 'number', optional: true },
      { name: 'number4', kind: 'number', optional: true },
      { name: 'number5', kind: 'number', optional: true },
      { name: 'number6', kind: 'number', optional: true },
      { name: 'number7', kind: 'number', optional: true },
      { name: 'expression', kind: 'expression' },
    ],
  },
  mapElements: {
    id: 20,
    arguments: [
      { name: 'output0', kind: 'tensor' },
      { name: 'output1', kind: 'tensor', optional: true },
      { name: 'output2', kind: 'tensor', optional: true },
      { name: 'output3', kind: 'tensor', optional: true },
      { name: 'input0', kind: 'tensor', optional: true },
      { name: 'input1', kind: 'tensor', optional: true },
      { name: 'input2', kind: 'tensor', optional: true },
      { name: 'input3', kind: 'tensor', optional: true },
      { name: 'input4', kind: 'tensor', optional: true },
      { name: 'input5', kind: 'tensor', optional: true },
      { name: 'input6', kind: 'tensor', optional: true },
      { name: 'input7', kind: 'tensor', optional: true },
      { name: 'number0', kind: 'number', optional: true },
      { name: 'number1', kind: 'number', optional: true },
      { name: 'number2', kind: 'number', optional: true },
      { name: 'number3', kind: 'number', optional: true },
      { name: 'number4', kind: 'number', optional: true },
      { name: 'number5', kind: 'number', optional: true },
      { name: 'number6', kind: 'number', optional: true },
      { name: 'number7', kind: 'number', optional: true },
      { name: 'expression', kind: 'expression' },
      { name: 'waits', kind: 'number', optional: true },
    ],
  },
  reduceRows: {
    id: 21,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'kind', kind: 'number' },
    ],
  },
  reduceColumns: {
    id: 22,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'kind', kind: 'number' },
    ],
  },
  random: {
    id: 23,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'seed', kind: 'number' },
      { name: 'stream', kind: 'number' },
      { name: 'step', kind: 'number' },
      { name: 'kind', kind: 'number' },
    ],
  },
  dropout: {
    id: 24,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'chance', kind: 'tensor', optional: true },
      { name: 'rate', kind: 'number' },
      { name: 'seed', kind: 'number' },
      { name: 'stream', kind: 'number' },
      { name: 'step', kind: 'number' },
    ],
  },
  dropoutBackward: {
    id: 25,
    arguments: [
      { name: 'inputGradient', kind: 'tensor' },
      { name: 'outputGradient', kind: 'tensor' },
      { name: 'chance', kind: 'tensor' },
      { name: 'rate', kind: 'number' },
    ],
  },
  copyColumns: {
    id: 26,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'from', kind: 'number' },
      { name: 'to', kind: 'number' },
      { name: 'count', kind: 'number' },
    ],
  },
  embeddingForward: {
    id: 27,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'table', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'column', kind: 'number' },
      { name: 'to', kind: 'number' },
    ],
  },
  embeddingBackward: {
    id: 28,
    arguments: [
      { name: 'tableGradient', kind: 'tensor' },
      { name: 'outputGradient', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'column', kind: 'number' },
      { name: 'from', kind: 'number' },
    ],
  },
  squaredNorm: {
    id: 29,
    arguments: [
      { name: 'sum', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'first', kind: 'number' },
    ],
  },
  clear: {
    id: 30,
    arguments: [{ name: 'output', kind: 'tensor' }],
  },
  blockSquares: {
    id: 31,
    arguments: [
      { name: 'x', kind: 'tensor' },
      { name: 'sums', kind: 'tensor' },
      { name: 'counts', kind: 'tensor' },
    ],
  },
  addBlockSquares: {
    id: 32,
    arguments: [
      { name: 'sum', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'sums', kind: 'tensor' },
      { name: 'counts', kind: 'tensor' },
      { name: 'first', kind: 'number' },
    ],
  },
  limitNorm: {
    id: 33,
    arguments: [
      { name: 'weight', kind: 'tensor' },
      { name: 'limit', kind: 'number' },
    ],
  },
  groupedForward: {
    id: 34,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'weight', kind: 'tensor' },
      { name: 'bias', kind: 'tensor', optional: true },
      { name: 'groups', kind: 'number' },
    ],
  },
  groupedBackwardInput: {
    id: 35,
    arguments: [
      { name: 'inputGradient', kind: 'tensor' },
      { name: 'preActivationGradient', kind: 'tensor' },
      { name: 'weight', kind: 'tensor' },
      { name: 'groups', kind: 'number' },
    ],
  },
  groupedBackwardWeight: {
    id: 36,
    arguments: [
      { name: 'weightGradient', kind: 'tensor' },
      { name: 'biasGradient', kind: 'tensor', optional: true },
      { name: 'x', kind: 'tensor' },
      { name: 'preActivationGradient', kind: 'tensor' },
      { name: 'groups', kind: 'number' },
    ],
  },
  memberScale: {
    id: 37,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'scale', kind: 'tensor' },
      { name: 'members', kind: 'number' },
    ],
  },
  memberScaleBackwardInput: {
    id: 38,
    arguments: [
      { name: 'inputGradient', kind: 'tensor' },
      { name: 'outputGradient', kind: 'tensor' },
      { name: 'scale', kind: 'tensor' },
      { name: 'members', kind: 'number' },
    ],
  },
  memberScaleBackwardScale: {
    id: 39,
    arguments: [
      { name: 'scaleGradient', kind: 'tensor' },
      { name: 'outputGradient', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'members', kind: 'number' },
    ],
  },
  memberMean: {
    id: 40,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'members', kind: 'number' },
      { name: 'of', kind: 'number' },
    ],
  },
  piecewiseLinear: {
    id: 41,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'bins', kind: 'tensor' },
    ],
  },
  piecewiseLinearBackward: {
    id: 42,
    arguments: [
      { name: 'inputGradient', kind: 'tensor' },
      { name: 'outputGradient', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'bins', kind: 'tensor' },
    ],
  },
  roundRows: {
    id: 43,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
    ],
  },
  roundRowPairs: {
    id: 44,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'x', kind: 'tensor' },
      { name: 'lanes', kind: 'number' },
    ],
  },
  roundWeight: {
    id: 45,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'weight', kind: 'tensor' },
    ],
  },
  roundWeightTransposed: {
    id: 46,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'weight', kind: 'tensor' },
    ],
  },
  bfloat16Forward: {
    id: 47,
    arguments: [
      { name: 'output', kind: 'tensor' },
      { name: 'preActivation', kind: 'tensor', optional: true },
      { name: 'x', kind: 'tensor' },
      { name: 'weight', kind: 'tensor' },
      { name: 'bias', kind: 'tensor', optional: true },
      { name: 'activation', kind: 'activation' },
    ],
  },
  bfloat16BackwardInput: {
    id: 48,
    arguments: [
      { name: 'inputGradient', kind: 'tensor' },
      { name: 'preActivationGradient', kind: 'tensor' },
      { name: 'weightTransposed', kind: 'tensor' },
    ],
  },
  bfloat16BackwardWeight: {
    id: 49,
    arguments: [
      { name: 'weightGradient', kind: 'tensor' },
      { name: 'biasGradient', kind: 'tensor', optional: true },
      { name: 'xPairs', kind: 'tensor' },
      { name: 'gradientPairs', kind: 'tensor' },
      { name: 'preActivationGradient', kind: 'tensor' },
    ],
  },
}
