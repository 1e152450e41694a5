// Dense layers: where a weight's elements stand in memory, and the tiles that a product is cut into.
//
// A weight of shape (outputs, inputs) is kept in one of three ways, chosen by its shape alone:
// - in panels of the width of a register tile, [panel of outputs][input][panel], for our register tiles; a large weight in
//   those of kLargePanel, for the tiles that read packed rows (dense_blocked.h);
// - row by row, that is in panels of one output, for layers of few outputs, which would leave lanes of a panel empty;
// - in one panel that is wider than any register tile, for OpenBLAS.
#pragma once

#include "core/processor.h"
#include "kernels/kernel.h"
#include "kernels/vector/panel.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kDepthBlock = 512;           // steps of the depth: so much of a panel stays in the first-level cache
constexpr int64_t kRowBlock = 96;              // rows of A that stay in the second-level cache beside them
// Rows of a batch that a weight gradient adds at a time: of a weight in panels, and of one kept row by row. A gradient that is
// dealt out to several accumulators adds these up after each block.
constexpr int64_t kPanelBatchBlock = 128, kRowsBatchBlock = 32;
constexpr int64_t kTileMultiplyAdds = 512000;  // about 15 microseconds: worth another thread
// Of a weight gradient, less: what a tile has made is still in the first-level cache when the update follows, and threads end
// their last tiles at about the same time.
constexpr int64_t kGradientTileMultiplyAdds = 192000;
constexpr double kMultiplyAddsPerNanosecond = 4.0 * kWidth;

DEEPBLAS_INLINE int64_t roundUp(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }
DEEPBLAS_INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

// A weight that OpenBLAS multiplies is one panel, wider than any register tile.
DEEPBLAS_INLINE bool byBlas(int64_t panel) { return panel > kMaximumVectors * kWidth; }

// A weight kept row by row: panels of one output.
DEEPBLAS_INLINE bool byRows(int64_t panel) { return panel == 1; }

// The panel, a number of outputs, that wastes the least on a weight of so many outputs.
inline int64_t registerPanel(int64_t width) {
  int64_t best = 0, bestCost = 0;
  for (int64_t vectors = 1; vectors <= kMaximumVectors; ++vectors) {
    const int64_t panel = vectors * kWidth;
    // One vector a row is bound by loads: count it a tenth dearer. Ties go to the wider tile.
    const int64_t cost = roundUp(width, panel) * (vectors == 1 ? 11 : 10);
    if (best == 0 || cost <= bestCost) best = panel, bestCost = cost;
  }
  return best;
}

// What multiplies a large weight, and from how many elements on it is large: measured, by instruction set
// (docs/adr/0002-weights-in-panels.md). With AVX2 OpenBLAS is faster than our packed tiles; of NEON it is not known.
#if defined(__AVX512F__) || !(defined(__AVX2__) || defined(__aarch64__))
constexpr bool kLargeByBlas = false;
constexpr int64_t kLargeWeight = 500000;
#else
constexpr bool kLargeByBlas = true;
constexpr int64_t kLargeWeight = 1000000;
#endif

inline bool isLarge(int64_t inputs, int64_t outputs) {
  return outputs >= 100 && inputs >= 100 && inputs * outputs >= kLargeWeight;
}

// The panel of a large weight that OpenBLAS does not multiply: of the packed tiles, or of the widest tiles, which read in place
// what AMD's processors bring as fast as they multiply. Either gives a product the same bits; float64 sums over a weight as it is
// stored (penalties, norms of gradients) take its elements in another order.
inline int64_t largePanel() { return kWidth == 16 && isAmd() ? kMaximumVectors * kWidth : kLargePanel; }

// The panel of a layer's weight: which of the three ways it is kept in.
inline int64_t weightPanel(int64_t inputs, int64_t outputs) {
  if (isLarge(inputs, outputs)) return kLargeByBlas ? roundUp(outputs, 16) : largePanel();
  const int64_t panel = registerPanel(outputs);
  // Vector multiplications for one row of x: with the lanes along the inputs, to be added at the end, which costs about
  // six more for each output; or with the lanes along a panel's outputs.
  const int64_t alongInputs = outputs * (roundUp(inputs, kWidth) / kWidth + 6);
  const int64_t alongOutputs = roundUp(outputs, panel) / kWidth * inputs;
  return alongInputs * 5 < alongOutputs * 4 ? 1 : panel;
}

// A layer whose products run with the rows of the batch along the lanes: so few inputs and outputs that the columns of a
// block and the sums of all weights stay near. Its weight is one panel.
constexpr int64_t kNarrowColumns = 8, kNarrowWeights = 16;
DEEPBLAS_INLINE bool isNarrow(const View& weight) {
  const int64_t inputs = weight.columns, outputs = weight.rows;
  return inputs <= 6 && outputs <= smaller(kNarrowColumns, weight.panel) && inputs * outputs <= kNarrowWeights;
}

// Whether a gradient, of so many rows of so many elements, is one register tile that deals the batch out to several
// accumulators.
DEEPBLAS_INLINE bool isDealt(int64_t rows, int64_t lanes) { return rows * (roundUp(lanes, kWidth) / kWidth) <= kDealtVectors; }

// The tiles of a product of shape (rows, columns): blocks of rows by whole panels, or OpenBLAS's pieces.
DEEPBLAS_INLINE Axes productAxes(int64_t rows, int64_t columns, int64_t depth, int64_t panel, bool blas) {
  if (blas) {
    const int64_t pieces = larger(1, (columns + 127) / 256);
    return {rows, columns, smaller(rows, 512), roundUp((columns + pieces - 1) / pieces, 16)};
  }
  const int64_t rowTile = rows <= kRowBlock / 2 ? rows : rows <= kRowBlock ? (rows + 1) / 2 : kRowBlock;
  const int64_t panels = larger(1, (kTileMultiplyAdds + rowTile * depth * panel - 1) / larger(1, rowTile * depth * panel));
  return {rows, columns, larger(1, rowTile), panels * panel};
}

// What a tile of a weight gradient completes: a tile of inputs one run of elements in every panel, and the first tile of inputs
// the biases too. The gradients stand at these positions of the call.
template <int kWeightGradient, int kBiasGradient>
void completesWeight(const Call& call, const Tile& tile, RangeSink sink, void* context) {
  const View& gradient = *call.views[kWeightGradient];
  const int64_t panel = gradient.panel;
  for (int64_t column = tile.secondBegin; column < tile.secondEnd; column += panel) {
    const int64_t first = column * gradient.columns;
    sink(context, kWeightGradient, first + tile.firstBegin * panel, first + tile.firstEnd * panel);
  }
  if (call.views[kBiasGradient] && tile.firstBegin == 0) sink(context, kBiasGradient, tile.secondBegin, tile.secondEnd);
}

// Calls multiply(piece) for each of the kernel's own tiles within a tile. OpenBLAS sums a call's edges in another order
// than its middle, so the call in which an element is computed decides its bits: a product is always made of the same
// pieces, however the kernel is called.
template <typename Multiply>
DEEPBLAS_INLINE void inPieces(const Axes& axes, const Tile& tile, Multiply multiply) {
  for (int64_t second = tile.secondBegin; second < tile.secondEnd; second += axes.secondTile)
    for (int64_t first = tile.firstBegin; first < tile.firstEnd; first += axes.firstTile)
      multiply({first, smaller(first + axes.firstTile, tile.firstEnd), second,
                smaller(second + axes.secondTile, tile.secondEnd)});
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
