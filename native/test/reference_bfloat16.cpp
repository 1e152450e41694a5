#include <cmath>

#include "reference.h"

namespace deepblas {
namespace reference {

double bfloat16(double value) {
  if (std::isnan(value) || std::isinf(value)) return value;
  if (std::fabs(value) < 0x1p-126) return std::copysign(0.0, value);
  int exponent;
  const double significand = std::frexp(value, &exponent);  // in [1/2, 1)
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(significand, 8)), exponent - 8);
  return std::fabs(rounded) < 0x1p128 ? rounded : std::copysign(INFINITY, value);
}

Matrix bfloat16(const Matrix& matrix) {
  Matrix result = matrix;
  for (double& value : result.values) value = bfloat16(value);
  return result;
}

}  // namespace reference
}  // namespace deepblas
