// Losses: rows in float64, gradient of the weighted mean, with every choice of optional tensors.
#include <cmath>

#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Labels;
using reference::Loss;
using reference::Matrix;
using reference::Vector;

struct Row {
  int64_t rows, columns, gap;
};
const Row kRows[] = {{1, 1, 0},  {7, 1, 0},  {33, 1, 0},  {5, 1, 2},    {2, 2, 0},    {3, 3, 1},   {4, 4, 0},
                     {9, 5, 0},  {6, 8, 3},  {13, 9, 0},  {5, 15, 0},   {3, 16, 0},   {8, 17, 5},  {2, 31, 1},
                     {64, 10, 0}, {7, 33, 0}, {3, 100, 16}, {1, 1000, 0}, {209, 1, 0}};

// What a loss kernel is given and what it gives; the three share their arguments but for the output.
struct Given {
  Matrix prediction, target;
  Labels labels;  // instead of the target
  Vector sampleWeights;
  bool gradient, output;
};

struct Result {
  Matrix rowLoss, gradient, output;
  bool written = false;
};

struct Positions {
  KernelId kernel;
  int rowLoss, gradient, output, prediction, target, sampleWeights, weightSum;
};
namespace softmax = at::softmaxCrossEntropy;
namespace binary = at::sigmoidBinaryCrossEntropy;
namespace squared = at::meanSquaredError;
constexpr Positions kSoftmax = {KernelId::SoftmaxCrossEntropy, softmax::rowLoss, softmax::gradient, softmax::output,
                                softmax::logits,               softmax::target,  softmax::sampleWeights,
                                softmax::weightSum};
constexpr Positions kBinary = {KernelId::SigmoidBinaryCrossEntropy, binary::rowLoss, binary::gradient, binary::output,
                               binary::logits,                      binary::target,  binary::sampleWeights,
                               binary::weightSum};
constexpr Positions kSquared = {KernelId::MeanSquaredError, squared::rowLoss, squared::gradient, -1,
                                squared::prediction,        squared::target,  squared::sampleWeights,
                                squared::weightSum};

Result runLoss(const KernelSet& set, const Positions& at, const Given& given, int64_t gap) {
  const int64_t rows = given.prediction.rows, columns = given.prediction.columns;
  const Operand rowLoss = Operand::unwritten(rows + 1, 1, Type::Float64);
  const Operand gradient = Operand::unwritten(rows + 2, columns, Type::Float32, gap);
  const Operand output = Operand::unwritten(rows + 3, columns, Type::Float32, gap);
  KernelRun run(at.kernel, rows);
  run.tensor(at.rowLoss, rowLoss);
  if (given.gradient) run.tensor(at.gradient, gradient);
  if (given.output) run.tensor(at.output, output);
  run.tensor(at.prediction, Operand::matrix(given.prediction, Type::Float32, gap));
  run.tensor(at.target, given.labels.empty() ? Operand::matrix(given.target, Type::Float32, gap)
                                             : Operand::labels(given.labels, gap));
  if (!given.sampleWeights.empty()) {
    Matrix weights(rows, 1);
    weights.values = given.sampleWeights;
    run.tensor(at.sampleWeights, Operand::matrix(weights, Type::Float32, gap));
    const Operand sum = Operand::unwritten(1, 1, Type::Float64);
    KernelRun summing(KernelId::WeightSum, rows);
    summing.tensor(at::weightSum::sum, sum);
    summing.tensor(at::weightSum::sampleWeights, Operand::matrix(weights, Type::Float32, gap));
    summing.execute(set);
    CHECK_CLOSE(sum.read().at(0, 0), reference::weightSum(given.sampleWeights), 1e-12 * static_cast<double>(rows));
    run.tensor(at.weightSum, sum);
  }
  run.execute(set);
  return {rowLoss.read(rows), gradient.read(rows), output.read(rows), true};
}

Vector weightsOf(const Row& row) {
  Vector weights = randomVector(row.rows, 33, 0.25, 4);
  if (row.rows > 2) weights[1] = 0;
  return weights;
}

