// Dense layers of members side by side: the same sums as on register tiles (kernels/vector/tile.h) and as dot products
// (kernels/vector/dot.h), a vector of members at a time. Register tiles hold rows by columns of results.
#include "kernels/lanes/lane.h"
#include "kernels/vector/activate.h"
#include "kernels/vector/dense_layout.h"
#include "kernels/vector/dot.h"
#include "kernels/vector/tile.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

// Rows and columns of a tile: their sums and operands fit the registers.
constexpr int kTile = kRegisters == 32 ? 4 : 3;

template <int kValue>
struct Count {
  static constexpr int value = kValue;
};

// Calls body(Count, first) for tiles of kMost, then for what is left.
template <int kMost, typename Body>
DEEPBLAS_INLINE void forRest(int64_t first, int64_t count, Body& body) {
  if constexpr (kMost > 0) {
    if (count == kMost) return body(Count<kMost>(), first);
    forRest<kMost - 1>(first, count, body);
  }
}
template <int kMost, typename Body>
DEEPBLAS_INLINE void forTiles(int64_t count, Body body) {
  int64_t first = 0;
  for (; first + kMost <= count; first += kMost) body(Count<kMost>(), first);
  forRest<kMost - 1>(first, count - first, body);
}

// Places of vectors: element (i, j) at data + (i * first + j * second) * kWidth.
struct Places {
  const float* data;
  int64_t first, second;
  DEEPBLAS_INLINE const float* at(int64_t i, int64_t j) const { return data + (i * first + j * second) * kWidth; }
};

// A panel of a weight in lane form, as (output, input).
struct WeightPanel {
  int64_t firstOutput, outputs;
  Places places;
};
DEEPBLAS_INLINE WeightPanel panelAt(const View& weight, int64_t firstOutput) {
  const int64_t outputs = smaller(weight.panel, weight.rows - firstOutput);
  return {firstOutput, outputs, {data<float>(&weight) + firstOutput * weight.columns * kWidth, 1, outputs}};
}
// A weight kept row by row, whole.
DEEPBLAS_INLINE WeightPanel rowsOf(const View& weight) { return {0, weight.rows, {data<float>(&weight), weight.columns, 1}}; }

// Calls body for every panel; a weight kept row by row is one.
template <typename Body>
DEEPBLAS_INLINE void forPanels(const View& weight, Body body) {
  if (byRows(weight.panel)) return body(rowsOf(weight));
  for (int64_t output = 0; output < weight.rows; output += weight.panel) body(panelAt(weight, output));
}

template <int kRows, int kColumns>
DEEPBLAS_INLINE void clearSums(Floats (&sum)[kRows][kColumns]) {
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) sum[r][c] = Floats{};
}

// sum(r, c) += sum over k of a(r, k) * b(k, c), in order of k.
template <int kRows, int kColumns>
DEEPBLAS_INLINE void multiplyLanes(Floats (&sum)[kRows][kColumns], Places a, Places b, int64_t depth) {
  for (int64_t k = 0; k < depth; ++k) {
    Floats row[kRows];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) row[r] = load(a.at(r, k));
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) {
      const Floats column = load(b.at(k, c));
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) sum[r][c] = fma(row[r], column, sum[r][c]);
    }
  }
}

// ---- forward -----------------------------------------------------------------------------------------------------

struct LaneForward {
  const View &output, &x, &weight;
  const View *preActivation, *bias;
  bool relu;
};

template <int kRows, int kColumns>
DEEPBLAS_INLINE void finishTile(const LaneForward& f, Floats (&sum)[kRows][kColumns], int64_t row, int64_t column,
                                bool addBias) {
#pragma GCC unroll 4
  for (int c = 0; c < kColumns; ++c) {
    if (addBias && f.bias) {
      const Floats bias = load(laneAt(*f.bias, 0, column + c));
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) sum[r][c] += bias;
    }
    if (f.preActivation) {
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) store(laneAt(*f.preActivation, row + r, column + c), sum[r][c]);
    }
    if (f.relu) {
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) sum[r][c] = atLeast(sum[r][c], 0.0f);
    }
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) store(laneAt(f.output, row + r, column + c), sum[r][c]);
  }
}

