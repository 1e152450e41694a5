// Products of a block of rows with panels of a weight, on register tiles.
#pragma once

#include "kernels/vector/tile.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
// Not in a namespace without a name: the files that use these share one copy of each.

constexpr int kMaximumVectors = kRegisters == 32 ? 4 : 3;
// Vectors of a panel of a large weight, whose tiles read a packed A: 14 rows by 32 columns with AVX-512, 4 by 12 without.
constexpr int kLargeVectors = kWidth == 16 ? 2 : 3;
constexpr int64_t kLargePanel = kLargeVectors * kWidth;

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

// How a tile reads its operands: in place; in place, where the last vector of B's rows has no padding; A packed for as many
// rows (multiplyAddPacked).
enum class Reads { InPlace, PartialB, PackedA };

template <int kRows, int kVectors, Reads kReads>
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
        tile.sum[r][v] = v < kVectors - 1 ? load(from) : loadLast(from, lanes);
      }
  }
  constexpr bool kPartialB = kReads == Reads::PartialB;
  bool dealt = false;
  if constexpr (kRows * kVectors <= kDealtVectors && kReads != Reads::PackedA) {
    dealt = work.dealt;
    if (dealt) multiplyAddDealt<kRows, kVectors, kPartialB>(tile, work.a, work.b, work.bStride, work.depth, lanes);
  }
  if constexpr (kReads == Reads::PackedA) {
    multiplyAddPacked<kRows, kVectors>(tile, work.a.data, work.b, work.bStride, work.depth);
  } else if (!dealt) {
    multiplyAdd<kRows, kVectors, kPartialB>(tile, work.a, work.b, work.bStride, work.depth, lanes);
  }
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    const bool full = whole || v < kVectors - 1;
    if (work.last && work.bias) {
      const float* from = work.bias + v * kWidth;
      const Floats bias = v < kVectors - 1 ? load(from) : loadLast(from, lanes);
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

// A tile of any height from kLeast to kRows.
template <int kRows, int kVectors, Reads kReads, int kLeast = 1>
void runRemainder(int64_t rows, const TileWork& work) {
  if constexpr (kRows >= kLeast) {
    if (rows == kRows) return runTile<kRows, kVectors, kReads>(work);
    runRemainder<kRows - 1, kVectors, kReads, kLeast>(rows, work);
  }
}

// A block of C rows against one panel of B.
template <int kVectors>
void runRows(int64_t rows, TileWork work, bool partialB) {
  constexpr int kRows = tileRows<kVectors>();
  for (; rows > 0; rows -= kRows) {
    if (partialB)
      runRemainder<kRows, kVectors, Reads::PartialB>(smaller(rows, kRows), work);
    else
      runRemainder<kRows, kVectors, Reads::InPlace>(smaller(rows, kRows), work);
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

// Tiles with a packed A share at least 2 kLargeRows rows evenly: so many rows each at least. (One row more than k tiles
// hold makes k + 1 tiles of at least (k kLargeRows + 1) / (k + 1) rows, and k is 2 or more.)
constexpr int kLargeRows = tileRows<kLargeVectors>();
constexpr int kLeastLargeRows = (2 * kLargeRows + 1) / 3;

// One tile of a panel of kLargePanel columns, of which so many vectors hold results, with a packed A of kLeastLargeRows to
// kLargeRows rows.
template <int kVectors = kLargeVectors>
DEEPBLAS_INLINE void runPacked(int64_t vectors, int64_t rows, const TileWork& work) {
  if constexpr (kVectors > 0) {
    if (vectors == kVectors) return runRemainder<kLargeRows, kVectors, Reads::PackedA, kLeastLargeRows>(rows, work);
    runPacked<kVectors - 1>(vectors, rows, work);
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
