// Denormal numbers cost a hundred cycles each and carry nothing a network needs: while a guard lives on a thread they
// count as zero. The caller's setting comes back with the guard's end. Every thread that runs kernels holds one, so the
// bits do not depend on which thread ran what.
#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace deepblas {

class FlushDenormals {
 public:
  FlushDenormals() : saved_(read()) {
#if defined(__SSE2__)
    write(saved_ | 0x8040);  // flush to zero, denormals are zero
#elif defined(__aarch64__)
    write(saved_ | (uint64_t{1} << 24));  // FZ
#endif
  }
  ~FlushDenormals() { write(saved_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__SSE2__)
  using Register = uint32_t;
  static Register read() { return _mm_getcsr(); }
  static void write(Register value) { _mm_setcsr(value); }
#elif defined(__aarch64__)
  using Register = uint64_t;
  static Register read() {
    Register value;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void write(Register value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
  using Register = uint32_t;
  static Register read() { return 0; }
  static void write(Register) {}
#endif
  Register saved_;
};

}  // namespace deepblas