template <int kRows, int kColumns>
__attribute__((noinline)) void forwardTile(const LaneForward& f, const WeightPanel& panel, int64_t row, int64_t column) {
  Floats sum[kRows][kColumns];
  clearSums(sum);
  const Places x = {laneAt(f.x, row, 0), f.x.stride, 1};
  const Places weight = {panel.places.at(column, 0), panel.places.second, panel.places.first};
  multiplyLanes(sum, x, weight, f.x.columns);
  finishTile(f, sum, row, panel.firstOutput + column, true);
}

// A dot product whose lanes run along the depth: kWidth partial sums, added in a tree of halves. `at` is the partial sum's
// place, the result that of the places at, at + distance, at + 2 distances …
template <int kRows, int kColumns>
struct Partial {
  Floats sum[kRows][kColumns];
};

template <int kRows, int kColumns, int kDistance>
DEEPBLAS_INLINE Partial<kRows, kColumns> dotTree(Places a, Places b, int64_t depth, int at) {
  if constexpr (kDistance == kWidth) {
    Partial<kRows, kColumns> one;
    clearSums(one.sum);
    if (at < depth) multiplyLanes(one.sum, {a.at(0, at), a.first, a.second * kWidth}, {b.at(at, 0), b.first * kWidth, b.second}, (depth - at + kWidth - 1) / kWidth);
    // Where the last steps fill a part of a vector, the others' sums take a product of zeros.
    const int64_t rest = depth % kWidth;
    if (rest != 0 && at >= rest && at < depth) {
      for (int r = 0; r < kRows; ++r)
        for (int c = 0; c < kColumns; ++c) one.sum[r][c] += 0.0f;
    }
    return one;
  } else {
    Partial<kRows, kColumns> sums = dotTree<kRows, kColumns, 2 * kDistance>(a, b, depth, at);
    const Partial<kRows, kColumns> others = dotTree<kRows, kColumns, 2 * kDistance>(a, b, depth, at + kDistance);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) sums.sum[r][c] += others.sum[r][c];
    return sums;
  }
}

template <int kRows, int kColumns>
__attribute__((noinline)) void dotTile(const LaneForward& f, int64_t row, int64_t column) {
  const Places x = {laneAt(f.x, row, 0), f.x.stride, 1};
  const Places weight = {data<float>(&f.weight) + column * f.weight.columns * kWidth, 1, f.weight.columns};
  Partial<kRows, kColumns> sums = dotTree<kRows, kColumns, 1>(x, weight, f.x.columns, 0);
#pragma GCC unroll 4
  for (int c = 0; c < kColumns; ++c) {
    const Floats bias = f.bias ? load(laneAt(*f.bias, 0, column + c)) : Floats{};
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) sums.sum[r][c] += bias;
  }
  finishTile(f, sums.sum, row, column, false);
}

template <typename Rule>
void activateLanes(const View& output, int64_t rows) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < output.columns; ++c) {
      float* at = laneAt(output, r, c);
      store(at, Rule::value(load(at)));
    }
}

void laneForward(const LaneCall& call) {
  namespace arg = at::denseForward;
  const Activation activation = static_cast<Activation>(static_cast<int>(call.numbers[arg::activation][0]));
  const LaneForward f = {*call.views[arg::output], *call.views[arg::x],    *call.views[arg::weight],
                         call.views[arg::preActivation], call.views[arg::bias], activation == Activation::Relu};
  if (byRows(f.weight.panel) && !isNarrow(f.weight)) {
    forTiles<2>(call.rows, [&](auto rows, int64_t row) {
      forTiles<2>(f.weight.rows, [&](auto columns, int64_t column) { dotTile<decltype(rows)::value, decltype(columns)::value>(f, row, column); });
    });
  } else {
    forPanels(f.weight, [&](const WeightPanel& panel) {
      forTiles<kTile>(call.rows, [&](auto rows, int64_t row) {
        forTiles<kTile>(panel.outputs, [&](auto columns, int64_t column) { forwardTile<decltype(rows)::value, decltype(columns)::value>(f, panel, row, column); });
      });
    });
  }
  switch (activation) {
    case Activation::Linear:
    case Activation::Relu: return;
    case Activation::Sigmoid: return activateLanes<Sigmoid>(f.output, call.rows);
    case Activation::Tanh: return activateLanes<Tanh>(f.output, call.rows);
    case Activation::Gelu: return activateLanes<Gelu>(f.output, call.rows);
  }
}

