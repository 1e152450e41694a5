#include "core/isa.h"

#include <cstdlib>

#include "core/error.h"

namespace deepblas {

const char* isaName(Isa isa) { return kIsaNames[static_cast<int>(isa)]; }

const std::vector<Isa>& runnableIsas() {
  static const std::vector<Isa>* isas = [] {
    auto* found = new std::vector<Isa>();
#if defined(DEEPBLAS_HAS_BASELINE)
    found->push_back(Isa::Baseline);
#endif
#if defined(DEEPBLAS_HAS_AVX2)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found->push_back(Isa::Avx2);
#endif
#if defined(DEEPBLAS_HAS_AVX512)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
      found->push_back(Isa::Avx512);
#endif
#if defined(DEEPBLAS_HAS_NEON)
    found->push_back(Isa::Neon);
#endif
    return found;
  }();
  return *isas;
}

Isa chosenIsa() {
  const char* wanted = std::getenv("DEEPBLAS_ISA");
  if (!wanted || !*wanted) return runnableIsas().back();
  std::string names;
  for (Isa isa : runnableIsas()) {
    if (std::string(isaName(isa)) == wanted) return isa;
    names += names.empty() ? "" : ", ";
    names += isaName(isa);
  }
  throw Error("ERR_DEEPBLAS_ARGUMENT", "Expected one of " + names +
                                           " (what this processor can run) for the environment variable DEEPBLAS_ISA "
                                           "but received " +
                                           wanted);
}

}  // namespace deepblas
