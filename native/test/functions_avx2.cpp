#include "vector_functions.h"

#if defined(__x86_64__)
#include <immintrin.h>

// Not by the build's flags: nothing else of the tests may be compiled for AVX2. g++ reads the whole file before it acts on
// the pragma, so the macros that the pragma would define are defined here.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#if !defined(__AVX2__)
#define __AVX2__ 1
#define __FMA__ 1
#endif

#define DEEPBLAS_ISA functionsAvx2
#include "vector_functions_copy.h"

#if defined(__clang__)
#pragma clang attribute pop
#endif

namespace deepblas {
namespace test {

VectorFunctions avx2Functions() { return functionsAvx2::functions("avx2, avx512"); }

}  // namespace test
}  // namespace deepblas
#endif