// ---- input gradient ----------------------------------------------------------------------------------------------

// The product, and the derivative of the activation before it where that call follows and nobody else reads the product.
struct LaneInputGradient {
  const View &gradient, &from;
  bool last = false;           // panels of outputs are parts of one depth
  const View* to = nullptr;    // of the call that follows
  const View *output = nullptr, *preActivation = nullptr;
  Activation activation = Activation::Linear;
  bool inTile = false;         // the derivative needs the output alone, and is taken within the tiles
};

// A derivative of the output, within the tile.
template <typename Rule, int kRows, int kColumns>
DEEPBLAS_INLINE void differentiateTile(const LaneInputGradient& g, const Floats (&sum)[kRows][kColumns], int64_t row, int64_t column) {
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    float* to = laneAt(*g.to, row + r, column);
    const float* after = laneAt(*g.output, row + r, column);
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c)
      store(to + c * kWidth, sum[r][c] * Rule::derivative(Floats{}, load(after + c * kWidth)));
  }
}

// Those of the other activations, of whole rows of products that are still near: in every tile they would be too much code.
template <typename Rule>
DEEPBLAS_INLINE void differentiateRowsBy(const LaneInputGradient& g, int64_t begin, int64_t end) {
  const int64_t count = g.gradient.columns * kWidth;
  for (int64_t r = begin; r < end; ++r) {
    float* to = laneAt(*g.to, r, 0);
    const float* product = laneAt(g.gradient, r, 0);
    const float* before = g.preActivation ? laneAt(*g.preActivation, r, 0) : nullptr;
    const float* after = g.output ? laneAt(*g.output, r, 0) : nullptr;
    for (int64_t i = 0; i < count; i += kWidth)
      store(to + i, load(product + i) * Rule::derivative(before ? load(before + i) : Floats{}, after ? load(after + i) : Floats{}));
  }
}
__attribute__((noinline)) void differentiateRows(const LaneInputGradient& g, int64_t begin, int64_t end) {
  switch (g.activation) {
    case Activation::Linear: return differentiateRowsBy<Linear>(g, begin, end);
    case Activation::Sigmoid: return differentiateRowsBy<Sigmoid>(g, begin, end);
    case Activation::Tanh: return differentiateRowsBy<Tanh>(g, begin, end);
    case Activation::Relu: return differentiateRowsBy<Relu>(g, begin, end);
    case Activation::Gelu: return differentiateRowsBy<Gelu>(g, begin, end);
  }
}

template <int kRows, int kColumns>
__attribute__((noinline)) void inputTile(const LaneInputGradient& g, const WeightPanel& panel, int64_t row, int64_t column) {
  Floats sum[kRows][kColumns];
  clearSums(sum);
  if (panel.firstOutput > 0) {
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) sum[r][c] = load(laneAt(g.gradient, row + r, column + c));
  }
  multiplyLanes(sum, {laneAt(g.from, row, panel.firstOutput), g.from.stride, 1},
                {panel.places.at(0, column), panel.places.first, panel.places.second}, panel.outputs);
  if (g.last && g.inTile) {
    switch (g.activation) {
      case Activation::Relu: return differentiateTile<Relu>(g, sum, row, column);
      case Activation::Tanh: return differentiateTile<Tanh>(g, sum, row, column);
      default: return differentiateTile<Sigmoid>(g, sum, row, column);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) store(laneAt(g.gradient, row + r, column + c), sum[r][c]);
}

