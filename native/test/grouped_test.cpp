// Products by groups of columns against their references. The bounds are those of dense layers.
#include <cmath>

#include "kernel_run.h"
#include "product_bounds.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;
using reference::Vector;

struct Shape {
  int64_t rows, groups, inputs, outputs;
};

// Columns embedded one by one, the step behind them, heads of several networks, and primes around vectors, panels, the
// depth that is turned at a time (64), the row block (96), the batch block (128), and the depth block (512).
const Shape kShapes[] = {
    {1, 1, 1, 1},   {3, 1, 5, 7},    {256, 14, 1, 16}, {100, 5, 1, 17}, {97, 3, 1, 67},   {131, 2, 1, 3},   {256, 14, 16, 3},
    {95, 5, 17, 1}, {96, 4, 32, 24}, {13, 16, 256, 1}, {130, 3, 7, 13}, {37, 2, 65, 70},  {7, 3, 129, 2},   {5, 2, 530, 5},
    {9, 2, 3, 601}, {2, 40, 2, 2},   {65, 3, 48, 16},  {300, 7, 4, 4},  {11, 2, 1000, 3}, {40, 2, 128, 128}};

template <typename Check>
void forShapes(Check check) {
  for (const KernelSet* set : testedSets()) {
    int64_t index = 0;
    for (const Shape& shape : kShapes) {
      CONTEXT(set->name, ", ", shape.rows, " rows, ", shape.groups, " groups of ", shape.inputs, " inputs and ",
              shape.outputs, " outputs");
      check(*set, shape, index++);
    }
  }
}

}  // namespace

TEST("groupedForward equals its reference") {
  namespace arg = at::groupedForward;
  forShapes([](const KernelSet& set, const Shape& shape, int64_t index) {
    const Matrix x = randomMatrix(shape.rows, shape.groups * shape.inputs, 10 * index + 1),
                 weight = randomMatrix(shape.groups * shape.outputs, shape.inputs, 10 * index + 2);
    const Vector bias = index % 3 == 0 ? Vector() : randomVector(weight.rows, 10 * index + 3, -1, 1);
    const Operand output = Operand::unwritten(shape.rows + 1, weight.rows, Type::Float32, gapOf(index));
    KernelRun run(KernelId::GroupedForward, shape.rows);
    run.tensor(arg::output, output);
    run.tensor(arg::x, Operand::matrix(x, Type::Float32, gapOf(index + 1)));
    run.table(arg::weight, Operand::matrix(weight));
    if (!bias.empty()) run.tensor(arg::bias, Operand::vector(bias));
    run.number(arg::groups, static_cast<double>(shape.groups));
    run.execute(set);
    const Matrix bound = reference::groupedForward(magnitudes(x), magnitudes(weight), magnitudes(bias), shape.groups);
    checkMatrix("output", output.read(shape.rows), reference::groupedForward(x, weight, bias, shape.groups),
                scaled(bound, sumError(shape.inputs)));
  });
}

TEST("groupedBackwardInput equals its reference") {
  namespace arg = at::groupedBackwardInput;
  forShapes([](const KernelSet& set, const Shape& shape, int64_t index) {
    const Matrix gradient = randomMatrix(shape.rows, shape.groups * shape.outputs, 10 * index + 4),
                 weight = randomMatrix(shape.groups * shape.outputs, shape.inputs, 10 * index + 5);
    const Operand inputGradient =
        Operand::unwritten(shape.rows + 1, shape.groups * shape.inputs, Type::Float32, gapOf(index));
    KernelRun run(KernelId::GroupedBackwardInput, shape.rows);
    run.tensor(arg::inputGradient, inputGradient);
    run.tensor(arg::preActivationGradient, Operand::matrix(gradient, Type::Float32, gapOf(index + 1)));
    run.table(arg::weight, Operand::matrix(weight));
    run.number(arg::groups, static_cast<double>(shape.groups));
    run.execute(set);
    const Matrix bound = reference::groupedBackwardInput(magnitudes(gradient), magnitudes(weight), shape.groups);
    checkMatrix("inputGradient", inputGradient.read(shape.rows),
                reference::groupedBackwardInput(gradient, weight, shape.groups), scaled(bound, sumError(shape.outputs)));
  });
}

TEST("groupedBackwardWeight equals its reference") {
  namespace arg = at::groupedBackwardWeight;
  forShapes([](const KernelSet& set, const Shape& shape, int64_t index) {
    const Matrix x = randomMatrix(shape.rows, shape.groups * shape.inputs, 10 * index + 6),
                 gradient = randomMatrix(shape.rows, shape.groups * shape.outputs, 10 * index + 7);
    const bool bias = index % 3 != 0;
    const Operand weightGradient = Operand::unwritten(gradient.columns, shape.inputs),
                  biasGradient = Operand::unwritten(1, gradient.columns);
    KernelRun run(KernelId::GroupedBackwardWeight, shape.rows);
    run.table(arg::weightGradient, weightGradient);
    if (bias) run.table(arg::biasGradient, biasGradient);
    run.tensor(arg::x, Operand::matrix(x, Type::Float32, gapOf(index)));
    run.tensor(arg::preActivationGradient, Operand::matrix(gradient, Type::Float32, gapOf(index + 1)));
    run.number(arg::groups, static_cast<double>(shape.groups));
    run.execute(set);
    const reference::ParameterGradients expected = reference::groupedBackwardWeight(x, gradient, shape.groups),
                                        bound = reference::groupedBackwardWeight(magnitudes(x), magnitudes(gradient),
                                                                                 shape.groups);
    checkMatrix("weightGradient", weightGradient.read(), expected.weight, scaled(bound.weight, sumError(shape.rows)));
    if (!bias) return;
    for (int64_t o = 0; o < gradient.columns; ++o)
      CHECK_CLOSE(biasGradient.read().at(0, o), expected.bias[o], sumError(shape.rows) * bound.bias[o]);
  });
}

TEST("a NaN in one group reaches no other group") {
  namespace arg = at::groupedForward;
  for (const KernelSet* set : testedSets()) {
    for (const Shape& shape : {Shape{9, 3, 1, 5}, Shape{9, 3, 16, 3}, Shape{9, 3, 64, 1}}) {
      CONTEXT(set->name, ", ", shape.inputs, " inputs, ", shape.outputs, " outputs");
      Matrix x = randomMatrix(shape.rows, shape.groups * shape.inputs, 5);
      x.at(4, shape.inputs) = NAN;
      const Operand output = Operand::unwritten(shape.rows, shape.groups * shape.outputs);
      KernelRun run(KernelId::GroupedForward, shape.rows);
      run.tensor(arg::output, output);
      run.tensor(arg::x, Operand::matrix(x));
      run.table(arg::weight, Operand::matrix(randomMatrix(shape.groups * shape.outputs, shape.inputs, 6)));
      run.number(arg::groups, static_cast<double>(shape.groups));
      run.execute(*set);
      const Matrix result = output.read();
      for (int64_t r = 0; r < result.rows; ++r)
        for (int64_t c = 0; c < result.columns; ++c)
          CHECK_EQUAL(std::isnan(result.at(r, c)), r == 4 && c / shape.outputs == 1);
    }
  }
}

}  // namespace test
}  // namespace deepblas
