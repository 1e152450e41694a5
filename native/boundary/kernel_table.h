// Made from native/boundary/kernels.json by scripts/generate-boundary.mjs: change the table, not this file.
#pragma once

#include "kernels/kernel_info.h"

namespace deepblas {

enum class KernelId : int32_t {
  Gather = 0,
  DenseForward = 1,
  TransposeWeight = 2,
  DenseBackwardInput = 3,
  DenseBackwardWeight = 4,
  ActivationForward = 5,
  ActivationBackward = 6,
  SoftmaxForward = 7,
  SoftmaxBackward = 8,
  WeightSum = 9,
  SoftmaxCrossEntropy = 10,
  SigmoidBinaryCrossEntropy = 11,
  MeanSquaredError = 12,
  Accuracy = 13,
  Accumulate = 14,
  Penalty = 15,
  PenaltyGradient = 16,
  Sgd = 17,
  Adam = 18,
  MapRows = 19,
  MapElements = 20,
  ReduceRows = 21,
  ReduceColumns = 22,
  Random = 23,
  Dropout = 24,
  DropoutBackward = 25,
  CopyColumns = 26,
  EmbeddingForward = 27,
  EmbeddingBackward = 28,
  SquaredNorm = 29,
  Clear = 30,
  BlockSquares = 31,
  AddBlockSquares = 32,
  LimitNorm = 33,
  GroupedForward = 34,
  GroupedBackwardInput = 35,
  GroupedBackwardWeight = 36,
  MemberScale = 37,
  MemberScaleBackwardInput = 38,
  MemberScaleBackwardScale = 39,
  MemberMean = 40,
  PiecewiseLinear = 41,
  PiecewiseLinearBackward = 42,
  RoundRows = 43,
  RoundRowPairs = 44,
  RoundWeight = 45,
  RoundWeightTransposed = 46,
  Bfloat16Forward = 47,
  Bfloat16BackwardInput = 48,
  Bfloat16BackwardWeight = 49,
};
constexpr int kKernelCount = 50;

// DO(family) of each family of kernels.
#define DEEPBLAS_FAMILIES(DO) DO(Activation) DO(Bfloat16) DO(Columns) DO(Dense) DO(Gather) DO(Grouped) DO(Loss) DO(Map) DO(Members) DO(Metric) DO(Optimizer) DO(Piecewise) DO(Random) DO(Reduce) DO(Regularizer)

// Positions of a kernel's arguments in Call::views and Call::numbers.
namespace at {
namespace gather {
enum : int { output, source, order };
}
namespace denseForward {
enum : int { output, preActivation, x, weight, bias, activation, members };
}
namespace transposeWeight {
enum : int { output, weight };
}
namespace denseBackwardInput {
enum : int { inputGradient, preActivationGradient, weight, weightTransposed, members };
}
namespace denseBackwardWeight {
enum : int { weightGradient, biasGradient, x, preActivationGradient, members };
}
namespace activationForward {
enum : int { output, x, activation };
}
namespace activationBackward {
enum : int { inputGradient, outputGradient, output, preActivation, activation };
}
namespace softmaxForward {
enum : int { output, x };
}
namespace softmaxBackward {
enum : int { inputGradient, outputGradient, output };
}
namespace weightSum {
enum : int { sum, sampleWeights };
}
namespace softmaxCrossEntropy {
enum : int { rowLoss, gradient, output, logits, target, sampleWeights, weightSum };
}
namespace sigmoidBinaryCrossEntropy {
enum : int { rowLoss, gradient, output, logits, target, sampleWeights, weightSum };
}
namespace meanSquaredError {
enum : int { rowLoss, gradient, prediction, target, sampleWeights, weightSum };
}
namespace accuracy {
enum : int { rowValue, output, target, binary, threshold };
}
namespace accumulate {
enum : int { accumulator, rowValue, sampleWeights, gate };
}
namespace penalty {
enum : int { accumulator, weight, weightSum, l1, l2, perRow };
}
namespace penaltyGradient {
enum : int { weightGradient, weight, l1, l2, perRow };
}
namespace sgd {
enum : int { parameter, gradient, velocity, learningRate, momentum, nesterov, weightDecay, factor, limit, waits };
}
namespace adam {
enum : int { parameter, gradient, firstMoment, secondMoment, stepSize, inverseRootCorrection, weightShrink, beta1, beta2, epsilon, weightDecay, factor, limit, waits };
}
namespace mapRows {
enum : int { output0, output1, output2, output3, input0, input1, input2, input3, input4, input5, input6, input7, number0, number1, number2, number3, number4, number5, number6, number7, expression };
}
namespace mapElements {
enum : int { output0, output1, output2, output3, input0, input1, input2, input3, input4, input5, input6, input7, number0, number1, number2, number3, number4, number5, number6, number7, expression, waits };
}
namespace reduceRows {
enum : int { output, x, kind };
}
namespace reduceColumns {
enum : int { output, x, kind };
}
namespace random {
enum : int { output, seed, stream, step, kind };
}
namespace dropout {
enum : int { output, x, chance, rate, seed, stream, step };
}
namespace dropoutBackward {
enum : int { inputGradient, outputGradient, chance, rate };
}
namespace copyColumns {
enum : int { output, x, from, to, count };
}
namespace embeddingForward {
enum : int { output, table, x, column, to };
}
namespace embeddingBackward {
enum : int { tableGradient, outputGradient, x, column, from };
}
namespace squaredNorm {
enum : int { sum, x, first };
}
namespace clear {
enum : int { output };
}
namespace blockSquares {
enum : int { x, sums, counts };
}
namespace addBlockSquares {
enum : int { sum, x, sums, counts, first };
}
namespace limitNorm {
enum : int { weight, limit };
}
namespace groupedForward {
enum : int { output, x, weight, bias, groups };
}
namespace groupedBackwardInput {
enum : int { inputGradient, preActivationGradient, weight, groups };
}
namespace groupedBackwardWeight {
enum : int { weightGradient, biasGradient, x, preActivationGradient, groups };
}
namespace memberScale {
enum : int { output, x, scale, members };
}
namespace memberScaleBackwardInput {
enum : int { inputGradient, outputGradient, scale, members };
}
namespace memberScaleBackwardScale {
enum : int { scaleGradient, outputGradient, x, members };
}
namespace memberMean {
enum : int { output, x, members, of };
}
namespace piecewiseLinear {
enum : int { output, x, bins };
}
namespace piecewiseLinearBackward {
enum : int { inputGradient, outputGradient, x, bins };
}
namespace roundRows {
enum : int { output, x };
}
namespace roundRowPairs {
enum : int { output, x, lanes };
}
namespace roundWeight {
enum : int { output, weight };
}
namespace roundWeightTransposed {
enum : int { output, weight };
}
namespace bfloat16Forward {
enum : int { output, preActivation, x, weight, bias, activation };
}
namespace bfloat16BackwardInput {
enum : int { inputGradient, preActivationGradient, weightTransposed };
}
namespace bfloat16BackwardWeight {
enum : int { weightGradient, biasGradient, xPairs, gradientPairs, preActivationGradient };
}
}  // namespace at

// inline: one table in the addon, and not one in every file that reads it.
inline constexpr KernelInfo kKernelInfo[kKernelCount] = {
    {"gather",
     Cut::Rows,
     false,
     3,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 5}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"source", ArgumentKind::Tensor, Access::Read, false, {Extent::Ordered, {Size::None, 0, -1}, {Size::Named, 0, -1}, 13}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, 0, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"order", ArgumentKind::Tensor, Access::Read, true, {Extent::Order, {Size::None, 0, -1}, {Size::Given, 1, -1}, 4}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns"}},
    {"denseForward",
     Cut::Rows,
     false,
     7,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, 6}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"preActivation", ArgumentKind::Tensor, Access::Write, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, 6}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 1, 6}, 9}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, 3, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weight", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Weight, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"bias", ArgumentKind::Tensor, Access::Read, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"activation", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, 4},
      {"members", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 1, INT32_MAX}},
     {"outputs", "inputs"}},
    {"transposeWeight",
     Cut::Tiles,
     false,
     2,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Transposed, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weight", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Named, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Tiles, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"inputs", "outputs"}},
    {"denseBackwardInput",
     Cut::Rows,
     false,
     5,
     {{"inputGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, 4}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"preActivationGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 1, 4}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weight", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Named, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Weight, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weightTransposed", ArgumentKind::Tensor, Access::Read, true, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Transposed, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"members", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 1, INT32_MAX}},
     {"inputs", "outputs"}},
    {"denseBackwardWeight",
     Cut::Tiles,
     false,
     5,
     {{"weightGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Weight, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"biasGradient", ArgumentKind::Tensor, Access::Write, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 1, 4}, 9}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, 0, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"preActivationGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, 4}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"members", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 1, INT32_MAX}},
     {"outputs", "inputs"}},
    {"activationForward",
     Cut::Rows,
     true,
     3,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"activation", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, 4}},
     {"columns"}},
    {"activationBackward",
     Cut::Rows,
     true,
     5,
     {{"inputGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"outputGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"output", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"preActivation", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"activation", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, 4}},
     {"columns"}},
    {"softmaxForward",
     Cut::Rows,
     true,
     2,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns"}},
    {"softmaxBackward",
     Cut::Rows,
     true,
     3,
     {{"inputGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"outputGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"output", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns"}},
    {"weightSum",
     Cut::Whole,
     false,
     2,
     {{"sum", ArgumentKind::Tensor, Access::Write, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"sampleWeights", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {}},
    {"softmaxCrossEntropy",
     Cut::Rows,
     false,
     7,
     {{"rowLoss", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"gradient", ArgumentKind::Tensor, Access::Write, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"output", ArgumentKind::Tensor, Access::Write, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"logits", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"target", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 4}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"sampleWeights", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weightSum", ArgumentKind::Tensor, Access::Read, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns"}},
    {"sigmoidBinaryCrossEntropy",
     Cut::Rows,
     false,
     7,
     {{"rowLoss", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"gradient", ArgumentKind::Tensor, Access::Write, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"output", ArgumentKind::Tensor, Access::Write, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"logits", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"target", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"sampleWeights", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weightSum", ArgumentKind::Tensor, Access::Read, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns"}},
    {"meanSquaredError",
     Cut::Rows,
     false,
     6,
     {{"rowLoss", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"gradient", ArgumentKind::Tensor, Access::Write, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"prediction", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"target", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"sampleWeights", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weightSum", ArgumentKind::Tensor, Access::Read, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns"}},
    {"accuracy",
     Cut::Rows,
     false,
     5,
     {{"rowValue", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"output", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"target", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 4}, 3, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"binary", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, 1},
      {"threshold", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns"}},
    {"accumulate",
     Cut::Whole,
     false,
     4,
     {{"accumulator", ArgumentKind::Tensor, Access::Update, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Given, 2, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"rowValue", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"sampleWeights", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"gate", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, 1}},
     {}},
    {"penalty",
     Cut::Whole,
     false,
     6,
     {{"accumulator", ArgumentKind::Tensor, Access::Update, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Given, 2, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weight", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Panels, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weightSum", ArgumentKind::Tensor, Access::Read, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"l1", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"l2", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"perRow", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"outputs", "inputs"}},
    {"penaltyGradient",
     Cut::Elements,
     false,
     5,
     {{"weightGradient", ArgumentKind::Tensor, Access::Update, false, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weight", ArgumentKind::Tensor, Access::Read, false, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Panels, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"l1", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"l2", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"perRow", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"stored"}},
    {"sgd",
     Cut::Elements,
     false,
     10,
     {{"parameter", ArgumentKind::Tensor, Access::Update, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"gradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"velocity", ArgumentKind::Tensor, Access::Update, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"learningRate", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"momentum", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"nesterov", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weightDecay", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"factor", ArgumentKind::Tensor, Access::Read, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Given, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"limit", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"waits", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"length"}},
    {"adam",
     Cut::Elements,
     false,
     14,
     {{"parameter", ArgumentKind::Tensor, Access::Update, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"gradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"firstMoment", ArgumentKind::Tensor, Access::Update, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"secondMoment", ArgumentKind::Tensor, Access::Update, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"stepSize", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"inverseRootCorrection", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weightShrink", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"beta1", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"beta2", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"epsilon", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weightDecay", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"factor", ArgumentKind::Tensor, Access::Read, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Given, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"limit", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"waits", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"length"}},
    {"mapRows",
     Cut::Rows,
     true,
     21,
     {{"output0", ArgumentKind::Tensor, Access::Update, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 3}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"output1", ArgumentKind::Tensor, Access::Update, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 3}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"output2", ArgumentKind::Tensor, Access::Update, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 3}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"output3", ArgumentKind::Tensor, Access::Update, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 3}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input0", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input1", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input2", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input3", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input4", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input5", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input6", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input7", ArgumentKind::Tensor, Access::Read, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number0", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number1", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number2", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number3", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number4", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number5", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number6", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number7", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"expression", ArgumentKind::Expression, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns"}},
    {"mapElements",
     Cut::Elements,
     true,
     22,
     {{"output0", ArgumentKind::Tensor, Access::Update, false, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 3}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"output1", ArgumentKind::Tensor, Access::Update, true, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 3}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"output2", ArgumentKind::Tensor, Access::Update, true, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 3}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"output3", ArgumentKind::Tensor, Access::Update, true, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 3}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input0", ArgumentKind::Tensor, Access::Read, true, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input1", ArgumentKind::Tensor, Access::Read, true, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input2", ArgumentKind::Tensor, Access::Read, true, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input3", ArgumentKind::Tensor, Access::Read, true, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input4", ArgumentKind::Tensor, Access::Read, true, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input5", ArgumentKind::Tensor, Access::Read, true, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input6", ArgumentKind::Tensor, Access::Read, true, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"input7", ArgumentKind::Tensor, Access::Read, true, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 15}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, true, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number0", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number1", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number2", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number3", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number4", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number5", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number6", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"number7", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"expression", ArgumentKind::Expression, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"waits", ArgumentKind::Number, Access::Read, true, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"stored"}},
    {"reduceRows",
     Cut::Rows,
     false,
     3,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Given, 1, -1}, 3}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"kind", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, 2}},
     {"columns"}},
    {"reduceColumns",
     Cut::Tiles,
     false,
     3,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"kind", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, 1}},
     {"columns"}},
    {"random",
     Cut::Rows,
     false,
     5,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"seed", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"stream", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"step", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"kind", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, 1}},
     {"columns"}},
    {"dropout",
     Cut::Rows,
     true,
     7,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"chance", ArgumentKind::Tensor, Access::Write, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"rate", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"seed", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"stream", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"step", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns"}},
    {"dropoutBackward",
     Cut::Rows,
     true,
     4,
     {{"inputGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"outputGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"chance", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"rate", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns"}},
    {"copyColumns",
     Cut::Rows,
     false,
     5,
     {{"output", ArgumentKind::Tensor, Access::Update, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::Argument, 3, -1}, {Size::Argument, 4, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::Argument, 2, -1}, {Size::Argument, 4, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"from", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, INT32_MAX},
      {"to", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, INT32_MAX},
      {"count", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, INT32_MAX}},
     {"wide", "columns"}},
    {"embeddingForward",
     Cut::Rows,
     false,
     5,
     {{"output", ArgumentKind::Tensor, Access::Update, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::Argument, 4, -1}, {Size::Named, 2, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"table", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Named, 1, -1}, {Size::Named, 2, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 3, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::Argument, 3, -1}, {Size::Given, 1, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"column", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, INT32_MAX},
      {"to", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, INT32_MAX}},
     {"wide", "levels", "dimensions", "columns"}},
    {"embeddingBackward",
     Cut::Tiles,
     false,
     5,
     {{"tableGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"outputGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 2, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::Argument, 4, -1}, {Size::Named, 1, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 3, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::Argument, 3, -1}, {Size::Given, 1, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"column", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, INT32_MAX},
      {"from", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, INT32_MAX}},
     {"levels", "dimensions", "wide", "columns"}},
    {"squaredNorm",
     Cut::Whole,
     false,
     3,
     {{"sum", ArgumentKind::Tensor, Access::Update, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"first", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"stored"}},
    {"clear",
     Cut::Whole,
     false,
     1,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Stored, {Size::Named, 0, -1}, {Size::None, 0, -1}, 7}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"stored"}},
    {"blockSquares",
     Cut::Elements,
     false,
     3,
     {{"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"sums", ArgumentKind::Tensor, Access::Update, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"counts", ArgumentKind::Tensor, Access::Update, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 1, -1}, 4}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"length", "blocks"}},
    {"addBlockSquares",
     Cut::Whole,
     false,
     5,
     {{"sum", ArgumentKind::Tensor, Access::Update, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Given, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"sums", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 1, -1}, 2}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"counts", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 1, -1}, 4}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"first", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"length", "blocks"}},
    {"limitNorm",
     Cut::Tiles,
     false,
     2,
     {{"weight", ArgumentKind::Tensor, Access::Update, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Weight, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"limit", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"outputs", "inputs"}},
    {"groupedForward",
     Cut::Rows,
     false,
     5,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::Argument, 4, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::Argument, 4, -1}, {Size::Named, 2, -1}}, false, 0, 0},
      {"weight", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 2, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"bias", ArgumentKind::Tensor, Access::Read, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"groups", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 1, 2147483647}},
     {"outputs", "columns", "inputs"}},
    {"groupedBackwardInput",
     Cut::Rows,
     false,
     4,
     {{"inputGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::Argument, 3, -1}, {Size::Named, 2, -1}}, false, 0, 0},
      {"preActivationGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::Argument, 3, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weight", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Named, 1, -1}, {Size::Named, 2, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"groups", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 1, 2147483647}},
     {"columns", "outputs", "inputs"}},
    {"groupedBackwardWeight",
     Cut::Tiles,
     false,
     5,
     {{"weightGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"biasGradient", ArgumentKind::Tensor, Access::Write, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 2, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::Argument, 4, -1}, {Size::Named, 1, -1}}, false, 0, 0},
      {"preActivationGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::Argument, 4, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"groups", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 1, 2147483647}},
     {"outputs", "inputs", "columns"}},
    {"memberScale",
     Cut::Rows,
     false,
     4,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, 3}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, 3}, 1}, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"scale", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Argument, 3, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"members", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 1, INT32_MAX}},
     {"columns"}},
    {"memberScaleBackwardInput",
     Cut::Rows,
     false,
     4,
     {{"inputGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"outputGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, 3}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"scale", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Argument, 3, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"members", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 1, INT32_MAX}},
     {"columns"}},
    {"memberScaleBackwardScale",
     Cut::Tiles,
     false,
     4,
     {{"scaleGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Fixed, {Size::Argument, 3, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"outputGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, 3}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, 3}, 1}, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"members", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 1, INT32_MAX}},
     {"columns"}},
    {"memberMean",
     Cut::Rows,
     false,
     4,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, 2}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"members", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 1, INT32_MAX},
      {"of", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, 2}},
     {"columns"}},
    {"piecewiseLinear",
     Cut::Rows,
     false,
     3,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"bins", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Given, 5, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"encoded", "columns"}},
    {"piecewiseLinearBackward",
     Cut::Rows,
     false,
     4,
     {{"inputGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"outputGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"bins", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Given, 5, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns", "encoded"}},
    {"roundRows",
     Cut::Rows,
     false,
     2,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 16}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"columns"}},
    {"roundRowPairs",
     Cut::Tiles,
     false,
     3,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 16}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"lanes", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, 1}},
     {"columns"}},
    {"roundWeight",
     Cut::Tiles,
     false,
     2,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 16}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Transposed, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weight", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Tiles, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"outputs", "inputs"}},
    {"roundWeightTransposed",
     Cut::Tiles,
     false,
     2,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 16}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Transposed, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weight", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Named, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Tiles, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"inputs", "outputs"}},
    {"bfloat16Forward",
     Cut::Rows,
     false,
     6,
     {{"output", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"preActivation", ArgumentKind::Tensor, Access::Write, true, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"x", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 1, -1}, 16}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weight", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 16}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Transposed, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"bias", ArgumentKind::Tensor, Access::Read, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"activation", ArgumentKind::Number, Access::Read, false, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, true, 0, 4}},
     {"outputs", "inputs"}},
    {"bfloat16BackwardInput",
     Cut::Rows,
     false,
     3,
     {{"inputGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"preActivationGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 1, -1}, 16}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"weightTransposed", ArgumentKind::Tensor, Access::Read, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 16}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Transposed, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"inputs", "outputs"}},
    {"bfloat16BackwardWeight",
     Cut::Tiles,
     false,
     5,
     {{"weightGradient", ArgumentKind::Tensor, Access::Write, false, {Extent::Fixed, {Size::Named, 0, -1}, {Size::Named, 1, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Tiles, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"biasGradient", ArgumentKind::Tensor, Access::Write, true, {Extent::Fixed, {Size::Given, 1, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"xPairs", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 1, -1}, 16}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"gradientPairs", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 16}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0},
      {"preActivationGradient", ArgumentKind::Tensor, Access::Read, false, {Extent::Batch, {Size::None, 0, -1}, {Size::Named, 0, -1}, 1}, {Extent::None, {Size::None, 0, -1}, {Size::None, 0, -1}, 0}, -1, Layout::Rows, false, -1, -1, {{Size::None, 0, -1}, {Size::None, 0, -1}}, {{Size::None, 0, -1}, {Size::None, 0, -1}}, false, 0, 0}},
     {"outputs", "inputs"}},
};

}  // namespace deepblas
