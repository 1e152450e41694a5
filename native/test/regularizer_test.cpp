// Penalties on weights in both layouts.
#include <cmath>

#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;

struct Row {
  int64_t inputs, outputs;
  double l1, l2;
  bool perRow, weighted;
};
const Row kRows[] = {{1, 1, 0.5, 0, false, false}, {3, 5, 0, 0.25, true, false},  {7, 17, 0.1, 0.2, false, true},
                     {31, 33, 0.01, 0.3, true, true}, {13, 64, 0, 0, false, false}, {1000, 401, 1e-3, 1e-4, false, true}};
constexpr int64_t kBatch = 12;

// Some zeros: their sign is 0.
Matrix weightOf(const Row& row) {
  Matrix weight = randomMatrix(row.outputs, row.inputs, 51);
  for (size_t i = 0; i < weight.values.size(); i += 5) weight.values[i] = i % 2 == 0 ? 0.0 : -0.0;
  return weight;
}

}  // namespace

TEST("penalty equals its reference") {
  namespace arg = at::penalty;
  for (const KernelSet* set : testedSets()) {
    for (const Row& row : kRows) {
      CONTEXT(set->name, ", ", row.inputs, " inputs, ", row.outputs, " outputs");
      const Matrix weight = weightOf(row);
      const Operand accumulator = Operand::vector({3.0, 7.0}, Type::Float64);
      KernelRun run(KernelId::Penalty, kBatch);
      run.tensor(arg::accumulator, accumulator);
      run.tensor(arg::weight, Operand::panels(weight, set->weightPanel(row.inputs, row.outputs)));
      if (row.weighted) run.tensor(arg::weightSum, Operand::vector({20.5}, Type::Float64));
      run.number(arg::l1, row.l1);
      run.number(arg::l2, row.l2);
      run.number(arg::perRow, row.perRow);
      run.execute(*set);
      const double share = row.perRow ? 1.0 / kBatch : 1.0;
      const double expected =
          3 + (row.weighted ? 20.5 : kBatch) * reference::penalty(weight, share * row.l1, share * row.l2);
      CHECK_CLOSE(accumulator.read().at(0, 0), expected, 1e-12 * expected);
      CHECK_EQUAL(accumulator.read().at(0, 1), 7.0);
    }
  }
}

TEST("penaltyGradient equals its reference and keeps the padding zero") {
  namespace arg = at::penaltyGradient;
  for (const KernelSet* set : testedSets()) {
    for (const Row& row : kRows) {
      CONTEXT(set->name, ", ", row.inputs, " inputs, ", row.outputs, " outputs");
      const Matrix weight = weightOf(row), before = randomMatrix(row.outputs, row.inputs, 52);
      const int64_t panel = set->weightPanel(row.inputs, row.outputs);
      const Operand gradient = Operand::panels(before, panel);
      KernelRun run(KernelId::PenaltyGradient, kBatch);
      run.tensor(arg::weightGradient, gradient);
      run.tensor(arg::weight, Operand::panels(weight, panel));
      run.number(arg::l1, row.l1);
      run.number(arg::l2, row.l2);
      run.number(arg::perRow, row.perRow);
      run.execute(*set);
      const double share = row.perRow ? 1.0 / kBatch : 1.0;
      Matrix expected = reference::penaltyGradient(weight, share * row.l1, share * row.l2);
      for (size_t i = 0; i < expected.values.size(); ++i) expected.values[i] += before.values[i];
      checkMatrix("weightGradient", gradient.read(), expected, 4 * kRoundoff * 2);
    }
  }
}

TEST("penaltyGradient keeps a NaN weight") {
  for (const KernelSet* set : testedSets()) {
    CONTEXT(set->name);
    Matrix weight = randomMatrix(5, 7, 53);
    weight.at(4, 6) = NAN;
    const int64_t panel = set->weightPanel(7, 5);
    const Operand gradient = Operand::panels(Matrix(5, 7), panel);
    KernelRun run(KernelId::PenaltyGradient, 1);
    run.tensor(at::penaltyGradient::weightGradient, gradient);
    run.tensor(at::penaltyGradient::weight, Operand::panels(weight, panel));
    run.number(at::penaltyGradient::l1, 0.1);
    run.execute(*set);
    CHECK(std::isnan(gradient.read().at(4, 6)));
    CHECK(!std::isnan(gradient.read().at(4, 5)));
  }
}

}  // namespace test
}  // namespace deepblas
