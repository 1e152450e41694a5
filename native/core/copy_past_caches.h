// Copies that leave the caches to others: for memory that is larger than they are, writing past them saves reading what
// is overwritten.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/finite.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace deepblas {

// Says whether all numbers are finite. Other threads see what was written after publishPastCaches().
inline bool copyPastCaches(float* to, const float* from, int64_t count) {
#if defined(__SSE2__)
  int64_t i = 0;
  bool finite = true;
  for (; i < count && reinterpret_cast<uintptr_t>(to + i) % 16 != 0; ++i) {
    to[i] = from[i];
    finite = finite && isFinite(from[i]);
  }
  // The difference is 0 for every finite number and NaN for the others.
  __m128 bad[2] = {_mm_setzero_ps(), _mm_setzero_ps()};
  for (; i + 8 <= count; i += 8) {
    for (int part = 0; part < 2; ++part) {
      const __m128 four = _mm_loadu_ps(from + i + 4 * part);
      _mm_stream_ps(to + i + 4 * part, four);
      bad[part] = _mm_or_ps(bad[part], _mm_sub_ps(four, four));
    }
  }
  for (; i < count; ++i) {
    to[i] = from[i];
    finite = finite && isFinite(from[i]);
  }
  const __m128 any = _mm_or_ps(bad[0], bad[1]);
  return finite && _mm_movemask_ps(_mm_cmpunord_ps(any, any)) == 0;
#else
  std::memcpy(to, from, sizeof(float) * static_cast<size_t>(count));
  return allFinite(to, count);
#endif
}

inline void publishPastCaches() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

}  // namespace deepblas
