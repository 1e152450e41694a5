// Dense products by groups of columns: a matrix whose blocks on the diagonal are the groups' weights, without its zeros.
// The weight is kept row by row, the rows of one group below those of the group before; so the rows of a group are a matrix
// (outputs, inputs) of their own. Groups are small as a rule: many columns of one input each, or many networks of a few
// outputs.
//
// Every product runs on the register tiles or, where few outputs would leave lanes empty, on dot products along the depth.
// The shape of a group alone chooses, and each group is computed as if it were alone: neither rows, nor groups, nor threads
// change the order of a sum.
#include "boundary/kernel_table.h"
#include "kernels/vector/column_sums.h"
#include "kernels/vector/dense_layout.h"
#include "kernels/vector/dot.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kPanel = kMaximumVectors * kWidth;
constexpr int64_t kTurnedDepth = 64;   // steps of a weight that are turned at a time
constexpr int64_t kBatchBlock = 128;   // rows of a batch whose products are added up in registers

struct Groups {
  int64_t inputs, outputs, count;
  Groups(const View& weight, double groups)
      : inputs(weight.columns), outputs(weight.rows / static_cast<int64_t>(groups)), count(static_cast<int64_t>(groups)) {}
  int64_t weights() const { return inputs * outputs; }
  // Whether the lanes of `depth` steps are used better than those of `width` results.
  static bool alongDepth(int64_t depth, int64_t width) { return byRows(weightPanel(depth, width)); }
};

// Blocks of rows by groups. A group takes some time besides its products.
Axes rowsByGroups(const Groups& groups, int64_t rows) {
  const int64_t rowTile = rows <= kRowBlock / 2 ? rows : rows <= kRowBlock ? (rows + 1) / 2 : kRowBlock;
  const int64_t work = larger(1, rowTile) * (roundUp(groups.outputs, kWidth) * groups.inputs + 8 * kWidth);
  return {rows, groups.count, larger(1, rowTile), larger(1, kTileMultiplyAdds / work)};
}

double costOf(const Groups& groups, int64_t rows) {
  const double one = static_cast<double>(roundUp(groups.outputs, kWidth)) * groups.inputs + 8 * kWidth;
  return rows * static_cast<double>(groups.count) * one / kMultiplyAddsPerNanosecond;
}

// A matrix, or a part of one: element (row, column) stands at data[row * stride + column].
struct Part {
  float* data;
  int64_t stride;
};
DEEPBLAS_INLINE Part partOf(const View& view, int64_t row, int64_t column) {
  return {data<float>(&view) + row * view.stride + column, view.stride};
}

// The rows [step, step + depth) of the turned weight in the columns of a panel, padded with zeros to whole vectors.
void turn(float* to, const float* weight, int64_t inputs, int64_t depth, int64_t outputs, int64_t padded) {
  for (int64_t d = 0; d < depth; ++d) {
    float* row = to + d * padded;
    store(row + padded - kWidth, Floats{});
    for (int64_t o = 0; o < outputs; ++o) row[o] = weight[o * inputs + d];
  }
}

// output = x · weightᵀ + bias, the lanes along the outputs.
void multiplyTurned(const Groups& groups, Part x, const float* weight, const float* bias, Part output, int64_t rows) {
  alignas(64) float turned[kTurnedDepth * kPanel];
  for (int64_t column = 0; column < groups.outputs; column += kPanel) {
    const PanelShape shape = panelShape(kPanel, groups.outputs - column);
    const int64_t padded = shape.vectors * kWidth;
    for (int64_t step = 0; step < groups.inputs; step += kTurnedDepth) {
      const int64_t depth = smaller(kTurnedDepth, groups.inputs - step);
      turn(turned, weight + column * groups.inputs + step, groups.inputs, depth,
           smaller(kPanel, groups.outputs - column), padded);
      for (int64_t r = 0; r < rows; r += kRowBlock) {
        TileWork work = {};
        work.a = {x.data + r * x.stride + step, x.stride, 1};
        work.b = turned;
        work.bStride = padded;
        work.depth = depth;
        work.c = output.data + r * output.stride + column;
        work.cStride = output.stride;
        work.lastLanes = shape.lastLanes;
        work.first = step == 0;
        work.last = step + depth == groups.inputs;
        work.bias = bias ? bias + column : nullptr;
        runPanel(padded, smaller(kRowBlock, rows - r), work, false);
      }
    }
  }
}

// to (rows, width) = a · b, for a of `depth` steps and b row by row; the lanes along the width.
void multiply(Strided a, Part b, Part to, int64_t rows, int64_t width, int64_t depth, int64_t depthBlock, bool dealt) {
  for (int64_t step = 0; step < depth; step += depthBlock) {
    for (int64_t column = 0; column < width; column += kPanel) {
      const PanelShape shape = panelShape(kPanel, width - column);
      TileWork work = {};
      work.a = {a.data + step * a.stepStride, a.rowStride, a.stepStride};
      work.b = b.data + step * b.stride + column;
      work.bStride = b.stride;
      work.depth = smaller(depthBlock, depth - step);
      work.c = to.data + column;
      work.cStride = to.stride;
      work.lastLanes = shape.lastLanes;
      work.first = step == 0;
      work.dealt = dealt;
      runPanel(shape.vectors * kWidth, rows, work, shape.lastLanes < kWidth);
    }
  }
}

