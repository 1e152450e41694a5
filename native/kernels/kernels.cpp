#include "kernels/kernels.h"

#include "core/error.h"
#include "kernels/families.h"

namespace deepblas {

#if defined(DEEPBLAS_HAS_BASELINE)
DEEPBLAS_KERNEL_SET(baseline)
#endif
#if defined(DEEPBLAS_HAS_AVX2)
DEEPBLAS_KERNEL_SET(avx2)
#endif
#if defined(DEEPBLAS_HAS_AVX512)
DEEPBLAS_KERNEL_SET(avx512)
#endif
#if defined(DEEPBLAS_HAS_NEON)
DEEPBLAS_KERNEL_SET(neon)
#endif

const KernelSet& kernelSet(Isa isa) {
  switch (isa) {
#if defined(DEEPBLAS_HAS_BASELINE)
    case Isa::Baseline: return baseline::kernels();
#endif
#if defined(DEEPBLAS_HAS_AVX2)
    case Isa::Avx2: return avx2::kernels();
#endif
#if defined(DEEPBLAS_HAS_AVX512)
    case Isa::Avx512: return avx512::kernels();
#endif
#if defined(DEEPBLAS_HAS_NEON)
    case Isa::Neon: return neon::kernels();
#endif
    default: throw Error("ERR_DEEPBLAS_INTERNAL", "this build has no kernels for the instruction set");
  }
}

const KernelSet& activeKernels() {
  static const KernelSet& set = kernelSet(chosenIsa());
  return set;
}

}  // namespace deepblas
