#if defined(DEEPBLAS_BLAS_BLIS)

#include <string>

#include <blis.h>

#include "blas/gemm.h"
#include "blas/library.h"

namespace deepblas {
namespace blas {

bool prepareLibrary() {
  static const bool once = [] {
    bli_init();
    bli_thread_set_num_threads(1);
    return false;
  }();
  return once;
}

const char* libraryName() { return "blis"; }
const char* configuration() {
  static const std::string* text = new std::string(std::string("BLIS ") + bli_info_get_version_str());
  return text->c_str();
}
const char* coreName() {
  prepareLibrary();
  return bli_arch_string(bli_arch_query_id());
}

}  // namespace blas
}  // namespace deepblas

#endif
