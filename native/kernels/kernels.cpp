#include "kernels/kernels.h"

#include "core/error.h"

#define DEEPBLAS_DECLARE(isa)               \
  namespace isa {                           \
  void registerActivation(KernelSet& set);  \
  void registerDense(KernelSet& set);       \
  void registerGather(KernelSet& set);      \
  void registerLoss(KernelSet& set);        \
  void registerMetric(KernelSet& set);      \
  void registerOptimizer(KernelSet& set);   \
  void registerColumns(KernelSet& set);     \
  void registerMap(KernelSet& set);         \
  void registerRandom(KernelSet& set);      \
  void registerReduce(KernelSet& set);      \
  void registerRegularizer(KernelSet& set); \
  }

#define DEEPBLAS_SET(isa)             \
  [] {                                \
    auto* set = new KernelSet();      \
    set->name = #isa;                 \
    isa::registerActivation(*set);    \
    isa::registerDense(*set);         \
    isa::registerGather(*set);        \
    isa::registerLoss(*set);          \
    isa::registerMetric(*set);        \
    isa::registerOptimizer(*set);     \
    isa::registerColumns(*set);       \
    isa::registerMap(*set);           \
    isa::registerRandom(*set);        \
    isa::registerReduce(*set);        \
    isa::registerRegularizer(*set);   \
    return set;                       \
  }()

namespace deepblas {

#if defined(DEEPBLAS_HAS_BASELINE)
DEEPBLAS_DECLARE(baseline)
#endif
#if defined(DEEPBLAS_HAS_AVX2)
DEEPBLAS_DECLARE(avx2)
#endif
#if defined(DEEPBLAS_HAS_AVX512)
DEEPBLAS_DECLARE(avx512)
#endif
#if defined(DEEPBLAS_HAS_NEON)
DEEPBLAS_DECLARE(neon)
#endif

const KernelSet& kernelSet(Isa isa) {
  switch (isa) {
#if defined(DEEPBLAS_HAS_BASELINE)
    case Isa::Baseline: {
      static const KernelSet* set = DEEPBLAS_SET(baseline);
      return *set;
    }
#endif
#if defined(DEEPBLAS_HAS_AVX2)
    case Isa::Avx2: {
      static const KernelSet* set = DEEPBLAS_SET(avx2);
      return *set;
    }
#endif
#if defined(DEEPBLAS_HAS_AVX512)
    case Isa::Avx512: {
      static const KernelSet* set = DEEPBLAS_SET(avx512);
      return *set;
    }
#endif
#if defined(DEEPBLAS_HAS_NEON)
    case Isa::Neon: {
      static const KernelSet* set = DEEPBLAS_SET(neon);
      return *set;
    }
#endif
    default: throw Error("ERR_DEEPBLAS_INTERNAL", "this build has no kernels for the instruction set");
  }
}

const KernelSet& activeKernels() {
  static const KernelSet& set = kernelSet(chosenIsa());
  return set;
}

}  // namespace deepblas
