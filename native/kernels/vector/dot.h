// Products of rows with rows: C(r, o) = sum over k of A(r, k) B(o, k), both read along k. For layers of few outputs,
// whose results would leave most lanes of a register tile empty: here the lanes are steps of the depth. Lane l sums the
// steps k = l modulo the width in order, and the lanes are added in one fixed tree, whatever tile a result is part of.
#pragma once

#include "kernels/vector/simd.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
// Not in a namespace without a name: the files that use these share one copy of each.

// Sums in registers beside one vector of A a row and one of B.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kDotRows = 4, kDotColumns = 5;
#else
constexpr int kDotRows = 3, kDotColumns = 3;
#endif
constexpr int64_t kDotDepth = 512;  // steps whose operands stay in the first-level cache

struct DotWork {
  const float* a;
  int64_t aStride;
  const float* b;
  int64_t bStride;
  int64_t depth;
  float* sums;  // [rows][sumStride] vectors of lanes
  int64_t sumStride;
  bool first;
};

template <int kRows, int kColumns>
__attribute__((noinline)) void dotTile(const DotWork& work) {
  Floats sum[kRows][kColumns];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 5
    for (int c = 0; c < kColumns; ++c)
      sum[r][c] = work.first ? Floats{} : load(work.sums + (r * work.sumStride + c) * kWidth);
  const float *a = work.a, *b = work.b;
  const int64_t aStride = work.aStride, bStride = work.bStride;
  int64_t k = 0;
  for (; k + kWidth <= work.depth; k += kWidth) {
    Floats row[kRows];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) row[r] = load(a + r * aStride + k);
#pragma GCC unroll 5
    for (int c = 0; c < kColumns; ++c) {
      const Floats column = load(b + c * bStride + k);
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) sum[r][c] = fma(row[r], column, sum[r][c]);
    }
  }
  if (k < work.depth) {
    const int64_t lanes = work.depth - k;
    for (int r = 0; r < kRows; ++r) {
      const Floats row = loadFirst(a + r * aStride + k, lanes);
      for (int c = 0; c < kColumns; ++c) sum[r][c] = fma(row, loadFirst(b + c * bStride + k, lanes), sum[r][c]);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 5
    for (int c = 0; c < kColumns; ++c) store(work.sums + (r * work.sumStride + c) * kWidth, sum[r][c]);
}

template <int kRows, int kColumns>
DEEPBLAS_INLINE void dotColumns(int64_t columns, const DotWork& work) {
  if constexpr (kColumns > 0) {
    if (columns == kColumns) return dotTile<kRows, kColumns>(work);
    dotColumns<kRows, kColumns - 1>(columns, work);
  }
}

template <int kRows>
DEEPBLAS_INLINE void dotRows(int64_t rows, int64_t columns, const DotWork& work) {
  if constexpr (kRows > 0) {
    if (rows == kRows) return dotColumns<kRows, kDotColumns>(columns, work);
    dotRows<kRows - 1>(rows, columns, work);
  }
}

// The sums of the lanes of kWidth vectors, vectors[i] in lane i. Halves are added to halves, so that every lane's sum is
// the same tree.
template <int kDistance = static_cast<int>(kWidth) / 2>
DEEPBLAS_INLINE Floats sumsOfLanes(Floats (&vectors)[kWidth]) {
  if constexpr (kDistance >= 1) {
    // vectors[i] and vectors[i + kDistance] share one vector: lanes without the bit kDistance are the first one's.
#pragma GCC unroll 8
    for (int64_t i = 0; i < kDistance; ++i) {
      const Floats a = vectors[i], b = vectors[i + kDistance];
      vectors[i] = shuffled<LowLanes<kDistance>>(a, b) + shuffled<HighLanes<kDistance>>(a, b);
    }
    return sumsOfLanes<kDistance / 2>(vectors);
  }
  return vectors[0];
}

// Rows and columns of a block whose sums, one for each lane, are kept while the depth goes by.
constexpr int64_t kDotRowBlock = 8 * kDotRows, kDotColumnBlock = 4 * kDotColumns;

// sums[i] becomes the sum of the lanes of the i-th vector, kWidth of them at a time.
DEEPBLAS_INLINE void addLanes(float* sums, int64_t count) {
  for (int64_t first = 0; first < count; first += kWidth) {
    Floats vectors[kWidth];
    const int64_t here = smaller(kWidth, count - first);
    for (int64_t i = 0; i < kWidth; ++i) vectors[i] = i < here ? load(sums + (first + i) * kWidth) : Floats{};
    store(sums + first, sumsOfLanes(vectors));
  }
}

struct DotProduct {
  const float* a;
  int64_t aStride;
  const float* b;
  int64_t bStride;
  int64_t depth;
  const float* bias;  // added to every row of C; null where there is none
  float* c;
  int64_t cStride;
};

inline void dotProduct(const DotProduct& product, int64_t rows, int64_t columns) {
  alignas(64) float sums[kDotRowBlock * kDotColumnBlock * kWidth];
  for (int64_t r = 0; r < rows; r += kDotRowBlock) {
    const int64_t blockRows = smaller(kDotRowBlock, rows - r);
    for (int64_t column = 0; column < columns; column += kDotColumnBlock) {
      const int64_t blockColumns = smaller(kDotColumnBlock, columns - column);
      for (int64_t step = 0; step < product.depth; step += kDotDepth) {
        for (int64_t i = 0; i < blockRows; i += kDotRows) {
          for (int64_t c = 0; c < blockColumns; c += kDotColumns) {
            const DotWork work = {product.a + (r + i) * product.aStride + step,
                                  product.aStride,
                                  product.b + (column + c) * product.bStride + step,
                                  product.bStride,
                                  smaller(kDotDepth, product.depth - step),
                                  sums + (i * blockColumns + c) * kWidth,
                                  blockColumns,
                                  step == 0};
            dotRows<kDotRows>(smaller(kDotRows, blockRows - i), smaller(kDotColumns, blockColumns - c), work);
          }
        }
      }
      addLanes(sums, blockRows * blockColumns);
      for (int64_t i = 0; i < blockRows; ++i) {
        float* to = product.c + (r + i) * product.cStride + column;
        for (int64_t c = 0; c < blockColumns; ++c)
          to[c] = sums[i * blockColumns + c] + (product.bias ? product.bias[column + c] : 0.0f);
      }
    }
  }
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
