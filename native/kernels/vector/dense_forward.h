// Dense layers, forward: output = activation(x · weightᵀ + bias), for x of shape (rows, inputs) and an output of shape
// (rows, outputs). The pre-activation, the sum before the activation, is stored where the way back needs it.
#pragma once

#include "blas/gemm.h"
#include "boundary/kernel_table.h"
#include "kernels/vector/activate.h"
#include "kernels/vector/dense_blocked.h"
#include "kernels/vector/dense_layout.h"
#include "kernels/vector/dense_members.h"
#include "kernels/vector/dense_narrow.h"
#include "kernels/vector/dot.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

struct Forward {
  const View &output, &x, &weight;
  const View *preActivation, *bias;
  Activation activation;
  explicit Forward(const Call& call)
      : output(*call.views[at::denseForward::output]),
        x(*call.views[at::denseForward::x]),
        weight(*call.views[at::denseForward::weight]),
        preActivation(call.views[at::denseForward::preActivation]),
        bias(call.views[at::denseForward::bias]),
        activation(static_cast<Activation>(static_cast<int>(call.numbers[at::denseForward::activation]))) {}
};

Axes forwardAxes(const Call& call) {
  const Forward f(call);
  if (byRows(f.weight.panel)) {
    const int64_t work = larger(1, f.x.columns * f.output.columns);
    // Of a large weight, more rows than are worth a thread, where there are enough: each tile reads all of it.
    const int64_t rows = larger(kTileMultiplyAdds / work, smaller(2 * kDotRows, call.rows / 8));
    return {call.rows, f.output.columns, roundUp(larger(1, rows), kDotRows), f.output.columns};
  }
  if (packs(f.weight, call.rows, f.output.columns)) return packedAxes(call.rows, f.output.columns, 64, 13);
  return productAxes(call.rows, f.output.columns, f.x.columns, f.weight.panel, byBlas(f.weight.panel));
}

double forwardCost(const Call& call) {
  const Forward f(call);
  return call.rows * static_cast<double>(roundUp(f.output.columns, kWidth)) * (f.x.columns + 4) /
         kMultiplyAddsPerNanosecond;
}

// Adds the bias, stores the pre-activation, applies the activation: in place, for a tile of the output. Without addBias the
// first two are done already.
void finishRows(const Forward& f, const Tile& tile, bool addBias) {
  const int64_t width = tile.secondEnd - tile.secondBegin;
  const float* bias = f.bias ? data<float>(f.bias) + tile.secondBegin : nullptr;
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    float* row = data<float>(&f.output) + r * f.output.stride + tile.secondBegin;
    if (addBias && bias) {
      int64_t i = 0;
      for (; i + kWidth <= width; i += kWidth) store(row + i, load(row + i) + load(bias + i));
      if (i < width) storeFirst(row + i, loadFirst(row + i, width - i) + loadFirst(bias + i, width - i), width - i);
    }
    if (addBias && f.preActivation) {
      float* copy = data<float>(f.preActivation) + r * f.preActivation->stride + tile.secondBegin;
      activate<Linear>(copy, row, width);
    }
    if (f.activation != Activation::Linear) activate(f.activation, row, row, width);
  }
}

// A weight kept row by row: dot products of rows of x with rows of the weight.
template <typename Element>
void forwardByRows(const Forward& f, const Tile& tile) {
  const int64_t depth = f.x.columns, columns = tile.secondEnd - tile.secondBegin;
  float* output = data<float>(&f.output) + tile.firstBegin * f.output.stride + tile.secondBegin;
  dotProduct<Element>({{data<Element>(&f.x) + tile.firstBegin * f.x.stride, f.x.stride, f.x.scale},
                       data<float>(&f.weight) + tile.secondBegin * depth, depth, depth,
                       f.bias ? data<float>(f.bias) + tile.secondBegin : nullptr, output, f.output.stride},
                      tile.firstEnd - tile.firstBegin, columns);
  if (f.preActivation) {
    for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
      activate<Linear>(data<float>(f.preActivation) + r * f.preActivation->stride + tile.secondBegin, output, columns);
      output += f.output.stride;
    }
  }
  if (f.activation != Activation::Linear) finishRows(f, tile, false);
}

// A layer of few inputs and outputs.
void forwardByColumns(const Forward& f, const Tile& tile) {
  const View* preActivation = f.preActivation;
  forwardNarrow({data<float>(&f.x) + tile.firstBegin * f.x.stride, f.x.stride, f.x.columns,
                 smaller(tile.secondEnd, f.output.columns) - tile.secondBegin,
                 {data<float>(&f.weight) + tile.secondBegin, f.weight.panel, 1,
                  f.bias ? data<float>(f.bias) + tile.secondBegin : nullptr},
                 preActivation ? data<float>(preActivation) + tile.firstBegin * preActivation->stride + tile.secondBegin
                               : nullptr,
                 preActivation ? preActivation->stride : 0,
                 data<float>(&f.output) + tile.firstBegin * f.output.stride + tile.secondBegin, f.output.stride,
                 f.activation},
                tile.firstEnd - tile.firstBegin);
}