void laneBackwardInput(const LaneCall& call) {
  namespace arg = at::denseBackwardInput;
  const View& weight = *call.views[arg::weight];
  LaneInputGradient g = {*call.views[arg::inputGradient], *call.views[arg::preActivationGradient]};
  if (call.next) {
    namespace then = at::activationBackward;
    g.to = call.next->views[then::inputGradient];
    g.output = call.next->views[then::output];
    g.preActivation = call.next->views[then::preActivation];
    g.activation = static_cast<Activation>(static_cast<int>(call.next->numbers[then::activation][0]));
    const bool byOutput = g.activation == Activation::Relu || g.activation == Activation::Tanh || g.activation == Activation::Sigmoid;
    g.inTile = byOutput && g.output;
  }
  forPanels(weight, [&](const WeightPanel& panel) {
    g.last = panel.firstOutput + panel.outputs == weight.rows;
    forTiles<kTile>(call.rows, [&](auto rows, int64_t row) {
      forTiles<kTile>(weight.columns, [&](auto columns, int64_t column) {
        inputTile<decltype(rows)::value, decltype(columns)::value>(g, panel, row, column);
      });
      if (g.last && g.to && !g.inTile) differentiateRows(g, row, row + decltype(rows)::value);
    });
  });
}

// A weight is read as it lies.
void laneTranspose(const LaneCall&) {}

// ---- weight gradient ---------------------------------------------------------------------------------------------

struct LaneWeightGradient {
  const LaneCall& call;
  const View &x, &from;
  Ints active;
};

// dealt[d](i, o) += x(row, i) * from(row, o) for rows d, d + kDealt, … of a block, in lanes that have the row.
template <int kDealt, bool kEven, int kInputs, int kOutputs>
DEEPBLAS_INLINE void addRows(const LaneWeightGradient& w, Floats (&dealt)[kDealt][kInputs][kOutputs], int64_t begin, int64_t end,
                             int64_t input, int64_t output) {
  const auto add = [&](int deal, int64_t row) {
    const float *x = laneAt(w.x, row, input), *from = laneAt(w.from, row, output);
    Floats column[kInputs];
#pragma GCC unroll 4
    for (int i = 0; i < kInputs; ++i) column[i] = load(x + i * kWidth);
    const Ints has = kEven ? Ints{} : lanesWith(w.call, row);
#pragma GCC unroll 4
    for (int o = 0; o < kOutputs; ++o) {
      const Floats one = load(from + o * kWidth);
#pragma GCC unroll 4
      for (int i = 0; i < kInputs; ++i) {
        const Floats sum = fma(column[i], one, dealt[deal][i][o]);
        dealt[deal][i][o] = kEven ? sum : select(has, sum, dealt[deal][i][o]);
      }
    }
  };
  int64_t row = begin;
  for (; row + kDealt <= end; row += kDealt) {
#pragma GCC unroll 4
    for (int deal = 0; deal < kDealt; ++deal) add(deal, row + deal);
  }
#pragma GCC unroll 4
  for (int deal = 0; deal < kDealt - 1; ++deal)
    if (row + deal < end) add(deal, row + deal);
}

template <bool kEven, int kInputs, int kOutputs>
__attribute__((noinline)) void gradientTile(const LaneWeightGradient& w, const WeightPanel& panel, int64_t input, int64_t output) {
  Floats sum[1][kInputs][kOutputs];
  clearSums(sum[0]);
  addRows<1, kEven>(w, sum, 0, w.call.rows, input, panel.firstOutput + output);
  const Ints active = w.active;
  const WeightPanel to = panel;
#pragma GCC unroll 4
  for (int i = 0; i < kInputs; ++i)
#pragma GCC unroll 4
    for (int o = 0; o < kOutputs; ++o)
      storeActive(const_cast<float*>(to.places.at(output + o, input + i)), sum[0][i][o], active);
}

