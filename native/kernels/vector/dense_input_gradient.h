// Dense layers, input gradient: inputGradient = preActivationGradient · weight, of shape (rows, inputs). The depth of this
// product is the outputs. The panels of a weight run along its outputs, which is the wrong way for this product: a weight
// in panels is transposed into panels of inputs first, once a step. A large one, of which there shall be no second copy, is
// transposed piece by piece, as the rows that are multiplied with it go by.
#pragma once

#include "blas/gemm.h"
#include "boundary/kernel_table.h"
#include "kernels/vector/dense_blocked.h"
#include "kernels/vector/dense_layout.h"
#include "kernels/vector/dense_members.h"
#include "kernels/vector/dense_narrow.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

Axes transposeAxes(const Call& call) {
  const View& weight = *call.views[at::transposeWeight::weight];
  const View& output = *call.views[at::transposeWeight::output];
  return {weight.columns, 1, roundUp(larger(1, 65536 / larger(1, weight.rows)), output.panel), 1};
}

double transposeCost(const Call& call) {
  const View& weight = *call.views[at::transposeWeight::weight];
  return static_cast<double>(weight.rows) * weight.columns * 0.2;
}

// Outputs [output, outputEnd) of a weight in panels of outputs, by the inputs [input, input + panel): [output][panel], a square
// of kWidth by kWidth elements at a time. Inputs that the weight has not are zeros. The first output is a multiple of kWidth.
void turn(const View& weight, int64_t input, int64_t panel, int64_t output, int64_t outputEnd, float* to) {
  const int64_t inputs = weight.columns;
  for (int64_t o = output; o < outputEnd; o += kWidth) {
    const int64_t lanes = smaller(kWidth, outputEnd - o);
    for (int64_t i = 0; i < panel; i += kWidth) {
      const float* from = data<float>(&weight) + o / weight.panel * inputs * weight.panel + (input + i) * weight.panel +
                          o % weight.panel;
      const int64_t count = smaller(kWidth, inputs - input - i);
      Floats square[kWidth];
      for (int64_t row = 0; row < kWidth; ++row) {
        square[row] = row < count ? load(from + row * weight.panel) : Floats{};
        // The next panel of outputs is far away: ask for it ahead.
        if (row < count) __builtin_prefetch(from + (inputs + row) * weight.panel);
      }
      transposeSquare(square);
      for (int64_t lane = 0; lane < lanes; ++lane) store(to + (o - output + lane) * panel + i, square[lane]);
    }
  }
}

// A weight in panels of outputs becomes panels of inputs, [panel of inputs][output][panel].
void transpose(const Call& call, const Tile& tile) {
  const View& weight = *call.views[at::transposeWeight::weight];
  const View& output = *call.views[at::transposeWeight::output];
  for (int64_t begin = tile.firstBegin; begin < tile.firstEnd; begin += output.panel)
    turn(weight, begin, output.panel, 0, weight.rows, data<float>(&output) + begin * weight.rows);
}

// Of a weight that is transposed piece by piece for tiles that read in place: the width of a panel of inputs, the outputs of
// a piece, and the rows that are multiplied with it: the more, the less is transposed, as long as they stay in the second-level
// cache beside the piece.
constexpr int64_t kTurnedPanel = kMaximumVectors * kWidth, kTurnedDepth = 512, kTurnedRows = 256;

// Whether the weight is transposed piece by piece.
DEEPBLAS_INLINE bool turnsPieces(const View& weight, const View* transposed) {
  return !transposed && !byBlas(weight.panel) && !byRows(weight.panel);
}

Axes inputAxes(const Call& call) {
  const View& gradient = *call.views[at::denseBackwardInput::inputGradient];
  const View& weight = *call.views[at::denseBackwardInput::weight];
  const View* transposed = call.views[at::denseBackwardInput::weightTransposed];
  if (turnsPieces(weight, transposed)) {
    if (packs(weight, call.rows, gradient.columns)) return packedAxes(call.rows, gradient.columns, 128, 13);
    const int64_t panels = (gradient.columns + kTurnedPanel - 1) / kTurnedPanel;
    // Two panels a tile: enough tiles that threads end at about the same time.
    return {call.rows, gradient.columns, evenPart(call.rows, kTurnedRows), evenPart(panels, 2) * kTurnedPanel};
  }
  const int64_t panel = transposed ? transposed->panel : kMaximumVectors * kWidth;
  return productAxes(call.rows, gradient.columns, weight.rows, panel, byBlas(weight.panel));
}

double inputCost(const Call& call) {
  const View& weight = *call.views[at::denseBackwardInput::weight];
  return call.rows * static_cast<double>(weight.rows + 4) * roundUp(weight.columns, kWidth) / kMultiplyAddsPerNanosecond;
}

void backwardInputPacked(const View& gradient, const View& from, const View& weight, const Tile& tile) {
  multiplyPacked(
      {tile, gradient.columns, weight.rows, kWrittenDepth},
      [&](float* to, int64_t row, const RowTiles& tiles, int64_t step, int64_t steps) {
        packTiles(to, tiles, data<float>(&from) + row * from.stride + step, from.stride, steps);
      },
      [&](const float** panels, float* to, int64_t column, int64_t end, int64_t step, int64_t steps) {
        for (; column < end; column += kLargePanel, to += kLargePanel * steps) {
          turn(weight, column, kLargePanel, step, step + steps, to);
          *panels++ = to;
        }
      },
      [&](int64_t row, int64_t column) {
        TileWork work = {};
        work.c = data<float>(&gradient) + row * gradient.stride + column;
        work.cStride = gradient.stride;
        return work;
      });
}

