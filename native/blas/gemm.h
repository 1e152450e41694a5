// One matrix product by OpenBLAS, or by another library of its kind (library.h). Members of a population and tiles are the caller's loop: each call is one tile of one
// member, made on one thread, so a batch of products is spread over the pool without the library knowing of threads.
#pragma once

#include <stdint.h>

namespace deepblas {
namespace blas {

// c (rows, columns) = a · b, row-major; transposeA: a is stored (depth, rows); transposeB: b is stored (columns, depth);
// adds: c += a · b.
struct Product {
  int64_t rows, columns, depth;
  const float* a;
  int64_t aStride;
  bool transposeA;
  const float* b;
  int64_t bStride;
  bool transposeB;
  float* c;
  int64_t cStride;
  bool adds = false;
};

void multiply(const Product& product);

// "openblas", "blis", "mkl" or "accelerate"; "OpenBLAS 0.3.21 ... Haswell ..."; the processor that its kernels are for;
// how it was linked.
const char* libraryName();
const char* configuration();
const char* coreName();
const char* linkage();

}  // namespace blas
}  // namespace deepblas
