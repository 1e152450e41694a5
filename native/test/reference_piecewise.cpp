#include <algorithm>

#include "reference.h"

namespace deepblas {
namespace reference {

Matrix piecewiseLinear(const Matrix& x, const Matrix& bins) {
  Matrix output(x.rows, bins.columns);
  for (int64_t r = 0; r < x.rows; ++r) {
    for (int64_t bin = 0; bin < bins.columns; ++bin) {
      const double part = (x.at(r, static_cast<int64_t>(bins.at(0, bin))) - bins.at(1, bin)) / bins.at(2, bin);
      output.at(r, bin) = std::min(std::max(part, bins.at(3, bin)), bins.at(4, bin));
    }
  }
  return output;
}

Matrix piecewiseLinearBackward(const Matrix& outputGradient, const Matrix& x, const Matrix& bins) {
  Matrix inputGradient(x.rows, x.columns);
  for (int64_t r = 0; r < x.rows; ++r) {
    for (int64_t bin = 0; bin < bins.columns; ++bin) {
      const int64_t column = static_cast<int64_t>(bins.at(0, bin));
      const double part = (x.at(r, column) - bins.at(1, bin)) / bins.at(2, bin);
      if (part < bins.at(3, bin) || part > bins.at(4, bin)) continue;
      inputGradient.at(r, column) += outputGradient.at(r, bin) / bins.at(2, bin);
    }
  }
  return inputGradient;
}

}  // namespace reference
}  // namespace deepblas
