// Sums over the rows of a batch: what a bias gets as its gradient.
#pragma once

#include "kernels/kernel.h"
#include "kernels/vector/tile.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

// The sum over rows for up to kWidth columns. Always dealt out to several accumulators, so that the order of additions is
// the same for layers of any width.
template <bool kPartial>
DEEPBLAS_INLINE Floats sumOfRows(const float* row, int64_t stride, int64_t rows, int64_t lanes) {
  Floats sum[kDeals] = {};
  const auto add = [&](int deal) {
    sum[deal] += kPartial ? loadFirst(row, lanes) : load(row);
    row += stride;
  };
  dealOut(rows, add);
  static_assert(kDeals == 4);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

// Not `first`: added to what is there.
void sumRows(const View& biasGradient, const View& from, int64_t rows, int64_t begin, int64_t end, bool first = true) {
  for (int64_t column = begin; column < end; column += kWidth) {
    const int64_t lanes = smaller(kWidth, end - column);
    const float* row = data<float>(&from) + column;
    Floats sum = lanes == kWidth ? sumOfRows<false>(row, from.stride, rows, lanes)
                                 : sumOfRows<true>(row, from.stride, rows, lanes);
    float* to = data<float>(&biasGradient) + column;
    if (!first) sum = loadFirst(to, lanes) + sum;
    storeFirst(to, sum, lanes);
  }
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
