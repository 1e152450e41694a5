// The set of the vector sources that the build has compiled with emulated_avx512.h, where it has.
#include "kernel_sets.h"
#include "kernels/families.h"

#if defined(DEEPBLAS_HAS_EMULATED)

namespace deepblas {

DEEPBLAS_KERNEL_SET(emulated)

namespace test {

const KernelSet* emulatedAvx512() {
  const bool runs = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return runs ? &emulated::kernels() : nullptr;
}

}  // namespace test
}  // namespace deepblas

#else

namespace deepblas {
namespace test {

const KernelSet* emulatedAvx512() { return nullptr; }

}  // namespace test
}  // namespace deepblas

#endif