// Runs every choice of optional tensors and checks it. The bounds: a loss is a sum of at most `columns` float32 terms
// of the size of the largest; a gradient's probability is good to 1e-6, the factor weight / sum to a few roundings.
template <typename Reference>
void checkLoss(const KernelSet& set, const Positions& at, const Row& row, Given given, double lossBound,
               double gradientBound, Reference expectedOf) {
  for (bool weighted : {false, true}) {
    given.sampleWeights = weighted ? weightsOf(row) : Vector();
    const Loss expected = expectedOf(given);
    for (int optional = 0; optional < 4; ++optional) {
      given.gradient = (optional & 1) != 0;
      given.output = at.output >= 0 && (optional & 2) != 0;
      CONTEXT(set.name, ", ", row.rows, " rows, ", row.columns, " columns, gap ", row.gap, given.gradient ? ", gradient" : "",
              given.output ? ", output" : "", weighted ? ", weighted" : "", given.labels.empty() ? "" : ", labels");
      const Result result = runLoss(set, at, given, row.gap);
      Matrix rows(row.rows, 1);
      rows.values = expected.rows;
      checkMatrix("rowLoss", result.rowLoss, rows, lossBound);
      if (given.gradient) {
        Matrix bound(row.rows, row.columns);
        const double total = weighted ? reference::weightSum(given.sampleWeights) : static_cast<double>(row.rows);
        for (int64_t r = 0; r < row.rows; ++r)
          for (int64_t c = 0; c < row.columns; ++c)
            bound.at(r, c) = gradientBound * (weighted ? given.sampleWeights[r] : 1) / total;
        checkMatrix("gradient", result.gradient, expected.gradient, bound);
      }
      if (given.output) checkMatrix("output", result.output, expected.output, 1e-6);
    }
  }
}

// Rows of probabilities; one row whose mass is not 1, which the formulas allow.
Matrix probabilities(const Row& row) {
  Matrix target = reference::softmaxForward(randomMatrix(row.rows, row.columns, 34, 3));
  for (int64_t c = 0; c < row.columns; ++c) target.at(row.rows - 1, c) *= 0.5;
  if (row.columns > 1) target.at(0, 0) = 0;
  for (double& value : target.values) value = static_cast<float>(value);
  return target;
}

}  // namespace

TEST("softmaxCrossEntropy equals its reference for labels and for probabilities") {
  for (const KernelSet* set : testedSets()) {
    for (const Row& row : kRows) {
      Given given = {};
      given.prediction = randomMatrix(row.rows, row.columns, 31, 8);
      given.labels = randomLabels(row.rows, row.columns, 32);
      checkLoss(*set, kSoftmax, row, given, 4e-6, 2e-6, [&](const Given& g) {
        return reference::softmaxCrossEntropy(g.prediction, reference::oneHot(g.labels, row.columns), g.sampleWeights);
      });
      given.labels.clear();
      given.target = probabilities(row);
      checkLoss(*set, kSoftmax, row, given, 4e-6, 2e-6, [&](const Given& g) {
        return reference::softmaxCrossEntropy(g.prediction, g.target, g.sampleWeights);
      });
    }
  }
}

TEST("sigmoidBinaryCrossEntropy equals its reference") {
  for (const KernelSet* set : testedSets()) {
    for (const Row& row : kRows) {
      Given given = {};
      given.prediction = randomMatrix(row.rows, row.columns, 35, 8);
      given.target = randomMatrix(row.rows, row.columns, 36);
      for (double& value : given.target.values) value = value > 0.5 ? 1 : value > -0.5 ? 0 : static_cast<float>(-value);
      checkLoss(*set, kBinary, row, given, 2e-6, 2e-6 / static_cast<double>(row.columns), [&](const Given& g) {
        return reference::sigmoidBinaryCrossEntropy(g.prediction, g.target, g.sampleWeights);
      });
    }
  }
}

TEST("meanSquaredError equals its reference") {
  for (const KernelSet* set : testedSets()) {
    for (const Row& row : kRows) {
      Given given = {};
      given.prediction = randomMatrix(row.rows, row.columns, 37, 3);
      given.target = randomMatrix(row.rows, row.columns, 38, 3);
      checkLoss(*set, kSquared, row, given, 8e-6, 4e-6 / static_cast<double>(row.columns), [&](const Given& g) {
        return reference::meanSquaredError(g.prediction, g.target, g.sampleWeights);
      });
    }
  }
}

