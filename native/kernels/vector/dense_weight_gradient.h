// Dense layers, weight and bias gradient: weightGradient = preActivationGradientᵀ · x, of shape (outputs, inputs) and stored
// as the weight is; biasGradient is the sum of the rows of preActivationGradient. The depth of this product is the batch's
// rows, those of one member after the other: its depth block is a block of the batch, its row block a block of inputs.
#pragma once

#include "blas/gemm.h"
#include "boundary/kernel_table.h"
#include "kernels/vector/column_sums.h"
#include "kernels/vector/dense_blocked.h"
#include "kernels/vector/dense_layout.h"
#include "kernels/vector/dense_members.h"
#include "kernels/vector/dense_narrow.h"
#include "kernels/vector/outer.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kNearElements = 1 << 18;  // 1 MB

Axes weightAxes(const Call& call) {
  const View& gradient = *call.views[at::denseBackwardWeight::weightGradient];
  const int64_t inputs = gradient.columns, outputs = gradient.rows;
  const int64_t depth = call.rows * membersOf(call, at::denseBackwardWeight::members);
  if (byBlas(gradient.panel)) {
    const int64_t pieces = larger(1, (inputs + 127) / 256);
    return {inputs, outputs, roundUp((inputs + pieces - 1) / pieces, 16), outputs};
  }
  if (byRows(gradient.panel)) {
    const int64_t work = larger(1, depth * outputs);
    return {inputs, outputs, larger(1024, roundUp(larger(1, kTileMultiplyAdds / work), kMaximumVectors * kWidth)), outputs};
  }
  if (packs(gradient, inputs, outputs)) return packedAxes(inputs, outputs, 200, 13);
  // One panel, so that the thread that makes it, updates it, and multiplies with it in the next step is the same one; and
  // a block of inputs whose rows of x stay in the second-level cache.
  const int64_t work = larger(1, depth * gradient.panel);
  const int64_t inputTile = smaller(192, roundUp(larger(1, (kGradientTileMultiplyAdds + work - 1) / work), 48));
  // A batch that no second-level cache holds is read anew for every tile: the fewer, the better.
  const bool far = depth * (inputs + outputs) > kNearElements;
  return {inputs, outputs, far ? larger(inputTile, roundUp(evenPart(inputs, 192), 12)) : inputTile, gradient.panel};
}

double weightCost(const Call& call) {
  const View& gradient = *call.views[at::denseBackwardWeight::weightGradient];
  const int64_t depth = call.rows * membersOf(call, at::denseBackwardWeight::members);
  return static_cast<double>(depth) * static_cast<double>(gradient.columns + 4) * roundUp(gradient.rows, kWidth) /
         kMultiplyAddsPerNanosecond;
}

// A weight kept row by row: the lanes run along the inputs, and each output's row of the gradient adds up rows of x.
// A gradient of a few vectors deals blocks of rows out to several accumulators.
DEEPBLAS_INLINE void backwardWeightDealt(const OuterWork<float>& product, int64_t outputs, int64_t inputs) {
  constexpr int64_t kPanel = kMaximumVectors * kWidth, kBatchBlock = kRowsBatchBlock;
  for (int64_t r = 0; r < product.rows; r += kBatchBlock) {
    for (int64_t column = 0; column < inputs; column += kPanel) {
      const PanelShape shape = panelShape(kPanel, inputs - column);
      TileWork work = {};
      work.a = {product.g + r * product.gStride, 1, product.gStride};
      work.b = product.x + r * product.xStride + column;
      work.bStride = product.xStride;
      work.depth = smaller(kBatchBlock, product.rows - r);
      work.c = product.c + column;
      work.cStride = product.cStride;
      work.lastLanes = shape.lastLanes;
      work.first = product.first && r == 0;
      work.dealt = true;
      runPanel(shape.vectors * kWidth, outputs, work, shape.lastLanes < kWidth);
    }
  }
}

