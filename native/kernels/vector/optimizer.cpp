// Update rules over a range of the parameter arena. A zero gradient on zero parameters and state stays zero, which keeps
// the arena's padding zero.
#include "boundary/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

struct SgdNumbers {
  float learningRate, momentum, weightDecay;
  bool nesterov;
};

DEEPBLAS_INLINE Floats sgdStep(const SgdNumbers& n, Floats parameter, Floats gradient, Floats* velocity) {
  gradient = fma(parameter, broadcast(n.weightDecay), gradient);
  if (velocity) {
    *velocity = fma(*velocity, broadcast(n.momentum), gradient);
    gradient = n.nesterov ? fma(*velocity, broadcast(n.momentum), gradient) : *velocity;
  }
  return fma(gradient, broadcast(-n.learningRate), parameter);
}

void sgd(const Call& call, const Tile& tile) {
  namespace arg = at::sgd;
  float* parameter = data<float>(call.views[arg::parameter]);
  const float* gradient = data<float>(call.views[arg::gradient]);
  float* velocity = call.views[arg::velocity] ? data<float>(call.views[arg::velocity]) : nullptr;
  const SgdNumbers numbers = {static_cast<float>(call.numbers[arg::learningRate]),
                              static_cast<float>(call.numbers[arg::momentum]),
                              static_cast<float>(call.numbers[arg::weightDecay]), call.numbers[arg::nesterov] != 0};
  for (int64_t i = tile.firstBegin; i < tile.firstEnd; i += kWidth) {
    const int64_t lanes = smaller(kWidth, tile.firstEnd - i);
    Floats v = velocity ? loadFirst(velocity + i, lanes) : Floats{};
    const Floats p = sgdStep(numbers, loadFirst(parameter + i, lanes), loadFirst(gradient + i, lanes),
                             velocity ? &v : nullptr);
    storeFirst(parameter + i, p, lanes);
    if (velocity) storeFirst(velocity + i, v, lanes);
  }
}

struct AdamNumbers {
  float stepSize, inverseRootCorrection, weightShrink, beta1, oneMinusBeta1, beta2, oneMinusBeta2, epsilon, weightDecay;
  explicit AdamNumbers(const double* n)
      : stepSize(static_cast<float>(n[at::adam::stepSize])),
        inverseRootCorrection(static_cast<float>(n[at::adam::inverseRootCorrection])),
        weightShrink(static_cast<float>(n[at::adam::weightShrink])),
        beta1(static_cast<float>(n[at::adam::beta1])),
        oneMinusBeta1(static_cast<float>(1.0 - n[at::adam::beta1])),
        beta2(static_cast<float>(n[at::adam::beta2])),
        oneMinusBeta2(static_cast<float>(1.0 - n[at::adam::beta2])),
        // Never 0: padding, whose gradients are 0, would become 0 / 0.
        epsilon(static_cast<float>(n[at::adam::epsilon] < 1e-30 ? 1e-30 : n[at::adam::epsilon])),
        weightDecay(static_cast<float>(n[at::adam::weightDecay])) {}
};

// A division would wait for the unit that takes the square root.
DEEPBLAS_INLINE Floats adamStep(const AdamNumbers& n, Floats parameter, Floats gradient, Floats& m, Floats& v) {
  gradient = fma(parameter, broadcast(n.weightDecay), gradient);
  m = fma(m, broadcast(n.beta1), gradient * n.oneMinusBeta1);
  v = fma(v, broadcast(n.beta2), gradient * gradient * n.oneMinusBeta2);
  const Floats root = fma(squareRoot(v), broadcast(n.inverseRootCorrection), broadcast(n.epsilon));
  return fma(m * reciprocal(root), broadcast(-n.stepSize), parameter * n.weightShrink);
}

void adam(const Call& call, const Tile& tile) {
  namespace arg = at::adam;
  float* parameter = data<float>(call.views[arg::parameter]);
  const float* gradient = data<float>(call.views[arg::gradient]);
  float* first = data<float>(call.views[arg::firstMoment]);
  float* second = data<float>(call.views[arg::secondMoment]);
  const AdamNumbers numbers(call.numbers);
  int64_t i = tile.firstBegin;
  for (; i + kWidth <= tile.firstEnd; i += kWidth) {
    Floats m = load(first + i), v = load(second + i);
    store(parameter + i, adamStep(numbers, load(parameter + i), load(gradient + i), m, v));
    store(first + i, m);
    store(second + i, v);
  }
  if (i < tile.firstEnd) {
    const int64_t lanes = tile.firstEnd - i;
    Floats m = loadFirst(first + i, lanes), v = loadFirst(second + i, lanes);
    storeFirst(parameter + i, adamStep(numbers, loadFirst(parameter + i, lanes), loadFirst(gradient + i, lanes), m, v),
               lanes);
    storeFirst(first + i, m, lanes);
    storeFirst(second + i, v, lanes);
  }
}

Axes axes(const Call& call) { return {call.views[0]->columns, 1, kElementTile, 1}; }

}  // namespace

void registerOptimizer(KernelSet& set) {
  set[KernelId::Sgd] = {axes, sgd, [](const Call& call) { return call.views[0]->columns * 0.15; }};
  set[KernelId::Adam] = {axes, adam, [](const Call& call) { return call.views[0]->columns * 0.4; }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
