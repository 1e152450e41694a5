// Elements of data as floats: floats as they are, bytes as element * scale. What the gather makes of bytes, and what
// kernels that read the bytes themselves multiply with, are the same bits.
#pragma once

#include "kernels/vector/simd.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

// kWidth bytes. By hand: GCC's conversion of vectors takes bytes one by one.
#if defined(__AVX512F__)
DEEPBLAS_INLINE Ints widened(__m128i bytes) { return (Ints)_mm512_maskz_cvtepu8_epi32((__mmask16)0xffff, bytes); }
DEEPBLAS_INLINE Ints loadBytes(const uint8_t* from) {
  return widened(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
#elif defined(__AVX2__)
DEEPBLAS_INLINE Ints loadBytes(const uint8_t* from) {
  return (Ints)_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
}
#elif defined(__SSE2__)
DEEPBLAS_INLINE Ints loadBytes(const uint8_t* from) {
  int32_t four;
  __builtin_memcpy(&four, from, sizeof four);
  const __m128i zero = _mm_setzero_si128();
  return (Ints)_mm_unpacklo_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(four), zero), zero);
}
#else
DEEPBLAS_INLINE Ints loadBytes(const uint8_t* from) {
  uint32_t four;
  __builtin_memcpy(&four, from, sizeof four);
  return (Ints)vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(four))));
}
#endif

DEEPBLAS_INLINE Floats loadScaled(const float* from, float) { return load(from); }
DEEPBLAS_INLINE Floats loadScaled(const uint8_t* from, float scale) { return toFloats(loadBytes(from)) * scale; }

// As loadFirst: zeros from `count` on, and nothing is read there.
DEEPBLAS_INLINE Floats loadFirstScaled(const float* from, int64_t count, float) { return loadFirst(from, count); }
DEEPBLAS_INLINE Floats loadFirstScaled(const uint8_t* from, int64_t count, float scale) {
#if defined(__AVX512F__)
  return toFloats(widened(_mm_maskz_loadu_epi8((__mmask16)((1u << count) - 1u), from))) * scale;
#else
  uint8_t bytes[kWidth] = {};
  for (int64_t i = 0; i < count; ++i) bytes[i] = from[i];
  return loadScaled(bytes, scale);
#endif
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