// Bytes become floats a block of rows at a time: so few inputs have no need of better.
void backwardWeightDealt(const OuterWork<uint8_t>& product, int64_t outputs, int64_t inputs) {
  constexpr int64_t kBatchBlock = kRowsBatchBlock, kMostInputs = kDealtVectors * kWidth;
  alignas(64) float converted[kBatchBlock * kMostInputs];
  for (int64_t r = 0; r < product.rows; r += kBatchBlock) {
    const int64_t rows = smaller(kBatchBlock, product.rows - r);
    for (int64_t i = 0; i < rows; ++i) {
      const uint8_t* row = product.x + (r + i) * product.xStride;
      for (int64_t column = 0; column < inputs; column += kWidth)
        store(converted + i * kMostInputs + column,
              loadFirstScaled(row + column, smaller(kWidth, inputs - column), product.scale));
    }
    backwardWeightDealt({product.g + r * product.gStride, product.gStride, converted, kMostInputs, 1, rows, product.c,
                         product.cStride, product.first && r == 0, 0},
                        outputs, inputs);
  }
}

template <typename Element>
DEEPBLAS_INLINE void backwardWeightByRows(const Call& call, const Tile& tile, bool first) {
  const View& gradient = *call.views[at::denseBackwardWeight::weightGradient];
  const View& x = *call.views[at::denseBackwardWeight::x];
  const View& from = *call.views[at::denseBackwardWeight::preActivationGradient];
  OuterWork<Element> work = {};
  work.g = data<float>(&from) + tile.secondBegin;
  work.gStride = from.stride;
  work.x = data<Element>(&x) + tile.firstBegin;
  work.xStride = x.stride;
  work.scale = x.scale;
  work.rows = call.rows;
  work.c = data<float>(&gradient) + tile.secondBegin * gradient.columns + tile.firstBegin;
  work.cStride = gradient.columns;
  work.first = first;
  const int64_t outputs = tile.secondEnd - tile.secondBegin, inputs = tile.firstEnd - tile.firstBegin;
  if (isDealt(gradient.rows, gradient.columns)) return backwardWeightDealt(work, outputs, inputs);
  outerProduct(outputs, inputs, work);
}

// Calls body(member, row, step) for the steps [begin, end) of the depth: the rows of one member after the other.
template <typename Body>
DEEPBLAS_INLINE void forSteps(int64_t rows, int64_t begin, int64_t end, Body body) {
  int64_t member = begin / rows, row = begin - member * rows;
  for (int64_t step = begin; step < end; ++step) {
    body(member, row, step);
    if (++row == rows) row = 0, ++member;
  }
}

// Copies `count` elements, the last vector of them as a whole one: up to kWidth - 1 elements after them are overwritten.
DEEPBLAS_INLINE void copyVectors(float* to, const float* from, int64_t count) {
  int64_t i = 0;
  for (; i + kWidth <= count; i += kWidth) store(to + i, load(from + i));
  if (i < count) store(to + i, loadFirst(from + i, count - i));
}

// All members at once. What a tile reads of x and of the gradient is copied once, row by row, into what the register tiles
// read in order.
void backwardWeightPacked(const Call& call, const Tile& tile) {
  const View& gradient = *call.views[at::denseBackwardWeight::weightGradient];
  const View& x = *call.views[at::denseBackwardWeight::x];
  const View& from = *call.views[at::denseBackwardWeight::preActivationGradient];
  const int64_t inputs = gradient.columns, outputs = gradient.rows, rows = call.rows;
  const int64_t members = membersOf(call, at::denseBackwardWeight::members);
  multiplyPacked(
      {tile, outputs, rows * members, kWrittenDepth},
      [&](float* to, int64_t first, const RowTiles& tiles, int64_t begin, int64_t steps) {
        forSteps(rows, begin, begin + steps, [&](int64_t member, int64_t row, int64_t step) {
          const float* values = data<float>(&x) + row * x.stride + member * inputs + first;
          for (int64_t t = 0; t < tiles.count; ++t) {
            const int64_t input = tiles.rowOf(t), count = tiles.rowOf(t + 1) - input;
            copyVectors(to + tiles.placeOf(t, steps) + (step - begin) * count, values + input, count);
          }
        });
      },
      [&](const float** panels, float* to, int64_t output, int64_t end, int64_t begin, int64_t steps) {
        forSteps(rows, begin, begin + steps, [&](int64_t member, int64_t row, int64_t step) {
          const float* values = data<float>(&from) + row * from.stride + member * outputs;
          float* copy = to + (step - begin) * kLargePanel;
          for (int64_t column = output; column < end; column += kLargePanel, copy += kLargePanel * steps)
            copyVectors(copy, values + column, smaller(kLargePanel, end - column));
        });
        for (; output < end; output += kLargePanel, to += kLargePanel * steps) *panels++ = to;
      },
      [&](int64_t input, int64_t output) {
        TileWork work = {};
        work.c = data<float>(&gradient) + output * inputs + input * kLargePanel;
        work.cStride = kLargePanel;
        return work;
      });
}

