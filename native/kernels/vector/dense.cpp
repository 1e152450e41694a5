// Dense layers: x · weightᵀ + bias with the activation in the epilogue, and both products of the way back.
//
// A small or middling layer runs on our register tiles over weights kept in panels; one of few outputs, which would leave
// lanes of a panel empty, over weights kept row by row, with the lanes along the inputs; a large one, where cache blocking
// decides, on OpenBLAS over a weight kept as one panel. Which one depends on the layer's shape alone (weightPanel), so
// neither population nor threads change the order of arithmetic; on our tiles, neither does the batch size.
#include "blas/gemm.h"
#include "kernels/kernel_table.h"
#include "kernels/vector/activate.h"
#include "kernels/vector/dot.h"
#include "kernels/vector/panel.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kDepthBlock = 512;           // steps of a panel that stay in the first-level cache
constexpr int64_t kRowBlock = 96;              // rows of A that stay in the second-level cache beside them
constexpr int64_t kTileMultiplyAdds = 512000;  // about 15 microseconds: worth another thread
constexpr double kMultiplyAddsPerNanosecond = 4.0 * kWidth;

DEEPBLAS_INLINE int64_t roundUp(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }
DEEPBLAS_INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

// A weight that OpenBLAS multiplies is one panel, wider than any register tile.
DEEPBLAS_INLINE bool byBlas(int64_t panel) { return panel > kMaximumVectors * kWidth; }

// A weight kept row by row: panels of one output.
DEEPBLAS_INLINE bool byRows(int64_t panel) { return panel == 1; }

// ---- how a layer is stored ------------------------------------------------------------------------------------

int64_t registerPanel(int64_t width) {
  int64_t best = 0, bestCost = 0;
  for (int64_t vectors = 1; vectors <= kMaximumVectors; ++vectors) {
    const int64_t panel = vectors * kWidth;
    // One vector a row is bound by loads: count it a tenth dearer. Ties go to the wider tile.
    const int64_t cost = roundUp(width, panel) * (vectors == 1 ? 11 : 10);
    if (best == 0 || cost <= bestCost) best = panel, bestCost = cost;
  }
  return best;
}

int64_t weightPanel(int64_t inputs, int64_t outputs) {
  const bool large = outputs >= 100 && inputs >= 100 && inputs * outputs >= 1000000;
  if (large) return roundUp(outputs, 16);
  const int64_t panel = registerPanel(outputs);
  // Vectors of multiplications a row: along the inputs, with the lanes to be added at the end, or along a panel's lanes.
  const int64_t alongInputs = outputs * (roundUp(inputs, kWidth) / kWidth + 6);
  const int64_t alongOutputs = roundUp(outputs, panel) / kWidth * inputs;
  return alongInputs * 5 < alongOutputs * 4 ? 1 : panel;
}

// ---- forward --------------------------------------------------------------------------------------------------

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

// Tiles for a product of (rows, columns) over depth steps, cut in row blocks and whole panels.
DEEPBLAS_INLINE Axes productAxes(int64_t rows, int64_t columns, int64_t depth, int64_t panel, bool blas) {
  if (blas) {
    const int64_t pieces = larger(1, (columns + 127) / 256);
    return {rows, columns, smaller(rows, 512), roundUp((columns + pieces - 1) / pieces, 16)};
  }
  const int64_t rowTile = rows <= kRowBlock / 2 ? rows : rows <= kRowBlock ? (rows + 1) / 2 : kRowBlock;
  const int64_t panels = larger(1, (kTileMultiplyAdds + rowTile * depth * panel - 1) / larger(1, rowTile * depth * panel));
  return {rows, columns, larger(1, rowTile), panels * panel};
}

