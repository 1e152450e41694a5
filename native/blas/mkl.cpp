#if defined(DEEPBLAS_BLAS_MKL)

#include <mkl_service.h>

#include "blas/gemm.h"
#include "blas/library.h"

namespace deepblas {
namespace blas {

bool prepareLibrary() {
  static const bool once = [] {
    // The one library of which all parts can be had, libmkl_rt, chooses them at its first use.
    mkl_set_interface_layer(MKL_INTERFACE_LP64);
    mkl_set_threading_layer(MKL_THREADING_SEQUENTIAL);
    return false;
  }();
  return once;
}

const char* libraryName() { return "mkl"; }
const char* configuration() {
  prepareLibrary();
  static char text[256];
  static const bool once = [] {
    mkl_get_version_string(text, sizeof text - 1);
    return true;
  }();
  static_cast<void>(once);
  return text;
}
const char* coreName() { return "chosen by MKL"; }

}  // namespace blas
}  // namespace deepblas

#endif
