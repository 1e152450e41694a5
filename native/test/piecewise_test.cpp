// The piecewise linear encoding against its reference.
#include <cmath>

#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;

constexpr double kLargest = 3.4028234663852886e38;

// Bins of random edges; every fifth column has a bin that it lacks, which is 0.
Matrix binTable(int64_t columns, int64_t binsOfColumn, uint64_t seed) {
  const int64_t bins = columns * binsOfColumn;
  Matrix table(5, bins);
  const reference::Vector widths = randomVector(bins, seed, 0.1, 1);
  for (int64_t column = 0; column < columns; ++column) {
    double edge = -1.5;
    for (int64_t bin = 0; bin < binsOfColumn; ++bin) {
      const int64_t at = column * binsOfColumn + bin;
      const bool missing = column % 5 == 4 && bin == binsOfColumn - 1 && bin > 0;
      table.at(0, at) = static_cast<double>(column);
      table.at(1, at) = missing ? 0 : static_cast<float>(edge);
      table.at(2, at) = missing ? kLargest : widths[static_cast<size_t>(at)];
      table.at(3, at) = missing ? 0 : bin == 0 ? -kLargest : 0;
      table.at(4, at) = missing ? 0 : bin == binsOfColumn - 1 ? kLargest : 1;
      edge += widths[static_cast<size_t>(at)];
    }
  }
  return table;
}

const struct {
  int64_t rows, columns, bins;
} kShapes[] = {{1, 1, 1}, {7, 3, 1}, {33, 14, 48}, {5, 5, 3}, {3, 1, 257}, {4, 100, 17}};

}  // namespace

TEST("piecewiseLinear equals its reference") {
  namespace arg = at::piecewiseLinear;
  for (const KernelSet* set : testedSets()) {
    for (const auto& shape : kShapes) {
      CONTEXT(set->name, ", ", shape.rows, " rows, ", shape.columns, " columns of ", shape.bins, " bins");
      const Matrix x = randomMatrix(shape.rows, shape.columns, 90, 3), bins = binTable(shape.columns, shape.bins, 91);
      const Operand output = Operand::unwritten(shape.rows, bins.columns, Type::Float32, 3);
      KernelRun run(KernelId::PiecewiseLinear, shape.rows);
      run.tensor(arg::output, output);
      run.tensor(arg::x, Operand::matrix(x, Type::Float32, 2));
      run.table(arg::bins, Operand::matrix(bins));
      run.execute(*set);
      const Matrix expected = reference::piecewiseLinear(x, bins);
      Matrix bound = expected;
      // A difference and a quotient, each rounded; of the difference of a number below 4.
      for (int64_t r = 0; r < bound.rows; ++r)
        for (int64_t c = 0; c < bound.columns; ++c)
          bound.at(r, c) = 4 * kRoundoff / bins.at(2, c) + 2 * kRoundoff * std::fabs(expected.at(r, c));
      checkMatrix("output", output.read(), expected, bound);
    }
  }
}

TEST("piecewiseLinearBackward equals its reference") {
  namespace arg = at::piecewiseLinearBackward;
  for (const KernelSet* set : testedSets()) {
    for (const auto& shape : kShapes) {
      CONTEXT(set->name, ", ", shape.rows, " rows, ", shape.columns, " columns of ", shape.bins, " bins");
      const Matrix x = randomMatrix(shape.rows, shape.columns, 92, 3), bins = binTable(shape.columns, shape.bins, 93),
                   gradient = randomMatrix(shape.rows, bins.columns, 94);
      const Operand inputGradient = Operand::unwritten(shape.rows, shape.columns, Type::Float32, 1);
      KernelRun run(KernelId::PiecewiseLinearBackward, shape.rows);
      run.tensor(arg::inputGradient, inputGradient);
      run.tensor(arg::outputGradient, Operand::matrix(gradient, Type::Float32, 4));
      run.tensor(arg::x, Operand::matrix(x));
      run.table(arg::bins, Operand::matrix(bins));
      run.execute(*set);
      checkMatrix("inputGradient", inputGradient.read(), reference::piecewiseLinearBackward(gradient, x, bins), 1e-5);
    }
  }
}

TEST("a bin of a column that is not there is one of the first column, and NaN stays NaN") {
  namespace arg = at::piecewiseLinear;
  for (const KernelSet* set : testedSets()) {
    CONTEXT(set->name);
    Matrix bins = binTable(3, 1, 95), x = randomMatrix(2, 3, 96);
    bins.at(0, 0) = NAN, bins.at(0, 1) = 3, bins.at(0, 2) = -1;
    x.at(1, 0) = NAN;
    const Operand output = Operand::unwritten(2, 3);
    KernelRun run(KernelId::PiecewiseLinear, 2);
    run.tensor(arg::output, output);
    run.tensor(arg::x, Operand::matrix(x));
    run.table(arg::bins, Operand::matrix(bins));
    run.execute(*set);
    for (int64_t c = 0; c < 3; ++c) {
      CHECK_CLOSE(output.read().at(0, c), (x.at(0, 0) - bins.at(1, c)) / bins.at(2, c), 1e-5);
      CHECK(std::isnan(output.read().at(1, c)));
    }
  }
}

}  // namespace test
}  // namespace deepblas