// OpenBLAS sums a call's edges in another order than its middle, so which call an element is computed in decides its
// bits: a product is made of the same pieces, the kernel's own tiles, however the kernel is called.
template <typename Multiply>
DEEPBLAS_INLINE void inPieces(const Axes& axes, const Tile& tile, Multiply multiply) {
  for (int64_t second = tile.secondBegin; second < tile.secondEnd; second += axes.secondTile)
    for (int64_t first = tile.firstBegin; first < tile.firstEnd; first += axes.firstTile)
      multiply({first, smaller(first + axes.firstTile, tile.firstEnd), second,
                smaller(second + axes.secondTile, tile.secondEnd)});
}

Axes forwardAxes(const Call& call) {
  const Forward f(call);
  if (byRows(f.weight.panel)) {
    const int64_t work = larger(1, f.x.columns * f.output.columns);
    return {call.rows, f.output.columns, roundUp(larger(1, kTileMultiplyAdds / work), kDotRows), f.output.columns};
  }
  return productAxes(call.rows, f.output.columns, f.x.columns, f.weight.panel, byBlas(f.weight.panel));
}

double forwardCost(const Call& call) {
  const Forward f(call);
  return call.rows * static_cast<double>(roundUp(f.output.columns, kWidth)) * (f.x.columns + 4) /
         kMultiplyAddsPerNanosecond;
}

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

// Rows and outputs whose lane sums are kept side by side while the depth goes by.
constexpr int64_t kDotRowBlock = 8 * kDotRows, kDotColumnBlock = 4 * kDotColumns;

void forwardByRows(const Forward& f, const Tile& tile) {
  alignas(64) float sums[kDotRowBlock * kDotColumnBlock * kWidth];
  const int64_t depth = f.x.columns;
  const float* weight = data<float>(&f.weight);
  const float* bias = f.bias ? data<float>(f.bias) : nullptr;
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; r += kDotRowBlock) {
    const int64_t rows = smaller(kDotRowBlock, tile.firstEnd - r);
    for (int64_t column = tile.secondBegin; column < tile.secondEnd; column += kDotColumnBlock) {
      const int64_t columns = smaller(kDotColumnBlock, tile.secondEnd - column);
      for (int64_t step = 0; step < depth; step += kDotDepth) {
        for (int64_t i = 0; i < rows; i += kDotRows) {
          for (int64_t c = 0; c < columns; c += kDotColumns) {
            const DotWork work = {data<float>(&f.x) + (r + i) * f.x.stride + step,
                                  f.x.stride,
                                  weight + (column + c) * depth + step,
                                  depth,
                                  smaller(kDotDepth, depth - step),
                                  sums + (i * columns + c) * kWidth,
                                  columns,
                                  step == 0};
            dotRows<kDotRows>(smaller(kDotRows, rows - i), smaller(kDotColumns, columns - c), work);
          }
        }
      }
      // Sums of kWidth results at a time, in the order of rows.
      const int64_t results = rows * columns;
      for (int64_t first = 0; first < results; first += kWidth) {
        Floats lanes[kWidth];
        const int64_t count = smaller(kWidth, results - first);
        for (int64_t i = 0; i < kWidth; ++i) lanes[i] = i < count ? load(sums + (first + i) * kWidth) : Floats{};
        store(sums + first, sumsOfLanes(lanes));
      }
      for (int64_t i = 0; i < rows; ++i) {
        float* output = data<float>(&f.output) + (r + i) * f.output.stride + column;
        for (int64_t c = 0; c < columns; ++c) output[c] = sums[i * columns + c] + (bias ? bias[column + c] : 0.0f);
        if (f.preActivation) {
          float* copy = data<float>(f.preActivation) + (r + i) * f.preActivation->stride + column;
          for (int64_t c = 0; c < columns; ++c) copy[c] = output[c];
        }
      }
    }
  }
  if (f.activation != Activation::Linear) finishRows(f, tile, false);
}

