// Dense layers whose products take operands rounded to bfloat16: forward, input gradient and weight gradient. Sums are
// float32, and so is all around the products: bias, activation, the sum that is the bias gradient.
//
// An element takes its pairs in order, one accumulator from the first to the last, so neither tiles nor blocks nor the
// batch size nor the instruction set change a bit of a product.
#pragma once

#include "boundary/kernel_table.h"
#include "kernels/vector/activate.h"
#include "kernels/vector/bfloat16_operands.h"
#include "kernels/vector/bfloat16_tile.h"
#include "kernels/vector/column_sums.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kPairDepth = 512;      // steps of the depth in a block: even
constexpr int64_t kPairRowBlock = 192;   // rows of factors that stay in the second-level cache
constexpr int64_t kPairBatchBlock = 256;  // rows of the batch in a block of a weight gradient: even
constexpr int64_t kPairInputTile = 4 * kFactorPanel;
constexpr int64_t kPairMultiplyAdds = 1 << 20;  // worth another thread
constexpr double kPairsPerNanosecond = 8.0 * kWidth;

double productCost(int64_t rows, int64_t depth, int64_t columns) {
  return static_cast<double>(rows) * static_cast<double>(depth + 8) * roundUp(columns, kWidth) / kPairsPerNanosecond;
}

// ---- forward and input gradient: rows of factors, a weight in panels -------------------------------------------------

struct RowProduct {
  const View& c;
  const View& a;       // rows of bfloat16
  const View& weight;  // in panels of c's columns
  int64_t depth;
  const View *bias, *preActivation;
  bool relu;
};

Axes rowProductAxes(int64_t rows, int64_t columns, int64_t depth, int64_t panel) {
  const int64_t rowTile = rows <= kPairRowBlock ? larger(1, rows) : kPairRowBlock;
  const int64_t work = larger(1, rowTile * depth * panel);
  return {rows, columns, rowTile, panel * larger(1, (kPairMultiplyAdds + work - 1) / work)};
}

template <typename Form>
void multiplyRows(const RowProduct& p, const Tile& tile) {
  const int64_t depth = p.depth, panel = p.weight.panel, columns = p.c.columns;
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; r += kPairRowBlock) {
    const int64_t rows = smaller(kPairRowBlock, tile.firstEnd - r);
    for (int64_t step = 0; step < depth; step += kPairDepth) {
      const int64_t steps = smaller(kPairDepth, depth - step);
      for (int64_t column = tile.secondBegin; column < tile.secondEnd; column += panel) {
        const PanelShape shape = panelShape(panel, columns - column);
        const uint16_t* a = data<uint16_t>(&p.a) + r * p.a.stride + step;
        PairWork work = {};
        work.a = a;
        work.aRow = p.a.stride;
        work.aPair = 2;
        work.aSingle = steps % 2 == 0 ? nullptr : a + steps - 1;
        work.aSingleRow = p.a.stride;
        work.b = data<uint16_t>(&p.weight) + column * depth + step * panel;
        work.bPair = 2 * panel;
        work.pairs = steps / 2;
        for (int64_t v = 0; v < shape.vectors; ++v)
          work.c[v] = data<float>(&p.c) + r * p.c.stride + column + v * kWidth;
        work.cStride = p.c.stride;
        work.lastLanes = shape.lastLanes;
        work.first = step == 0;
        work.last = step + steps == depth;
        work.bias = p.bias ? data<float>(p.bias) + column : nullptr;
        work.preActivation =
            p.preActivation ? data<float>(p.preActivation) + r * p.preActivation->stride + column : nullptr;
        work.preActivationStride = p.preActivation ? p.preActivation->stride : 0;
        work.relu = p.relu;
        runPairPanel<Form>(shape.vectors, rows, work);
      }
    }
  }
}

Axes bfloat16ForwardAxes(const Call& call) {
  const View& weight = *call.views[at::bfloat16Forward::weight];
  return rowProductAxes(call.rows, call.views[at::bfloat16Forward::output]->columns, weight.columns, weight.panel);
}

double bfloat16ForwardCost(const Call& call) {
  return productCost(call.rows, call.views[at::bfloat16Forward::weight]->columns,
                     call.views[at::bfloat16Forward::output]->columns);
}

template <typename Form>
void bfloat16Forward(const Call& call, const Tile& tile) {
  namespace arg = at::bfloat16Forward;
  const View &output = *call.views[arg::output], &weight = *call.views[arg::weight];
  const auto activation = static_cast<Activation>(static_cast<int>(call.numbers[arg::activation]));
  const bool relu = activation == Activation::Relu;
  multiplyRows<Form>({output, *call.views[arg::x], weight, weight.columns, call.views[arg::bias],
                      call.views[arg::preActivation], relu},
                     tile);
  if (relu || activation == Activation::Linear) return;
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    float* row = data<float>(&output) + r * output.stride + tile.secondBegin;
    activate(activation, row, row, tile.secondEnd - tile.secondBegin);
  }
}

