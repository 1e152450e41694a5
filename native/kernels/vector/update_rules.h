// The update rules that have kernels, for a vector of elements: of one member, which has one of each number, or of members
// side by side, which have theirs in the lanes.
#pragma once

#include "boundary/kernel_table.h"
#include "kernels/vector/functions.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

DEEPBLAS_INLINE Floats inEveryLane(float number) { return broadcast(number); }
DEEPBLAS_INLINE Floats inEveryLane(Floats numbers) { return numbers; }

template <typename Number>
struct SgdNumbers {
  Number learningRate, momentum, weightDecay;
  bool nesterov;
  SgdNumbers() = default;
  explicit SgdNumbers(const double* n)
      : learningRate(static_cast<float>(n[at::sgd::learningRate])),
        momentum(static_cast<float>(n[at::sgd::momentum])),
        weightDecay(static_cast<float>(n[at::sgd::weightDecay])),
        nesterov(n[at::sgd::nesterov] != 0) {}
};

template <typename Number>
DEEPBLAS_INLINE Floats sgdStep(const SgdNumbers<Number>& n, Floats parameter, Floats gradient, Floats* velocity) {
  gradient = fma(parameter, inEveryLane(n.weightDecay), gradient);
  if (velocity) {
    *velocity = fma(*velocity, inEveryLane(n.momentum), gradient);
    gradient = n.nesterov ? fma(*velocity, inEveryLane(n.momentum), gradient) : *velocity;
  }
  return fma(gradient, inEveryLane(-n.learningRate), parameter);
}

template <typename Number>
struct AdamNumbers {
  Number stepSize, inverseRootCorrection, weightShrink, beta1, oneMinusBeta1, beta2, oneMinusBeta2, epsilon, weightDecay;
  AdamNumbers() = default;
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

template <int kVectors>
struct AdamVectors {
  Floats parameter[kVectors], gradient[kVectors], m[kVectors], v[kVectors];
};

// Calls part(k) for each of the vectors.
template <int kVectors, typename Part>
DEEPBLAS_INLINE void forVectors(Part part) {
#pragma GCC unroll 4
  for (int k = 0; k < kVectors; ++k) part(k);
}

// Vectors in lock step: each by itself would wait for its square root, and for one multiplication after the other. A
// division would wait for the unit that takes the square root.
template <int kVectors, typename Number>
DEEPBLAS_INLINE void adamStep(const AdamNumbers<Number>& n, AdamVectors<kVectors>& at) {
  Floats root[kVectors], inverse[kVectors];
  forVectors<kVectors>([&](int k) { at.gradient[k] = fma(at.parameter[k], inEveryLane(n.weightDecay), at.gradient[k]); });
  forVectors<kVectors>([&](int k) {
    at.v[k] = fma(at.v[k], inEveryLane(n.beta2), at.gradient[k] * at.gradient[k] * n.oneMinusBeta2);
  });
  forVectors<kVectors>([&](int k) { root[k] = squareRoot(at.v[k]); });
  forVectors<kVectors>([&](int k) { at.m[k] = fma(at.m[k], inEveryLane(n.beta1), at.gradient[k] * n.oneMinusBeta1); });
  forVectors<kVectors>([&](int k) {
    root[k] = fma(root[k], inEveryLane(n.inverseRootCorrection), inEveryLane(n.epsilon));
  });
  reciprocals<kVectors>(inverse, root);
  forVectors<kVectors>([&](int k) {
    at.parameter[k] = fma(at.m[k] * inverse[k], inEveryLane(-n.stepSize), at.parameter[k] * n.weightShrink);
  });
}

template <typename Number>
DEEPBLAS_INLINE Floats adamStep(const AdamNumbers<Number>& n, Floats parameter, Floats gradient, Floats& m, Floats& v) {
  AdamVectors<1> at = {{parameter}, {gradient}, {m}, {v}};
  adamStep(n, at);
  m = at.m[0];
  v = at.v[0];
  return at.parameter[0];
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
