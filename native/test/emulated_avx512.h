// What the build includes before each of the vector sources to compile them as they are for AVX-512, on a processor without
// it: vectors of 16 are two of AVX2's, and the intrinsics are functions below. Vector width, tile shapes, masks and
// panels are AVX-512's, and so are the bits: every element sees the same operations in the same order.
#pragma once

// Before the macro, so that the header still guards AVX-512's own functions by their target.
#include <immintrin.h>

namespace {

union Halves {
  __m512 whole;
  __m256 half[2];
};

// All bits of the lanes whose bit is set among the mask's eight from `first` on.
__attribute__((always_inline)) inline __m256i lanesOf(__mmask16 mask, int first) {
  const __m256i bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
  return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(mask >> first), bits), bits);
}

__attribute__((always_inline)) inline __m512 emulatedLoad(__mmask16 mask, const float* from) {
  Halves value;
  value.half[0] = _mm256_maskload_ps(from, lanesOf(mask, 0));
  value.half[1] = _mm256_maskload_ps(from + 8, lanesOf(mask, 8));
  return value.whole;
}

__attribute__((always_inline)) inline void emulatedStore(float* to, __mmask16 mask, __m512 from) {
  const Halves value = {from};
  _mm256_maskstore_ps(to, lanesOf(mask, 0), value.half[0]);
  _mm256_maskstore_ps(to + 8, lanesOf(mask, 8), value.half[1]);
}

__attribute__((always_inline)) inline __m512 emulatedMultiplyAdd(__m512 a, __m512 b, __m512 c) {
  const Halves x = {a}, y = {b}, z = {c};
  Halves result;
  result.half[0] = _mm256_fmadd_ps(x.half[0], y.half[0], z.half[0]);
  result.half[1] = _mm256_fmadd_ps(x.half[1], y.half[1], z.half[1]);
  return result.whole;
}

__attribute__((always_inline)) inline __m512 emulatedSquareRoot(__mmask16, __m512 a) {
  const Halves x = {a};
  Halves result;
  result.half[0] = _mm256_sqrt_ps(x.half[0]);
  result.half[1] = _mm256_sqrt_ps(x.half[1]);
  return result.whole;
}

__attribute__((always_inline)) inline __m512i emulatedEvenProducts(__mmask8, __m512i a, __m512i b) {
  union {
    __m512i whole;
    __m256i half[2];
  } x = {a}, y = {b}, result;
  result.half[0] = _mm256_mul_epu32(x.half[0], y.half[0]);
  result.half[1] = _mm256_mul_epu32(x.half[1], y.half[1]);
  return result.whole;
}

__attribute__((always_inline)) inline __mmask16 emulatedTest(__m512i a, __m512i b) {
  union {
    __m512i whole;
    __m256i half[2];
  } both = {a & b};
  int mask = 0;
  for (int half = 0; half < 2; ++half) {
    const __m256i zero = _mm256_cmpeq_epi32(both.half[half], _mm256_setzero_si256());
    mask |= (_mm256_movemask_ps(_mm256_castsi256_ps(zero)) ^ 255) << (8 * half);
  }
  return static_cast<__mmask16>(mask);
}

__attribute__((always_inline)) inline __m128i emulatedBytes(__mmask16 mask, const void* from) {
  unsigned char bytes[16] = {};
  for (int i = 0; i < 16; ++i)
    if (mask >> i & 1) bytes[i] = static_cast<const unsigned char*>(from)[i];
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}

__attribute__((always_inline)) inline __m512i emulatedWidening(__mmask16, __m128i bytes) {
  union {
    __m512i whole;
    __m256i half[2];
  } result;
  result.half[0] = _mm256_cvtepu8_epi32(bytes);
  result.half[1] = _mm256_cvtepu8_epi32(_mm_unpackhi_epi64(bytes, bytes));
  return result.whole;
}

}  // namespace

#define __AVX512F__ 1
#define _mm_maskz_loadu_epi8 emulatedBytes
#define _mm512_maskz_cvtepu8_epi32 emulatedWidening
#define _mm512_maskz_loadu_ps emulatedLoad
#define _mm512_mask_storeu_ps emulatedStore
#define _mm512_fmadd_ps emulatedMultiplyAdd
#define _mm512_maskz_sqrt_ps emulatedSquareRoot
#define _mm512_maskz_mul_epu32 emulatedEvenProducts
#define _mm512_test_epi32_mask emulatedTest
