// Update rules over a range of the parameter arena. A zero gradient on zero parameters and state stays zero, which keeps
// the arena's padding zero.
#include "boundary/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/register.h"
#include "kernels/vector/update_rules.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

// What comes between the gradient and the rule: the factor that brings all gradients to the norm allowed, and the bounds
// of each. Without them the gradient is loaded and no more.
struct Plain {
  DEEPBLAS_INLINE Floats operator()(Floats gradient) const { return gradient; }
};

struct Clipping {
  float factor, limit;
  DEEPBLAS_INLINE Floats operator()(Floats gradient) const {
    gradient = gradient * factor;
    return limit > 0 ? atMost(atLeast(gradient, -limit), limit) : gradient;
  }
};

// Calls run(clipping) with what the call clips by, unless its step leaves all as it is.
template <typename Run>
DEEPBLAS_INLINE void unlessWaiting(const View* factor, double limit, double waits, Run run) {
  if (waits != 0) return;
  if (factor == nullptr && limit == 0) return run(Plain{});
  run(Clipping{factor == nullptr ? 1.0f : *data<float>(factor), static_cast<float>(limit)});
}

template <typename Clip>
void sgdRange(const Call& call, const Tile& tile, Clip clip) {
  namespace arg = at::sgd;
  float* parameter = data<float>(call.views[arg::parameter]);
  const float* gradient = data<float>(call.views[arg::gradient]);
  float* velocity = call.views[arg::velocity] ? data<float>(call.views[arg::velocity]) : nullptr;
  const SgdNumbers<float> numbers(call.numbers);
  for (int64_t i = tile.firstBegin; i < tile.firstEnd; i += kWidth) {
    const int64_t lanes = smaller(kWidth, tile.firstEnd - i);
    Floats v = velocity ? loadFirst(velocity + i, lanes) : Floats{};
    const Floats p = sgdStep(numbers, loadFirst(parameter + i, lanes), clip(loadFirst(gradient + i, lanes)),
                             velocity ? &v : nullptr);
    storeFirst(parameter + i, p, lanes);
    if (velocity) storeFirst(velocity + i, v, lanes);
  }
}

void sgd(const Call& call, const Tile& tile) {
  namespace arg = at::sgd;
  unlessWaiting(call.views[arg::factor], call.numbers[arg::limit], call.numbers[arg::waits],
                [&](auto clip) { sgdRange(call, tile, clip); });
}

// Vectors of Adam that take a step side by side.
constexpr int kLockStep = 4;
constexpr int64_t kTogether = kLockStep * kWidth;

template <typename Clip>
void adamRange(const Call& call, const Tile& tile, Clip clip) {
  namespace arg = at::adam;
  float* parameter = data<float>(call.views[arg::parameter]);
  const float* gradient = data<float>(call.views[arg::gradient]);
  float* first = data<float>(call.views[arg::firstMoment]);
  float* second = data<float>(call.views[arg::secondMoment]);
  const AdamNumbers<float> numbers(call.numbers);
  int64_t i = tile.firstBegin;
  for (; i + kTogether <= tile.firstEnd; i += kTogether) {
    AdamVectors<kLockStep> at;
    forVectors<kLockStep>([&](int k) {
      const int64_t from = i + k * kWidth;
      at.parameter[k] = load(parameter + from);
      at.gradient[k] = clip(load(gradient + from));
      at.m[k] = load(first + from);
      at.v[k] = load(second + from);
    });
    adamStep(numbers, at);
    forVectors<kLockStep>([&](int k) {
      const int64_t to = i + k * kWidth;
      store(parameter + to, at.parameter[k]);
      store(first + to, at.m[k]);
      store(second + to, at.v[k]);
    });
  }
  for (; i < tile.firstEnd; i += kWidth) {
    const int64_t lanes = smaller(kWidth, tile.firstEnd - i);
    Floats m = loadFirst(first + i, lanes), v = loadFirst(second + i, lanes);
    const Floats g = clip(loadFirst(gradient + i, lanes));
    storeFirst(parameter + i, adamStep(numbers, loadFirst(parameter + i, lanes), g, m, v), lanes);
    storeFirst(first + i, m, lanes);
    storeFirst(second + i, v, lanes);
  }
}

void adam(const Call& call, const Tile& tile) {
  namespace arg = at::adam;
  unlessWaiting(call.views[arg::factor], call.numbers[arg::limit], call.numbers[arg::waits],
                [&](auto clip) { adamRange(call, tile, clip); });
}

Axes axes(const Call& call) { return {call.views[0]->columns, 1, kElementTile, 1}; }

}  // namespace

void registerOptimizer(KernelSet& set) {
  set[KernelId::Sgd] = {axes, sgd, [](const Call& call) { return call.views[0]->columns * 0.15; }};
  set[KernelId::Adam] = {axes, adam, [](const Call& call) { return call.views[0]->columns * 0.4; }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
