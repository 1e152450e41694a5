// The references against central differences in float64: what the kernels are held against is itself right.
#include <cmath>
#include <functional>

#include "operand.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using namespace reference;

constexpr double kStep = 1e-5;
constexpr double kRelativeError = 1e-6;

// |analytic - numeric| / (|analytic| + |numeric|), of whole vectors as the lesson's gradient check has it.
double relativeError(const Vector& analytic, const Vector& numeric) {
  double difference = 0, sizes[2] = {0, 0};
  for (size_t i = 0; i < analytic.size(); ++i) {
    difference += (analytic[i] - numeric[i]) * (analytic[i] - numeric[i]);
    sizes[0] += analytic[i] * analytic[i];
    sizes[1] += numeric[i] * numeric[i];
  }
  return std::sqrt(difference) / (std::sqrt(sizes[0]) + std::sqrt(sizes[1]) + 1e-300);
}

// Every element of `values` is moved both ways; cost reads them.
Vector centralDifferences(Vector& values, const std::function<double()>& cost) {
  Vector gradient(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const double value = values[i];
    values[i] = value + kStep;
    const double above = cost();
    values[i] = value - kStep;
    const double below = cost();
    values[i] = value;
    gradient[i] = (above - below) / (2 * kStep);
  }
  return gradient;
}

void checkGradient(const char* what, const Vector& analytic, Vector& values, const std::function<double()>& cost) {
  const double error = relativeError(analytic, centralDifferences(values, cost));
  if (!(error <= kRelativeError)) fail(__FILE__, __LINE__, text(what, ": relative error ", error));
}

double dot(const Matrix& a, const Matrix& b) {
  double sum = 0;
  for (size_t i = 0; i < a.values.size(); ++i) sum += a.values[i] * b.values[i];
  return sum;
}

// Away from relu's kink.
Matrix awayFromZero(Matrix matrix) {
  for (double& value : matrix.values)
    if (std::fabs(value) < 1e-2) value += 0.1;
  return matrix;
}

Matrix probabilityRows(int64_t rows, int64_t columns) { return softmaxForward(randomMatrix(rows, columns, 70, 2)); }

}  // namespace

TEST("activations and softmax differentiate rightly") {
  for (int activation = 0; activation < 5; ++activation) {
    const Activation rule = static_cast<Activation>(activation);
    CONTEXT("activation ", activation);
    Matrix z = awayFromZero(randomMatrix(4, 7, 71, 4));
    const Matrix outputGradient = randomMatrix(4, 7, 72);
    checkGradient("z", activationBackward(outputGradient, z, rule).values, z.values,
                  [&] { return dot(outputGradient, activationForward(z, rule)); });
  }
  Matrix x = randomMatrix(4, 5, 73, 3);
  const Matrix outputGradient = randomMatrix(4, 5, 74);
  checkGradient("softmax", softmaxBackward(outputGradient, softmaxForward(x)).values, x.values,
                [&] { return dot(outputGradient, softmaxForward(x)); });
}

TEST("a dense layer differentiates rightly by input, weight and bias, for every activation") {
  for (int activation = 0; activation < 5; ++activation) {
    const Activation rule = static_cast<Activation>(activation);
    CONTEXT("activation ", activation);
    Matrix x = randomMatrix(6, 5, 75), weight = randomMatrix(4, 5, 76);
    Vector bias = randomVector(4, 77, -1, 1);
    const Matrix outputGradient = randomMatrix(6, 4, 78);
    const Matrix preActivationGradient =
        activationBackward(outputGradient, denseForward(x, weight, bias, rule).preActivation, rule);
    const ParameterGradients gradients = denseBackwardWeight(x, preActivationGradient);
    const auto cost = [&] { return dot(outputGradient, denseForward(x, weight, bias, rule).output); };
    checkGradient("input", denseBackwardInput(preActivationGradient, weight).values, x.values, cost);
    checkGradient("weight", gradients.weight.values, weight.values, cost);
    checkGradient("bias", gradients.bias, bias, cost);
  }
}

TEST("products by groups differentiate rightly by input, weight and bias") {
  const int64_t groups = 3;
  Matrix x = randomMatrix(6, groups * 4, 92), weight = randomMatrix(groups * 2, 4, 93);
  Vector bias = randomVector(groups * 2, 94, -1, 1);
  const Matrix outputGradient = randomMatrix(6, groups * 2, 95);
  const ParameterGradients gradients = groupedBackwardWeight(x, outputGradient, groups);
  const auto cost = [&] { return dot(outputGradient, groupedForward(x, weight, bias, groups)); };
  checkGradient("input", groupedBackwardInput(outputGradient, weight, groups).values, x.values, cost);
  checkGradient("weight", gradients.weight.values, weight.values, cost);
  checkGradient("bias", gradients.bias, bias, cost);
}

TEST("the scales of members differentiate rightly by input and scale") {
  for (const int64_t inputs : {3, 12}) {
    CONTEXT(inputs, " inputs");
    Matrix x = randomMatrix(5, inputs, 91), scale = randomMatrix(4, 3, 92);
    const Matrix outputGradient = randomMatrix(5, 12, 93);
    const auto cost = [&] { return dot(outputGradient, memberScale(x, scale)); };
    checkGradient("scale", memberScaleBackwardScale(outputGradient, x, 4).values, scale.values, cost);
    if (inputs == 3) checkGradient("x", memberScaleBackwardInput(outputGradient, scale).values, x.values, cost);
  }
}