// The work of a tile of a panel, but for what it multiplies.
TileWork forwardWork(const Forward& f, int64_t row, int64_t column) {
  TileWork work = {};
  work.c = data<float>(&f.output) + row * f.output.stride + column;
  work.cStride = f.output.stride;
  work.bias = f.bias ? data<float>(f.bias) + column : nullptr;
  work.preActivation = f.preActivation ? data<float>(f.preActivation) + row * f.preActivation->stride + column : nullptr;
  work.preActivationStride = f.preActivation ? f.preActivation->stride : 0;
  work.relu = f.activation == Activation::Relu;
  return work;
}

void forwardInPlace(const Forward& f, const Tile& tile) {
  const int64_t depth = f.x.columns, panel = f.weight.panel;
  const float* x = data<float>(&f.x);
  const float* weight = data<float>(&f.weight);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; r += kRowBlock) {
    const int64_t rows = smaller(kRowBlock, tile.firstEnd - r);
    for (int64_t step = 0; step < depth; step += kDepthBlock) {
      for (int64_t column = tile.secondBegin; column < tile.secondEnd; column += panel) {
        const PanelShape shape = panelShape(panel, f.output.columns - column);
        TileWork work = forwardWork(f, r, column);
        work.a = {x + r * f.x.stride + step, f.x.stride, 1};
        work.b = weight + column * depth + step * panel;
        work.bStride = panel;
        work.depth = smaller(kDepthBlock, depth - step);
        work.lastLanes = shape.lastLanes;
        work.first = step == 0;
        work.last = step + work.depth == depth;
        runPanel(shape.vectors * kWidth, rows, work, false);
      }
    }
  }
}

void forwardPacked(const Forward& f, const Tile& tile) {
  const int64_t depth = f.x.columns, stride = f.x.stride;
  const float* x = data<float>(&f.x);
  const float* weight = data<float>(&f.weight);
  multiplyPacked(
      {tile, f.output.columns, depth, kMostDepth},
      [&](float* to, int64_t row, const RowTiles& tiles, int64_t step, int64_t steps) {
        packTiles(to, tiles, x + row * stride + step, stride, steps);
      },
      [&](const float** panels, float*, int64_t column, int64_t end, int64_t step, int64_t) {
        for (; column < end; column += kLargePanel) *panels++ = weight + column * depth + step * kLargePanel;
      },
      [&](int64_t row, int64_t column) { return forwardWork(f, row, column); });
}

void forward(const Call& call, const Tile& tile) {
  const Forward f(call);
  const int64_t panel = f.weight.panel;
  if (isNarrow(f.weight)) return forwardByColumns(f, tile);
  if (byRows(panel))
    return f.x.type == Type::Uint8 ? forwardByRows<uint8_t>(f, tile) : forwardByRows<float>(f, tile);
  if (byBlas(panel)) {
    return inPieces(forwardAxes(call), tile, [&](const Tile& piece) {
      blas::multiply({piece.firstEnd - piece.firstBegin, piece.secondEnd - piece.secondBegin, f.x.columns,
                      data<float>(&f.x) + piece.firstBegin * f.x.stride, f.x.stride, false,
                      data<float>(&f.weight) + piece.secondBegin, panel, false,
                      data<float>(&f.output) + piece.firstBegin * f.output.stride + piece.secondBegin,
                      f.output.stride});
      finishRows(f, piece, true);
    });
  }
  packs(f.weight, tile.firstEnd - tile.firstBegin, tile.secondEnd - tile.secondBegin) ? forwardPacked(f, tile)
                                                                                   : forwardInPlace(f, tile);
  if (f.activation != Activation::Linear && f.activation != Activation::Relu) finishRows(f, tile, false);
}

// ---- by members --------------------------------------------------------------------------------------------------

struct ForwardMember : MemberCall<at::denseForward::members + 1> {
  ForwardMember(const Call& call, int64_t member, int64_t members)
      : MemberCall(call, 1u << at::denseForward::output | 1u << at::denseForward::preActivation | 1u << at::denseForward::x,
                   member, members) {}
};

MemberAxis forwardMembers(const Axes& one, const Call& call, int64_t members) {
  const int64_t panel = Forward(call).weight.panel;
  // OpenBLAS's pieces must stay its pieces, and rows kept one by one are not cut by columns.
  return {members, one.second, byBlas(panel) || byRows(panel) ? one.secondTile : panel};
}

Axes memberForwardAxes(const Call& call) {
  const int64_t members = membersOf(call, at::denseForward::members);
  if (members == 1) return forwardAxes(call);
  const ForwardMember one(call, 0, members);
  const Axes axes = forwardAxes(one.call);
  return forwardMembers(axes, one.call, members).of(axes);
}

double memberForwardCost(const Call& call) {
  const int64_t members = membersOf(call, at::denseForward::members);
  return static_cast<double>(members) * forwardCost(ForwardMember(call, 0, members).call);
}

void memberForward(const Call& call, const Tile& tile) {
  const int64_t members = membersOf(call, at::denseForward::members);
  if (members == 1) return forward(call, tile);
  const ForwardMember first(call, 0, members);
  forMembers(forwardMembers(forwardAxes(first.call), first.call, members), tile,
             [&](int64_t member, const Tile& own) { forward(ForwardMember(call, member, members).call, own); });
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
