// Accuracy and the accumulator with its gate.
#include <cmath>

#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;
using reference::Vector;

Matrix columnOf(const Vector& values) {
  Matrix column(static_cast<int64_t>(values.size()), 1);
  column.values = values;
  return column;
}

Matrix runAccuracy(const KernelSet& set, const Operand& output, const Operand& target, int64_t rows, bool binary,
                   double threshold) {
  namespace arg = at::accuracy;
  const Operand value = Operand::unwritten(rows + 1, 1, Type::Float64);
  KernelRun run(KernelId::Accuracy, rows);
  run.tensor(arg::rowValue, value);
  run.tensor(arg::output, output);
  run.tensor(arg::target, target);
  run.number(arg::binary, binary);
  run.number(arg::threshold, threshold);
  run.execute(set);
  return value.read(rows);
}

struct Sums {
  double sum, weight;
  bool notFinite;
};

Sums runAccumulate(const KernelSet& set, const Vector& values, const Vector& weights, bool gate) {
  namespace arg = at::accumulate;
  const Operand accumulator = Operand::vector({10.0, 100.0}, Type::Float64);
  const int64_t rows = static_cast<int64_t>(values.size());
  KernelRun run(KernelId::Accumulate, rows);
  run.tensor(arg::accumulator, accumulator);
  run.tensor(arg::rowValue, Operand::matrix(columnOf(values), Type::Float64));
  if (!weights.empty()) run.tensor(arg::sampleWeights, Operand::matrix(columnOf(weights), Type::Float32, 2));
  run.number(arg::gate, gate);
  run.execute(set);
  return {accumulator.read().at(0, 0), accumulator.read().at(0, 1), run.notFinite()};
}

}  // namespace

TEST("accuracy equals its reference for labels, probabilities and thresholds") {
  for (const KernelSet* set : testedSets()) {
    for (int64_t columns : {1, 2, 3, 10, 17}) {
      for (int64_t gap : {0, 3}) {
        CONTEXT(set->name, ", ", columns, " columns, gap ", gap);
        const int64_t rows = 41;
        const Matrix output = randomMatrix(rows, columns, 41), target = randomMatrix(rows, columns, 42);
        const reference::Labels labels = randomLabels(rows, columns, 43);
        const Operand given = Operand::matrix(output, Type::Float32, gap);
        checkMatrix("labels", runAccuracy(*set, given, Operand::labels(labels, gap), rows, false, 0.5),
                    columnOf(reference::accuracy(output, labels)), 0);
        checkMatrix("probabilities",
                    runAccuracy(*set, given, Operand::matrix(target, Type::Float32, gap), rows, false, 0.5),
                    columnOf(reference::accuracy(output, reference::labelsOf(target))), 0);
        for (double threshold : {0.5, 0.0, -0.25})
          checkMatrix("binary",
                      runAccuracy(*set, given, Operand::matrix(target, Type::Float32, gap), rows, true, threshold),
                      columnOf(reference::binaryAccuracy(output, target, threshold)), 1e-15);
      }
    }
  }
}

TEST("of equal outputs the first counts as the largest") {
  for (const KernelSet* set : testedSets()) {
    const Operand output = Operand::matrix(Matrix(3, 4, 0.25));
    const Matrix hits = runAccuracy(*set, output, Operand::labels({0, 1, 3}), 3, false, 0.5);
    CHECK(hits.values == (Vector{1, 0, 0}));
  }
}

TEST("accumulate equals its reference") {
  for (const KernelSet* set : testedSets()) {
    for (int64_t rows : {1, 2, 7, 8, 9, 16, 63, 1000}) {
      for (bool weighted : {false, true}) {
        CONTEXT(set->name, ", ", rows, " rows", weighted ? ", weighted" : "");
        const Vector values = randomVector(rows, 44, -5, 5);
        const Vector weights = weighted ? randomVector(rows, 45, 0, 2) : Vector();
        reference::Accumulator expected = {10, 100};
        reference::accumulate(expected, values, weights);
        const Sums sums = runAccumulate(*set, values, weights, true);
        CHECK_CLOSE(sums.sum, expected.sum, 1e-12 * static_cast<double>(rows));
        CHECK_CLOSE(sums.weight, expected.weight, 1e-12 * static_cast<double>(rows));
        CHECK(!sums.notFinite);
      }
    }
  }
}

TEST("accumulate has the same bits on every instruction set") {
  const Vector values = randomVector(1001, 46, -5, 5), weights = randomVector(1001, 47, 0, 2);
  for (const KernelSet* set : testedSets()) {
    CONTEXT(set->name);
    CHECK_EQUAL(runAccumulate(*set, values, {}, false).sum, runAccumulate(*testedSets()[0], values, {}, false).sum);
    CHECK_EQUAL(runAccumulate(*set, values, weights, false).sum,
                runAccumulate(*testedSets()[0], values, weights, false).sum);
  }
}

TEST("the gate fires for NaN and infinity in any row, and only where it is asked for") {
  for (const KernelSet* set : testedSets()) {
    for (double bad : {static_cast<double>(NAN), static_cast<double>(INFINITY), static_cast<double>(-INFINITY)}) {
      for (int64_t place : {0, 6, 12, 18}) {
        for (bool weighted : {false, true}) {
          CONTEXT(set->name, ", ", bad, " at ", place, weighted ? ", weighted" : "");
          Vector values = randomVector(19, 48, -5, 5);
          values[place] = bad;
          const Vector weights = weighted ? randomVector(19, 49, 0, 2) : Vector();
          CHECK(runAccumulate(*set, values, weights, true).notFinite);
          CHECK(!runAccumulate(*set, values, weights, false).notFinite);
        }
      }
    }
    // Large but finite is finite, even where float32 would overflow.
    CHECK(!runAccumulate(*set, Vector(19, 1e300), {}, true).notFinite);
  }
}

}  // namespace test
}  // namespace deepblas
