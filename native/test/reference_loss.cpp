#include <cmath>

#include "reference.h"

namespace deepblas {
namespace reference {

namespace {

// What row r counts for in the mean: weight / sum of weights.
double share(const Vector& sampleWeights, int64_t row, int64_t rows) {
  return sampleWeights.empty() ? 1.0 / static_cast<double>(rows) : sampleWeights[row] / weightSum(sampleWeights);
}

}  // namespace

double weightSum(const Vector& sampleWeights) {
  double sum = 0;
  for (double weight : sampleWeights) sum += weight;
  return sum;
}

double weightedMean(const Vector& rows, const Vector& sampleWeights) {
  double mean = 0;
  for (size_t r = 0; r < rows.size(); ++r) mean += rows[r] * share(sampleWeights, r, rows.size());
  return mean;
}

Matrix oneHot(const Labels& labels, int64_t classes) {
  Matrix target(static_cast<int64_t>(labels.size()), classes);
  for (int64_t r = 0; r < target.rows; ++r) target.at(r, labels[r]) = 1;
  return target;
}

// L = -sum t log p with p = softmax(z); dL/dz = p sum t - t
Loss softmaxCrossEntropy(const Matrix& logits, const Matrix& target, const Vector& sampleWeights) {
  Loss loss = {Vector(logits.rows), Matrix(logits.rows, logits.columns), softmaxForward(logits)};
  for (int64_t r = 0; r < logits.rows; ++r) {
    double largest = logits.at(r, 0), sum = 0, mass = 0;
    for (int64_t c = 1; c < logits.columns; ++c) largest = std::fmax(largest, logits.at(r, c));
    for (int64_t c = 0; c < logits.columns; ++c) sum += std::exp(logits.at(r, c) - largest);
    for (int64_t c = 0; c < logits.columns; ++c) {
      const double logProbability = logits.at(r, c) - largest - std::log(sum);
      loss.rows[r] -= target.at(r, c) * logProbability;
      mass += target.at(r, c);
    }
    for (int64_t c = 0; c < logits.columns; ++c)
      loss.gradient.at(r, c) =
          (loss.output.at(r, c) * mass - target.at(r, c)) * share(sampleWeights, r, logits.rows);
  }
  return loss;
}

// L = -t log p - (1 - t) log(1 - p) with p = sigmoid(z), the mean over outputs; dL/dz = (p - t) / outputs.
// log p = -log(1 + e^-z) and log(1 - p) = -log(1 + e^z), written so that nothing overflows.
Loss sigmoidBinaryCrossEntropy(const Matrix& logits, const Matrix& target, const Vector& sampleWeights) {
  Loss loss = {Vector(logits.rows), Matrix(logits.rows, logits.columns),
               activationForward(logits, Activation::Sigmoid)};
  const double columns = static_cast<double>(logits.columns);
  for (int64_t r = 0; r < logits.rows; ++r) {
    for (int64_t c = 0; c < logits.columns; ++c) {
      const double z = logits.at(r, c), t = target.at(r, c);
      loss.rows[r] += (std::fmax(z, 0.0) - z * t + std::log1p(std::exp(-std::fabs(z)))) / columns;
      loss.gradient.at(r, c) = (loss.output.at(r, c) - t) / columns * share(sampleWeights, r, logits.rows);
    }
  }
  return loss;
}

// L = mean over outputs of (a - t)²; dL/da = 2 (a - t) / outputs
Loss meanSquaredError(const Matrix& prediction, const Matrix& target, const Vector& sampleWeights) {
  Loss loss = {Vector(prediction.rows), Matrix(prediction.rows, prediction.columns), prediction};
  const double columns = static_cast<double>(prediction.columns);
  for (int64_t r = 0; r < prediction.rows; ++r) {
    for (int64_t c = 0; c < prediction.columns; ++c) {
      const double difference = prediction.at(r, c) - target.at(r, c);
      loss.rows[r] += difference * difference / columns;
      loss.gradient.at(r, c) = 2 * difference / columns * share(sampleWeights, r, prediction.rows);
    }
  }
  return loss;
}

}  // namespace reference
}  // namespace deepblas
