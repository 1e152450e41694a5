#include "blas/gemm.h"

#include <mutex>

#include "blas/library.h"

namespace deepblas {
namespace blas {

namespace {

std::unique_lock<std::mutex> entry() {
  static std::mutex* mutex = new std::mutex();  // outlives threads that still multiply at exit
  return prepareLibrary() ? std::unique_lock<std::mutex>(*mutex) : std::unique_lock<std::mutex>();
}

}  // namespace

void multiply(const Product& p) {
  const auto lock = entry();
  cblas_sgemm(CblasRowMajor, p.transposeA ? CblasTrans : CblasNoTrans, p.transposeB ? CblasTrans : CblasNoTrans,
              static_cast<int>(p.rows), static_cast<int>(p.columns), static_cast<int>(p.depth), 1.0f, p.a,
              static_cast<int>(p.aStride), p.b, static_cast<int>(p.bStride), p.adds ? 1.0f : 0.0f, p.c,
              static_cast<int>(p.cStride));
}

const char* linkage() { return DEEPBLAS_BLAS_KIND; }

}  // namespace blas
}  // namespace deepblas
