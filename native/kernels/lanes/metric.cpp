// Accuracy of members side by side, and their accumulators (kernels/vector/metric.cpp); penalties on their weights
// (kernels/vector/regularizer.cpp). Sums in float64 have eight places, taken in turn, as they have alone.
#include "kernels/lanes/lane.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

struct LaneSum {
  double place[8][kWidth] = {};
  DEEPBLAS_INLINE double total(int64_t lane) const {
    return ((place[0][lane] + place[1][lane]) + (place[2][lane] + place[3][lane])) +
           ((place[4][lane] + place[5][lane]) + (place[6][lane] + place[7][lane]));
  }
};

DEEPBLAS_INLINE Ints positionsOfLargest(const View& of, int64_t row) {
  Floats largest = load(laneAt(of, row, 0));
  Ints best = {};
  for (int64_t c = 1; c < of.columns; ++c) {
    const Floats value = load(laneAt(of, row, c));
    const Ints larger = value > largest;
    largest = select(larger, value, largest);
    best = larger ? broadcastInt(static_cast<int32_t>(c)) : best;
  }
  return best;
}

void laneAccuracy(const LaneCall& call) {
  namespace arg = at::accuracy;
  const View &output = *call.views[arg::output], &target = *call.views[arg::target];
  const bool binary = call.numbers[arg::binary][0] != 0;
  const Floats threshold = laneNumber(call, arg::threshold);
  for (int64_t r = 0; r < call.rows; ++r) {
    double* value = laneRow(*call.views[arg::rowValue], r);
    if (binary) {
      Ints hits = {};
      for (int64_t c = 0; c < output.columns; ++c)
        hits -= (load(laneAt(output, r, c)) > threshold) == (load(laneAt(target, r, c)) > 0.5f);
      for (int64_t lane = 0; lane < kWidth; ++lane)
        value[lane] = static_cast<double>(hits[lane]) / static_cast<double>(output.columns);
    } else {
      const Ints label = target.type == Type::Int32 ? loadInts(data<int32_t>(&target) + r * target.stride * kWidth)
                                                    : positionsOfLargest(target, r);
      const Ints hit = positionsOfLargest(output, r) == label;
      for (int64_t lane = 0; lane < kWidth; ++lane) value[lane] = hit[lane] ? 1.0 : 0.0;
    }
  }
}

void laneAccumulate(const LaneCall& call) {
  namespace arg = at::accumulate;
  const View& values = *call.views[arg::rowValue];
  const View* weights = call.views[arg::sampleWeights];
  LaneSum sum, mass;
  for (int64_t r = 0; r < call.rows; ++r) {
    const double* value = laneRow(values, r);
    double* to = sum.place[r % 8];
    if (weights) {
      const float* weight = laneAt(*weights, r, 0);
      double* also = mass.place[r % 8];
      for (int64_t lane = 0; lane < kWidth; ++lane) {
        const bool has = r < call.laneRows[lane];
        to[lane] = has ? to[lane] + value[lane] * static_cast<double>(weight[lane]) : to[lane];
        also[lane] = has ? also[lane] + static_cast<double>(weight[lane]) : also[lane];
      }
    } else if (call.even) {
      // Those of a lane that takes no part are not used.
      for (int64_t lane = 0; lane < kWidth; ++lane) to[lane] += value[lane];
    } else {
      for (int64_t lane = 0; lane < kWidth; ++lane)
        to[lane] = r < call.laneRows[lane] ? to[lane] + value[lane] : to[lane];
    }
  }
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    if (call.laneRows[lane] == 0) continue;
    double* accumulator = data<double>(call.members[arg::accumulator][lane]);
    const double total = sum.total(lane);
    accumulator[0] += total;
    accumulator[1] += weights ? mass.total(lane) : static_cast<double>(call.laneRows[lane]);
    if (call.numbers[arg::gate][0] != 0 && !(total - total == 0)) call.notFinite[lane] = 1;
  }
}

void lanePenalty(const LaneCall& call) {
  namespace arg = at::penalty;
  const View& weight = *call.views[arg::weight];
  const View* weightSum = call.views[arg::weightSum];
  LaneSum magnitudes, squares;
  const float* from = data<float>(&weight);
  for (int64_t first = 0; first < weight.rows; first += weight.panel) {
    const int64_t outputs = smaller(weight.panel, weight.rows - first);
    for (int64_t input = 0; input < weight.columns; ++input) {
      // The place of an element is that of where it stands with its panel's padding.
      const int64_t stored = first * weight.columns + input * weight.panel;
      for (int64_t output = 0; output < outputs; ++output, from += kWidth) {
        double *magnitude = magnitudes.place[(stored + output) & 7], *square = squares.place[(stored + output) & 7];
        for (int64_t lane = 0; lane < kWidth; ++lane) {
          const double w = from[lane];
          magnitude[lane] += w < 0.0 ? -w : w;
          square[lane] += w * w;
        }
      }
    }
  }
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    if (call.laneRows[lane] == 0) continue;
    const double rows = static_cast<double>(call.laneRows[lane]);
    const double share = call.numbers[arg::perRow][lane] != 0 ? 1.0 / rows : 1.0;
    const double value =
        share * (call.numbers[arg::l1][lane] * magnitudes.total(lane) + call.numbers[arg::l2][lane] * squares.total(lane));
    *data<double>(call.members[arg::accumulator][lane]) += value * (weightSum ? laneRow(*weightSum, 0)[lane] : rows);
  }
}

void lanePenaltyGradient(const LaneCall& call) {
  namespace arg = at::penaltyGradient;
  Floats l1 = {}, twiceL2 = {};
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    const double share = call.numbers[arg::perRow][lane] != 0 ? 1.0 / static_cast<double>(call.laneRows[lane]) : 1.0;
    l1[lane] = static_cast<float>(share * call.numbers[arg::l1][lane]);
    twiceL2[lane] = static_cast<float>(2.0 * share * call.numbers[arg::l2][lane]);
  }
  const Ints active = loadInts(call.active);
  const View& weight = *call.views[arg::weight];
  float* gradient = data<float>(call.views[arg::weightGradient]);
  const float* from = data<float>(&weight);
  for (int64_t i = 0; i < weight.rows * weight.columns; ++i) {
    const Floats w = load(from + i * kWidth), before = load(gradient + i * kWidth);
    const Floats sign = select(w == 0.0f, Floats{}, withSignOf(l1, w));
    storeActive(gradient + i * kWidth, fma(w, twiceL2, before + sign), active);
  }
}

bool hasPanels(const Call& call) { return call.views[at::penalty::weight]->panel > 0; }
static_assert(static_cast<int>(at::penalty::weight) == static_cast<int>(at::penaltyGradient::weight), "one check for both");

}  // namespace

void registerLaneMetric(KernelSet& set) {
  set.lanes[static_cast<int>(KernelId::Accuracy)] = {laneAccuracy};
  set.lanes[static_cast<int>(KernelId::Accumulate)] = {laneAccumulate};
  set.lanes[static_cast<int>(KernelId::Penalty)] = {lanePenalty, hasPanels};
  set.lanes[static_cast<int>(KernelId::PenaltyGradient)] = {lanePenaltyGradient, hasPanels};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
