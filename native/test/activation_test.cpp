// Activations and softmax as calls of their own.
#include <cmath>

#include "core/floating_point.h"
#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;

struct Row {
  int64_t rows, columns, gap;
};

// Around every vector width, narrow tensors without gaps (run as one long row), and more than one tile.
const Row kRows[] = {{1, 1, 0},  {3, 1, 0},   {5, 3, 0},   {4, 4, 1},   {7, 5, 0},   {2, 7, 2},    {6, 8, 0},
                     {9, 9, 3},  {3, 15, 0},  {5, 16, 0},  {2, 17, 16}, {11, 31, 0}, {13, 33, 31}, {1, 1009, 0},
                     {17, 97, 7}, {257, 10, 0}, {40, 1000, 0}};

// Every activation's own error: 3e-7 of 1 + |z|, measured by functions_test; a derivative's likewise.
constexpr double kFunctionError = 3e-7;

}  // namespace

TEST("activationForward equals its reference") {
  namespace arg = at::activationForward;
  for (const KernelSet* set : testedSets()) {
    for (const Row& row : kRows) {
      for (int activation = 0; activation < 5; ++activation) {
        CONTEXT(set->name, ", activation ", activation, ", ", row.columns, " columns, gap ", row.gap);
        const Matrix x = randomMatrix(row.rows, row.columns, 11, 6);
        const Operand output = Operand::unwritten(row.rows + 1, row.columns, Type::Float32, row.gap);
        KernelRun run(KernelId::ActivationForward, row.rows);
        run.tensor(arg::output, output);
        run.tensor(arg::x, Operand::matrix(x, Type::Float32, row.gap));
        run.number(arg::activation, activation);
        run.execute(*set);
        const Matrix expected = reference::activationForward(x, static_cast<Activation>(activation));
        const bool exact = activation == 0 || activation == static_cast<int>(Activation::Relu);
        checkMatrix("output", output.read(row.rows), expected, exact ? 0 : 7 * kFunctionError);
      }
    }
  }
}

TEST("activationBackward equals its reference, from the output and from the pre-activation") {
  namespace arg = at::activationBackward;
  for (const KernelSet* set : testedSets()) {
    for (const Row& row : kRows) {
      for (int activation = 0; activation < 5; ++activation) {
        const Activation rule = static_cast<Activation>(activation);
        CONTEXT(set->name, ", activation ", activation, ", ", row.columns, " columns, gap ", row.gap);
        const Matrix z = randomMatrix(row.rows, row.columns, 12, 5);
        const Matrix outputGradient = randomMatrix(row.rows, row.columns, 13);
        const Operand inputGradient = Operand::unwritten(row.rows + 1, row.columns, Type::Float32, row.gap);
        KernelRun run(KernelId::ActivationBackward, row.rows);
        run.tensor(arg::inputGradient, inputGradient);
        run.tensor(arg::outputGradient, Operand::matrix(outputGradient, Type::Float32, row.gap));
        if (rule == Activation::Gelu) {
          run.tensor(arg::preActivation, Operand::matrix(z, Type::Float32, row.gap));
        } else if (rule != Activation::Linear) {
          run.tensor(arg::output, Operand::matrix(reference::activationForward(z, rule), Type::Float32, row.gap));
        }
        run.number(arg::activation, activation);
        run.execute(*set);
        // The output is a float32: 1 - a * a loses up to an ulp of a near saturation.
        checkMatrix("inputGradient", inputGradient.read(row.rows),
                    reference::activationBackward(outputGradient, z, rule),
                    rule == Activation::Linear || rule == Activation::Relu ? 0 : 7 * kFunctionError);
      }
    }
  }
}

TEST("activationBackward may write over its own input") {
  namespace arg = at::activationBackward;
  for (const KernelSet* set : testedSets()) {
    CONTEXT(set->name);
    const Matrix output = reference::activationForward(randomMatrix(6, 37, 14), Activation::Sigmoid);
    const Matrix outputGradient = randomMatrix(6, 37, 15);
    const auto run = [&](const Operand& from, const Operand& to) {
      const Operand a = Operand::matrix(output);
      const View* views[5] = {to.view(), from.view(), a.view(), nullptr, nullptr};
      const double numbers[5] = {0, 0, 0, 0, static_cast<double>(Activation::Sigmoid)};
      const FlushDenormals guard;
      (*set)[KernelId::ActivationBackward].execute({views, numbers, 6, nullptr}, {0, 6, 0, 1});
      return to.read();
    };
    const Operand place = Operand::matrix(outputGradient);
    CHECK(run(place, place).values == run(Operand::matrix(outputGradient), Operand::unwritten(6, 37)).values);
    CHECK_EQUAL(arg::activation, 4);
  }
}

