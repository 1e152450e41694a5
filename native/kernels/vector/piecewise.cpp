// The piecewise linear encoding of columns: every bin of a column tells how much of it lies below the number.
#include "boundary/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kBins = 256;  // encoded at a time

// The rows of the table of bins.
struct Bins {
  const float *column, *start, *width, *low, *high;
  int64_t count;
  explicit Bins(const View& view)
      : column(rowOf(view, 0)),
        start(rowOf(view, 1)),
        width(rowOf(view, 2)),
        low(rowOf(view, 3)),
        high(rowOf(view, 4)),
        count(view.columns) {}
  // A column that x does not have, or NaN, is the first.
  int64_t columnOf(int64_t bin, int64_t columns) const {
    const float found = column[bin];
    return found >= 0 && found < static_cast<float>(columns) ? static_cast<int64_t>(found) : 0;
  }
};

void piecewiseLinear(const Call& call, const Tile& tile) {
  namespace arg = at::piecewiseLinear;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x];
  const Bins bins(*call.views[arg::bins]);
  int64_t column[kBins];
  float value[kBins];
  for (int64_t first = 0; first < bins.count; first += kBins) {
    const int64_t count = smaller(kBins, bins.count - first);
    for (int64_t i = 0; i < count; ++i) column[i] = bins.columnOf(first + i, x.columns);
    for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
      const float* row = rowOf(x, r);
      float* to = rowOf(output, r) + first;
      for (int64_t i = 0; i < count; ++i) value[i] = row[column[i]];
      for (int64_t i = 0; i < count; i += kWidth) {
        const int64_t lanes = smaller(kWidth, count - i), bin = first + i;
        const Floats part = (loadFirst(value + i, lanes) - loadFirst(bins.start + bin, lanes)) / loadFirst(bins.width + bin, lanes);
        const Floats low = loadFirst(bins.low + bin, lanes), high = loadFirst(bins.high + bin, lanes);
        const Floats raised = select(part < low, low, part);
        storeFirst(to + i, select(raised > high, high, raised), lanes);
      }
    }
  }
}

void piecewiseLinearBackward(const Call& call, const Tile& tile) {
  namespace arg = at::piecewiseLinearBackward;
  const View &inputGradient = *call.views[arg::inputGradient], &outputGradient = *call.views[arg::outputGradient],
             &x = *call.views[arg::x];
  const Bins bins(*call.views[arg::bins]);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    float* to = rowOf(inputGradient, r);
    const float *row = rowOf(x, r), *from = rowOf(outputGradient, r);
    for (int64_t c = 0; c < x.columns; ++c) to[c] = 0;
    for (int64_t bin = 0; bin < bins.count; ++bin) {
      const int64_t column = bins.columnOf(bin, x.columns);
      const float part = (row[column] - bins.start[bin]) / bins.width[bin];
      if (part < bins.low[bin] || part > bins.high[bin]) continue;
      to[column] += from[bin] / bins.width[bin];
    }
  }
}

}  // namespace

void registerPiecewise(KernelSet& set) {
  set[KernelId::PiecewiseLinear] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::piecewiseLinear::output]->columns); },
      piecewiseLinear,
      [](const Call& call) { return call.rows * (10.0 + 0.5 * call.views[at::piecewiseLinear::output]->columns); }};
  set[KernelId::PiecewiseLinearBackward] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::piecewiseLinearBackward::outputGradient]->columns); },
      piecewiseLinearBackward, [](const Call& call) {
        return call.rows * (10.0 + 2.0 * call.views[at::piecewiseLinearBackward::outputGradient]->columns);
      }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
