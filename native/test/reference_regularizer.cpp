#include <cmath>

#include "reference.h"

namespace deepblas {
namespace reference {

double penalty(const Matrix& weight, double l1, double l2) {
  double magnitudes = 0, squares = 0;
  for (double w : weight.values) {
    magnitudes += std::fabs(w);
    squares += w * w;
  }
  return l1 * magnitudes + l2 * squares;
}

Matrix penaltyGradient(const Matrix& weight, double l1, double l2) {
  Matrix gradient(weight.rows, weight.columns);
  for (size_t i = 0; i < weight.values.size(); ++i) {
    const double w = weight.values[i], sign = w > 0 ? 1 : w < 0 ? -1 : 0;
    gradient.values[i] = l1 * sign + 2 * l2 * w;
  }
  return gradient;
}

}  // namespace reference
}  // namespace deepblas
