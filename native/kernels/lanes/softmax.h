// Softmax of one row of members side by side (kernels/vector/softmax.h). Alone, the lanes of a vector run along the columns:
// a sum or a maximum is kept for every place of a vector, and these are taken together from the first place on.
#pragma once

#include "kernels/lanes/lane.h"
#include "kernels/vector/functions.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

DEEPBLAS_INLINE int64_t roundUpLanes(int64_t columns) { return (columns + kWidth - 1) / kWidth * kWidth; }

// As sumOfLanes has it.
DEEPBLAS_INLINE Floats sumOfPlaces(const Floats (&places)[kWidth]) {
  Floats sum = {};
  for (int64_t i = 0; i < kWidth; ++i) sum += places[i];
  return sum;
}

struct LaneSoftmaxTerms {
  Floats maximum, sum;
};

DEEPBLAS_INLINE Floats laneMaximum(const View& x, int64_t row) {
  const Floats least = broadcast(-__builtin_inff());
  Floats maximum = least;
  // The columns that one place of a vector takes come together first. A NaN is not larger: the subtraction keeps it.
  for (int64_t place = 0; place < smaller(kWidth, x.columns); ++place) {
    Floats largest = least;
    for (int64_t c = place; c < x.columns; c += kWidth) {
      const Floats value = load(laneAt(x, row, c));
      largest = select(value > largest, value, largest);
    }
    maximum = place == 0 ? largest : select(largest > maximum, largest, maximum);
  }
  return maximum;
}

// output = exp(x - maximum), not yet divided by the sum; nowhere where no output is wanted.
DEEPBLAS_INLINE LaneSoftmaxTerms laneExponentials(const View* output, const View& x, int64_t row) {
  const Floats maximum = laneMaximum(x, row);
  Floats sum = {};
  for (int64_t place = 0; place < smaller(kWidth, x.columns); ++place) {
    Floats ofPlace = {};
    for (int64_t c = place; c < x.columns; c += kWidth) {
      const Floats term = exponential(load(laneAt(x, row, c)) - maximum);
      if (output) store(laneAt(*output, row, c), term);
      ofPlace += term;
    }
    sum += ofPlace;
  }
  return {maximum, sum};
}

DEEPBLAS_INLINE void scaleLanes(const View& output, int64_t row, Floats factor) {
  for (int64_t c = 0; c < output.columns; ++c) store(laneAt(output, row, c), load(laneAt(output, row, c)) * factor);
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
