// Element-wise activations over contiguous elements, and their derivatives.
#pragma once

#include "kernels/kernel.h"
#include "kernels/vector/functions.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

struct Linear {
  static DEEPBLAS_INLINE Floats value(Floats z) { return z; }
  static DEEPBLAS_INLINE Floats derivative(Floats, Floats) { return broadcast(1.0f); }
};
struct Sigmoid {
  static DEEPBLAS_INLINE Floats value(Floats z) { return sigmoid(z); }
  static DEEPBLAS_INLINE Floats derivative(Floats, Floats output) { return output * (1.0f - output); }
};
struct Tanh {
  static DEEPBLAS_INLINE Floats value(Floats z) { return hyperbolicTangent(z); }
  static DEEPBLAS_INLINE Floats derivative(Floats, Floats output) { return 1.0f - output * output; }
};
struct Relu {
  static DEEPBLAS_INLINE Floats value(Floats z) { return atLeast(z, 0.0f); }
  static DEEPBLAS_INLINE Floats derivative(Floats, Floats output) {
    return select(output > 0.0f, broadcast(1.0f), Floats{});
  }
};
struct Gelu {
  static DEEPBLAS_INLINE Floats value(Floats z) {
    // Past the tail that float32 can hold, z * 0 would still be right; infinity * 0 would not.
    return select(z < -14.0f, Floats{}, z * standardNormal(z).distribution);
  }
  static DEEPBLAS_INLINE Floats derivative(Floats z, Floats) {
    const Normal normal = standardNormal(z);
    return fma(z, normal.density, normal.distribution);
  }
};

template <typename Rule>
void activate(float* output, const float* z, int64_t count) {
  int64_t i = 0;
  for (; i + kWidth <= count; i += kWidth) store(output + i, Rule::value(load(z + i)));
  if (i < count) storeFirst(output + i, Rule::value(loadFirst(z + i, count - i)), count - i);
}

DEEPBLAS_INLINE void activate(Activation rule, float* output, const float* z, int64_t count) {
  switch (rule) {
    case Activation::Linear: return activate<Linear>(output, z, count);
    case Activation::Sigmoid: return activate<Sigmoid>(output, z, count);
    case Activation::Tanh: return activate<Tanh>(output, z, count);
    case Activation::Relu: return activate<Relu>(output, z, count);
    case Activation::Gelu: return activate<Gelu>(output, z, count);
  }
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
