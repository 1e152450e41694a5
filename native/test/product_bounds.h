// What the tests of dense products share: shapes, gaps between rows, and how far a product may be off. Its bound is what
// rounding of its sum may come to (sumError) times the sum of magnitudes of its terms.
#pragma once

#include <cmath>
#include <utility>

#include "reference.h"

namespace deepblas {
namespace test {

struct ProductShape {
  int64_t rows, inputs, outputs;
};

// Elements between the rows of the i-th operand.
inline int64_t gapOf(int64_t i) { return i % 3 == 0 ? 0 : i % 3 == 1 ? 5 : 16; }

inline reference::Vector magnitudes(reference::Vector vector) {
  for (double& value : vector) value = std::fabs(value);
  return vector;
}
inline reference::Matrix magnitudes(reference::Matrix matrix) {
  matrix.values = magnitudes(std::move(matrix.values));
  return matrix;
}

inline reference::Matrix scaled(reference::Matrix matrix, double factor) {
  for (double& value : matrix.values) value *= factor;
  return matrix;
}

// The bound behind an activation of sums with this bound: none is steeper than 1.13 (gelu), and their own errors are below
// 3e-7 (1 + |z|).
inline reference::Matrix activatedBound(reference::Matrix bound, const reference::Matrix& preActivation, Activation activation) {
  if (activation == Activation::Linear || activation == Activation::Relu) return bound;
  for (size_t i = 0; i < bound.values.size(); ++i)
    bound.values[i] = 1.13 * bound.values[i] + 3e-7 * (1 + std::fabs(preActivation.values[i]));
  return bound;
}

}  // namespace test
}  // namespace deepblas
