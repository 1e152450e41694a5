// The operands of bfloat16 products, rounded and laid out as the register tile reads them.
//
// A product's depth goes by in pairs of steps, as the processor's instruction takes them. In a row (roundRows), steps 2p and
// 2p + 1 are one word as they stand. Everywhere else pairs are made: the words of pair p lie side by side, one for each lane
// of a panel, and an odd depth ends with a row of single numbers. So an operand in panels has as many elements as its
// matrix, padded to whole vectors:
// - a weight, [panel of outputs][pair of inputs][panel][2], or turned, [panel of inputs][pair of outputs][panel][2], with
//   panels as registerPanel has them;
// - a batch, [panel of columns][pair of rows][panel][2], where the batch is the depth; its last panel is only as wide as
//   the vectors that it fills.
#pragma once

#include "boundary/kernel_table.h"
#include "kernels/vector/bfloat16_round.h"
#include "kernels/vector/dense_layout.h"
#include "kernels/vector/elements.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kRoundedElements = 32768;  // elements worth another thread
constexpr double kRoundedNanoseconds = 0.5 / kWidth;

// Columns of a panel of factors, of which register tiles of any height take about equal parts.
constexpr int64_t kFactorPanel = 48;

// Where a panel of a batch in pairs begins, and how many columns it has.
struct PairPanel {
  int64_t begin, width;
};
DEEPBLAS_INLINE PairPanel pairPanel(int64_t column, int64_t columns, int64_t panel, int64_t rows) {
  const int64_t first = column / panel * panel;
  return {first * rows, smaller(panel, roundUp(columns - first, kWidth))};
}

// ---- rows ---------------------------------------------------------------------------------------------------------

Axes roundRowsAxes(const Call& call) {
  const int64_t columns = call.views[at::roundRows::x]->columns;
  return {call.rows, 1, larger(1, kRoundedElements / columns), 1};
}

double roundRowsCost(const Call& call) {
  return static_cast<double>(call.rows) * call.views[at::roundRows::x]->columns * kRoundedNanoseconds;
}

void roundRows(const Call& call, const Tile& tile) {
  const View &output = *call.views[at::roundRows::output], &x = *call.views[at::roundRows::x];
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    const float* from = rowOf(x, r);
    uint16_t* to = data<uint16_t>(&output) + r * output.stride;
    int64_t c = 0;
    for (; c + kWidth <= x.columns; c += kWidth) storeHalves(to + c, halfOf(load(from + c)));
    if (c == x.columns) continue;
    const Bits last = halfOf(loadFirst(from + c, x.columns - c));
    for (int64_t lane = 0; c + lane < x.columns; ++lane) to[c + lane] = static_cast<uint16_t>(last[lane]);
  }
}

// ---- pairs of rows ------------------------------------------------------------------------------------------------

int64_t pairsPanelOf(const Call& call) {
  const int64_t columns = call.views[at::roundRowPairs::x]->columns;
  return call.numbers[at::roundRowPairs::lanes] != 0 ? registerPanel(columns) : kFactorPanel;
}

Axes roundRowPairsAxes(const Call& call) {
  const int64_t columns = call.views[at::roundRowPairs::x]->columns;
  return {call.rows, 1, 2 * larger(1, kRoundedElements / 2 / columns), 1};
}

double roundRowPairsCost(const Call& call) {
  return static_cast<double>(call.rows) * call.views[at::roundRowPairs::x]->columns * kRoundedNanoseconds;
}

// A tile begins at an even row.
void roundRowPairs(const Call& call, const Tile& tile) {
  const View &output = *call.views[at::roundRowPairs::output], &x = *call.views[at::roundRowPairs::x];
  const int64_t columns = x.columns, panel = pairsPanelOf(call);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; r += 2) {
    const float *first = rowOf(x, r), *second = r + 1 < call.rows ? first + x.stride : nullptr;
    for (int64_t column = 0; column < columns; column += panel) {
      const PairPanel at = pairPanel(column, columns, panel, call.rows);
      uint16_t* to = data<uint16_t>(&output) + at.begin + r * at.width;
      for (int64_t c = 0; c < at.width; c += kWidth) {
        const int64_t lanes = columns - column - c;
        const Floats one = loadUpTo(first + column + c, lanes);
        if (second) storeBits(to + 2 * c, pairOf(one, loadUpTo(second + column + c, lanes)));
        else storeHalves(to + c, halfOf(one));
      }
    }
  }
}

