// Dense layers of few inputs and few outputs (isNarrow), which would leave most lanes of a panel empty: here the lanes of a
// vector are rows of the batch. Blocks of rows are turned into columns, multiplied, and turned back.
//
// The order of sums: an output adds the products of its inputs in order and then the bias, an input gradient those of its
// outputs in order, by one fma each, as on the register tiles. Of a weight or bias gradient, lane l adds the batch's rows l,
// l + kWidth, l + 2 kWidth … in order, from zero (one fma each; for a bias, one addition each); then halves of the lanes are
// added to halves (sumsOfLanes), and that sum is added to what other members have left there.
#pragma once

#include "kernels/vector/activate.h"
#include "kernels/vector/dense_layout.h"
#include "kernels/vector/dot.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kNarrowBlock = 128;  // rows whose columns stay in the first-level cache

template <int kColumns>
struct Columns {
  Floats vector[kColumns];
};

// Patterns of lanes between vectors of rows, whose elements follow one another row by row, and vectors of columns.
template <int kOdd>
struct EverySecond {
  static constexpr int lane(int i) { return 2 * i + kOdd; }
};
template <int kHigh>
struct Alternating {
  static constexpr int lane(int i) { return (kHigh * static_cast<int>(kWidth) + i) / 2 + i % 2 * static_cast<int>(kWidth); }
};
// What the kFrom-th vector of rows has of a column; all else stays.
template <int kColumns, int kColumn, int kFrom>
struct RowsToColumn {
  static constexpr int lane(int i) {
    const int element = i * kColumns + kColumn, width = static_cast<int>(kWidth);
    return element / width == kFrom ? width + element % width : i;
  }
};
// What a column has of the kTo-th vector of rows; all else stays.
template <int kColumns, int kColumn, int kTo>
struct ColumnToRows {
  static constexpr int lane(int i) {
    const int element = kTo * static_cast<int>(kWidth) + i;
    return element % kColumns == kColumn ? static_cast<int>(kWidth) + element / kColumns : i;
  }
};

template <int kColumns, int kColumn, int... kFrom>
DEEPBLAS_INLINE Floats columnOf(const Columns<kColumns>& rows, std::integer_sequence<int, kFrom...>) {
  Floats column = {};
  ((column = shuffled<RowsToColumn<kColumns, kColumn, kFrom>>(column, rows.vector[kFrom])), ...);
  return column;
}
template <int kColumns, int kTo, int... kColumn>
DEEPBLAS_INLINE Floats rowsOf(const Columns<kColumns>& columns, std::integer_sequence<int, kColumn...>) {
  Floats rows = {};
  ((rows = shuffled<ColumnToRows<kColumns, kColumn, kTo>>(rows, columns.vector[kColumn])), ...);
  return rows;
}

template <int kColumns, int... kOf>
DEEPBLAS_INLINE Columns<kColumns> oddToColumns(const Columns<kColumns>& rows, std::integer_sequence<int, kOf...> all) {
  return {{columnOf<kColumns, kOf>(rows, all)...}};
}
template <int kColumns, int... kOf>
DEEPBLAS_INLINE Columns<kColumns> oddToRows(const Columns<kColumns>& columns, std::integer_sequence<int, kOf...> all) {
  return {{rowsOf<kColumns, kOf>(columns, all)...}};
}