TEST("softmaxForward equals its reference and its rows sum to 1") {
  namespace arg = at::softmaxForward;
  for (const KernelSet* set : testedSets()) {
    for (const Row& row : kRows) {
      for (double scale : {0.1, 5.0, 80.0, 1e4}) {
        CONTEXT(set->name, ", ", row.columns, " columns, gap ", row.gap, ", scale ", scale);
        const Matrix x = randomMatrix(row.rows, row.columns, 16, scale);
        const Operand output = Operand::unwritten(row.rows + 1, row.columns, Type::Float32, row.gap);
        KernelRun run(KernelId::SoftmaxForward, row.rows);
        run.tensor(arg::output, output);
        run.tensor(arg::x, Operand::matrix(x, Type::Float32, row.gap));
        run.execute(*set);
        const Matrix result = output.read(row.rows), expected = reference::softmaxForward(x);
        Matrix bound = expected;
        // The shift x - max is rounded: an absolute error of the exponent, a relative one of the result.
        for (double& value : bound.values) value = value * (4e-7 + 2 * scale * kRoundoff) + 1e-37;
        checkMatrix("output", result, expected, bound);
        for (int64_t r = 0; r < row.rows; ++r) {
          double sum = 0;
          for (int64_t c = 0; c < row.columns; ++c) sum += result.at(r, c);
          CHECK_CLOSE(sum, 1, 5e-7);
        }
      }
    }
  }
}

TEST("softmaxBackward equals its reference") {
  namespace arg = at::softmaxBackward;
  for (const KernelSet* set : testedSets()) {
    for (const Row& row : kRows) {
      CONTEXT(set->name, ", ", row.columns, " columns, gap ", row.gap);
      const Matrix output = reference::softmaxForward(randomMatrix(row.rows, row.columns, 17, 3));
      const Matrix outputGradient = randomMatrix(row.rows, row.columns, 18);
      const Operand inputGradient = Operand::unwritten(row.rows + 1, row.columns, Type::Float32, row.gap);
      KernelRun run(KernelId::SoftmaxBackward, row.rows);
      run.tensor(arg::inputGradient, inputGradient);
      run.tensor(arg::outputGradient, Operand::matrix(outputGradient, Type::Float32, row.gap));
      run.tensor(arg::output, Operand::matrix(output, Type::Float32, row.gap));
      run.execute(*set);
      Matrix bound = output;
      for (double& value : bound.values) value *= sumError(row.columns);
      checkMatrix("inputGradient", inputGradient.read(row.rows), reference::softmaxBackward(outputGradient, output),
                  bound);
    }
  }
}

TEST("no activation hides a NaN, in any lane") {
  for (const KernelSet* set : testedSets()) {
    for (int64_t lane = 0; lane < 37; ++lane) {
      Matrix x = randomMatrix(1, 37, 19);
      x.at(0, lane) = NAN;
      for (int activation = 0; activation < 5; ++activation) {
        CONTEXT(set->name, ", lane ", lane, ", activation ", activation);
        const Operand output = Operand::unwritten(1, 37);
        KernelRun run(KernelId::ActivationForward, 1);
        run.tensor(at::activationForward::output, output);
        run.tensor(at::activationForward::x, Operand::matrix(x));
        run.number(at::activationForward::activation, activation);
        run.execute(*set);
        for (int64_t c = 0; c < 37; ++c) CHECK_EQUAL(std::isnan(output.read().at(0, c)), c == lane);
      }
      CONTEXT(set->name, ", softmax, lane ", lane);
      const Operand output = Operand::unwritten(1, 37);
      KernelRun run(KernelId::SoftmaxForward, 1);
      run.tensor(at::softmaxForward::output, output);
      run.tensor(at::softmaxForward::x, Operand::matrix(x));
      run.execute(*set);
      for (double value : output.read().values) CHECK(std::isnan(value));
    }
  }
}

}  // namespace test
}  // namespace deepblas
