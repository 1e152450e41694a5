// The functions of kernels/vector/functions.h and the activations over arrays, per instruction set: they have internal
// linkage, so each of functions_baseline.cpp and functions_avx2.cpp compiles a copy.
#pragma once

#include <cstdint>
#include <vector>

namespace deepblas {
namespace test {

// output[i] = function(input[i])
using VectorFunction = void (*)(float* output, const float* input, int64_t count);

struct VectorFunctions {
  const char* name;
  VectorFunction reciprocal, exponential, logarithm, logarithmOfOnePlus, sigmoid, hyperbolicTangent, sine, cosine,
      normalDistribution, normalDensity, gelu, geluDerivative;
};

VectorFunctions baselineFunctions();
#if defined(__x86_64__)
// Compiled for AVX2; the caller must know that this processor has it.
VectorFunctions avx2Functions();
#endif

// Those that this processor can run. AVX-512's differ from AVX2's in width only: every element has the same bits.
std::vector<VectorFunctions> runnableFunctions();

}  // namespace test
}  // namespace deepblas