Axes bfloat16InputAxes(const Call& call) {
  const View& weight = *call.views[at::bfloat16BackwardInput::weightTransposed];
  return rowProductAxes(call.rows, call.views[at::bfloat16BackwardInput::inputGradient]->columns, weight.columns,
                        weight.panel);
}

double bfloat16InputCost(const Call& call) {
  return productCost(call.rows, call.views[at::bfloat16BackwardInput::weightTransposed]->columns,
                     call.views[at::bfloat16BackwardInput::inputGradient]->columns);
}

template <typename Form>
void bfloat16BackwardInput(const Call& call, const Tile& tile) {
  namespace arg = at::bfloat16BackwardInput;
  const View& weight = *call.views[arg::weightTransposed];
  multiplyRows<Form>({*call.views[arg::inputGradient], *call.views[arg::preActivationGradient], weight, weight.columns,
                      nullptr, nullptr, false},
                     tile);
}

// ---- weight gradient: the depth is the batch -------------------------------------------------------------------------

Axes bfloat16WeightAxes(const Call& call) {
  const View& gradient = *call.views[at::bfloat16BackwardWeight::weightGradient];
  const int64_t inputs = gradient.columns, outputs = gradient.rows;
  const int64_t inputTile = smaller(kPairInputTile, roundUp(inputs, kFactorPanel));
  // Elements that a tile completes lie side by side for whole panels of the gradient; and a panel of ours is read whole.
  const int64_t unit = roundUp(registerPanel(outputs), gradient.panel);
  if (gradient.panel >= outputs || unit % registerPanel(outputs) != 0) return {inputs, outputs, inputTile, outputs};
  const int64_t work = larger(1, call.rows * inputTile * unit);
  return {inputs, outputs, inputTile, unit * larger(1, (kPairMultiplyAdds + work - 1) / work)};
}

double bfloat16WeightCost(const Call& call) {
  const View& gradient = *call.views[at::bfloat16BackwardWeight::weightGradient];
  return productCost(gradient.columns, call.rows, gradient.rows);
}

template <typename Form>
void bfloat16BackwardWeight(const Call& call, const Tile& tile) {
  namespace arg = at::bfloat16BackwardWeight;
  const View &gradient = *call.views[arg::weightGradient], &from = *call.views[arg::preActivationGradient];
  const uint16_t* x = data<uint16_t>(call.views[arg::xPairs]);
  const uint16_t* pairs = data<uint16_t>(call.views[arg::gradientPairs]);
  const int64_t inputs = gradient.columns, outputs = gradient.rows, panel = registerPanel(outputs), rows = call.rows;
  if (const View* bias = call.views[arg::biasGradient]; bias && tile.firstBegin == 0)
    sumRows(*bias, from, rows, tile.secondBegin, tile.secondEnd);
  for (int64_t r = 0; r < rows; r += kPairBatchBlock) {
    const int64_t steps = smaller(kPairBatchBlock, rows - r);
    for (int64_t o = tile.secondBegin; o < tile.secondEnd; o += panel) {
      const PanelShape shape = panelShape(panel, outputs - o);
      const PairPanel b = pairPanel(o, outputs, panel, rows);
      for (int64_t i = tile.firstBegin; i < tile.firstEnd;) {
        const int64_t first = i / kFactorPanel * kFactorPanel;
        const PairPanel a = pairPanel(i, inputs, kFactorPanel, rows);
        const int64_t count = smaller(smaller(first + kFactorPanel, tile.firstEnd) - i, inputs - i);
        PairWork work = {};
        work.a = x + a.begin + r * a.width + 2 * (i - first);
        work.aRow = 2;
        work.aPair = 2 * a.width;
        work.aSingle = steps % 2 == 0 ? nullptr : x + a.begin + (r + steps - 1) * a.width + (i - first);
        work.aSingleRow = 1;
        work.b = pairs + b.begin + r * b.width;
        work.bPair = 2 * b.width;
        work.pairs = steps / 2;
        for (int64_t v = 0; v < shape.vectors; ++v) work.c[v] = weightsAt(gradient, o + v * kWidth, i);
        work.cStride = gradient.panel;
        work.lastLanes = shape.lastLanes;
        work.first = r == 0;
        runPairPanel<Form>(shape.vectors, count, work);
        i += count;
      }
    }
  }
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
