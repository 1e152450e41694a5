// Made from native/kernels/kernels.json by scripts/generate-kernels.mjs: change the table, not this file.
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
  CopyColumns = 24,
  EmbeddingForward = 25,
  EmbeddingBackward = 26,
  SquaredNorm = 27,
  LimitNorm = 28,
};
constexpr int kKernelCount = 29;

// Positions of a kernel's arguments in Call::views and Call::numbers.
namespace at {
namespace gather {
enum : int { output, source, order };
}
namespace denseForward {
enum : int { output, preActivation, x, weight, bias, activation };
}
namespace transposeWeight {
enum : int { output, weight };
}
namespace denseBackwardInput {
enum : int { inputGradient, preActivationGradient, weight, weightTransposed };
}
namespace denseBackwardWeight {
enum : int { weightGradient, biasGradient, x, preActivationGradient };
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
enum : int { parameter, gradient, velocity, learningRate, momentum, nesterov, weightDecay };
}
namespace adam {
enum : int { parameter, gradient, firstMoment, secondMoment, stepSize, inverseRootCorrection, weightShrink, beta1, beta2, epsilon, weightDecay };
}
namespace mapRows {
enum : int { output0, output1, output2, output3, input0, input1, input2, input3, input4, input5, input6, input7, number0, number1, number2, number3, number4, number5, number6, number7, expression };
}
namespace mapElements {
enum : int { output0, output1, output2, output3, input0, input1, input2, input3, input4, input5, input6, input7, number0, number1, number2, number3, number4, number5, number6, number7, expression };
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
namespace limitNorm {
enum : int { weight, limit };
}
}  // namespace at

constexpr KernelInfo kKernelInfo[kKernelCount] = {
    {"gather",
     Cut::Rows,
     3,
     {{"output", ArgumentKind::Tensor, Access::Write, false},
      {"source", ArgumentKind::Tensor, Access::Read, false},
      {"order", ArgumentKind::Tensor, Access::Read, true}}},
    {"denseForward",
     Cut::Rows,
     6,
     {{"output", ArgumentKind::Tensor, Access::Write, false},
      {"preActivation", ArgumentKind::Tensor, Access::Write, true},
      {"x", ArgumentKind::Tensor, Access::Read, false},
      {"weight", ArgumentKind::Tensor, Access::Read, false},
      {"bias", ArgumentKind::Tensor, Access::Read, true},
      {"activation", ArgumentKind::Number, Access::Read, false}}},
    {"transposeWeight",
     Cut::Tiles,
     2,
     {{"output", ArgumentKind::Tensor, Access::Write, false},
      {"weight", ArgumentKind::Tensor, Access::Read, false}}},
    {"denseBackwardInput",
     Cut::Rows,
     4,
     {{"inputGradient", ArgumentKind::Tensor, Access::Write, false},
      {"preActivationGradient", ArgumentKind::Tensor, Access::Read, false},
      {"weight", ArgumentKind::Tensor, Access::Read, false},
      {"weightTransposed", ArgumentKind::Tensor, Access::Read, true}}},
    {"denseBackwardWeight",
     Cut::Tiles,
     4,
     {{"weightGradient", ArgumentKind::Tensor, Access::Write, false},
      {"biasGradient", ArgumentKind::Tensor, Access::Write, true},
      {"x", ArgumentKind::Tensor, Access::Read, false},
      {"preActivationGradient", ArgumentKind::Tensor, Access::Read, false}}},
    {"activationForward",
     Cut::Rows,
     3,
     {{"output", ArgumentKind::Tensor, Access::Write, false},
      {"x", ArgumentKind::Tensor, Access::Read, false},
      {"activation", ArgumentKind::Number, Access::Read, false}}},
    {"activationBackward",
     Cut::Rows,
     5,
     {{"inputGradient", ArgumentKind::Tensor, Access::Write, false},
      {"outputGradient", ArgumentKind::Tensor, Access::Read, false},
      {"output", ArgumentKind::Tensor, Access::Read, true},
      {"preActivation", ArgumentKind::Tensor, Access::Read, true},
      {"activation", ArgumentKind::Number, Access::Read, false}}},
    {"softmaxForward",
     Cut::Rows,
     2,
     {{"output", ArgumentKind::Tensor, Access::Write, false},
      {"x", ArgumentKind::Tensor, Access::Read, false}}},
    {"softmaxBackward",
     Cut::Rows,
     3,
     {{"inputGradient", ArgumentKind::Tensor, Access::Write, false},
      {"outputGradient", ArgumentKind::Tensor, Access::Read, false},
      {"output", ArgumentKind::Tensor, Access::Read, false}}},
    {"weightSum",
     Cut::Whole,
     2,
     {{"sum", ArgumentKind::Tensor, Access::Write, false},
      {"sampleWeights", ArgumentKind::Tensor, Access::Read, false}}},
    {"softmaxCrossEntropy",
     Cut::Rows,
     7,
     {{"rowLoss", ArgumentKind::Tensor, Access::Write, false},
      {"gradient", ArgumentKind::Tensor, Access::Write, true},
      {"output", ArgumentKind::Tensor, Access::Write, true},
      {"logits", ArgumentKind::Tensor, Access::Read, false},
      {"target", ArgumentKind::Tensor, Access::Read, false},
      {"sampleWeights", ArgumentKind::Tensor, Access::Read, true},
      {"weightSum", ArgumentKind::Tensor, Access::Read, true}}},
    {"sigmoidBinaryCrossEntropy",
     Cut::Rows,
     7,
     {{"rowLoss", ArgumentKind::Tensor, Access::Write, false},
      {"gradient", ArgumentKind::Tensor, Access::Write, true},
      {"output", ArgumentKind::Tensor, Access::Write, true},
      {"logits", ArgumentKind::Tensor, Access::Read, false},
      {"target", ArgumentKind::Tensor, Access::Read, false},
      {"sampleWeights", ArgumentKind::Tensor, Access::Read, true},
      {"weightSum", ArgumentKind::Tensor, Access::Read, true}}},
    {"meanSquaredError",
     Cut::Rows,
     6,
     {{"rowLoss", ArgumentKind::Tensor, Access::Write, false},
      {"gradient", ArgumentKind::Tensor, Access::Write, true},
      {"prediction", ArgumentKind::Tensor, Access::Read, false},
      {"target", ArgumentKind::Tensor, Access::Read, false},
      {"sampleWeights", ArgumentKind::Tensor, Access::Read, true},
      {"weightSum", ArgumentKind::Tensor, Access::Read, true}}},
    {"accuracy",
     Cut::Rows,
     5,
     {{"rowValue", ArgumentKind::Tensor, Access::Write, false},
      {"output", ArgumentKind::Tensor, Access::Read, false},
      {"target", ArgumentKind::Tensor, Access::Read, false},
      {"binary", ArgumentKind::Number, Access::Read, false},
      {"threshold", ArgumentKind::Number, Access::Read, false}}},
    {"accumulate",
     Cut::Whole,
     4,
     {{"accumulator", ArgumentKind::Tensor, Access::Update, false},
      {"rowValue", ArgumentKind::Tensor, Access::Read, false},
      {"sampleWeights", ArgumentKind::Tensor, Access::Read, true},
      {"gate", ArgumentKind::Number, Access::Read, false}}},
    {"penalty",
     Cut::Whole,
     6,
     {{"accumulator", ArgumentKind::Tensor, Access::Update, false},
      {"weight", ArgumentKind::Tensor, Access::Read, false},
      {"weightSum", ArgumentKind::Tensor, Access::Read, true},
      {"l1", ArgumentKind::Number, Access::Read, false},
      {"l2", ArgumentKind::Number, Access::Read, false},
      {"perRow", ArgumentKind::Number, Access::Read, false}}},
    {"penaltyGradient",
     Cut::Elements,
     5,
     {{"weightGradient", ArgumentKind::Tensor, Access::Update, false},
      {"weight", ArgumentKind::Tensor, Access::Read, false},
      {"l1", ArgumentKind::Number, Access::Read, false},
      {"l2", ArgumentKind::Number, Access::Read, false},
      {"perRow", ArgumentKind::Number, Access::Read, false}}},
    {"sgd",
     Cut::Elements,
     7,
     {{"parameter", ArgumentKind::Tensor, Access::Update, false},
      {"gradient", ArgumentKind::Tensor, Access::Read, false},
      {"velocity", ArgumentKind::Tensor, Access::Update, true},
      {"learningRate", ArgumentKind::Number, Access::Read, false},
      {"momentum", ArgumentKind::Number, Access::Read, false},
      {"nesterov", ArgumentKind::Number, Access::Read, false},
      {"weightDecay", ArgumentKind::Number, Access::Read, false}}},
    {"adam",
     Cut::Elements,
     11,
     {{"parameter", ArgumentKind::Tensor, Access::Update, false},
      {"gradient", ArgumentKind::Tensor, Access::Read, false},
      {"firstMoment", ArgumentKind::Tensor, Access::Update, false},
      {"secondMoment", ArgumentKind::Tensor, Access::Update, false},
      {"stepSize", ArgumentKind::Number, Access::Read, false},
      {"inverseRootCorrection", ArgumentKind::Number, Access::Read, false},
      {"weightShrink", ArgumentKind::Number, Access::Read, false},
      {"beta1", ArgumentKind::Number, Access::Read, false},
      {"beta2", ArgumentKind::Number, Access::Read, false},
      {"epsilon", ArgumentKind::Number, Access::Read, false},
      {"weightDecay", ArgumentKind::Number, Access::Read, false}}},
    {"mapRows",
     Cut::Rows,
     21,
     {{"output0", ArgumentKind::Tensor, Access::Update, false},
      {"output1", ArgumentKind::Tensor, Access::Update, true},
      {"output2", ArgumentKind::Tensor, Access::Update, true},
      {"output3", ArgumentKind::Tensor, Access::Update, true},
      {"input0", ArgumentKind::Tensor, Access::Read, true},
      {"input1", ArgumentKind::Tensor, Access::Read, true},
      {"input2", ArgumentKind::Tensor, Access::Read, true},
      {"input3", ArgumentKind::Tensor, Access::Read, true},
      {"input4", ArgumentKind::Tensor, Access::Read, true},
      {"input5", ArgumentKind::Tensor, Access::Read, true},
      {"input6", ArgumentKind::Tensor, Access::Read, true},
      {"input7", ArgumentKind::Tensor, Access::Read, true},
      {"number0", ArgumentKind::Number, Access::Read, true},
      {"number1", ArgumentKind::Number, Access::Read, true},
      {"number2", ArgumentKind::Number, Access::Read, true},
      {"number3", ArgumentKind::Number, Access::Read, true},
      {"number4", ArgumentKind::Number, Access::Read, true},
      {"number5", ArgumentKind::Number, Access::Read, true},
      {"number6", ArgumentKind::Number, Access::Read, true},
      {"number7", ArgumentKind::Number, Access::Read, true},
      {"expression", ArgumentKind::Expression, Access::Read, false}}},
    {"mapElements",
     Cut::Elements,
     21,
     {{"output0", ArgumentKind::Tensor, Access::Update, false},
      {"output1", ArgumentKind::Tensor, Access::Update, true},
      {"output2", ArgumentKind::Tensor, Access::Update, true},
      {"output3", ArgumentKind::Tensor, Access::Update, true},
      {"input0", ArgumentKind::Tensor, Access::Read, true},
      {"input1", ArgumentKind::Tensor, Access::Read, true},
      {"input2", ArgumentKind::Tensor, Access::Read, true},
      {"input3", ArgumentKind::Tensor, Access::Read, true},
      {"input4", ArgumentKind::Tensor, Access::Read, true},
      {"input5", ArgumentKind::Tensor, Access::Read, true},
      {"input6", ArgumentKind::Tensor, Access::Read, true},
      {"input7", ArgumentKind::Tensor, Access::Read, true},
      {"number0", ArgumentKind::Number, Access::Read, true},
      {"number1", ArgumentKind::Number, Access::Read, true},
      {"number2", ArgumentKind::Number, Access::Read, true},
      {"number3", ArgumentKind::Number, Access::Read, true},
      {"number4", ArgumentKind::Number, Access::Read, true},
      {"number5", ArgumentKind::Number, Access::Read, true},
      {"number6", ArgumentKind::Number, Access::Read, true},
      {"number7", ArgumentKind::Number, Access::Read, true},
      {"expression", ArgumentKind::Expression, Access::Read, false}}},
    {"reduceRows",
     Cut::Rows,
     3,
     {{"output", ArgumentKind::Tensor, Access::Write, false},
      {"x", ArgumentKind::Tensor, Access::Read, false},
      {"kind", ArgumentKind::Number, Access::Read, false}}},
    {"reduceColumns",
     Cut::Tiles,
     3,
     {{"output", ArgumentKind::Tensor, Access::Write, false},
      {"x", ArgumentKind::Tensor, Access::Read, false},
      {"kind", ArgumentKind::Number, Access::Read, false}}},
    {"random",
     Cut::Rows,
     5,
     {{"output", ArgumentKind::Tensor, Access::Write, false},
      {"seed", ArgumentKind::Number, Access::Read, false},
      {"stream", ArgumentKind::Number, Access::Read, false},
      {"step", ArgumentKind::Number, Access::Read, false},
      {"kind", ArgumentKind::Number, Access::Read, false}}},
    {"copyColumns",
     Cut::Rows,
     5,
     {{"output", ArgumentKind::Tensor, Access::Update, false},
      {"x", ArgumentKind::Tensor, Access::Read, false},
      {"from", ArgumentKind::Number, Access::Read, false},
      {"to", ArgumentKind::Number, Access::Read, false},
      {"count", ArgumentKind::Number, Access::Read, false}}},
    {"embeddingForward",
     Cut::Rows,
     5,
     {{"output", ArgumentKind::Tensor, Access::Update, false},
      {"table", ArgumentKind::Tensor, Access::Read, false},
      {"x", ArgumentKind::Tensor, Access::Read, false},
      {"column", ArgumentKind::Number, Access::Read, false},
      {"to", ArgumentKind::Number, Access::Read, false}}},
    {"embeddingBackward",
     Cut::Tiles,
     5,
     {{"tableGradient", ArgumentKind::Tensor, Access::Write, false},
      {"outputGradient", ArgumentKind::Tensor, Access::Read, false},
      {"x", ArgumentKind::Tensor, Access::Read, false},
      {"column", ArgumentKind::Number, Access::Read, false},
      {"from", ArgumentKind::Number, Access::Read, false}}},
    {"squaredNorm",
     Cut::Whole,
     3,
     {{"sum", ArgumentKind::Tensor, Access::Update, false},
      {"x", ArgumentKind::Tensor, Access::Read, false},
      {"first", ArgumentKind::Number, Access::Read, false}}},
    {"limitNorm",
     Cut::Tiles,
     2,
     {{"weight", ArgumentKind::Tensor, Access::Update, false},
      {"limit", ArgumentKind::Number, Access::Read, false}}},
};

}  // namespace deepblas
