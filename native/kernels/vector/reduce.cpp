// Sums over rows and columns, in float64 and in a fixed order.
#include "boundary/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

Reduction reductionOf(double number) { return static_cast<Reduction>(static_cast<int>(number)); }

float largestOf(const float* row, int64_t columns) {
  float largest = row[0];
  // A NaN stays: it compares false with everything, so it is kept once it is there.
  for (int64_t c = 1; c < columns; ++c) largest = row[c] > largest || row[c] != row[c] ? row[c] : largest;
  return largest;
}

double sumOf(const float* row, int64_t columns) {
  Sum sum;
  for (int64_t c = 0; c < columns; c += 8) {
    EightDoubles eight;
    readEight(eight, row + c, columns - c);
    sum.lane += eight;
  }
  return sum.total();
}

void reduceRows(const Call& call, const Tile& tile) {
  namespace arg = at::reduceRows;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x];
  const Reduction kind = reductionOf(call.numbers[arg::kind]);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    const float* row = rowOf(x, r);
    double value = kind == Reduction::Largest ? largestOf(row, x.columns) : sumOf(row, x.columns);
    if (kind == Reduction::Mean) value /= static_cast<double>(x.columns);
    if (output.type == Type::Float64) data<double>(&output)[r * output.stride] = value;
    else rowOf(output, r)[0] = static_cast<float>(value);
  }
}

void reduceColumns(const Call& call, const Tile& tile) {
  namespace arg = at::reduceColumns;
  constexpr int64_t kColumns = 64;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x];
  const double share = reductionOf(call.numbers[arg::kind]) == Reduction::Mean ? 1.0 / static_cast<double>(call.rows) : 1.0;
  for (int64_t column = tile.firstBegin; column < tile.firstEnd; column += kColumns) {
    const int64_t count = smaller(kColumns, tile.firstEnd - column);
    double sum[kColumns];
    for (int64_t c = 0; c < count; ++c) sum[c] = 0;
    for (int64_t r = 0; r < call.rows; ++r) {
      const float* row = rowOf(x, r) + column;
      for (int64_t c = 0; c < count; ++c) sum[c] += row[c];
    }
    for (int64_t c = 0; c < count; ++c) data<float>(&output)[column + c] = static_cast<float>(sum[c] * share);
  }
}

double squaresOf(const float* values, int64_t count) {
  Sum sum;
  for (int64_t i = 0; i < count; i += 8) {
    EightDoubles eight;
    readEight(eight, values + i, count - i);
    sum.lane += eight * eight;
  }
  return sum.total();
}

int64_t elementsOf(const View& x) {
  return x.panel > 0 ? (x.rows + x.panel - 1) / x.panel * x.panel * x.columns : x.rows * x.columns;
}

void squaredNorm(const Call& call, const Tile&) {
  namespace arg = at::squaredNorm;
  const View& x = *call.views[arg::x];
  double* total = data<double>(call.views[arg::sum]);
  *total = (call.numbers[arg::first] != 0 ? 0.0 : *total) + squaresOf(data<float>(&x), elementsOf(x));
}

void clear(const Call& call, const Tile&) {
  const View& output = *call.views[at::clear::output];
  const int64_t count = elementsOf(output);
  if (output.type == Type::Float64) {
    for (int64_t i = 0; i < count; ++i) data<double>(&output)[i] = 0;
  } else {
    for (int64_t i = 0; i < count; ++i) data<int32_t>(&output)[i] = 0;  // the bits of 0.0f too
  }
}

// The blocks that squares are summed by. Whoever makes the last of a block's elements sums all of it: so the order does not
// depend on how the elements came, nor on whose they are.
struct Blocks {
  static constexpr int64_t kElements = 1024;
  const float* values;
  int64_t length, count;

  Blocks(const View& x, const View& sums) : values(data<float>(&x)), length(x.columns), count(sums.columns) {}
  int64_t of(int64_t element) const { return smaller(element / kElements, count - 1); }
  int64_t begin(int64_t block) const { return smaller(block * kElements, length); }
  int64_t end(int64_t block) const { return block == count - 1 ? length : smaller((block + 1) * kElements, length); }
  bool isWhole(int64_t block, int64_t there) const { return there > 0 && there % (end(block) - begin(block)) == 0; }
  double squares(int64_t block) const { return squaresOf(values + begin(block), end(block) - begin(block)); }
};

void blockSquares(const Call& call, const Tile& tile) {
  namespace arg = at::blockSquares;
  const Blocks blocks(*call.views[arg::x], *call.views[arg::sums]);
  double* sums = data<double>(call.views[arg::sums]);
  int32_t* counts = data<int32_t>(call.views[arg::counts]);
  for (int64_t from = tile.firstBegin; from < tile.firstEnd;) {
    const int64_t block = blocks.of(from), to = smaller(tile.firstEnd, blocks.end(block));
    // Other threads' elements are seen by who counts the last.
    const int64_t there = __atomic_add_fetch(counts + block, static_cast<int32_t>(to - from), __ATOMIC_ACQ_REL);
    if (blocks.isWhole(block, there)) sums[block] = blocks.squares(block);
    from = to;
  }
}