// An even number of columns is halved: columns 0, 2 … and columns 1, 3 … are matrices of half the width.
template <int kColumns>
DEEPBLAS_INLINE Columns<kColumns> toColumns(const Columns<kColumns>& rows) {
  if constexpr (kColumns == 1) {
    return rows;
  } else if constexpr (kColumns % 2 == 0) {
    Columns<kColumns / 2> half[2];
#pragma GCC unroll 4
    for (int i = 0; i < kColumns / 2; ++i) {
      half[0].vector[i] = shuffled<EverySecond<0>>(rows.vector[2 * i], rows.vector[2 * i + 1]);
      half[1].vector[i] = shuffled<EverySecond<1>>(rows.vector[2 * i], rows.vector[2 * i + 1]);
    }
    const Columns<kColumns / 2> even = toColumns(half[0]), odd = toColumns(half[1]);
    Columns<kColumns> columns;
#pragma GCC unroll 4
    for (int i = 0; i < kColumns / 2; ++i) {
      columns.vector[2 * i] = even.vector[i];
      columns.vector[2 * i + 1] = odd.vector[i];
    }
    return columns;
  } else {
    return oddToColumns(rows, std::make_integer_sequence<int, kColumns>());
  }
}
template <int kColumns>
DEEPBLAS_INLINE Columns<kColumns> toRows(const Columns<kColumns>& columns) {
  if constexpr (kColumns == 1) {
    return columns;
  } else if constexpr (kColumns % 2 == 0) {
    Columns<kColumns / 2> even, odd;
#pragma GCC unroll 4
    for (int i = 0; i < kColumns / 2; ++i) {
      even.vector[i] = columns.vector[2 * i];
      odd.vector[i] = columns.vector[2 * i + 1];
    }
    even = toRows(even);
    odd = toRows(odd);
    Columns<kColumns> rows;
#pragma GCC unroll 4
    for (int i = 0; i < kColumns / 2; ++i) {
      rows.vector[2 * i] = shuffled<Alternating<0>>(even.vector[i], odd.vector[i]);
      rows.vector[2 * i + 1] = shuffled<Alternating<1>>(even.vector[i], odd.vector[i]);
    }
    return rows;
  } else {
    return oddToRows(columns, std::make_integer_sequence<int, kColumns>());
  }
}

// Elements that the i-th of several vectors has of `count` that follow one another.
DEEPBLAS_INLINE int64_t lanesOf(int64_t count, int64_t i) {
  const int64_t left = count - i * kWidth;
  return left < 0 ? 0 : smaller(left, kWidth);
}