// The part of one member; all but the first add to what is there. Of a packed product the biases alone.
void addWeightGradient(const Call& call, const Tile& tile, bool first, bool packed) {
  const View& gradient = *call.views[at::denseBackwardWeight::weightGradient];
  const View* biasGradient = call.views[at::denseBackwardWeight::biasGradient];
  const View& x = *call.views[at::denseBackwardWeight::x];
  const View& from = *call.views[at::denseBackwardWeight::preActivationGradient];
  const int64_t inputs = gradient.columns, outputs = gradient.rows, panel = gradient.panel;
  if (isNarrow(gradient)) {
    return backwardWeightNarrow({data<float>(&x) + tile.firstBegin, x.stride, tile.firstEnd - tile.firstBegin,
                                 data<float>(&from) + tile.secondBegin, from.stride,
                                 smaller(tile.secondEnd, outputs) - tile.secondBegin,
                                 data<float>(&gradient) + tile.firstBegin * panel + tile.secondBegin, panel,
                                 biasGradient && tile.firstBegin == 0 ? data<float>(biasGradient) + tile.secondBegin : nullptr,
                                 first},
                                call.rows);
  }
  if (biasGradient && tile.firstBegin == 0) sumRows(*biasGradient, from, call.rows, tile.secondBegin, tile.secondEnd, first);
  if (packed) return;
  if (byBlas(panel)) {
    return inPieces(weightAxes(call), tile, [&](const Tile& piece) {
      blas::multiply({piece.firstEnd - piece.firstBegin, piece.secondEnd - piece.secondBegin, call.rows,
                      data<float>(&x) + piece.firstBegin, x.stride, true, data<float>(&from) + piece.secondBegin,
                      from.stride, false, data<float>(&gradient) + piece.firstBegin * panel + piece.secondBegin, panel,
                      !first});
    });
  }
  if (byRows(panel)) {
    if (x.type == Type::Uint8) return backwardWeightByRows<uint8_t>(call, tile, first);
    return backwardWeightByRows<float>(call, tile, first);
  }
  constexpr int64_t kBatchBlock = kPanelBatchBlock;
  for (int64_t r = 0; r < call.rows; r += kBatchBlock) {
    for (int64_t column = tile.secondBegin; column < tile.secondEnd; column += panel) {
      const PanelShape shape = panelShape(panel, outputs - column);
      TileWork work = {};
      work.a = {data<float>(&x) + r * x.stride + tile.firstBegin, 1, x.stride};
      work.b = data<float>(&from) + r * from.stride + column;
      work.bStride = from.stride;
      work.depth = smaller(kBatchBlock, call.rows - r);
      work.c = data<float>(&gradient) + column * inputs + tile.firstBegin * panel;
      work.cStride = panel;
      work.lastLanes = shape.lastLanes;
      work.first = first && r == 0;
      work.dealt = isDealt(inputs, outputs);
      runPanel(shape.vectors * kWidth, tile.firstEnd - tile.firstBegin, work, shape.lastLanes < kWidth);
    }
  }
}

void backwardWeight(const Call& call, const Tile& tile) {
  namespace arg = at::denseBackwardWeight;
  const int64_t members = membersOf(call, arg::members);
  const bool packed = packs(*call.views[arg::weightGradient], tile.firstEnd - tile.firstBegin,
                            tile.secondEnd - tile.secondBegin);
  for (int64_t member = 0; member < members; ++member) {
    const MemberCall<arg::members + 1> one(call, 1u << arg::x | 1u << arg::preActivationGradient, member, members);
    addWeightGradient(one.call, tile, member == 0, packed);
  }
  if (packed) backwardWeightPacked(call, tile);
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
