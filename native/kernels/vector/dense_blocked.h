// Large products, blocked for the caches: C = A · B in blocks of the depth. A block of A's rows is packed into what the
// register tiles read in order, and stays in the second-level cache while the panels of B go by, a few at a time.
//
// Every result still is one accumulator that takes its terms in order, so this gives the bits of the tiles that read A in
// place: which of the two ways a product takes, and how it is blocked, is a matter of speed alone.
#pragma once

#include "core/scratch.h"
#include "kernels/vector/dense_layout.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kPackedRows = 256;                 // rows of A in a block, at most
constexpr int64_t kPackedElements = 1 << 17;         // of A in a block: half of a second-level cache of 1 MB
constexpr int64_t kMostDepth = 32 * kLargePanel;     // steps of the depth in a block, at most
constexpr int64_t kWrittenDepth = 16 * kLargePanel;  // where panels of B are written first
constexpr int64_t kGroup = 4;                        // panels of B that go by together

// Blocks below these are not worth packing.
constexpr int64_t kLeastPackedRows = 2 * kLargeRows;
constexpr int64_t kLeastPackedColumns = 4 * kLargePanel;

// Of so many in equal parts of at most `most`, the size of a part; of none, 1.
DEEPBLAS_INLINE int64_t evenPart(int64_t count, int64_t most) {
  if (count <= 0) return 1;
  const int64_t parts = (count + most - 1) / most;
  return (count + parts - 1) / parts;
}

// Whether a block of C, of so many rows and columns, is made of packed rows.
DEEPBLAS_INLINE bool packs(const View& weight, int64_t rows, int64_t columns) {
  return !kLargeByBlas && weight.panel == kLargePanel && isLarge(weight.columns, weight.rows) && rows >= kLeastPackedRows &&
         columns >= kLeastPackedColumns;
}

// The rows of a block are dealt out evenly to register tiles: tile t has those from rowOf(t) to rowOf(t + 1).
struct RowTiles {
  int64_t rows, count;
  explicit RowTiles(int64_t rows) : rows(rows), count((rows + kLargeRows - 1) / kLargeRows) {}
  int64_t rowOf(int64_t tile) const { return rows * tile / count; }
  // Where a tile's packed rows are. Whole vectors are stored: behind each tile there is room for what reaches over its end.
  int64_t placeOf(int64_t tile, int64_t depth) const { return rowOf(tile) * depth + tile * kWidth; }
};

struct Scratch {
  float *a, *b;
  Scratch() {
    constexpr int64_t kA = kPackedElements + (kPackedRows / kLargeRows + 2) * kWidth;
    a = static_cast<float*>(threadScratch((kA + kGroup * kLargePanel * kWrittenDepth) * sizeof(float)));
    b = a + kA;
  }
};

// Packs `count` rows (kLargeRows at most), [step][row], from rows that are read along the depth. Up to kWidth elements after
// the last one are overwritten.
void packRows(float* to, const float* from, int64_t stride, int64_t count, int64_t depth) {
  int64_t step = 0;
  for (; step + kWidth <= depth; step += kWidth) {
    // From the last rows to the first: whole vectors are stored, and what lies over a step's rows is stored over in turn.
    for (int64_t first = (count - 1) / kWidth * kWidth; first >= 0; first -= kWidth) {
      Floats square[kWidth];
#pragma GCC unroll 16
      for (int64_t row = 0; row < kWidth; ++row)
        square[row] = first + row < count ? load(from + (first + row) * stride + step) : Floats{};
      transposeSquare(square);
#pragma GCC unroll 16
      for (int64_t i = 0; i < kWidth; ++i) store(to + (step + i) * count + first, square[i]);
    }
  }
  for (; step < depth; ++step)
    for (int64_t row = 0; row < count; ++row) to[step * count + row] = from[row * stride + step];
}

// Packs the rows of a block for their tiles, from rows that are read along the depth.
void packTiles(float* to, const RowTiles& tiles, const float* from, int64_t stride, int64_t depth) {
  for (int64_t tile = 0; tile < tiles.count; ++tile) {
    const int64_t row = tiles.rowOf(tile);
    packRows(to + tiles.placeOf(tile, depth), from + row * stride, stride, tiles.rowOf(tile + 1) - row, depth);
  }
}

