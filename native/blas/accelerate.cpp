#if defined(DEEPBLAS_BLAS_ACCELERATE)

#include <cstdlib>

#include "blas/gemm.h"
#include "blas/library.h"

namespace deepblas {
namespace blas {

bool prepareLibrary() {
  static const bool once = [] {
    // The only way before macOS 15. A number that the user has set stays.
    setenv("VECLIB_MAXIMUM_THREADS", "1", 0);
    return false;
  }();
  return once;
}

const char* libraryName() { return "accelerate"; }
const char* configuration() { return "Accelerate"; }
const char* coreName() { return "chosen by Accelerate"; }

}  // namespace blas
}  // namespace deepblas

#endif
