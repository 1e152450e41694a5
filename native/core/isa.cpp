#include "core/isa.h"

#include <cstdint>
#include <cstdlib>

#include "core/error.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace deepblas {

namespace {

#if defined(__x86_64__)
struct Processor {
  bool avx2 = false, avx512 = false, bfloat16 = false;
};

// What the processor has and the system saves when threads change. Asked of the instructions themselves: what the
// compiler's __builtin_cpu_supports reads is not in every compiler's runtime.
Processor processor() {
  Processor found;
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return found;
  const bool fma = (c & (1u << 12)) != 0, saves = (c & (1u << 27)) != 0;
  if (!fma || !saves) return found;
  uint32_t saved, upper;
  asm volatile("xgetbv" : "=a"(saved), "=d"(upper) : "c"(0));
  const bool savesAvx = (saved & 0x06) == 0x06;
#if defined(__APPLE__)
  const bool savesAvx512 = savesAvx;  // macOS tells it of a thread only once that thread has used it
#else
  const bool savesAvx512 = (saved & 0xe6) == 0xe6;
#endif
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return found;
  constexpr uint32_t avx512 = (1u << 16) | (1u << 17) | (1u << 30) | (1u << 31);  // F, DQ, BW, VL
  found.avx2 = savesAvx && (b & (1u << 5)) != 0;
  found.avx512 = savesAvx512 && (b & avx512) == avx512;
  found.bfloat16 = found.avx512 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & (1u << 5)) != 0;
  return found;
}
#endif

}  // namespace

const char* isaName(Isa isa) { return kIsaNames[static_cast<int>(isa)]; }

const std::vector<Isa>& runnableIsas() {
  static const std::vector<Isa>* isas = [] {
    auto* found = new std::vector<Isa>();
#if defined(DEEPBLAS_HAS_BASELINE)
    found->push_back(Isa::Baseline);
#endif
#if defined(DEEPBLAS_HAS_AVX2)
    if (processor().avx2) found->push_back(Isa::Avx2);
#endif
#if defined(DEEPBLAS_HAS_AVX512)
    if (processor().avx512) found->push_back(Isa::Avx512);
#endif
#if defined(DEEPBLAS_HAS_NEON)
    found->push_back(Isa::Neon);
#endif
    return found;
  }();
  return *isas;
}

bool hasBfloat16() {
#if defined(__x86_64__)
  static const bool has = processor().bfloat16;
  return has;
#else
  return false;
#endif
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
