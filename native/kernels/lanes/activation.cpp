// Activations of members side by side as calls of their own, their derivatives, and softmax.
#include "kernels/lanes/lane.h"
#include "kernels/lanes/softmax.h"
#include "kernels/vector/activate.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

// Calls body with the rule of an activation.
template <typename Body>
DEEPBLAS_INLINE void withRule(const LaneCall& call, int argument, Body body) {
  switch (static_cast<Activation>(static_cast<int>(call.numbers[argument][0]))) {
    case Activation::Linear: return body(Linear());
    case Activation::Sigmoid: return body(Sigmoid());
    case Activation::Tanh: return body(Tanh());
    case Activation::Relu: return body(Relu());
    case Activation::Gelu: return body(Gelu());
  }
}

void laneActivationForward(const LaneCall& call) {
  namespace arg = at::activationForward;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x];
  withRule(call, arg::activation, [&](auto rule) {
    for (int64_t r = 0; r < call.rows; ++r)
      for (int64_t c = 0; c < x.columns; ++c) store(laneAt(output, r, c), decltype(rule)::value(load(laneAt(x, r, c))));
  });
}

void laneActivationBackward(const LaneCall& call) {
  namespace arg = at::activationBackward;
  const View &inputGradient = *call.views[arg::inputGradient], &outputGradient = *call.views[arg::outputGradient];
  const View *output = call.views[arg::output], *z = call.views[arg::preActivation];
  withRule(call, arg::activation, [&](auto rule) {
    for (int64_t r = 0; r < call.rows; ++r)
      for (int64_t c = 0; c < inputGradient.columns; ++c) {
        const Floats before = z ? load(laneAt(*z, r, c)) : Floats{};
        const Floats after = output ? load(laneAt(*output, r, c)) : Floats{};
        store(laneAt(inputGradient, r, c),
              load(laneAt(outputGradient, r, c)) * decltype(rule)::derivative(before, after));
      }
  });
}

void laneSoftmaxForward(const LaneCall& call) {
  namespace arg = at::softmaxForward;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x];
  for (int64_t r = 0; r < call.rows; ++r) {
    const LaneSoftmaxTerms terms = laneExponentials(&output, x, r);
    scaleLanes(output, r, 1.0f / terms.sum);
  }
}

void laneSoftmaxBackward(const LaneCall& call) {
  namespace arg = at::softmaxBackward;
  const View &inputGradient = *call.views[arg::inputGradient], &outputGradient = *call.views[arg::outputGradient];
  const View& output = *call.views[arg::output];
  const int64_t columns = output.columns;
  for (int64_t r = 0; r < call.rows; ++r) {
    // As sums over a vector's places are kept alone: one for every place, added from the first on.
    Floats sum[kWidth] = {};
    for (int64_t c = 0; c < roundUpLanes(columns); ++c) {
      const Floats gradient = c < columns ? load(laneAt(outputGradient, r, c)) : Floats{};
      const Floats probability = c < columns ? load(laneAt(output, r, c)) : Floats{};
      sum[c % kWidth] = fma(gradient, probability, sum[c % kWidth]);
    }
    const Floats product = sumOfPlaces(sum);
    for (int64_t c = 0; c < columns; ++c)
      store(laneAt(inputGradient, r, c), load(laneAt(output, r, c)) * (load(laneAt(outputGradient, r, c)) - product));
  }
}

}  // namespace

void registerLaneActivation(KernelSet& set) {
  set.lanes[static_cast<int>(KernelId::ActivationForward)] = {laneActivationForward};
  set.lanes[static_cast<int>(KernelId::ActivationBackward)] = {laneActivationBackward};
  set.lanes[static_cast<int>(KernelId::SoftmaxForward)] = {laneSoftmaxForward};
  set.lanes[static_cast<int>(KernelId::SoftmaxBackward)] = {laneSoftmaxBackward};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
