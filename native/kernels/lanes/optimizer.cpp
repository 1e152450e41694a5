// Updates of members side by side. Each has its own numbers; a member that takes no part keeps its parameters and states.
#include "kernels/lanes/lane.h"
#include "kernels/vector/update_rules.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int kMostNumbers = kMaximumArguments;

// A lane's numbers, by argument position.
struct NumbersOfLane {
  double of[kMostNumbers];
  NumbersOfLane(const LaneCall& call, int first, int last, int64_t lane) {
    for (int i = first; i <= last; ++i) of[i] = call.numbers[i][lane];
  }
};

// Gradients kept within a limit; a lane whose limit is 0 has none.
struct Limit {
  Floats limit;
  bool limits = false;
  Limit(const LaneCall& call, int argument) : limit(laneNumber(call, argument)) {
    for (int64_t lane = 0; lane < kWidth; ++lane) limits = limits || limit[lane] > 0;
  }
  DEEPBLAS_INLINE Floats operator()(Floats gradient) const {
    if (!limits) return gradient;
    Floats within = select(gradient < -limit, -limit, gradient);
    within = select(within > limit, limit, within);
    return select(limit > 0.0f, within, gradient);
  }
};

void laneSgd(const LaneCall& call) {
  namespace arg = at::sgd;
  SgdNumbers<Floats> numbers = {};
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    const NumbersOfLane given(call, arg::learningRate, arg::weightDecay, lane);
    const SgdNumbers<float> one(given.of);
    numbers.learningRate[lane] = one.learningRate;
    numbers.momentum[lane] = one.momentum;
    numbers.weightDecay[lane] = one.weightDecay;
    numbers.nesterov = one.nesterov;
  }
  const Ints active = activeUnlessWaiting(call, arg::waits);
  const Limit within(call, arg::limit);
  const View* velocities = call.views[arg::velocity];
  float* parameter = data<float>(call.views[arg::parameter]);
  const float* gradient = data<float>(call.views[arg::gradient]);
  float* velocity = velocities ? data<float>(velocities) : nullptr;
  const int64_t end = call.views[arg::parameter]->columns * kWidth;
  for (int64_t i = 0; i < end; i += kWidth) {
    Floats v = velocity ? load(velocity + i) : Floats{};
    const Floats p = sgdStep(numbers, load(parameter + i), within(load(gradient + i)), velocity ? &v : nullptr);
    storeActive(parameter + i, p, active);
    if (velocity) storeActive(velocity + i, v, active);
  }
}

template <bool kAll>
void adamSteps(const LaneCall& call, const AdamNumbers<Floats>& n, const Limit& within, Ints active) {
  namespace arg = at::adam;
  float* parameter = data<float>(call.views[arg::parameter]);
  const float* gradient = data<float>(call.views[arg::gradient]);
  float *first = data<float>(call.views[arg::firstMoment]), *second = data<float>(call.views[arg::secondMoment]);
  const int64_t end = call.views[arg::parameter]->columns * kWidth;
#pragma GCC unroll 4
  for (int64_t i = 0; i < end; i += kWidth) {
    const Floats p = load(parameter + i), m = load(first + i), v = load(second + i);
    Floats newM = m, newV = v;
    const Floats newP = adamStep(n, p, within(load(gradient + i)), newM, newV);
    store(parameter + i, kAll ? newP : select(active, newP, p));
    store(first + i, kAll ? newM : select(active, newM, m));
    store(second + i, kAll ? newV : select(active, newV, v));
  }
}

void laneAdam(const LaneCall& call) {
  namespace arg = at::adam;
  AdamNumbers<Floats> n = {};
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    const NumbersOfLane given(call, arg::stepSize, arg::weightDecay, lane);
    const AdamNumbers<float> one(given.of);
    n.stepSize[lane] = one.stepSize;
    n.inverseRootCorrection[lane] = one.inverseRootCorrection;
    n.weightShrink[lane] = one.weightShrink;
    n.beta1[lane] = one.beta1;
    n.oneMinusBeta1[lane] = one.oneMinusBeta1;
    n.beta2[lane] = one.beta2;
    n.oneMinusBeta2[lane] = one.oneMinusBeta2;
    n.epsilon[lane] = one.epsilon;
    n.weightDecay[lane] = one.weightDecay;
  }
  const Ints active = activeUnlessWaiting(call, arg::waits);
  const Limit within(call, arg::limit);
  anyLane(~active) ? adamSteps<false>(call, n, within, active) : adamSteps<true>(call, n, within, active);
}

// The norm of all gradients has no lane form.
bool sgdServes(const Call& call) { return call.views[at::sgd::factor] == nullptr; }
bool adamServes(const Call& call) { return call.views[at::adam::factor] == nullptr; }

}  // namespace

void registerLaneOptimizer(KernelSet& set) {
  set.lanes[static_cast<int>(KernelId::Sgd)] = {laneSgd, sgdServes};
  set.lanes[static_cast<int>(KernelId::Adam)] = {laneAdam, adamServes};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
