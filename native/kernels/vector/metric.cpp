// Metrics as values of rows, and the accumulator that adds rows up in float64.
#include "boundary/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

DEEPBLAS_INLINE int64_t positionOfLargest(const float* row, int64_t columns) {
  int64_t best = 0;
  for (int64_t i = 1; i < columns; ++i)
    if (row[i] > row[best]) best = i;
  return best;
}

void accuracy(const Call& call, const Tile& tile) {
  namespace arg = at::accuracy;
  const View& output = *call.views[arg::output];
  const View& target = *call.views[arg::target];
  double* value = data<double>(call.views[arg::rowValue]);
  const bool binary = call.numbers[arg::binary] != 0;
  const float threshold = static_cast<float>(call.numbers[arg::threshold]);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    const float* row = rowOf(output, r);
    if (binary) {
      int64_t hits = 0;
      const float* t = rowOf(target, r);
      for (int64_t i = 0; i < output.columns; ++i) hits += (row[i] > threshold) == (t[i] > 0.5f);
      value[r] = static_cast<double>(hits) / static_cast<double>(output.columns);
    } else {
      const int64_t label = target.type == Type::Int32 ? data<int32_t>(&target)[r * target.stride]
                                                       : positionOfLargest(rowOf(target, r), target.columns);
      value[r] = positionOfLargest(row, output.columns) == label ? 1.0 : 0.0;
    }
  }
}

void accumulate(const Call& call, const Tile&) {
  namespace arg = at::accumulate;
  const double* value = data<double>(call.views[arg::rowValue]);
  const View* weights = call.views[arg::sampleWeights];
  double* accumulator = data<double>(call.views[arg::accumulator]);
  Sum sum, mass;
  int64_t r = 0;
  if (weights) {
    for (; r < call.rows; ++r) {
      const double weight = data<float>(weights)[r * weights->stride];
      sum.lane[r % 8] += value[r] * weight;
      mass.lane[r % 8] += weight;
    }
  } else {
    for (; r + 8 <= call.rows; r += 8)
      for (int lane = 0; lane < 8; ++lane) sum.lane[lane] += value[r + lane];
    for (; r < call.rows; ++r) sum.lane[r % 8] += value[r];
  }
  const double total = sum.total();
  accumulator[0] += total;
  accumulator[1] += weights ? mass.total() : static_cast<double>(call.rows);
  if (call.numbers[arg::gate] != 0 && !(total - total == 0)) *call.notFinite = 1;
}

}  // namespace

void registerMetric(KernelSet& set) {
  set[KernelId::Accuracy] = {[](const Call& call) { return rowAxes(call.rows, call.views[at::accuracy::output]->columns); },
                             accuracy,
                             [](const Call& call) { return call.rows * (2.0 + call.views[at::accuracy::output]->columns); }};
  set[KernelId::Accumulate] = {wholeAxes, accumulate, [](const Call& call) { return call.rows * 0.5; }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
