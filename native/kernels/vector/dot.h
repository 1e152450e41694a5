// Products of rows with rows: C(r, o) = sum over k of A(r, k) B(o, k), both read along k. For layers of few outputs,
// whose results would leave most lanes of a register tile empty: here the lanes are steps of the depth. Lane l sums the
// steps k = l modulo the width in order, and the lanes are added in one fixed tree, whatever tile a result is part of.
#pragma once

#include "kernels/vector/bytes.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
// Not in a namespace without a name: the files that use these share one copy of each.

// Sums in registers beside one vector of A a row and one of B.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kDotRows = 4, kDotColumns = 5;
#else
constexpr int kDotRows = 3, kDotColumns = 3;
#endif
// Steps whose operands of one tile stay in the first-level cache. Chains of a single row, which wait for each addition,
// overlap where they are short.
#if defined(__AVX512F__)
constexpr int64_t kDotDepth = 1024;
#else
constexpr int64_t kDotDepth = 512;
#endif

// Rows of A: floats as they are, or bytes that stand for element * scale, which are converted on the way.
template <typename Element>
struct DotRows {
  const Element* data;
  int64_t stride;
  float scale;
};

// Tiles of rows of A below one another, against the same rows of B.
template <typename Element>
struct DotWork {
  DotRows<Element> a;
  const float* b;
  int64_t bStride;
  int64_t depth;
  float* sums;  // [rows][sumStride] vectors of lanes
  int64_t sumStride;
  bool first;
  int64_t tiles;
  float* converted;  // bytes as floats, rows kConvertedStride apart, for the columns to come
};

// An odd number of cache lines.
constexpr int64_t kConvertedStride = kDotDepth + 16;

// Fully unrolled, and on copies of the numbers: sums that are looked up by number, or a pointer that a store may change,
// would send the registers to memory and back.
template <int kRows, int kColumns, typename Element>
__attribute__((noinline)) void dotTiles(const DotWork<Element>& work) {
  constexpr bool kBytes = sizeof(Element) == 1;
  const Element* a = work.a.data;
  const float *b = work.b, scale = work.a.scale;
  float *sums = work.sums, *converted = work.converted;
  const int64_t aStride = work.a.stride, bStride = work.bStride, sumStride = work.sumStride * kWidth;
  const int64_t depth = work.depth;
  const bool first = work.first;
  for (int64_t tiles = work.tiles; tiles > 0; --tiles) {
    Floats sum[kRows][kColumns];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 5
      for (int c = 0; c < kColumns; ++c) sum[r][c] = first ? Floats{} : load(sums + r * sumStride + c * kWidth);
    int64_t k = 0;
    for (; k + kWidth <= depth; k += kWidth) {
      Floats row[kRows];
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        row[r] = loadScaled(a + r * aStride + k, scale);
        if constexpr (kBytes) store(converted + r * kConvertedStride + k, row[r]);
      }
#pragma GCC unroll 5
      for (int c = 0; c < kColumns; ++c) {
        const Floats column = load(b + c * bStride + k);
#pragma GCC unroll 4
        for (int r = 0; r < kRows; ++r) sum[r][c] = fma(row[r], column, sum[r][c]);
      }
    }
    if (k < depth) {
      const int64_t lanes = depth - k;
      Floats row[kRows];
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        row[r] = loadFirstScaled(a + r * aStride + k, lanes, scale);
        if constexpr (kBytes) store(converted + r * kConvertedStride + k, row[r]);
      }
#pragma GCC unroll 5
      for (int c = 0; c < kColumns; ++c) {
        const Floats column = loadFirst(b + c * bStride + k, lanes);
#pragma GCC unroll 4
        for (int r = 0; r < kRows; ++r) sum[r][c] = fma(row[r], column, sum[r][c]);
      }
    }
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 5
      for (int c = 0; c < kColumns; ++c) store(sums + r * sumStride + c * kWidth, sum[r][c]);
    a += kRows * aStride;
    sums += kRows * sumStride;
    converted += kBytes ? kRows * kConvertedStride : 0;
  }
}

template <int kRows, int kColumns, typename Element>
DEEPBLAS_INLINE void dotColumns(int64_t columns, const DotWork<Element>& work) {
  if constexpr (kColumns > 0) {
    if (columns == kColumns) return dotTiles<kRows, kColumns>(work);
    dotColumns<kRows, kColumns - 1>(columns, work);
  }
}