void forward(const Call& call, const Tile& tile) {
  const Forward f(call);
  if (byRows(f.weight.panel)) return forwardByRows(f, tile);
  const int64_t depth = f.x.columns, panel = f.weight.panel;
  const float* x = data<float>(&f.x);
  const float* weight = data<float>(&f.weight);
  if (byBlas(panel)) {
    return inPieces(forwardAxes(call), tile, [&](const Tile& piece) {
      blas::multiply({piece.firstEnd - piece.firstBegin, piece.secondEnd - piece.secondBegin, depth,
                      x + piece.firstBegin * f.x.stride, f.x.stride, false, weight + piece.secondBegin, panel, false,
                      data<float>(&f.output) + piece.firstBegin * f.output.stride + piece.secondBegin,
                      f.output.stride});
      finishRows(f, piece, true);
    });
  }
  const bool relu = f.activation == Activation::Relu;
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; r += kRowBlock) {
    const int64_t rows = smaller(kRowBlock, tile.firstEnd - r);
    for (int64_t step = 0; step < depth; step += kDepthBlock) {
      for (int64_t column = tile.secondBegin; column < tile.secondEnd; column += panel) {
        const PanelShape shape = panelShape(panel, f.output.columns - column);
        TileWork work = {};
        work.a = {x + r * f.x.stride + step, f.x.stride, 1};
        work.b = weight + (column / panel * depth * panel) + step * panel;
        work.bStride = panel;
        work.depth = smaller(kDepthBlock, depth - step);
        work.c = data<float>(&f.output) + r * f.output.stride + column;
        work.cStride = f.output.stride;
        work.lastLanes = shape.lastLanes;
        work.first = step == 0;
        work.last = step + work.depth == depth;
        work.bias = f.bias ? data<float>(f.bias) + column : nullptr;
        work.preActivation =
            f.preActivation ? data<float>(f.preActivation) + r * f.preActivation->stride + column : nullptr;
        work.preActivationStride = f.preActivation ? f.preActivation->stride : 0;
        work.relu = relu;
        runPanel(shape.vectors * kWidth, rows, work, false);
      }
    }
  }
  if (f.activation != Activation::Linear && !relu) finishRows(f, tile, false);
}

// ---- input gradient -------------------------------------------------------------------------------------------

Axes transposeAxes(const Call& call) {
  const View& weight = *call.views[at::transposeWeight::weight];
  const View& output = *call.views[at::transposeWeight::output];
  return {weight.columns, 1, roundUp(larger(1, 65536 / larger(1, weight.rows)), output.panel), 1};
}

double transposeCost(const Call& call) {
  const View& weight = *call.views[at::transposeWeight::weight];
  return static_cast<double>(weight.rows) * weight.columns * 0.2;
}

void transpose(const Call& call, const Tile& tile) {
  const View& weight = *call.views[at::transposeWeight::weight];
  const View& output = *call.views[at::transposeWeight::output];
  const int64_t inputs = weight.columns, outputs = weight.rows;
  for (int64_t begin = tile.firstBegin; begin < tile.firstEnd; begin += output.panel) {
    float* to = data<float>(&output) + begin * outputs;
    for (int64_t o = 0; o < outputs; o += kWidth) {
      const int64_t lanes = smaller(kWidth, outputs - o);
      for (int64_t i = 0; i < output.panel; i += kWidth) {
        const float* from = data<float>(&weight) + o / weight.panel * inputs * weight.panel +
                            (begin + i) * weight.panel + o % weight.panel;
        const int64_t count = smaller(kWidth, inputs - begin - i);
        Floats square[kWidth];
        for (int64_t row = 0; row < kWidth; ++row) {
          square[row] = row < count ? load(from + row * weight.panel) : Floats{};
          // The next panel of outputs is far away: ask for it ahead.
          if (row < count) __builtin_prefetch(from + (inputs + row) * weight.panel);
        }
        transposeSquare(square);
        for (int64_t lane = 0; lane < lanes; ++lane) store(to + (o + lane) * output.panel + i, square[lane]);
      }
    }
  }
}

