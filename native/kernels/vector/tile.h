// The register tile of every matrix product: kRows rows of A times one panel of B, kVectors vectors wide.
// Each result is one accumulator that takes its terms in order, so how a product is cut into tiles, or its depth into
// blocks (the partial sums are exact in float32 memory), never changes a bit. A product so small that one tile holds it
// whole would wait for each addition: its terms are dealt out to several accumulators (multiplyAddDealt).
#pragma once

#include "kernels/vector/simd.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
// Not in a namespace without a name: the files that use these share one copy of each.

// Rows per tile: as many accumulators as leave registers for one vector row of B and a broadcast of A.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kRegisters = 32;
#else
constexpr int kRegisters = 16;
#endif
template <int kVectors>
constexpr int tileRows() {
  return (kRegisters - kVectors - 1) / kVectors > 14 ? 14 : (kRegisters - kVectors - 1) / kVectors;
}

// The operand A: element (row, step) stands at data[row * rowStride + step * stepStride].
struct Strided {
  const float* data;
  int64_t rowStride;
  int64_t stepStride;
};

template <int kRows, int kVectors>
struct Accumulators {
  Floats sum[kRows][kVectors];
};

template <int kRows, int kVectors>
DEEPBLAS_INLINE void clear(Accumulators<kRows, kVectors>& tile) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) tile.sum[r][v] = Floats{};
}

// sum[r][v] += A(r, step) * B(step, v) for every step in order. B's rows are bStride apart; kLastPartial: only
// lastLanes lanes of B's last vector may be read.
template <int kRows, int kVectors, bool kLastPartial>
DEEPBLAS_INLINE void multiplyAdd(Accumulators<kRows, kVectors>& tile, Strided a, const float* b, int64_t bStride,
                                 int64_t depth, int64_t lastLanes) {
  const float* pointer[kRows];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) pointer[r] = a.data + r * a.rowStride;
  const int64_t stepStride = a.stepStride;
  for (int64_t step = 0; step < depth; ++step) {
    Floats row[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v)
      row[v] = kLastPartial && v == kVectors - 1 ? loadFirst(b + v * kWidth, lastLanes) : load(b + v * kWidth);
    b += bStride;
    // A read down its columns (x of a weight gradient): no hardware prefetcher follows, and the next tiles want the
    // line beside this one.
    if (stepStride != 1) __builtin_prefetch(pointer[0] + 16);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const Floats factor = broadcast(*pointer[r]);
      pointer[r] += stepStride;
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) tile.sum[r][v] = fma(factor, row[v], tile.sum[r][v]);
    }
  }
}

// As multiplyAdd, for an A that is packed for these rows: those of one step stand side by side, kRows apart from the next
// step's.
template <int kRows, int kVectors>
DEEPBLAS_INLINE void multiplyAddPacked(Accumulators<kRows, kVectors>& tile, const float* a, const float* b, int64_t bStride,
                                       int64_t depth) {
  for (int64_t step = 0; step < depth; ++step) {
    Floats row[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) row[v] = load(b + v * kWidth);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const Floats factor = broadcast(a[r]);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) tile.sum[r][v] = fma(factor, row[v], tile.sum[r][v]);
    }
    a += kRows;
    b += bStride;
  }
}

// Accumulators that the terms of one sum are dealt out to: as many as additions take cycles.
constexpr int kDeals = 4;
// Vectors of a tile that leave registers for all of them.
constexpr int kDealtVectors = kRegisters == 32 ? 6 : 3;

// add(0), add(1) … of `count` terms in order. By constants, not by a count: accumulators that are looked up by number would
// live in memory.
template <typename Add>
DEEPBLAS_INLINE void dealOut(int64_t count, Add& add) {
  for (; count >= kDeals; count -= kDeals) {
#pragma GCC unroll 4
    for (int deal = 0; deal < kDeals; ++deal) add(deal);
  }
#pragma GCC unroll 4
  for (int deal = 0; deal < kDeals - 1; ++deal)
    if (deal < count) add(deal);
}

// As multiplyAdd, but step s adds to accumulator s % kDeals; these are added up in pairs at the end.
template <int kRows, int kVectors, bool kLastPartial>
DEEPBLAS_INLINE void multiplyAddDealt(Accumulators<kRows, kVectors>& tile, Strided a, const float* b, int64_t bStride,
                                      int64_t depth, int64_t lastLanes) {
  Accumulators<kRows, kVectors> dealt[kDeals];
#pragma GCC unroll 4
  for (int deal = 0; deal < kDeals; ++deal) clear(dealt[deal]);
  const auto add = [&](int deal) {
    multiplyAdd<kRows, kVectors, kLastPartial>(dealt[deal], a, b, bStride, 1, lastLanes);
    a.data += a.stepStride;
    b += bStride;
  };
  dealOut(depth, add);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v)
      tile.sum[r][v] += (dealt[0].sum[r][v] + dealt[1].sum[r][v]) + (dealt[2].sum[r][v] + dealt[3].sum[r][v]);
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
