#include "blas/gemm.h"

#include <cblas.h>

#include <mutex>

#ifndef DEEPBLAS_OPENBLAS_KIND
#define DEEPBLAS_OPENBLAS_KIND "unknown"
#endif

namespace deepblas {
namespace blas {

namespace {

// Once, at the first product: a threaded build must not use its threads. They hang when the process forks, and ours are
// many already.
bool isSerial() {
  static const bool serial = [] {
    openblas_set_num_threads(1);
    return openblas_get_parallel() == OPENBLAS_SEQUENTIAL;
  }();
  return serial;
}

// A serial build whose buffers are not guarded (buffers.cpp) takes one thread at a time.
std::unique_lock<std::mutex> entry() {
  static std::mutex* mutex = new std::mutex();
#if defined(DEEPBLAS_OPENBLAS_WRAPPED)
  isSerial();
  return std::unique_lock<std::mutex>(*mutex, std::defer_lock);
#else
  return isSerial() ? std::unique_lock<std::mutex>(*mutex) : std::unique_lock<std::mutex>(*mutex, std::defer_lock);
#endif
}

}  // namespace

void multiply(const Product& p) {
  const auto lock = entry();
  cblas_sgemm(CblasRowMajor, p.transposeA ? CblasTrans : CblasNoTrans, p.transposeB ? CblasTrans : CblasNoTrans,
              static_cast<int>(p.rows), static_cast<int>(p.columns), static_cast<int>(p.depth), 1.0f, p.a,
              static_cast<int>(p.aStride), p.b, static_cast<int>(p.bStride), 0.0f, p.c, static_cast<int>(p.cStride));
}

const char* configuration() { return openblas_get_config(); }
const char* coreName() { return openblas_get_corename(); }
const char* linkage() { return DEEPBLAS_OPENBLAS_KIND; }

}  // namespace blas
}  // namespace deepblas
