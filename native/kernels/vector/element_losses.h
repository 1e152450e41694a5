// Element-wise losses: the loss of an element, its derivative by the prediction, and the output.
#pragma once

#include "kernels/vector/functions.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

// A batch whose rows all have weight 0 has no loss and no gradient.
DEEPBLAS_INLINE float inverseOfSum(double sum) { return sum > 0 ? static_cast<float>(1.0 / sum) : 0.0f; }

struct Terms {
  Floats loss, derivative, output;
};

struct SigmoidBinaryCrossEntropy {
  // loss = max(z, 0) - z t + log(1 + exp(-|z|)), derivative = sigmoid(z) - t: finite for every finite z.
  static DEEPBLAS_INLINE Terms of(Floats z, Floats t) {
    const Floats decay = exponential(-absolute(z));
    const Floats inverse = 1.0f / (1.0f + decay);
    const Floats probability = select(z < 0.0f, decay * inverse, inverse);
    return {atLeast(z, 0.0f) - z * t + logarithmOfOnePlus(decay), probability - t, probability};
  }
};

struct MeanSquaredError {
  static DEEPBLAS_INLINE Terms of(Floats z, Floats t) {
    const Floats difference = z - t;
    return {difference * difference, difference + difference, z};
  }
};

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