TEST("the piecewise linear encoding differentiates rightly") {
  // Two columns; away from the edges -1, 0, 0.5 and 1.
  Matrix bins(5, 5), x(3, 2);
  bins.values = {0, 0, 1, 1, 1, -1, 0, -1, 0, 0.5, 1, 1, 1, 0.5, 0.5, -9, 0, -9, 0, 0, 1, 9, 1, 1, 9};
  x.values = {-1.5, 0.2, 0.7, 0.6, -0.3, 1.7};
  const Matrix outputGradient = randomMatrix(3, 5, 96);
  checkGradient("input", piecewiseLinearBackward(outputGradient, x, bins).values, x.values,
                [&] { return dot(outputGradient, piecewiseLinear(x, bins)); });
}

TEST("every loss differentiates rightly, with and without sample weights") {
  using LossFunction = reference::Loss (*)(const Matrix&, const Matrix&, const Vector&);
  const struct {
    const char* name;
    LossFunction loss;
    Matrix target;
  } kRows[] = {{"softmaxCrossEntropy of labels", softmaxCrossEntropy, oneHot({0, 2, 3, 1, 1}, 4)},
               {"softmaxCrossEntropy of probabilities", softmaxCrossEntropy, probabilityRows(5, 4)},
               {"sigmoidBinaryCrossEntropy", sigmoidBinaryCrossEntropy, probabilityRows(5, 4)},
               {"meanSquaredError", meanSquaredError, randomMatrix(5, 4, 79)}};
  for (const auto& row : kRows) {
    for (const Vector& weights : {Vector(), Vector{1, 0.5, 0, 3, 2}}) {
      CONTEXT(row.name, weights.empty() ? "" : ", weighted");
      Matrix prediction = randomMatrix(5, 4, 80, 2);
      checkGradient("prediction", row.loss(prediction, row.target, weights).gradient.values, prediction.values,
                    [&] { return weightedMean(row.loss(prediction, row.target, weights).rows, weights); });
    }
  }
}

TEST("the fused losses are the losses of softmax and sigmoid outputs") {
  const Matrix logits = randomMatrix(5, 4, 81, 3), target = probabilityRows(5, 4);
  const reference::Loss many = softmaxCrossEntropy(logits, target, {}), two = sigmoidBinaryCrossEntropy(logits, target, {});
  for (int64_t r = 0; r < 5; ++r) {
    double crossEntropy = 0, binary = 0;
    for (int64_t c = 0; c < 4; ++c) {
      const double t = target.at(r, c), p = many.output.at(r, c), q = two.output.at(r, c);
      crossEntropy -= t * std::log(p);
      binary -= (t * std::log(q) + (1 - t) * std::log(1 - q)) / 4;
    }
    CHECK_CLOSE(many.rows[r], crossEntropy, 1e-12);
    CHECK_CLOSE(two.rows[r], binary, 1e-12);
  }
}

TEST("penalties differentiate rightly") {
  Matrix weight = awayFromZero(randomMatrix(4, 6, 82));
  for (double l1 : {0.0, 0.3})
    for (double l2 : {0.0, 0.7})
      checkGradient("weight", penaltyGradient(weight, l1, l2).values, weight.values,
                    [&] { return penalty(weight, l1, l2); });
}

TEST("a whole network differentiates rightly through every layer") {
  const int64_t kSizes[] = {3, 6, 5, 4};
  const Activation kActivations[] = {Activation::Tanh, Activation::Gelu, Activation::Linear};
  const Labels labels = randomLabels(9, 4, 83);
  const Vector sampleWeights = randomVector(9, 84, 0.5, 2);
  constexpr double kL1 = 0.02, kL2 = 0.05;
  Matrix x = randomMatrix(9, 3, 85), weights[3];
  Vector biases[3];
  for (int layer = 0; layer < 3; ++layer) {
    weights[layer] = awayFromZero(randomMatrix(kSizes[layer + 1], kSizes[layer], 86 + layer));
    biases[layer] = randomVector(kSizes[layer + 1], 90 + layer, -1, 1);
  }

  std::vector<Forward> cache;
  const auto forward = [&] {
    cache.clear();
    const Matrix* input = &x;
    for (int layer = 0; layer < 3; ++layer) {
      cache.push_back(denseForward(*input, weights[layer], biases[layer], kActivations[layer]));
      input = &cache.back().output;
    }
    return softmaxCrossEntropy(*input, oneHot(labels, 4), sampleWeights);
  };
  const auto cost = [&] {
    cache.reserve(3);
    double total = weightedMean(forward().rows, sampleWeights);
    for (const Matrix& weight : weights) total += penalty(weight, kL1, kL2);
    return total;
  };

  cache.reserve(3);
  Matrix outputGradient = forward().gradient;
  ParameterGradients gradients[3];
  for (int layer = 2; layer >= 0; --layer) {
    const Matrix preActivationGradient =
        activationBackward(outputGradient, cache[layer].preActivation, kActivations[layer]);
    gradients[layer] = denseBackwardWeight(layer == 0 ? x : cache[layer - 1].output, preActivationGradient);
    const Matrix extra = penaltyGradient(weights[layer], kL1, kL2);
    for (size_t i = 0; i < extra.values.size(); ++i) gradients[layer].weight.values[i] += extra.values[i];
    outputGradient = denseBackwardInput(preActivationGradient, weights[layer]);
  }
  for (int layer = 0; layer < 3; ++layer) {
    CONTEXT("layer ", layer);
    checkGradient("weight", gradients[layer].weight.values, weights[layer].values, cost);
    checkGradient("bias", gradients[layer].bias, biases[layer], cost);
  }
  checkGradient("input", outputGradient.values, x.values, cost);
}

}  // namespace test
}  // namespace deepblas
