#include "blas/gemm.h"

#include <cblas.h>

#ifndef DEEPBLAS_OPENBLAS_KIND
#define DEEPBLAS_OPENBLAS_KIND "unknown"
#endif

namespace deepblas {
namespace blas {

void multiply(const Product& p) {
  cblas_sgemm(CblasRowMajor, p.transposeA ? CblasTrans : CblasNoTrans, p.transposeB ? CblasTrans : CblasNoTrans,
              static_cast<int>(p.rows), static_cast<int>(p.columns), static_cast<int>(p.depth), 1.0f, p.a,
              static_cast<int>(p.aStride), p.b, static_cast<int>(p.bStride), 0.0f, p.c, static_cast<int>(p.cStride));
}

const char* configuration() { return openblas_get_config(); }
const char* coreName() { return openblas_get_corename(); }
const char* linkage() { return DEEPBLAS_OPENBLAS_KIND; }

}  // namespace blas
}  // namespace deepblas
