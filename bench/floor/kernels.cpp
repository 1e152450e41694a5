#include "kernels.h"

#include <string>

#include "core/floating_point.h"
#include "rows.h"

namespace deepblas {
namespace floor {

namespace {

void dense(Table& measure) {
  const KernelSet& set = activeKernels();
  struct Shape {
    int64_t batch, inputs, outputs;
  };
  const Shape shapes[] = {{64, 784, 128}, {64, 128, 64},   {64, 64, 10},    {32, 104, 64},
                          {256, 784, 800}, {256, 800, 10}, {209, 12288, 20}, {512, 1024, 4096},
                          {400, 2, 4},    {400, 4, 1}};
  const double relu = static_cast<double>(Activation::Relu);
  for (const Shape& s : shapes) {
    const int64_t panel = set.weightPanel(s.inputs, s.outputs);
    namespace a = at::denseForward;
    measure(Row(KernelId::DenseForward, sizes({s.batch, s.inputs, s.outputs}) + " relu", s.batch)
                .floats(a::output, s.batch, s.outputs, 0)
                .floats(a::x, s.batch, s.inputs)
                .panels(a::weight, s.outputs, s.inputs, panel)
                .floats(a::bias, 1, s.outputs)
                .number(a::activation, relu)
                .flop(product(s.batch, s.inputs, s.outputs)));
  }
  for (const Shape& s : {Shape{1, 784, 128}, Shape{1, 104, 64}}) {
    namespace a = at::denseForward;
    measure(Row(KernelId::DenseForward, sizes({s.batch, s.inputs, s.outputs}) + " relu", s.batch)
                .floats(a::output, s.batch, s.outputs, 0)
                .floats(a::x, s.batch, s.inputs)
                .panels(a::weight, s.outputs, s.inputs, set.weightPanel(s.inputs, s.outputs))
                .floats(a::bias, 1, s.outputs)
                .number(a::activation, relu)
                .flop(product(s.batch, s.inputs, s.outputs)));
  }
  for (const Shape& s : shapes) {
    namespace a = at::denseBackwardWeight;
    const int64_t panel = set.weightPanel(s.inputs, s.outputs);
    measure(Row(KernelId::DenseBackwardWeight, sizes({s.outputs, s.inputs}) + " batch " + std::to_string(s.batch), s.batch)
                .panels(a::weightGradient, s.outputs, s.inputs, panel, 0)
                .floats(a::biasGradient, 1, s.outputs, 0)
                .floats(a::x, s.batch, s.inputs)
                .floats(a::preActivationGradient, s.batch, s.outputs)
                .flop(product(s.batch, s.inputs, s.outputs)));
  }
  // Bytes, which these kernels convert as they multiply where the weight is kept row by row.
  for (const Shape& s : {Shape{209, 12288, 20}, Shape{256, 784, 10}}) {
    if (set.weightPanel(s.inputs, s.outputs) != 1) continue;
    {
      namespace a = at::denseForward;
      measure(Row(KernelId::DenseForward, sizes({s.batch, s.inputs, s.outputs}) + " relu, uint8", s.batch)
                  .floats(a::output, s.batch, s.outputs, 0)
                  .bytes(a::x, s.batch, s.inputs)
                  .panels(a::weight, s.outputs, s.inputs, 1)
                  .floats(a::bias, 1, s.outputs)
                  .number(a::activation, relu)
                  .flop(product(s.batch, s.inputs, s.outputs)));
    }
    namespace a = at::denseBackwardWeight;
    measure(Row(KernelId::DenseBackwardWeight,
                sizes({s.outputs, s.inputs}) + " batch " + std::to_string(s.batch) + ", uint8", s.batch)
                .panels(a::weightGradient, s.outputs, s.inputs, 1, 0)
                .floats(a::biasGradient, 1, s.outputs, 0)
                .bytes(a::x, s.batch, s.inputs)
                .floats(a::preActivationGradient, s.batch, s.outputs)
                .flop(product(s.batch, s.inputs, s.outputs)));
  }
  for (const Shape& s : {Shape{64, 128, 64}, Shape{64, 64, 10}, Shape{256, 800, 800}, Shape{512, 4096, 1000},
                         Shape{400, 4, 1}}) {
    namespace a = at::denseBackwardInput;
    const int64_t panel = set.weightPanel(s.inputs, s.outputs);
    Row row(KernelId::DenseBackwardInput, sizes({s.batch, s.outputs, s.inputs}), s.batch);
    row.floats(a::inputGradient, s.batch, s.inputs, 0)
        .floats(a::preActivationGradient, s.batch, s.outputs)
        .panels(a::weight, s.outputs, s.inputs, panel)
        .flop(product(s.batch, s.inputs, s.outputs));
    if (set.turnsWeight(s.inputs, s.outputs)) row.panels(a::weightTransposed, s.inputs, s.outputs, set.registerPanel(s.inputs));
    measure(row);
  }
  for (const Shape& s : {Shape{0, 128, 64}, Shape{0, 784, 128}}) {
    namespace a = at::transposeWeight;
    measure(Row(KernelId::TransposeWeight, sizes({s.outputs, s.inputs}), 1)
                .panels(a::output, s.inputs, s.outputs, set.registerPanel(s.inputs), 0)
                .panels(a::weight, s.outputs, s.inputs, set.weightPanel(s.inputs, s.outputs)));
  }
}

// Columns embedded one by one (1 input), the linear step behind them, and heads of 16 networks.
void groups(Table& measure) {
  struct Shape {
    int64_t batch, groups, inputs, outputs;
  };
  for (const Shape& s : {Shape{256, 14, 1, 16}, Shape{256, 14, 16, 3}, Shape{256, 16, 256, 1}}) {
    const std::string shape = std::to_string(s.groups) + " groups of " + sizes({s.inputs, s.outputs}) + ", batch " +
                              std::to_string(s.batch);
    const int64_t inputs = s.groups * s.inputs, outputs = s.groups * s.outputs;
    const double operations = product(s.batch, inputs, s.outputs), count = static_cast<double>(s.groups);
    {
      namespace a = at::groupedForward;
      measure(Row(KernelId::GroupedForward, shape, s.batch)
                  .floats(a::output, s.batch, outputs, 0)
                  .floats(a::x, s.batch, inputs)
                  .floats(a::weight, outputs, s.inputs)
                  .floats(a::bias, 1, outputs)
                  .number(a::groups, count)
                  .flop(operations));
    }
    {
      namespace a = at::groupedBackwardInput;
      measure(Row(KernelId::GroupedBackwardInput, shape, s.batch)
                  .floats(a::inputGradient, s.batch, inputs, 0)
                  .floats(a::preActivationGradient, s.batch, outputs)
                  .floats(a::weight, outputs, s.inputs)
                  .number(a::groups, count)
                  .flop(operations));
    }
    namespace a = at::groupedBackwardWeight;
    measure(Row(KernelId::GroupedBackwardWeight, shape, s.batch)
                .floats(a::weightGradient, outputs, s.inputs, 0)
                .floats(a::biasGradient, 1, outputs, 0)
                .floats(a::x, s.batch, inputs)
                .floats(a::preActivationGradient, s.batch, outputs)
                .number(a::groups, count)
                .flop(operations));
  }
  {
    namespace a = at::piecewiseLinear;
    measure(Row(KernelId::PiecewiseLinear, "256 rows, 672 bins of 14 columns", 256)
                .floats(a::output, 256, 672, 0)
                .floats(a::x, 256, 14)
                .floats(a::bins, 5, 672));
  }
  namespace a = at::piecewiseLinearBackward;
  measure(Row(KernelId::PiecewiseLinearBackward, "256 rows, 672 bins of 14 columns", 256)
              .floats(a::inputGradient, 256, 14, 0)
              .floats(a::outputGradient, 256, 672)
              .floats(a::x, 256, 14)
              .floats(a::bins, 5, 672));
}

// 16 members of TabM, of 256 columns each: scales of the rows they share and of their own, and the mean of their outputs.
void members(Table& measure) {
  const int64_t batch = 256, count = 16, columns = 256;
  const std::string shape = "256 rows, 16 members of 256";
  for (const bool shared : {true, false}) {
    const std::string rows = shape + (shared ? ", shared" : "");
    const int64_t given = shared ? columns : count * columns;
    {
      namespace a = at::memberScale;
      measure(Row(KernelId::MemberScale, rows, batch)
                  .floats(a::output, batch, count * columns, 0)
                  .floats(a::x, batch, given)
                  .floats(a::scale, count, columns)
                  .number(a::members, count));
    }
    namespace a = at::memberScaleBackwardScale;
    measure(Row(KernelId::MemberScaleBackwardScale, rows, batch)
                .floats(a::scaleGradient, count, columns, 0)
                .floats(a::outputGradient, batch, count * columns)
                .floats(a::x, batch, given)
                .number(a::members, count));
  }
  {
    namespace a = at::memberScaleBackwardInput;
    measure(Row(KernelId::MemberScaleBackwardInput, shape + ", shared", batch)
                .floats(a::inputGradient, batch, columns, 0)
                .floats(a::outputGradient, batch, count * columns)
                .floats(a::scale, count, columns)
                .number(a::members, count));
  }
  namespace a = at::memberMean;
  for (const MemberMean of : {MemberMean::Values, MemberMean::Sigmoid, MemberMean::Softmax})
    measure(Row(KernelId::MemberMean, "256 rows, 16 members of 10, " + std::string(of == MemberMean::Values    ? "values"
                                                                                   : of == MemberMean::Sigmoid ? "sigmoid"
                                                                                                               : "softmax"),
                batch)
                .floats(a::output, batch, 10, 0)
                .floats(a::x, batch, count * 10)
                .number(a::members, count)
                .number(a::of, static_cast<double>(of)));
}

void gathers(Table& measure) {
  namespace a = at::gather;
  const int64_t all = 60000, batch = 4096, columns = 784;
  const double rows = batch * columns;
  measure(Row(KernelId::Gather, "4096 of 60000x784 float32, shuffled", batch)
              .floats(a::output, batch, columns, 0)
              .floats(a::source, all, columns)
              .order(a::order, batch, all)
              .moved(rows * 8));
  measure(Row(KernelId::Gather, "4096 of 60000x784 uint8, shuffled", batch)
              .floats(a::output, batch, columns, 0)
              .bytes(a::source, all, columns)
              .order(a::order, batch, all)
              .moved(rows * 5));
}

void activations(Table& measure) {
  struct Named {
    const char* name;
    Activation activation;
    bool fromOutput;
  };
  const Named all[] = {{"sigmoid", Activation::Sigmoid, true},
                       {"tanh", Activation::Tanh, true},
                       {"relu", Activation::Relu, true},
                       {"gelu", Activation::Gelu, false}};
  const int64_t rows = 64, columns = 512;
  for (const Named& one : all) {
    namespace a = at::activationForward;
    measure(Row(KernelId::ActivationForward, std::string("64x512 ") + one.name, rows)
                .floats(a::output, rows, columns, 0)
                .floats(a::x, rows, columns, 4)
                .number(a::activation, static_cast<double>(one.activation)));
  }
  for (const Named& one : all) {
    namespace a = at::activationBackward;
    Row row(KernelId::ActivationBackward, std::string("64x512 ") + one.name, rows);
    row.floats(a::inputGradient, rows, columns, 0)
        .floats(a::outputGradient, rows, columns)
        .number(a::activation, static_cast<double>(one.activation));
    one.fromOutput ? row.shares(a::output, rows, columns) : row.floats(a::preActivation, rows, columns, 4);
    measure(row);
  }
  for (int64_t classes : {10, 1000}) {
    {
      namespace a = at::softmaxForward;
      measure(Row(KernelId::SoftmaxForward, sizes({rows, classes}), rows)
                  .floats(a::output, rows, classes, 0)
                  .floats(a::x, rows, classes, 4));
    }
    namespace a = at::softmaxBackward;
    measure(Row(KernelId::SoftmaxBackward, sizes({rows, classes}), rows)
                .floats(a::inputGradient, rows, classes, 0)
                .floats(a::outputGradient, rows, classes)
                .shares(a::output, rows, classes));
  }
}

// A function of x by itself; x * sigmoid(x); an update by momentum: v = m v + g, p -= r v.
Expression one(Operation operation) {
  Expression rule = {};
  rule.count = 3;
  rule.instructions[0] = {Operation::Input, 0, 0, 0, 0};
  rule.instructions[1] = {operation, 0, 0, 0, 0};
  rule.instructions[2] = {Operation::Store, 1, 0, 0, 0};
  return rule;
}

Expression silu() {
  Expression rule = {};
  rule.count = 4;
  rule.instructions[0] = {Operation::Input, 0, 0, 0, 0};
  rule.instructions[1] = {Operation::Sigmoid, 0, 0, 0, 0};
  rule.instructions[2] = {Operation::Multiply, 0, 1, 0, 0};
  rule.instructions[3] = {Operation::Store, 2, 0, 0, 0};
  return rule;
}

Expression momentum() {
  Expression rule = {};
  const Instruction all[] = {{Operation::Input, 0, 0, 0, 0},    {Operation::Input, 1, 0, 0, 0},
                             {Operation::Input, 2, 0, 0, 0},    {Operation::Number, 0, 0, 0, 0},
                             {Operation::Number, 1, 0, 0, 0},   {Operation::Multiply, 3, 2, 0, 0},
                             {Operation::Add, 5, 1, 0, 0},      {Operation::Multiply, 4, 6, 0, 0},
                             {Operation::Subtract, 0, 7, 0, 0}, {Operation::Store, 8, 0, 0, 0},
                             {Operation::Store, 6, 1, 0, 0}};
  for (const Instruction& one : all) rule.instructions[rule.count++] = one;
  return rule;
}

void rules(Table& measure) {
  measure(Row(KernelId::MapRows, "64x512 x * sigmoid(x)", 64)
              .floats(at::mapRows::output0, 64, 512, 0)
              .floats(at::mapRows::input0, 64, 512, 4)
              .rule(silu()));
  measure(Row(KernelId::MapRows, "64x512 cos(x)", 64)
              .floats(at::mapRows::output0, 64, 512, 0)
              .floats(at::mapRows::input0, 64, 512, 4)
              .rule(one(Operation::Cosine)));
  const int64_t count = 110000;
  measure(Row(KernelId::MapElements, "110,000 momentum", 1)
              .floats(at::mapElements::output0, 1, count)
              .floats(at::mapElements::output1, 1, count)
              .floats(at::mapElements::input0, 1, count)
              .floats(at::mapElements::input1, 1, count)
              .floats(at::mapElements::input2, 1, count)
              .number(at::mapElements::number0, 0.9)
              .number(at::mapElements::number1, 0.01)
              .moved(20.0 * count)
              .rule(momentum()));
  measure(Row(KernelId::ReduceRows, "64x512 mean", 64)
              .floats(at::reduceRows::output, 64, 1, 0)
              .floats(at::reduceRows::x, 64, 512)
              .number(at::reduceRows::kind, 1));
  measure(Row(KernelId::ReduceColumns, "64x512 mean", 64)
              .floats(at::reduceColumns::output, 1, 512, 0)
              .floats(at::reduceColumns::x, 64, 512)
              .number(at::reduceColumns::kind, 1));
  for (int kind : {0, 1})
    measure(Row(KernelId::Random, kind == 0 ? "64x512 uniform" : "64x512 normal", 64)
                .floats(at::random::output, 64, 512, 0)
                .number(at::random::seed, 7)
                .number(at::random::kind, kind));
  measure(Row(KernelId::Dropout, "64x512", 64)
              .floats(at::dropout::output, 64, 512, 0)
              .floats(at::dropout::x, 64, 512)
              .floats(at::dropout::chance, 64, 512, 0)
              .number(at::dropout::rate, 0.5)
              .number(at::dropout::seed, 7));
  measure(Row(KernelId::DropoutBackward, "64x512", 64)
              .floats(at::dropoutBackward::inputGradient, 64, 512, 0)
              .floats(at::dropoutBackward::outputGradient, 64, 512)
              .floats(at::dropoutBackward::chance, 64, 512, 1)
              .number(at::dropoutBackward::rate, 0.5));
  measure(Row(KernelId::CopyColumns, "512 rows, 64 of 128 columns", 512)
              .floats(at::copyColumns::output, 512, 128, 0)
              .floats(at::copyColumns::x, 512, 64)
              .number(at::copyColumns::count, 64)
              .moved(512 * 64 * 8.0));
  measure(Row(KernelId::EmbeddingForward, "512 rows of 1000x16", 512)
              .floats(at::embeddingForward::output, 512, 16, 0)
              .floats(at::embeddingForward::table, 1000, 16)
              .floats(at::embeddingForward::x, 512, 1, 999)
              .moved(512 * 16 * 8.0));
  measure(Row(KernelId::EmbeddingBackward, "512 rows of 1000x16", 512)
              .floats(at::embeddingBackward::tableGradient, 1000, 16, 0)
              .floats(at::embeddingBackward::outputGradient, 512, 16)
              .floats(at::embeddingBackward::x, 512, 1, 999));
  measure(Row(KernelId::SquaredNorm, "110,000", 1)
              .sums(at::squaredNorm::sum, 1)
              .floats(at::squaredNorm::x, 1, count));
  measure(Row(KernelId::Clear, "110,000", 1).floats(at::clear::output, 1, count));
  const int64_t blocks = (count + 1023) / 1024;
  measure(Row(KernelId::BlockSquares, "110,000", 1)
              .floats(at::blockSquares::x, 1, count)
              .blocks(at::blockSquares::sums, at::blockSquares::counts, blocks));
  measure(Row(KernelId::AddBlockSquares, "110,000, nothing summed before", 1)
              .sums(at::addBlockSquares::sum, 1)
              .floats(at::addBlockSquares::x, 1, count)
              .blocks(at::addBlockSquares::sums, at::addBlockSquares::counts, blocks));
  measure(Row(KernelId::LimitNorm, "128x784", 1)
              .panels(at::limitNorm::weight, 128, 784, activeKernels().weightPanel(784, 128))
              .number(at::limitNorm::limit, 1e9));
}

void losses(Table& measure) {
  for (int64_t classes : {10, 1000}) {
    namespace a = at::softmaxCrossEntropy;
    measure(Row(KernelId::SoftmaxCrossEntropy, sizes({64, classes}) + " with gradient", 64)
                .sums(a::rowLoss, 64)
                .floats(a::gradient, 64, classes, 0)
                .floats(a::logits, 64, classes, 4)
                .classes(a::target, 64, classes));
  }
  for (int64_t rows : {32, 400}) {
    namespace a = at::sigmoidBinaryCrossEntropy;
    measure(Row(KernelId::SigmoidBinaryCrossEntropy, sizes({rows, 1}) + " with gradient", rows)
                .sums(a::rowLoss, rows)
                .floats(a::gradient, rows, 1, 0)
                .floats(a::logits, rows, 1, 4)
                .shares(a::target, rows, 1));
  }
  {
    namespace a = at::meanSquaredError;
    measure(Row(KernelId::MeanSquaredError, "64x512 with gradient", 64)
                .sums(a::rowLoss, 64)
                .floats(a::gradient, 64, 512, 0)
                .floats(a::prediction, 64, 512)
                .floats(a::target, 64, 512));
  }
  {
    namespace a = at::weightSum;
    measure(Row(KernelId::WeightSum, "512", 512).sums(a::sum, 1).shares(a::sampleWeights, 512, 1));
  }
  {
    namespace a = at::accuracy;
    measure(Row(KernelId::Accuracy, "64x10", 64)
                .sums(a::rowValue, 64)
                .shares(a::output, 64, 10)
                .classes(a::target, 64, 10));
  }
  {
    namespace a = at::accumulate;
    measure(Row(KernelId::Accumulate, "512", 512).sums(a::accumulator, 2).sums(a::rowValue, 512));
  }
}

void updates(Table& measure) {
  const int64_t panel = activeKernels().weightPanel(784, 128);
  {
    namespace a = at::penalty;
    measure(Row(KernelId::Penalty, "128x784", 64)
                .sums(a::accumulator, 2)
                .panels(a::weight, 128, 784, panel)
                .number(a::l2, 1e-4));
  }
  {
    namespace a = at::penaltyGradient;
    measure(Row(KernelId::PenaltyGradient, "128x784", 64)
                .panels(a::weightGradient, 128, 784, panel)
                .panels(a::weight, 128, 784, panel)
                .number(a::l2, 1e-4));
  }
  for (int64_t count : {int64_t{16384}, int64_t{1} << 24}) {
    const std::string shape = std::to_string(count) + " parameters";
    {
      namespace a = at::sgd;
      measure(Row(KernelId::Sgd, shape, 1)
                  .floats(a::parameter, 1, count)
                  .floats(a::gradient, 1, count, 0.01)
                  .number(a::learningRate, 1e-9));
    }
    namespace a = at::adam;
    measure(Row(KernelId::Adam, shape, 1)
                .floats(a::parameter, 1, count)
                .floats(a::gradient, 1, count, 0.01)
                .floats(a::firstMoment, 1, count, 0)
                .floats(a::secondMoment, 1, count, 0)
                .number(a::stepSize, 1e-9)
                .number(a::inverseRootCorrection, 1)
                .number(a::weightShrink, 1)
                .number(a::beta1, 0.9)
                .number(a::beta2, 0.999)
                .number(a::epsilon, 1e-8));
  }
}

}  // namespace

void measureKernels(double secondsPerRow) {
  const FlushDenormals guard;
  Table table(secondsPerRow);
  dense(table);
  measureBfloat16(table);
  groups(table);
  members(table);
  gathers(table);
  activations(table);
  losses(table);
  rules(table);
  updates(table);
  table.reportUnseen();
}

}  // namespace floor
}  // namespace deepblas
