#include "core/processor.h"

#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace deepblas {

bool isAmd() {
#if defined(__x86_64__)
  static const bool amd = [] {
    uint32_t a = 0, b = 0, c = 0, d = 0;
    // "AuthenticAMD"
    return __get_cpuid(0, &a, &b, &c, &d) && b == 0x68747541 && d == 0x69746e65 && c == 0x444d4163;
  }();
  return amd;
#else
  return false;
#endif
}

}  // namespace deepblas
