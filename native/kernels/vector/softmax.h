// Softmax of one row, shifted by its maximum so that no exponential overflows.
#pragma once

#include "kernels/vector/elements.h"
#include "kernels/vector/functions.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

struct SoftmaxTerms {
  float maximum;
  float sum;  // of exp(x - maximum)
};

// output = exp(x - maximum), not yet divided by the sum. output may be x.
DEEPBLAS_INLINE SoftmaxTerms exponentials(float* output, const float* x, int64_t columns) {
  Floats largest = broadcast(-__builtin_inff());
  for (int64_t i = 0; i < columns; i += kWidth) {
    const int64_t lanes = smaller(kWidth, columns - i);
    // A NaN fails the comparison below and would be lost here; the subtraction that follows keeps it.
    const Floats value = select(firstMask(lanes), loadFirst(x + i, lanes), broadcast(-__builtin_inff()));
    largest = select(value > largest, value, largest);
  }
  const float maximum = largestLane(largest);
  Floats sums = {};
  for (int64_t i = 0; i < columns; i += kWidth) {
    const int64_t lanes = smaller(kWidth, columns - i);
    const Floats term = exponential(loadFirst(x + i, lanes) - maximum);
    storeFirst(output + i, term, lanes);
    sums += select(firstMask(lanes), term, Floats{});
  }
  return {maximum, sumOfLanes(sums)};
}

DEEPBLAS_INLINE void scaleRow(float* row, float factor, int64_t columns) {
  for (int64_t i = 0; i < columns; i += kWidth) {
    const int64_t lanes = smaller(kWidth, columns - i);
    storeFirst(row + i, loadFirst(row + i, lanes) * factor, lanes);
  }
}

DEEPBLAS_INLINE void softmaxRow(float* output, const float* x, int64_t columns) {
  const SoftmaxTerms terms = exponentials(output, x, columns);
  scaleRow(output, 1.0f / terms.sum, columns);
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
