#define DEEPBLAS_ISA functionsBaseline
#include "vector_functions_copy.h"

namespace deepblas {
namespace test {

VectorFunctions baselineFunctions() {
#if defined(__aarch64__)
  return functionsBaseline::functions("neon");
#else
  return functionsBaseline::functions("baseline");
#endif
}

}  // namespace test
}  // namespace deepblas