// A product so small that the other kernels deal it out to several accumulators, block after block of the batch.
template <bool kEven, int kInputs>
__attribute__((noinline)) void dealtTile(const LaneWeightGradient& w, const WeightPanel& panel, int64_t input, int64_t output,
                                         int64_t batchBlock) {
  Floats sum[kInputs] = {};
  for (int64_t begin = 0; begin < w.call.rows; begin += batchBlock) {
    Floats dealt[kDeals][kInputs][1];
#pragma GCC unroll 4
    for (int deal = 0; deal < kDeals; ++deal) clearSums(dealt[deal]);
    addRows<kDeals, kEven>(w, dealt, begin, smaller(begin + batchBlock, w.call.rows), input, panel.firstOutput + output);
#pragma GCC unroll 4
    for (int i = 0; i < kInputs; ++i) {
      const Floats more = sum[i] + ((dealt[0][i][0] + dealt[1][i][0]) + (dealt[2][i][0] + dealt[3][i][0]));
      sum[i] = kEven ? more : select(lanesWith(w.call, begin), more, sum[i]);
    }
  }
#pragma GCC unroll 4
  for (int i = 0; i < kInputs; ++i)
    storeActive(const_cast<float*>(panel.places.at(output, input + i)), sum[i], w.active);
}

// A narrow layer's, whose sums have a place for every row of a vector: place p adds rows p, p + kWidth …, and halves of the
// places are added to halves. A last vector of rows that is not full is filled up with zeros.
template <bool kEven, int kInputs, int kDistance, typename Factor>
DEEPBLAS_INLINE Partial<kInputs, 1> narrowTree(const LaneWeightGradient& w, int64_t output, int place, const Factor& factor) {
  if constexpr (kDistance == kWidth) {
    Partial<kInputs, 1> one;
    clearSums(one.sum);
    for (int64_t row = place; row < roundUp(w.call.rows, kWidth); row += kWidth) {
      const bool exists = row < w.call.rows;
      const Floats from = exists ? load(laneAt(w.from, row, output)) : Floats{};
      const Ints has = kEven ? Ints{} : lanesWith(w.call, row), fills = kEven ? Ints{} : lanesWith(w.call, row / kWidth * kWidth);
#pragma GCC unroll 4
      for (int i = 0; i < kInputs; ++i) {
        Floats& sum = one.sum[i][0];
        const Floats filled = sum + 0.0f, more = exists ? fma(factor(i, row), from, sum) : filled;
        sum = kEven ? more : select(has, more, select(fills, filled, sum));
      }
    }
    return one;
  } else {
    Partial<kInputs, 1> sums = narrowTree<kEven, kInputs, 2 * kDistance>(w, output, place, factor);
    const Partial<kInputs, 1> others = narrowTree<kEven, kInputs, 2 * kDistance>(w, output, place + kDistance, factor);
#pragma GCC unroll 4
    for (int i = 0; i < kInputs; ++i) sums.sum[i][0] += others.sum[i][0];
    return sums;
  }
}

template <bool kEven, int kInputs>
__attribute__((noinline)) void narrowTile(const LaneWeightGradient& w, const WeightPanel& panel, int64_t input, int64_t output) {
  const auto factor = [&](int i, int64_t row) __attribute__((always_inline)) { return load(laneAt(w.x, row, input + i)); };
  const Partial<kInputs, 1> sums = narrowTree<kEven, kInputs, 1>(w, output, 0, factor);
  for (int i = 0; i < kInputs; ++i)
    storeActive(const_cast<float*>(panel.places.at(output, input + i)), sums.sum[i][0], w.active);
}

