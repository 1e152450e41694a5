// Dropout against its rule: the numbers of the random kernel decide, whatever the shape, and the way back agrees.
#include <cmath>

#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;

constexpr double kSeed = 7, kStream = 17, kStep = 3;

Operand drawn(const KernelSet& set, int64_t rows, int64_t columns) {
  const Operand numbers = Operand::unwritten(rows, columns);
  KernelRun run(KernelId::Random, rows);
  run.tensor(at::random::output, numbers);
  run.number(at::random::seed, kSeed);
  run.number(at::random::stream, kStream);
  run.number(at::random::step, kStep);
  run.number(at::random::kind, static_cast<double>(Distribution::Uniform));
  run.execute(set);
  return numbers;
}

// A subtraction and a division round once each.
constexpr double kError = 3 * kRoundoff;

void checkKept(const Matrix& actual, const Matrix& from, const Matrix& chance, double rate) {
  const double kept = 1 - static_cast<double>(static_cast<float>(rate));
  for (size_t i = 0; i < from.values.size(); ++i) {
    const bool dropped = chance.values[i] < static_cast<double>(static_cast<float>(rate));
    const double expected = dropped ? 0 : from.values[i] / kept;
    CHECK_CLOSE(actual.values[i], expected, kError * std::fabs(expected));
  }
}

const struct {
  int64_t rows, columns;
} kShapes[] = {{1, 1}, {5, 3}, {17, 16}, {9, 17}, {3, 64}, {2, 1025}, {64, 100}, {3, 2050}};

}  // namespace

TEST("dropout keeps and scales by the numbers that random draws, forward and back") {
  for (const KernelSet* set : testedSets()) {
    for (const auto& shape : kShapes) {
      for (int64_t gap : {0, 5}) {
        for (double rate : {0.0, 0.2, 0.5, 0.9}) {
          CONTEXT(set->name, ", ", shape.rows, "x", shape.columns, ", gap ", gap, ", rate ", rate);
          const Matrix x = randomMatrix(shape.rows, shape.columns, 81);
          const Operand expectedChance = drawn(*set, shape.rows, shape.columns);
          Operand chance = Operand::unwritten(shape.rows, shape.columns, Type::Float32, gap);
          for (bool kept : {false, true}) {
            const Operand output = Operand::unwritten(shape.rows, shape.columns, Type::Float32, gap);
            KernelRun run(KernelId::Dropout, shape.rows);
            run.tensor(at::dropout::output, output);
            run.tensor(at::dropout::x, Operand::matrix(x, Type::Float32, gap));
            if (kept) run.tensor(at::dropout::chance, chance);
            run.number(at::dropout::rate, rate);
            run.number(at::dropout::seed, kSeed);
            run.number(at::dropout::stream, kStream);
            run.number(at::dropout::step, kStep);
            run.execute(*set);
            checkKept(output.read(), x, expectedChance.read(), rate);
          }
          CHECK(chance.read().values == expectedChance.read().values);
          const Operand inputGradient = Operand::unwritten(shape.rows, shape.columns, Type::Float32, gap);
          KernelRun back(KernelId::DropoutBackward, shape.rows);
          back.tensor(at::dropoutBackward::inputGradient, inputGradient);
          back.tensor(at::dropoutBackward::outputGradient, Operand::matrix(x, Type::Float32, gap));
          back.tensor(at::dropoutBackward::chance, chance);
          back.number(at::dropoutBackward::rate, rate);
          back.execute(*set);
          checkKept(inputGradient.read(), x, expectedChance.read(), rate);
        }
      }
    }
  }
}

}  // namespace test
}  // namespace deepblas