TEST("losses of extreme logits are finite and right") {
  for (const KernelSet* set : testedSets()) {
    CONTEXT(set->name);
    Given given = {};
    given.gradient = given.output = true;
    given.prediction = Matrix(4, 3);
    given.prediction.values = {1e4, -1e4, 0, -300, -300, -300, 88, 88.5, 89, 3e38, 0, -3e38};
    given.labels = {1, 2, 0, 0};
    const Result many = runLoss(*set, kSoftmax, given, 0);
    const Loss expected = reference::softmaxCrossEntropy(given.prediction, reference::oneHot(given.labels, 3), {});
    for (int64_t r = 0; r < 4; ++r) CHECK_CLOSE(many.rowLoss.at(r, 0), expected.rows[r], 2e-6 * (1 + expected.rows[r]));
    checkMatrix("gradient", many.gradient, expected.gradient, 1e-6);

    given.labels.clear();
    given.prediction.values = {1e4, -1e4, 0, -300, 300, 88, -88, 17, -17, 3e38, -3e38, 1e-30};
    given.target = Matrix(4, 3);
    given.target.values = {0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 0};
    const Result two = runLoss(*set, kBinary, given, 0);
    const Loss expectedTwo = reference::sigmoidBinaryCrossEntropy(given.prediction, given.target, {});
    for (int64_t r = 0; r < 4; ++r)
      CHECK_CLOSE(two.rowLoss.at(r, 0), expectedTwo.rows[r], 1e-6 * (1 + expectedTwo.rows[r]));
    checkMatrix("gradient", two.gradient, expectedTwo.gradient, 1e-7);
  }
}

TEST("a small loss keeps its relative accuracy") {
  for (const KernelSet* set : testedSets()) {
    for (double margin : {5.0, 10.0, 14.0, 40.0, 80.0}) {
      CONTEXT(set->name, ", margin ", margin);
      Given given = {};
      given.gradient = true;
      given.prediction = Matrix(1, 1, margin);
      given.target = Matrix(1, 1, 1);
      const double expected = std::log1p(std::exp(-margin));
      CHECK_CLOSE(runLoss(*set, kBinary, given, 0).rowLoss.at(0, 0), expected, 4e-7 * expected);
    }
  }
}

TEST("a logit that is not finite reaches the loss of its row, whatever the target") {
  for (const KernelSet* set : testedSets()) {
    for (double bad : {static_cast<double>(NAN), static_cast<double>(INFINITY), static_cast<double>(-INFINITY)}) {
      for (int64_t columns : {2, 3, 19}) {
        for (int64_t place : {int64_t{0}, columns - 1}) {
          for (int32_t label : {int32_t{0}, static_cast<int32_t>(columns - 1)}) {
            for (bool gradient : {false, true}) {
              CONTEXT(set->name, ", logit ", bad, " at ", place, " of ", columns, ", label ", label,
                      gradient ? ", gradient" : "");
              Given given = {};
              given.gradient = gradient;
              given.prediction = randomMatrix(3, columns, 39);
              given.prediction.at(1, place) = bad;
              given.labels = {0, label, 0};
              const auto check = [&](const Result& result) {
                CHECK(std::isfinite(result.rowLoss.at(0, 0)) && std::isfinite(result.rowLoss.at(2, 0)));
                // Softmax gives -infinity the probability 0: only its own label makes that an infinite loss.
                if (bad == -INFINITY && place != label) return;
                CHECK(!std::isfinite(result.rowLoss.at(1, 0)));
              };
              check(runLoss(*set, kSoftmax, given, 0));
              given.target = reference::oneHot(given.labels, columns);
              given.labels.clear();
              check(runLoss(*set, kSoftmax, given, 0));
            }
          }
        }
      }
      for (const Positions& at : {kBinary, kSquared}) {
        for (int64_t columns : {1, 3}) {
          for (double target : {0.0, 1.0}) {
            CONTEXT(set->name, " ", kKernelInfo[static_cast<int>(at.kernel)].name, ", ", bad, ", target ", target);
            Given given = {};
            given.prediction = randomMatrix(3, columns, 40);
            given.prediction.at(1, columns - 1) = bad;
            given.target = Matrix(3, columns, target);
            const Result result = runLoss(*set, at, given, 0);
            CHECK(std::isfinite(result.rowLoss.at(0, 0)) && std::isfinite(result.rowLoss.at(2, 0)));
            CHECK(!std::isfinite(result.rowLoss.at(1, 0)));
          }
        }
      }
    }
  }
}

}  // namespace test
}  // namespace deepblas
