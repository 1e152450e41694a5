// Products of a block of rows with panels of a weight, on register tiles.
#pragma once

#include "kernels/vector/tile.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
// Not in a namespace without a name: the files that use these share one copy of each.

constexpr int kMaximumVectors = kRegisters == 32 ? 4 : 3;

// One register tile of C: partial sums are kept in C between depth blocks; the last block adds bias and activation.
struct TileWork {
  Strided a;
  const float* b;
  int64_t bStride;
  int64_t depth;
  float* c;
  int64_t cStride;
  int64_t lastLanes;  // lanes of the last vector that exist in C (and in B, where B has no padding)
  bool first, last;
  bool dealt;  // the depth is dealt out to several accumulators; only where every tile of the product can do so
  const float* bias;
  float* preActivation;
  int64_t preActivationStride;
  bool relu;
};

template <int kRows, int kVectors, bool kPartialB>
__attribute__((noinline)) void runTile(const TileWork& work) {
  Accumulators<kRows, kVectors> tile;
  const int64_t lanes = work.lastLanes;
  const bool whole = lanes == kWidth;
  if (work.first) {
    clear(tile);
  } else {
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        const float* from = work.c + r * work.cStride + v * kWidth;
        tile.sum[r][v] = whole || v < kVectors - 1 ? load(from) : loadFirst(from, lanes);
      }
  }
  bool dealt = false;
  if constexpr (kRows * kVectors <= kDealtVectors) {
    dealt = work.dealt;
    if (dealt) multiplyAddDealt<kRows, kVectors, kPartialB>(tile, work.a, work.b, work.bStride, work.depth, lanes);
  }
  if (!dealt) multiplyAdd<kRows, kVectors, kPartialB>(tile, work.a, work.b, work.bStride, work.depth, lanes);
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    const bool full = whole || v < kVectors - 1;
    if (work.last && work.bias) {
      const float* from = work.bias + v * kWidth;
      const Floats bias = full ? load(from) : loadFirst(from, lanes);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) tile.sum[r][v] += bias;
    }
    if (work.last && work.preActivation) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        float* to = work.preActivation + r * work.preActivationStride + v * kWidth;
        full ? store(to, tile.sum[r][v]) : storeFirst(to, tile.sum[r][v], lanes);
      }
    }
    if (work.last && work.relu) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) tile.sum[r][v] = atLeast(tile.sum[r][v], 0.0f);
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      float* to = work.c + r * work.cStride + v * kWidth;
      full ? store(to, tile.sum[r][v]) : storeFirst(to, tile.sum[r][v], lanes);
    }
  }
}

template <int kRows, int kVectors>
void runRemainder(int64_t rows, const TileWork& work, bool partialB) {
  if constexpr (kRows > 0) {
    if (rows == kRows) return partialB ? runTile<kRows, kVectors, true>(work) : runTile<kRows, kVectors, false>(work);
    runRemainder<kRows - 1, kVectors>(rows, work, partialB);
  }
}

// A block of C rows against one panel of B.
template <int kVectors>
void runRows(int64_t rows, TileWork work, bool partialB) {
  constexpr int kRows = tileRows<kVectors>();
  for (; rows > 0; rows -= kRows) {
    runRemainder<kRows, kVectors>(smaller(rows, kRows), work, partialB);
    work.a.data += kRows * work.a.rowStride;
    work.c += kRows * work.cStride;
    if (work.preActivation) work.preActivation += kRows * work.preActivationStride;
  }
}

DEEPBLAS_INLINE void runPanel(int64_t panel, int64_t rows, const TileWork& work, bool partialB) {
  switch (panel / kWidth) {
    case 1: return runRows<1>(rows, work, partialB);
    case 2: return runRows<2>(rows, work, partialB);
    case 3: return runRows<3>(rows, work, partialB);
    default:
      if constexpr (kMaximumVectors == 4) return runRows<4>(rows, work, partialB);
  }
}

// Lanes of a panel's last vector that hold results, and whether whole vectors of the panel hold none.
struct PanelShape {
  int64_t vectors, lastLanes;
};
DEEPBLAS_INLINE PanelShape panelShape(int64_t panel, int64_t width) {
  const int64_t vectors = (smaller(panel, width) + kWidth - 1) / kWidth;
  return {vectors, smaller(panel, width) - (vectors - 1) * kWidth};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