template <bool kEven>
void narrowGradients(const LaneWeightGradient& w, const View& gradient, const View* biasGradient) {
  forPanels(gradient, [&](const WeightPanel& panel) {
    for (int64_t output = 0; output < panel.outputs; ++output)
      forTiles<2>(gradient.columns, [&](auto inputs, int64_t input) {
        narrowTile<kEven, decltype(inputs)::value>(w, panel, input, output);
      });
  });
  if (!biasGradient) return;
  const auto one = [](int, int64_t) __attribute__((always_inline)) { return broadcast(1.0f); };
  for (int64_t output = 0; output < gradient.rows; ++output)
    storeActive(laneAt(*biasGradient, 0, output), narrowTree<kEven, 1, 1>(w, output, 0, one).sum[0][0], w.active);
}

template <bool kEven>
void biasGradients(const LaneWeightGradient& w, const View& biasGradient) {
  for (int64_t output = 0; output < w.from.columns; ++output) {
    Floats sum[kDeals] = {};
    int64_t row = 0;
    const auto add = [&](int deal) {
      const Floats more = sum[deal] + load(laneAt(w.from, row, output));
      sum[deal] = kEven ? more : select(lanesWith(w.call, row), more, sum[deal]);
      ++row;
    };
    dealOut(w.call.rows, add);
    storeActive(laneAt(biasGradient, 0, output), (sum[0] + sum[1]) + (sum[2] + sum[3]), w.active);
  }
}

template <bool kEven>
void weightGradients(const LaneWeightGradient& w, const View& gradient) {
  const bool rows = byRows(gradient.panel);
  const bool dealt = rows ? isDealt(gradient.rows, gradient.columns) : isDealt(gradient.columns, gradient.rows);
  forPanels(gradient, [&](const WeightPanel& panel) {
    if (dealt) {
      for (int64_t output = 0; output < panel.outputs; ++output)
        forTiles<kTile>(gradient.columns, [&](auto inputs, int64_t input) {
          dealtTile<kEven, decltype(inputs)::value>(w, panel, input, output, rows ? kRowsBatchBlock : kPanelBatchBlock);
        });
      return;
    }
    forTiles<kTile>(gradient.columns, [&](auto inputs, int64_t input) {
      forTiles<kTile>(panel.outputs, [&](auto outputs, int64_t output) {
        gradientTile<kEven, decltype(inputs)::value, decltype(outputs)::value>(w, panel, input, output);
      });
    });
  });
}

void laneBackwardWeight(const LaneCall& call) {
  namespace arg = at::denseBackwardWeight;
  const LaneWeightGradient w = {call, *call.views[arg::x], *call.views[arg::preActivationGradient], loadInts(call.active)};
  const View& gradient = *call.views[arg::weightGradient];
  const View* bias = call.views[arg::biasGradient];
  if (isNarrow(gradient)) return call.even ? narrowGradients<true>(w, gradient, bias) : narrowGradients<false>(w, gradient, bias);
  if (bias) call.even ? biasGradients<true>(w, *bias) : biasGradients<false>(w, *bias);
  call.even ? weightGradients<true>(w, gradient) : weightGradients<false>(w, gradient);
}

// OpenBLAS's sums have an order of their own, large layers gain nothing, and a layer that members of one network share takes all
// of them in turn.
template <int kWeight, int kMembers>
bool servesDense(const Call& call) {
  const View& weight = *call.views[kWeight];
  return weight.panel > 0 && !byBlas(weight.panel) && !isLarge(weight.columns, weight.rows) && call.numbers[kMembers] <= 1;
}

}  // namespace

void registerLaneDense(KernelSet& set) {
  set.lanes[static_cast<int>(KernelId::DenseForward)] = {laneForward,
                                                         servesDense<at::denseForward::weight, at::denseForward::members>};
  set.lanes[static_cast<int>(KernelId::TransposeWeight)] = {laneTranspose};
  set.lanes[static_cast<int>(KernelId::DenseBackwardInput)] = {
      laneBackwardInput, servesDense<at::denseBackwardInput::weight, at::denseBackwardInput::members>};
  set.lanes[static_cast<int>(KernelId::DenseBackwardWeight)] = {
      laneBackwardWeight, servesDense<at::denseBackwardWeight::weightGradient, at::denseBackwardWeight::members>};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