// What lies between parameters belongs to none, and no tile completes it: a block with such a gap is summed here.
void addBlockSquares(const Call& call, const Tile&) {
  namespace arg = at::addBlockSquares;
  const Blocks blocks(*call.views[arg::x], *call.views[arg::sums]);
  const double* sums = data<double>(call.views[arg::sums]);
  const int32_t* counts = data<int32_t>(call.views[arg::counts]);
  double* total = data<double>(call.views[arg::sum]);
  double sum = call.numbers[arg::first] != 0 ? 0.0 : *total;
  for (int64_t block = 0; block < blocks.count && blocks.begin(block) < blocks.length; ++block)
    sum += blocks.isWhole(block, counts[block]) ? sums[block] : blocks.squares(block);
  *total = sum;
}

// Units are columns of panels: a vector of them at a time, inputs in order. Kept row by row, a unit is one run.
void limitNormOfRows(const View& weight, float limit, const Tile& tile) {
  const int64_t inputs = weight.columns;
  for (int64_t unit = tile.firstBegin; unit < smaller(tile.firstEnd, weight.rows); ++unit) {
    float* row = data<float>(&weight) + unit * inputs;
    Floats squares = {};
    for (int64_t i = 0; i < inputs; i += kWidth) {
      const Floats w = loadFirst(row + i, smaller(kWidth, inputs - i));
      squares = fma(w, w, squares);
    }
    const Floats norm = squareRoot(broadcast(sumOfLanes(squares)));
    const Floats scale = select(norm > limit, limit / norm, broadcast(1.0f));
    for (int64_t i = 0; i < inputs; i += kWidth) {
      const int64_t lanes = smaller(kWidth, inputs - i);
      storeFirst(row + i, loadFirst(row + i, lanes) * scale, lanes);
    }
  }
}

void limitNorm(const Call& call, const Tile& tile) {
  namespace arg = at::limitNorm;
  const View& weight = *call.views[arg::weight];
  const int64_t inputs = weight.columns, panel = weight.panel;
  const float limit = static_cast<float>(call.numbers[arg::limit]);
  if (panel == 1) return limitNormOfRows(weight, limit, tile);
  for (int64_t unit = tile.firstBegin; unit < tile.firstEnd; unit += kWidth) {
    float* base = data<float>(&weight) + unit / panel * inputs * panel + unit % panel;
    Floats squares = {};
    for (int64_t i = 0; i < inputs; ++i) {
      const Floats w = load(base + i * panel);
      squares = fma(w, w, squares);
    }
    const Floats norm = squareRoot(squares);
    const Floats scale = select(norm > limit, limit / norm, broadcast(1.0f));
    for (int64_t i = 0; i < inputs; ++i) store(base + i * panel, load(base + i * panel) * scale);
  }
}

}  // namespace

void registerReduce(KernelSet& set) {
  set[KernelId::ReduceRows] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::reduceRows::x]->columns); }, reduceRows,
      [](const Call& call) { return call.rows * (4.0 + 0.2 * call.views[at::reduceRows::x]->columns); }};
  set[KernelId::ReduceColumns] = {
      [](const Call& call) { return Axes{call.views[at::reduceColumns::x]->columns, 1, 64, 1}; }, reduceColumns,
      [](const Call& call) { return call.rows * 0.2 * call.views[at::reduceColumns::x]->columns + 10; }};
  set[KernelId::SquaredNorm] = {wholeAxes, squaredNorm, [](const Call& call) {
                                  const View& x = *call.views[at::squaredNorm::x];
                                  return x.rows * 0.3 * x.columns + 5;
                                }};
  set[KernelId::Clear] = {wholeAxes, clear,
                          [](const Call& call) { return elementsOf(*call.views[at::clear::output]) * 0.1 + 5; }};
  set[KernelId::BlockSquares] = {
      [](const Call& call) { return Axes{call.views[at::blockSquares::x]->columns, 1, kElementTile, 1}; }, blockSquares,
      [](const Call& call) { return call.views[at::blockSquares::x]->columns * 0.1; }};
  set[KernelId::AddBlockSquares] = {wholeAxes, addBlockSquares, [](const Call& call) {
                                      return call.views[at::addBlockSquares::sums]->columns + 5.0;
                                    }};
  set[KernelId::LimitNorm] = {[](const Call& call) {
                                const View& weight = *call.views[at::limitNorm::weight];
                                return Axes{(weight.rows + kWidth - 1) / kWidth * kWidth, 1, 4 * kWidth, 1};
                              },
                              limitNorm, [](const Call& call) {
                                const View& weight = *call.views[at::limitNorm::weight];
                                return weight.rows * 0.3 * weight.columns + 5;
                              }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