Axes inputAxes(const Call& call) {
  const View& gradient = *call.views[at::denseBackwardInput::inputGradient];
  const View& weight = *call.views[at::denseBackwardInput::weight];
  const View* transposed = call.views[at::denseBackwardInput::weightTransposed];
  const int64_t panel = transposed ? transposed->panel : kMaximumVectors * kWidth;
  return productAxes(call.rows, gradient.columns, weight.rows, panel, byBlas(weight.panel));
}

double inputCost(const Call& call) {
  const View& weight = *call.views[at::denseBackwardInput::weight];
  return call.rows * static_cast<double>(weight.rows + 4) * roundUp(weight.columns, kWidth) / kMultiplyAddsPerNanosecond;
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
  // Row by row, the weight itself is what the tiles read; it has no padding at the ends of rows.
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

// ---- weight and bias gradient ---------------------------------------------------------------------------------

Axes weightAxes(const Call& call) {
  const View& gradient = *call.views[at::denseBackwardWeight::weightGradient];
  const int64_t inputs = gradient.columns, outputs = gradient.rows;
  if (byBlas(gradient.panel)) {
    const int64_t pieces = larger(1, (inputs + 127) / 256);
    return {inputs, outputs, roundUp((inputs + pieces - 1) / pieces, 16), outputs};
  }
  if (byRows(gradient.panel)) {
    const int64_t work = larger(1, call.rows * outputs);
    return {inputs, outputs, larger(1024, roundUp(larger(1, kTileMultiplyAdds / work), kMaximumVectors * kWidth)), outputs};
  }
  // One panel, so that the thread that makes it, updates it, and multiplies with it in the next step is the same one; and
  // a block of inputs whose rows of x stay in the second-level cache.
  const int64_t work = larger(1, call.rows * gradient.panel);
  const int64_t inputTile = smaller(192, roundUp(larger(1, (kTileMultiplyAdds + work - 1) / work), 48));
  return {inputs, outputs, inputTile, gradient.panel};
}

double weightCost(const Call& call) {
  const View& gradient = *call.views[at::denseBackwardWeight::weightGradient];
  return call.rows * static_cast<double>(gradient.columns + 4) * roundUp(gradient.rows, kWidth) /
         kMultiplyAddsPerNanosecond;
}

// Whether a gradient of so many rows of lanes is one tile that deals out the batch.
DEEPBLAS_INLINE bool isDealt(int64_t rows, int64_t lanes) { return rows * (roundUp(lanes, kWidth) / kWidth) <= kDealtVectors; }

// Dealt out too: every width has its sums in this order.
template <bool kPartial>
DEEPBLAS_INLINE Floats sumOfRows(const float* row, int64_t stride, int64_t rows, int64_t lanes) {
  Floats sum[kDeals] = {};
  const auto add = [&](int deal) {
    sum[deal] += kPartial ? loadFirst(row, lanes) : load(row);
    row += stride;
  };
  dealOut(rows, add);
  static_assert(kDeals == 4);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

void sumRows(const View& biasGradient, const View& from, int64_t rows, int64_t begin, int64_t end) {
  for (int64_t column = begin; column < end; column += kWidth) {
    const int64_t lanes = smaller(kWidth, end - column);
    const float* row = data<float>(&from) + column;
    const Floats sum = lanes == kWidth ? sumOfRows<false>(row, from.stride, rows, lanes)
                                       : sumOfRows<true>(row, from.stride, rows, lanes);
    storeFirst(data<float>(&biasGradient) + column, sum, lanes);
  }
}

// The lanes are inputs: every output's gradient takes up rows of x.
void backwardWeightByRows(const Call& call, const Tile& tile) {
  const View& gradient = *call.views[at::denseBackwardWeight::weightGradient];
  const View& x = *call.views[at::denseBackwardWeight::x];
  const View& from = *call.views[at::denseBackwardWeight::preActivationGradient];
  // A block of rows of x is read from afar once, row by row; the gradients that it adds to stay near.
  constexpr int64_t kPanel = kMaximumVectors * kWidth, kBatchBlock = 32;
  for (int64_t r = 0; r < call.rows; r += kBatchBlock) {
    for (int64_t column = tile.firstBegin; column < tile.firstEnd; column += kPanel) {
      const PanelShape shape = panelShape(kPanel, tile.firstEnd - column);
      TileWork work = {};
      work.a = {data<float>(&from) + r * from.stride + tile.secondBegin, 1, from.stride};
      work.b = data<float>(&x) + r * x.stride + column;
      work.bStride = x.stride;
      work.depth = smaller(kBatchBlock, call.rows - r);
      work.c = data<float>(&gradient) + tile.secondBegin * gradient.columns + column;
      work.cStride = gradient.columns;
      work.lastLanes = shape.lastLanes;
      work.first = r == 0;
      work.dealt = isDealt(gradient.rows, gradient.columns);
      runPanel(shape.vectors * kWidth, tile.secondEnd - tile.secondBegin, work, shape.lastLanes < kWidth);
    }
  }
}

void backwardWeight(const Call& call, const Tile& tile) {
  const View& gradient = *call.views[at::denseBackwardWeight::weightGradient];
  const View* biasGradient = call.views[at::denseBackwardWeight::biasGradient];
  const View& x = *call.views[at::denseBackwardWeight::x];
  const View& from = *call.views[at::denseBackwardWeight::preActivationGradient];
  const int64_t inputs = gradient.columns, outputs = gradient.rows, panel = gradient.panel;
  if (biasGradient && tile.firstBegin == 0) sumRows(*biasGradient, from, call.rows, tile.secondBegin, tile.secondEnd);
  if (byBlas(panel)) {
    return inPieces(weightAxes(call), tile, [&](const Tile& piece) {
      blas::multiply({piece.firstEnd - piece.firstBegin, piece.secondEnd - piece.secondBegin, call.rows,
                      data<float>(&x) + piece.firstBegin, x.stride, true, data<float>(&from) + piece.secondBegin,
                      from.stride, false, data<float>(&gradient) + piece.firstBegin * panel + piece.secondBegin,
                      panel});
    });
  }
  if (byRows(panel)) return backwardWeightByRows(call, tile);
  constexpr int64_t kBatchBlock = 128;
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
      work.first = r == 0;
      work.dealt = isDealt(inputs, outputs);
      runPanel(shape.vectors * kWidth, tile.firstEnd - tile.firstBegin, work, shape.lastLanes < kWidth);
    }
  }
}

