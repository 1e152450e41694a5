#if defined(DEEPBLAS_BLAS_OPENBLAS)

#include "blas/gemm.h"
#include "blas/library.h"

namespace deepblas {
namespace blas {

// A serial build whose buffers are not guarded (cmake/openblas.cmake) takes one thread at a time.
bool prepareLibrary() {
  static const bool serial = [] {
    openblas_set_num_threads(1);
    return openblas_get_parallel() == OPENBLAS_SEQUENTIAL;
  }();
#if defined(DEEPBLAS_OPENBLAS_GUARDED)
  static_cast<void>(serial);
  return false;
#else
  return serial;
#endif
}

const char* libraryName() { return "openblas"; }
const char* configuration() { return openblas_get_config(); }
const char* coreName() { return openblas_get_corename(); }

}  // namespace blas
}  // namespace deepblas

#endif