template <int kRows, typename Element>
DEEPBLAS_INLINE void dotRows(int64_t rows, int64_t columns, const DotWork<Element>& work) {
  if constexpr (kRows > 0) {
    if (rows == kRows) return dotColumns<kRows, kDotColumns>(columns, work);
    dotRows<kRows - 1>(rows, columns, work);
  }
}

// Any number of rows: whole tiles, and one of those that are left.
template <typename Element>
DEEPBLAS_INLINE void dotColumnsOf(int64_t rows, int64_t columns, DotWork<Element> work) {
  const int64_t whole = rows / kDotRows, left = rows % kDotRows;
  work.tiles = whole;
  if (whole > 0) dotColumns<kDotRows, kDotColumns>(columns, work);
  if (left == 0) return;
  work.tiles = 1;
  work.a.data += whole * kDotRows * work.a.stride;
  work.sums += whole * kDotRows * work.sumStride * kWidth;
  if (sizeof(Element) == 1) work.converted += whole * kDotRows * kConvertedStride;
  dotRows<kDotRows - 1>(left, columns, work);
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

// Rows and columns of a block whose sums, one for each lane, are kept while the depth goes by. Fewer rows of bytes, which
// are kept as floats beside them.
template <typename Element>
constexpr int64_t kDotRowBlock = (sizeof(Element) == 1 ? 2 : 8) * kDotRows;
constexpr int64_t kDotColumnBlock = 4 * kDotColumns;

// sums[i] becomes the sum of the lanes of the i-th vector, kWidth of them at a time.
DEEPBLAS_INLINE void addLanes(float* sums, int64_t count) {
  for (int64_t first = 0; first < count; first += kWidth) {
    Floats vectors[kWidth];
    const int64_t here = smaller(kWidth, count - first);
    for (int64_t i = 0; i < kWidth; ++i) vectors[i] = i < here ? load(sums + (first + i) * kWidth) : Floats{};
    store(sums + first, sumsOfLanes(vectors));
  }
}

template <typename Element>
struct DotProduct {
  DotRows<Element> a;
  const float* b;
  int64_t bStride;
  int64_t depth;
  const float* bias;  // added to every row of C; null where there is none
  float* c;
  int64_t cStride;
};

// The tiles of one block of the depth. A tile's columns stay near while the rows pass by: columns lie a power of two apart
// in many a weight, and would fall into the same few cache sets if all of a block's were to stay.
template <typename Element>
DEEPBLAS_INLINE void dotDepth(const DotProduct<Element>& product, int64_t rows, int64_t columns, int64_t step,
                              float* sums, float* converted) {
  constexpr bool kBytes = sizeof(Element) == 1;
  const int64_t depth = smaller(kDotDepth, product.depth - step);
  for (int64_t c = 0; c < columns; c += kDotColumns) {
    const DotRows<Element> a = {product.a.data + step, product.a.stride, product.a.scale};
    const DotRows<float> floats = {converted, kConvertedStride, 1};
    const DotWork<Element> work = {a,       product.b + c * product.bStride + step, product.bStride, depth,
                                   sums + c * kWidth, columns, step == 0, 0, converted};
    const int64_t tileColumns = smaller(kDotColumns, columns - c);
    if (kBytes && c > 0) {
      dotColumnsOf(rows, tileColumns, DotWork<float>{floats, work.b, work.bStride, depth, work.sums, columns, work.first, 0, nullptr});
    } else {
      dotColumnsOf(rows, tileColumns, work);
    }
  }
}

template <typename Element>
void dotProduct(const DotProduct<Element>& product, int64_t rows, int64_t columns) {
  constexpr int64_t kRowBlock = kDotRowBlock<Element>;
  alignas(64) float sums[kRowBlock * kDotColumnBlock * kWidth];
  alignas(64) float converted[sizeof(Element) == 1 ? kRowBlock * kConvertedStride : 1];
  for (int64_t r = 0; r < rows; r += kRowBlock) {
    const int64_t blockRows = smaller(kRowBlock, rows - r);
    for (int64_t column = 0; column < columns; column += kDotColumnBlock) {
      const int64_t blockColumns = smaller(kDotColumnBlock, columns - column);
      DotProduct<Element> block = product;
      block.a.data += r * block.a.stride;
      block.b += column * block.bStride;
      for (int64_t step = 0; step < product.depth; step += kDotDepth)
        dotDepth(block, blockRows, blockColumns, step, sums, converted);
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
