// Penalties on weights: their value in float64, and their gradient added to the weight gradient. A weight is read as it
// is stored: padding is zero and adds nothing.
#include "boundary/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

DEEPBLAS_INLINE int64_t storedElements(const View& weight) {
  return (weight.rows + weight.panel - 1) / weight.panel * weight.panel * weight.columns;
}

void penalty(const Call& call, const Tile&) {
  namespace arg = at::penalty;
  const View& weight = *call.views[arg::weight];
  const View* weightSum = call.views[arg::weightSum];
  const double share = call.numbers[arg::perRow] != 0 ? 1.0 / static_cast<double>(call.rows) : 1.0;
  const float* w = data<float>(&weight);
  const int64_t count = storedElements(weight);
  Sum magnitudes, squares;
  for (int64_t i = 0; i < count; i += 8) {
    EightDoubles eight;
    readEight(eight, w + i, count - i);
    magnitudes.lane += eight < 0.0 ? -eight : eight;
    squares.lane += eight * eight;
  }
  const double value = share * (call.numbers[arg::l1] * magnitudes.total() + call.numbers[arg::l2] * squares.total());
  *data<double>(call.views[arg::accumulator]) +=
      value * (weightSum ? *data<double>(weightSum) : static_cast<double>(call.rows));
}

void penaltyGradient(const Call& call, const Tile& tile) {
  namespace arg = at::penaltyGradient;
  const double share = call.numbers[arg::perRow] != 0 ? 1.0 / static_cast<double>(call.rows) : 1.0;
  const float l1 = static_cast<float>(share * call.numbers[arg::l1]);
  const float twiceL2 = static_cast<float>(2.0 * share * call.numbers[arg::l2]);
  float* gradient = data<float>(call.views[arg::weightGradient]);
  const float* weight = data<float>(call.views[arg::weight]);
  for (int64_t i = tile.firstBegin; i < tile.firstEnd; i += kWidth) {
    const int64_t lanes = smaller(kWidth, tile.firstEnd - i);
    const Floats w = loadFirst(weight + i, lanes);
    const Floats sign = select(w == 0.0f, Floats{}, withSignOf(broadcast(l1), w));
    storeFirst(gradient + i, fma(w, broadcast(twiceL2), loadFirst(gradient + i, lanes) + sign), lanes);
  }
}

}  // namespace

void registerRegularizer(KernelSet& set) {
  set[KernelId::Penalty] = {
      wholeAxes, penalty,
      [](const Call& call) { return storedElements(*call.views[at::penalty::weight]) * 0.5; }};
  set[KernelId::PenaltyGradient] = {
      [](const Call& call) {
        return Axes{storedElements(*call.views[at::penaltyGradient::weight]), 1, kElementTile, 1};
      },
      penaltyGradient,
      [](const Call& call) { return storedElements(*call.views[at::penaltyGradient::weight]) * 0.2; }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