// ---- weights ------------------------------------------------------------------------------------------------------

// Where the weights of input i for outputs o on stand, kWidth outputs side by side, or their gradients.
DEEPBLAS_INLINE float* weightsAt(const View& weight, int64_t o, int64_t i) {
  return data<float>(&weight) + o / weight.panel * weight.columns * weight.panel + i * weight.panel + o % weight.panel;
}

Axes roundWeightAxes(const Call& call) {
  const View &weight = *call.views[at::roundWeight::weight], &output = *call.views[at::roundWeight::output];
  return {weight.rows, 1, roundUp(larger(1, kRoundedElements / weight.columns), output.panel), 1};
}

double roundWeightCost(const Call& call) {
  const View& weight = *call.views[at::roundWeight::weight];
  return static_cast<double>(weight.rows) * weight.columns * kRoundedNanoseconds;
}

void roundWeight(const Call& call, const Tile& tile) {
  const View &weight = *call.views[at::roundWeight::weight], &output = *call.views[at::roundWeight::output];
  const int64_t inputs = weight.columns, outputs = weight.rows, panel = output.panel;
  for (int64_t begin = tile.firstBegin; begin < tile.firstEnd; begin += panel) {
    for (int64_t i = 0; i < inputs; i += 2) {
      uint16_t* to = data<uint16_t>(&output) + begin * inputs + i * panel;
      for (int64_t lane = 0; lane < panel; lane += kWidth) {
        // A vector with an output in it is stored whole, its padding zero.
        const bool exists = begin + lane < outputs;
        const Floats first = exists ? load(weightsAt(weight, begin + lane, i)) : Floats{};
        if (i + 1 == inputs) storeHalves(to + lane, halfOf(first));
        else storeBits(to + 2 * lane, pairOf(first, exists ? load(weightsAt(weight, begin + lane, i + 1)) : Floats{}));
      }
    }
  }
}

Axes roundTransposedAxes(const Call& call) {
  const View& weight = *call.views[at::roundWeightTransposed::weight];
  const View& output = *call.views[at::roundWeightTransposed::output];
  return {weight.columns, 1, roundUp(larger(1, kRoundedElements / weight.rows), output.panel), 1};
}

double roundTransposedCost(const Call& call) {
  const View& weight = *call.views[at::roundWeightTransposed::weight];
  return static_cast<double>(weight.rows) * weight.columns * 2 * kRoundedNanoseconds;
}

// A square of kWidth inputs by kWidth outputs at a time.
void roundTransposed(const Call& call, const Tile& tile) {
  const View& weight = *call.views[at::roundWeightTransposed::weight];
  const View& output = *call.views[at::roundWeightTransposed::output];
  const int64_t inputs = weight.columns, outputs = weight.rows, panel = output.panel;
  for (int64_t begin = tile.firstBegin; begin < tile.firstEnd; begin += panel) {
    uint16_t* to = data<uint16_t>(&output) + begin * outputs;
    for (int64_t o = 0; o < outputs; o += kWidth) {
      const int64_t count = smaller(kWidth, outputs - o);
      for (int64_t lane = 0; lane < panel; lane += kWidth) {
        Floats square[kWidth];
        for (int64_t i = 0; i < kWidth; ++i)
          square[i] = begin + lane + i < inputs ? load(weightsAt(weight, o, begin + lane + i)) : Floats{};
        transposeSquare(square);
        int64_t row = 0;
        for (; row + 2 <= count; row += 2)
          storeBits(to + (o + row) * panel + 2 * lane, pairOf(square[row], square[row + 1]));
        if (row < count) storeHalves(to + (o + row) * panel + lane, halfOf(square[row]));
      }
    }
  }
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