// A block of columns: column c stands at c * kNarrowBlock, and is filled up to whole vectors with zeros.
template <int kColumns>
void readColumns(float* columns, const float* from, int64_t stride, int64_t rows) {
  for (int64_t r = 0; r < rows; r += kWidth) {
    const int64_t here = smaller(kWidth, rows - r);
    Columns<kColumns> block;
    if (stride == kColumns) {
      const float* at = from + r * kColumns;
#pragma GCC unroll 8
      for (int i = 0; i < kColumns; ++i)
        block.vector[i] = here == kWidth ? load(at + i * kWidth) : loadFirst(at + i * kWidth, lanesOf(here * kColumns, i));
      block = toColumns(block);
    } else {
      float values[kColumns][kWidth] = {};
      for (int64_t lane = 0; lane < here; ++lane)
        for (int i = 0; i < kColumns; ++i) values[i][lane] = from[(r + lane) * stride + i];
      for (int i = 0; i < kColumns; ++i) block.vector[i] = load(values[i]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < kColumns; ++i) store(columns + i * kNarrowBlock + r, block.vector[i]);
  }
}

template <int kColumns>
void writeColumns(const float* columns, float* to, int64_t stride, int64_t rows) {
  for (int64_t r = 0; r < rows; r += kWidth) {
    const int64_t here = smaller(kWidth, rows - r);
    if (stride == kColumns) {
      Columns<kColumns> block;
#pragma GCC unroll 8
      for (int i = 0; i < kColumns; ++i) block.vector[i] = load(columns + i * kNarrowBlock + r);
      block = toRows(block);
      float* at = to + r * kColumns;
#pragma GCC unroll 8
      for (int i = 0; i < kColumns; ++i) {
        if (here == kWidth) store(at + i * kWidth, block.vector[i]);
        else storeFirst(at + i * kWidth, block.vector[i], lanesOf(here * kColumns, i));
      }
    } else {
      for (int64_t lane = 0; lane < here; ++lane)
        for (int i = 0; i < kColumns; ++i) to[(r + lane) * stride + i] = columns[i * kNarrowBlock + r + lane];
    }
  }
}

// Calls body with a number of columns as a constant.
template <int kMost, typename Body>
DEEPBLAS_INLINE void withColumns(int64_t columns, Body body) {
  if constexpr (kMost > 0) {
    if (columns == kMost) return body(std::integral_constant<int, kMost>());
    withColumns<kMost - 1>(columns, body);
  }
}

void readNarrow(float* columns, const float* from, int64_t stride, int64_t rows, int64_t count) {
  withColumns<kNarrowColumns>(count, [&](auto constant) {
    readColumns<decltype(constant)::value>(columns, from, stride, rows);
  });
}
void writeNarrow(const float* columns, float* to, int64_t stride, int64_t rows, int64_t count) {
  withColumns<kNarrowColumns>(count, [&](auto constant) {
    writeColumns<decltype(constant)::value>(columns, to, stride, rows);
  });
}

// The small matrix of a product: element (step, column) stands at data[step * stepStride + column * columnStride].
struct NarrowWeight {
  const float* data;
  int64_t stepStride, columnStride;
  const float* bias;  // of each column; null where there is none
};

// A block of columns times the weight, kDepth steps deep.
template <int kDepth>
void multiplyColumns(float* to, const float* from, const NarrowWeight& weight, int64_t columns, int64_t rows) {
  for (int64_t column = 0; column < columns; ++column) {
    Floats factor[kDepth];
#pragma GCC unroll 8
    for (int step = 0; step < kDepth; ++step)
      factor[step] = broadcast(weight.data[step * weight.stepStride + column * weight.columnStride]);
    const Floats bias = weight.bias ? broadcast(weight.bias[column]) : Floats{};
    for (int64_t r = 0; r < rows; r += kWidth) {
      Floats sum = {};
#pragma GCC unroll 8
      for (int step = 0; step < kDepth; ++step) sum = fma(load(from + step * kNarrowBlock + r), factor[step], sum);
      if (weight.bias) sum += bias;
      store(to + column * kNarrowBlock + r, sum);
    }
  }
}

void multiplyNarrow(float* to, const float* from, const NarrowWeight& weight, int64_t columns, int64_t depth, int64_t rows) {
  withColumns<kNarrowColumns>(depth, [&](auto constant) {
    multiplyColumns<decltype(constant)::value>(to, from, weight, columns, rows);
  });
}

struct NarrowForward {
  const float* x;
  int64_t xStride, inputs, outputs;
  NarrowWeight weight;
  float* preActivation;  // null where it is not wanted
  int64_t preActivationStride;
  float* output;
  int64_t outputStride;
  Activation activation;
};

void forwardNarrow(const NarrowForward& f, int64_t rows) {
  alignas(64) float x[kNarrowColumns * kNarrowBlock], output[kNarrowColumns * kNarrowBlock];
  for (int64_t r = 0; r < rows; r += kNarrowBlock) {
    const int64_t here = smaller(kNarrowBlock, rows - r);
    readNarrow(x, f.x + r * f.xStride, f.xStride, here, f.inputs);
    multiplyNarrow(output, x, f.weight, f.outputs, f.inputs, here);
    if (f.preActivation)
      writeNarrow(output, f.preActivation + r * f.preActivationStride, f.preActivationStride, here, f.outputs);
    if (f.activation != Activation::Linear)
      for (int64_t o = 0; o < f.outputs; ++o)
        activate(f.activation, output + o * kNarrowBlock, output + o * kNarrowBlock, here);
    writeNarrow(output, f.output + r * f.outputStride, f.outputStride, here, f.outputs);
  }
}

struct NarrowInputGradient {
  const float* from;
  int64_t fromStride, outputs, inputs;
  NarrowWeight weight;
  float* gradient;
  int64_t gradientStride;
};

void backwardInputNarrow(const NarrowInputGradient& g, int64_t rows) {
  alignas(64) float from[kNarrowColumns * kNarrowBlock], gradient[kNarrowColumns * kNarrowBlock];
  for (int64_t r = 0; r < rows; r += kNarrowBlock) {
    const int64_t here = smaller(kNarrowBlock, rows - r);
    readNarrow(from, g.from + r * g.fromStride, g.fromStride, here, g.outputs);
    multiplyNarrow(gradient, from, g.weight, g.inputs, g.outputs, here);
    writeNarrow(gradient, g.gradient + r * g.gradientStride, g.gradientStride, here, g.inputs);
  }
}

struct NarrowWeightGradient {
  const float* x;
  int64_t xStride, inputs;
  const float* from;
  int64_t fromStride, outputs;
  float* gradient;  // element (input, output) stands at gradient[input * gradientStride + output]
  int64_t gradientStride;
  float* biasGradient;  // null where it is not wanted
  bool first;           // not: added to what is there
};

// sums[output][input] += the products of a block's rows, each in its lane.
template <int kInputs>
void addColumnProducts(float* sums, const float* x, const float* from, int64_t outputs, int64_t rows) {
  for (int64_t o = 0; o < outputs; ++o) {
    Floats sum[kInputs];
#pragma GCC unroll 8
    for (int i = 0; i < kInputs; ++i) sum[i] = load(sums + (o * kInputs + i) * kWidth);
    for (int64_t r = 0; r < rows; r += kWidth) {
      const Floats factor = load(from + o * kNarrowBlock + r);
#pragma GCC unroll 8
      for (int i = 0; i < kInputs; ++i) sum[i] = fma(load(x + i * kNarrowBlock + r), factor, sum[i]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < kInputs; ++i) store(sums + (o * kInputs + i) * kWidth, sum[i]);
  }
}

void addColumns(float* sums, const float* from, int64_t columns, int64_t rows) {
  for (int64_t column = 0; column < columns; ++column) {
    Floats sum = load(sums + column * kWidth);
    for (int64_t r = 0; r < rows; r += kWidth) sum += load(from + column * kNarrowBlock + r);
    store(sums + column * kWidth, sum);
  }
}

void backwardWeightNarrow(const NarrowWeightGradient& g, int64_t rows) {
  alignas(64) float x[kNarrowColumns * kNarrowBlock], from[kNarrowColumns * kNarrowBlock];
  alignas(64) float sums[kNarrowWeights * kWidth] = {}, biasSums[kNarrowColumns * kWidth] = {};
  for (int64_t r = 0; r < rows; r += kNarrowBlock) {
    const int64_t here = smaller(kNarrowBlock, rows - r);
    readNarrow(x, g.x + r * g.xStride, g.xStride, here, g.inputs);
    readNarrow(from, g.from + r * g.fromStride, g.fromStride, here, g.outputs);
    withColumns<kNarrowColumns>(g.inputs, [&](auto constant) {
      addColumnProducts<decltype(constant)::value>(sums, x, from, g.outputs, here);
    });
    if (g.biasGradient) addColumns(biasSums, from, g.outputs, here);
  }
  addLanes(sums, g.inputs * g.outputs);
  for (int64_t o = 0; o < g.outputs; ++o)
    for (int64_t i = 0; i < g.inputs; ++i) {
      float* to = g.gradient + i * g.gradientStride + o;
      *to = g.first ? sums[o * g.inputs + i] : *to + sums[o * g.inputs + i];
    }
  if (!g.biasGradient) return;
  addLanes(biasSums, g.outputs);
  for (int64_t o = 0; o < g.outputs; ++o)
    g.biasGradient[o] = g.first ? biasSums[o] : g.biasGradient[o] + biasSums[o];
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