// One packed block of A times a group of panels of B, for columns up to `end`. workAt(row, column) is the work of a tile of
// C but for its operands, rows counted from the block's first; `of` has what all tiles of the block have in common.
template <typename WorkAt>
DEEPBLAS_INLINE void multiplyGroup(const RowTiles& tiles, const float* a, const float* const* b, int64_t column, int64_t end,
                                   const TileWork& of, WorkAt workAt) {
  for (int64_t tile = 0; tile < tiles.count; ++tile) {
    const int64_t row = tiles.rowOf(tile), rows = tiles.rowOf(tile + 1) - row;
    for (int64_t index = 0; column + index * kLargePanel < end; ++index) {
      const PanelShape shape = panelShape(kLargePanel, end - column - index * kLargePanel);
      TileWork work = workAt(row, column + index * kLargePanel);
      work.a = {a + tiles.placeOf(tile, of.depth), 1, rows};
      work.b = b[index];
      work.bStride = kLargePanel;
      work.depth = of.depth;
      work.lastLanes = shape.lastLanes;
      work.first = of.first;
      work.last = of.last;
      runPacked(shape.vectors, rows, work);
    }
  }
}

// A product whose rows of A are packed: `tile` of C, of whole panels, of which there are `columns` columns.
struct PackedProduct {
  Tile tile;
  int64_t columns, depth;
  int64_t mostDepth;  // of a block: kMostDepth, or kWrittenDepth where panels of B are written to the scratch
};

// pack(to, first, tiles, step, steps) packs the rows of A from a row and a step on, for the tiles that they are dealt out to;
// panelsOf(panels, scratch, column, end, step, steps) says where the panels of B with these columns are, their steps
// kLargePanel apart: in place, or written to the scratch; workAt(row, column) is the work of a register tile of C, but for
// its operands.
template <typename Pack, typename PanelsOf, typename WorkAt>
DEEPBLAS_INLINE void multiplyPacked(const PackedProduct& product, Pack pack, PanelsOf panelsOf, WorkAt workAt) {
  const Tile& tile = product.tile;
  const Scratch scratch;
  // All of about the same number of rows: none has fewer than kLeastPackedRows.
  const int64_t height = tile.firstEnd - tile.firstBegin, blocks = (height + kPackedRows - 1) / kPackedRows;
  const int64_t blockRows = evenPart(height, kPackedRows);
  const int64_t most = smaller(product.mostDepth, kPackedElements / blockRows / kLargePanel * kLargePanel);
  // Where panels of B are turned they are read in squares, so a block begins where a panel of the depth does.
  const int64_t blockDepth = roundUp(evenPart(product.depth, most), kLargePanel);
  for (int64_t block = 0; block < blocks; ++block) {
    const int64_t first = tile.firstBegin + height * block / blocks;
    const RowTiles tiles(tile.firstBegin + height * (block + 1) / blocks - first);
    for (int64_t step = 0; step < product.depth; step += blockDepth) {
      TileWork of = {};
      of.depth = smaller(blockDepth, product.depth - step);
      of.first = step == 0;
      of.last = step + of.depth == product.depth;
      pack(scratch.a, first, tiles, step, of.depth);
      for (int64_t column = tile.secondBegin; column < tile.secondEnd; column += kGroup * kLargePanel) {
        const int64_t end = smaller(smaller(column + kGroup * kLargePanel, tile.secondEnd), product.columns);
        const float* panels[kGroup] = {};
        panelsOf(panels, scratch.b, column, end, step, of.depth);
        multiplyGroup(tiles, scratch.a, panels, column, end, of,
                      [&](int64_t row, int64_t c) { return workAt(first + row, c); });
      }
    }
  }
}

// The tiles of a product of packed rows: blocks of at most so many rows by so many panels.
DEEPBLAS_INLINE Axes packedAxes(int64_t rows, int64_t columns, int64_t mostRows, int64_t mostPanels) {
  const int64_t panels = (columns + kLargePanel - 1) / kLargePanel;
  return {rows, columns, evenPart(rows, mostRows), evenPart(panels, mostPanels) * kLargePanel};
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
