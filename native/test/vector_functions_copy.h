// Included by each source that compiles a copy of the vector functions, after it has named DEEPBLAS_ISA.
#pragma once

#include "kernels/vector/activate.h"
#include "vector_functions.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

#define DEEPBLAS_OVER_ARRAY(name, expression)                          \
  void name##OfArray(float* output, const float* input, int64_t count) { \
    for (int64_t i = 0; i < count; i += kWidth) {                      \
      const int64_t lanes = smaller(kWidth, count - i);                \
      const Floats x = loadFirst(input + i, lanes);                    \
      storeFirst(output + i, expression, lanes);                       \
    }                                                                  \
  }

DEEPBLAS_OVER_ARRAY(reciprocal, reciprocal(x))
DEEPBLAS_OVER_ARRAY(exponential, exponential(x))
DEEPBLAS_OVER_ARRAY(logarithm, logarithm(x))
DEEPBLAS_OVER_ARRAY(logarithmOfOnePlus, logarithmOfOnePlus(x))
DEEPBLAS_OVER_ARRAY(sigmoid, sigmoid(x))
DEEPBLAS_OVER_ARRAY(hyperbolicTangent, hyperbolicTangent(x))
DEEPBLAS_OVER_ARRAY(sine, sine(x))
DEEPBLAS_OVER_ARRAY(cosine, cosine(x))
DEEPBLAS_OVER_ARRAY(normalDistribution, standardNormal(x).distribution)
DEEPBLAS_OVER_ARRAY(normalDensity, standardNormal(x).density)
DEEPBLAS_OVER_ARRAY(gelu, Gelu::value(x))
DEEPBLAS_OVER_ARRAY(geluDerivative, Gelu::derivative(x, Floats{}))

test::VectorFunctions functions(const char* name) {
  return {name,
          reciprocalOfArray,
          exponentialOfArray,
          logarithmOfArray,
          logarithmOfOnePlusOfArray,
          sigmoidOfArray,
          hyperbolicTangentOfArray,
          sineOfArray,
          cosineOfArray,
          normalDistributionOfArray,
          normalDensityOfArray,
          geluOfArray,
          geluDerivativeOfArray};
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
