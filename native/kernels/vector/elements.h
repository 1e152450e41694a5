// Passes over the elements of row-major tensors, shared by the element-wise kernels.
#pragma once

#include "kernels/kernel.h"
#include "kernels/vector/simd.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kElementTile = 16384;  // elements worth another thread

DEEPBLAS_INLINE Ints firstMask(int64_t count) {
  Ints lane;
  for (int64_t i = 0; i < kWidth; ++i) lane[i] = (int32_t)i;
  return lane < broadcastInt((int32_t)count);
}

DEEPBLAS_INLINE Axes rowAxes(int64_t rows, int64_t columns) {
  const int64_t tile = kElementTile / (columns < 1 ? 1 : columns);
  return {rows, 1, tile < 1 ? 1 : tile, 1};
}

DEEPBLAS_INLINE Axes wholeAxes(const Call&) { return {1, 1, 1, 1}; }

// Rows without gaps are one long row: narrow tensors fill whole vectors then.
struct Runs {
  int64_t begin, end, width;
};
DEEPBLAS_INLINE Runs runsOf(const Tile& tile, int64_t columns, bool contiguous) {
  if (contiguous) return {0, 1, (tile.firstEnd - tile.firstBegin) * columns};
  return {0, tile.firstEnd - tile.firstBegin, columns};
}
DEEPBLAS_INLINE bool contiguous(const View& view) { return view.stride == view.columns; }
DEEPBLAS_INLINE float* rowOf(const View& view, int64_t row) { return data<float>(&view) + row * view.stride; }

// Double-precision sums in eight fixed lanes: the same bits whatever the instruction set's width.
typedef float EightFloats __attribute__((vector_size(32)));
typedef double EightDoubles __attribute__((vector_size(64)));

// Eight consecutive values, zeros from `present` on. By reference: how a wide vector is returned depends on the flags.
DEEPBLAS_INLINE void readEight(EightDoubles& to, const float* values, int64_t present) {
  EightFloats eight = {};
  if (present >= 8) {
    __builtin_memcpy(&eight, values, sizeof eight);
  } else {
    for (int64_t i = 0; i < present; ++i) eight[i] = values[i];
  }
  to = __builtin_convertvector(eight, EightDoubles);
}

struct Sum {
  EightDoubles lane = {};
  DEEPBLAS_INLINE double total() const {
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
  }
};

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