void backwardInputTurning(const View& gradient, const View& from, const View& weight, const Tile& tile) {
  const int64_t depth = weight.rows;
  float* piece = static_cast<float*>(threadScratch(kTurnedPanel * kTurnedDepth * sizeof(float)));
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; r += kTurnedRows) {
    for (int64_t step = 0; step < depth; step += kTurnedDepth) {
      for (int64_t column = tile.secondBegin; column < tile.secondEnd; column += kTurnedPanel) {
        const PanelShape shape = panelShape(kTurnedPanel, smaller(tile.secondEnd, gradient.columns) - column);
        TileWork work = {};
        work.a = {data<float>(&from) + r * from.stride + step, from.stride, 1};
        work.b = piece;
        work.bStride = kTurnedPanel;
        work.depth = smaller(kTurnedDepth, depth - step);
        work.c = data<float>(&gradient) + r * gradient.stride + column;
        work.cStride = gradient.stride;
        work.lastLanes = shape.lastLanes;
        work.first = step == 0;
        turn(weight, column, kTurnedPanel, step, step + work.depth, piece);
        runPanel(shape.vectors * kWidth, smaller(kTurnedRows, tile.firstEnd - r), work, false);
      }
    }
  }
}

void backwardInput(const Call& call, const Tile& tile) {
  const View& gradient = *call.views[at::denseBackwardInput::inputGradient];
  const View& from = *call.views[at::denseBackwardInput::preActivationGradient];
  const View& weight = *call.views[at::denseBackwardInput::weight];
  const View* transposed = call.views[at::denseBackwardInput::weightTransposed];
  const int64_t depth = weight.rows;
  if (byBlas(weight.panel)) {
    return inPieces(inputAxes(call), tile, [&](const Tile& piece) {
      blas::multiply({piece.firstEnd - piece.firstBegin, piece.secondEnd - piece.secondBegin, depth,
                      data<float>(&from) + piece.firstBegin * from.stride, from.stride, false,
                      data<float>(&weight) + piece.secondBegin * weight.panel, weight.panel, true,
                      data<float>(&gradient) + piece.firstBegin * gradient.stride + piece.secondBegin,
                      gradient.stride});
    });
  }
  if (isNarrow(weight)) {
    const int64_t panel = weight.panel;
    return backwardInputNarrow({data<float>(&from) + tile.firstBegin * from.stride, from.stride, depth,
                                smaller(tile.secondEnd, weight.columns) - tile.secondBegin,
                                {data<float>(&weight) + tile.secondBegin * panel, 1, panel, nullptr},
                                data<float>(&gradient) + tile.firstBegin * gradient.stride + tile.secondBegin,
                                gradient.stride},
                               tile.firstEnd - tile.firstBegin);
  }
  if (turnsPieces(weight, transposed)) {
    return packs(weight, tile.firstEnd - tile.firstBegin, tile.secondEnd - tile.secondBegin)
               ? backwardInputPacked(gradient, from, weight, tile)
               : backwardInputTurning(gradient, from, weight, tile);
  }
  // Tiles read a weight that is kept row by row as it is: a row of it is a row of B, without padding at its end.
  const int64_t panel = transposed ? transposed->panel : kMaximumVectors * kWidth;
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; r += kRowBlock) {
    const int64_t rows = smaller(kRowBlock, tile.firstEnd - r);
    for (int64_t step = 0; step < depth; step += kDepthBlock) {
      for (int64_t column = tile.secondBegin; column < tile.secondEnd; column += panel) {
        const PanelShape shape = panelShape(panel, tile.secondEnd - column);
        TileWork work = {};
        work.a = {data<float>(&from) + r * from.stride + step, from.stride, 1};
        work.b = transposed ? data<float>(transposed) + column * depth + step * panel
                            : data<float>(&weight) + step * weight.columns + column;
        work.bStride = transposed ? panel : weight.columns;
        work.depth = smaller(kDepthBlock, depth - step);
        work.c = data<float>(&gradient) + r * gradient.stride + column;
        work.cStride = gradient.stride;
        work.lastLanes = shape.lastLanes;
        work.first = step == 0;
        runPanel(shape.vectors * kWidth, rows, work, !transposed && shape.lastLanes < kWidth);
      }
    }
  }
}

// ---- by members --------------------------------------------------------------------------------------------------

struct InputMember : MemberCall<at::denseBackwardInput::members + 1> {
  InputMember(const Call& call, int64_t member, int64_t members)
      : MemberCall(call,
                   1u << at::denseBackwardInput::inputGradient | 1u << at::denseBackwardInput::preActivationGradient,
                   member, members) {}
};

MemberAxis inputMembers(const Axes& one, const Call& call, int64_t members) {
  const View* transposed = call.views[at::denseBackwardInput::weightTransposed];
  const View& weight = *call.views[at::denseBackwardInput::weight];
  const int64_t panel = transposed ? transposed->panel : kTurnedPanel;
  return {members, one.second, byBlas(weight.panel) ? one.secondTile : panel};
}

Axes memberInputAxes(const Call& call) {
  const int64_t members = membersOf(call, at::denseBackwardInput::members);
  if (members == 1) return inputAxes(call);
  const InputMember one(call, 0, members);
  const Axes axes = inputAxes(one.call);
  return inputMembers(axes, one.call, members).of(axes);
}

double memberInputCost(const Call& call) {
  return static_cast<double>(membersOf(call, at::denseBackwardInput::members)) * inputCost(call);
}

void memberBackwardInput(const Call& call, const Tile& tile) {
  const int64_t members = membersOf(call, at::denseBackwardInput::members);
  if (members == 1) return backwardInput(call, tile);
  const InputMember first(call, 0, members);
  forMembers(inputMembers(inputAxes(first.call), first.call, members), tile,
             [&](int64_t member, const Tile& own) { backwardInput(InputMember(call, member, members).call, own); });
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
