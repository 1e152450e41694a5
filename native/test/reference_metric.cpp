#include "reference.h"

namespace deepblas {
namespace reference {

Labels labelsOf(const Matrix& target) {
  Labels labels(target.rows);
  for (int64_t r = 0; r < target.rows; ++r)
    for (int32_t c = 1; c < target.columns; ++c)
      if (target.at(r, c) > target.at(r, labels[r])) labels[r] = c;
  return labels;
}

Vector accuracy(const Matrix& output, const Labels& labels) {
  const Labels predicted = labelsOf(output);
  Vector values(output.rows);
  for (int64_t r = 0; r < output.rows; ++r) values[r] = predicted[r] == labels[r] ? 1 : 0;
  return values;
}

Vector binaryAccuracy(const Matrix& output, const Matrix& target, double threshold) {
  Vector values(output.rows);
  for (int64_t r = 0; r < output.rows; ++r) {
    double hits = 0;
    for (int64_t c = 0; c < output.columns; ++c) hits += (output.at(r, c) > threshold) == (target.at(r, c) > 0.5);
    values[r] = hits / static_cast<double>(output.columns);
  }
  return values;
}

void accumulate(Accumulator& accumulator, const Vector& rowValues, const Vector& sampleWeights) {
  for (std::size_t r = 0; r < rowValues.size(); ++r) {
    const double weight = sampleWeights.empty() ? 1 : sampleWeights[r];
    accumulator.sum += rowValues[r] * weight;
    accumulator.weight += weight;
  }
}

}  // namespace reference
}  // namespace deepblas