void groupedForward(const Call& call, const Tile& tile) {
  namespace arg = at::groupedForward;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x], &weight = *call.views[arg::weight];
  const View* bias = call.views[arg::bias];
  const Groups groups(weight, call.numbers[arg::groups]);
  const int64_t rows = tile.firstEnd - tile.firstBegin, inputs = groups.inputs, outputs = groups.outputs;
  for (int64_t g = tile.secondBegin; g < tile.secondEnd; ++g) {
    const Part from = partOf(x, tile.firstBegin, g * inputs), to = partOf(output, tile.firstBegin, g * outputs);
    const float* own = data<float>(&weight) + g * groups.weights();
    const float* ownBias = bias ? data<float>(bias) + g * outputs : nullptr;
    if (Groups::alongDepth(inputs, outputs)) {
      dotProduct<float>({{from.data, from.stride, 1}, own, inputs, inputs, ownBias, to.data, to.stride}, rows, outputs);
    } else {
      multiplyTurned(groups, from, own, ownBias, to, rows);
    }
  }
}

void groupedBackwardInput(const Call& call, const Tile& tile) {
  namespace arg = at::groupedBackwardInput;
  const View &inputGradient = *call.views[arg::inputGradient], &from = *call.views[arg::preActivationGradient],
             &weight = *call.views[arg::weight];
  const Groups groups(weight, call.numbers[arg::groups]);
  const int64_t rows = tile.firstEnd - tile.firstBegin, inputs = groups.inputs, outputs = groups.outputs;
  for (int64_t g = tile.secondBegin; g < tile.secondEnd; ++g) {
    const Part gradient = partOf(from, tile.firstBegin, g * outputs),
               to = partOf(inputGradient, tile.firstBegin, g * inputs),
               own = {data<float>(&weight) + g * groups.weights(), inputs};
    // The weights of one input stand beside each other.
    if (inputs == 1 && Groups::alongDepth(outputs, 1)) {
      dotProduct<float>({{gradient.data, gradient.stride, 1}, own.data, outputs, outputs, nullptr, to.data, to.stride}, rows, 1);
    } else {
      multiply({gradient.data, gradient.stride, 1}, own, to, rows, inputs, outputs, kDepthBlock, false);
    }
  }
}

void groupedBackwardWeight(const Call& call, const Tile& tile) {
  namespace arg = at::groupedBackwardWeight;
  const View &weightGradient = *call.views[arg::weightGradient], &x = *call.views[arg::x],
             &from = *call.views[arg::preActivationGradient];
  const View* biasGradient = call.views[arg::biasGradient];
  const Groups groups(weightGradient, call.numbers[arg::groups]);
  const int64_t inputs = groups.inputs, outputs = groups.outputs;
  if (biasGradient) sumRows(*biasGradient, from, call.rows, tile.firstBegin * outputs, tile.firstEnd * outputs);
  for (int64_t g = tile.firstBegin; g < tile.firstEnd; ++g) {
    const Part input = partOf(x, 0, g * inputs), gradient = partOf(from, 0, g * outputs);
    float* to = data<float>(&weightGradient) + g * groups.weights();
    if (inputs == 1) {
      multiply({input.data, 1, input.stride}, gradient, {to, outputs}, 1, outputs, call.rows, kBatchBlock,
               isDealt(1, outputs));
    } else {
      multiply({gradient.data, 1, gradient.stride}, input, {to, inputs}, outputs, inputs, call.rows, kBatchBlock,
               isDealt(outputs, inputs));
    }
  }
}

void completesGroups(const Call& call, const Tile& tile, RangeSink sink, void* context) {
  namespace arg = at::groupedBackwardWeight;
  const Groups groups(*call.views[arg::weightGradient], call.numbers[arg::groups]);
  sink(context, arg::weightGradient, tile.firstBegin * groups.weights(), tile.firstEnd * groups.weights());
  if (call.views[arg::biasGradient])
    sink(context, arg::biasGradient, tile.firstBegin * groups.outputs, tile.firstEnd * groups.outputs);
}

Groups forwardGroups(const Call& call) {
  namespace arg = at::groupedForward;
  return {*call.views[arg::weight], call.numbers[arg::groups]};
}
Groups inputGroups(const Call& call) {
  namespace arg = at::groupedBackwardInput;
  return {*call.views[arg::weight], call.numbers[arg::groups]};
}
Groups weightGroups(const Call& call) {
  namespace arg = at::groupedBackwardWeight;
  return {*call.views[arg::weightGradient], call.numbers[arg::groups]};
}

Axes weightAxes(const Call& call) {
  const Groups groups = weightGroups(call);
  const int64_t work = larger(1, call.rows) * (groups.outputs * roundUp(groups.inputs, kWidth) + 2 * kWidth);
  return {groups.count, 1, larger(1, kTileMultiplyAdds / work), 1};
}

}  // namespace

void registerGrouped(KernelSet& set) {
  set[KernelId::GroupedForward] = {[](const Call& call) { return rowsByGroups(forwardGroups(call), call.rows); },
                                   groupedForward,
                                   [](const Call& call) { return costOf(forwardGroups(call), call.rows); }};
  set[KernelId::GroupedBackwardInput] = {[](const Call& call) { return rowsByGroups(inputGroups(call), call.rows); },
                                         groupedBackwardInput,
                                         [](const Call& call) { return costOf(inputGroups(call), call.rows); }};
  set[KernelId::GroupedBackwardWeight] = {weightAxes, groupedBackwardWeight,
                                          [](const Call& call) { return costOf(weightGroups(call), call.rows); },
                                          completesGroups};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