// A tile of inputs: a run of every panel; and the biases, with the first one.
void completesWeight(const Call& call, const Tile& tile, RangeSink sink, void* context) {
  namespace arg = at::denseBackwardWeight;
  const View& gradient = *call.views[arg::weightGradient];
  const int64_t panel = gradient.panel;
  for (int64_t column = tile.secondBegin; column < tile.secondEnd; column += panel) {
    const int64_t first = column * gradient.columns;
    sink(context, arg::weightGradient, first + tile.firstBegin * panel, first + tile.firstEnd * panel);
  }
  if (call.views[arg::biasGradient] && tile.firstBegin == 0)
    sink(context, arg::biasGradient, tile.secondBegin, tile.secondEnd);
}

}  // namespace

void registerDense(KernelSet& set) {
  set.weightPanel = weightPanel;
  set.registerPanel = registerPanel;
  set.usesBlas = [](int64_t panel) { return byBlas(panel); };
  set[KernelId::DenseForward] = {forwardAxes, forward, forwardCost};
  set[KernelId::TransposeWeight] = {transposeAxes, transpose, transposeCost};
  set[KernelId::DenseBackwardInput] = {inputAxes, backwardInput, inputCost};
  set[KernelId::DenseBackwardWeight] = {weightAxes, backwardWeight, weightCost, completesWeight};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
