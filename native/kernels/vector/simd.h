// One vector type for every instruction set. Included only by the sources of kernels/vector, which are compiled once
// per instruction set with DEEPBLAS_ISA naming the namespace. Everything here has internal linkage and calls no
// library function: a copy compiled for AVX-512 that the linker merged with a baseline caller would crash old CPUs.
#pragma once

#include <stdint.h>

#include <utility>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#ifndef DEEPBLAS_ISA
#error "compile this source once per instruction set with -DDEEPBLAS_ISA=<name>"
#endif

#define DEEPBLAS_INLINE __attribute__((always_inline)) inline

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int64_t kWidth = 16;
#elif defined(__AVX2__)
constexpr int64_t kWidth = 8;
#else
constexpr int64_t kWidth = 4;
#endif

typedef float Floats __attribute__((vector_size(kWidth * 4)));
typedef int32_t Ints __attribute__((vector_size(kWidth * 4)));
typedef uint32_t Bits __attribute__((vector_size(kWidth * 4)));
typedef float UnalignedFloats __attribute__((vector_size(kWidth * 4), aligned(4), may_alias));

DEEPBLAS_INLINE Floats load(const float* from) { return *reinterpret_cast<const UnalignedFloats*>(from); }
DEEPBLAS_INLINE void store(float* to, Floats value) { *reinterpret_cast<UnalignedFloats*>(to) = value; }
DEEPBLAS_INLINE Floats broadcast(float value) { return value - Floats{}; }
DEEPBLAS_INLINE Ints broadcastInt(int32_t value) { return value - Ints{}; }

// count lies in 0..kWidth; lanes past it are zero on loading and untouched in memory on storing.
#if defined(__AVX512F__)
DEEPBLAS_INLINE Floats loadFirst(const float* from, int64_t count) {
  return (Floats)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1u), from);
}
DEEPBLAS_INLINE void storeFirst(float* to, Floats value, int64_t count) {
  _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1u), (__m512)value);
}
#elif defined(__AVX2__)
DEEPBLAS_INLINE __m256i firstLanes(int64_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
DEEPBLAS_INLINE Floats loadFirst(const float* from, int64_t count) {
  return (Floats)_mm256_maskload_ps(from, firstLanes(count));
}
// In halves: a masked store takes AMD's older cores some twenty cycles.
DEEPBLAS_INLINE void storeFirst(float* to, Floats value, int64_t count) {
  __m128 half = _mm256_castps256_ps128((__m256)value);
  if (count & 8) {
    store(to, value);
    return;
  }
  if (count & 4) {
    _mm_storeu_ps(to, half);
    half = _mm256_extractf128_ps((__m256)value, 1);
    to += 4;
  }
  if (count & 2) {
    _mm_storel_pi(reinterpret_cast<__m64*>(to), half);
    half = _mm_movehl_ps(half, half);
    to += 2;
  }
  if (count & 1) _mm_store_ss(to, half);
}
#elif defined(__SSE2__)
// By halves, as above: a loop over the lanes takes so much code that tiles outgrow the caches.
DEEPBLAS_INLINE Floats loadFirst(const float* from, int64_t count) {
  if (count & 4) return load(from);
  const __m128 last = count & 1 ? _mm_load_ss(from + (count & 2)) : _mm_setzero_ps();
  if ((count & 2) == 0) return (Floats)last;
  return (Floats)_mm_movelh_ps(_mm_loadl_pi(_mm_setzero_ps(), reinterpret_cast<const __m64*>(from)), last);
}
DEEPBLAS_INLINE void storeFirst(float* to, Floats value, int64_t count) {
  if (count & 4) {
    store(to, value);
    return;
  }
  __m128 lanes = (__m128)value;
  if (count & 2) {
    _mm_storel_pi(reinterpret_cast<__m64*>(to), lanes);
    lanes = _mm_movehl_ps(lanes, lanes);
    to += 2;
  }
  if (count & 1) _mm_store_ss(to, lanes);
}
#else
DEEPBLAS_INLINE Floats loadFirst(const float* from, int64_t count) {
  Floats value = {};
  for (int64_t lane = 0; lane < count; ++lane) value[lane] = from[lane];
  return value;
}
DEEPBLAS_INLINE void storeFirst(float* to, Floats value, int64_t count) {
  for (int64_t lane = 0; lane < count; ++lane) to[lane] = value[lane];
}
#endif

// As loadFirst, of a last vector that is full as a rule. Where masked loads cost nothing there is no need to ask.
#if defined(__AVX512F__)
constexpr bool kMaskedLoadsAreFree = true;
#else
constexpr bool kMaskedLoadsAreFree = false;
#endif
DEEPBLAS_INLINE Floats loadLast(const float* from, int64_t count) {
  return kMaskedLoadsAreFree || count < kWidth ? loadFirst(from, count) : load(from);
}

DEEPBLAS_INLINE void storeLast(float* to, Floats value, int64_t count) {
  count < kWidth ? storeFirst(to, value, count) : store(to, value);
}

// a * b + c in one rounding where the instruction set has it; the baseline rounds twice, everywhere alike.
DEEPBLAS_INLINE Floats fma(Floats a, Floats b, Floats c) {
#if defined(__AVX512F__)
  return (Floats)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
  return (Floats)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
  return (Floats)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return a * b + c;
#endif
}

DEEPBLAS_INLINE Floats squareRoot(Floats value) {
#if defined(__AVX512F__)
  return (Floats)_mm512_maskz_sqrt_ps((__mmask16)0xffff, (__m512)value);
#elif defined(__AVX2__)
  return (Floats)_mm256_sqrt_ps((__m256)value);
#elif defined(__SSE2__)
  return (Floats)_mm_sqrt_ps((__m128)value);
#else
  return (Floats)vsqrtq_f32((float32x4_t)value);
#endif
}

// A comparison that is false for NaN keeps NaN in the result: a NaN must never be hidden by an activation.
DEEPBLAS_INLINE Floats select(Ints mask, Floats whenTrue, Floats whenFalse) { return mask ? whenTrue : whenFalse; }
DEEPBLAS_INLINE Floats atLeast(Floats value, float bound) { return select(value < bound, broadcast(bound), value); }
DEEPBLAS_INLINE Floats atMost(Floats value, float bound) { return select(value > bound, broadcast(bound), value); }
DEEPBLAS_INLINE Floats absolute(Floats value) { return (Floats)((Bits)value & 0x7fffffffu); }
DEEPBLAS_INLINE Floats withSignOf(Floats magnitude, Floats sign) {
  return (Floats)(((Bits)magnitude & 0x7fffffffu) | ((Bits)sign & 0x80000000u));
}
DEEPBLAS_INLINE Floats toFloats(Ints value) { return __builtin_convertvector(value, Floats); }
DEEPBLAS_INLINE Ints truncate(Floats value) { return __builtin_convertvector(value, Ints); }

// Lane i of the result is lane Pattern::lane(i) of a and b side by side. A type, since clang wants constant lanes, and a
// vector of them, since GCC has had the other builtin from version 12 on only.
template <typename Pattern, typename Vector, int... kLanes>
DEEPBLAS_INLINE Vector shuffled(Vector a, Vector b, std::integer_sequence<int, kLanes...>) {
#if defined(__clang__)
  return __builtin_shufflevector(a, b, Pattern::lane(kLanes)...);
#else
  return __builtin_shuffle(a, b, decltype(a == b){Pattern::lane(kLanes)...});
#endif
}
template <typename Pattern, typename Vector>
DEEPBLAS_INLINE Vector shuffled(Vector a, Vector b) {
  return shuffled<Pattern>(a, b, std::make_integer_sequence<int, sizeof(Vector) / sizeof(a[0])>());
}

// Patterns of two vectors whose lanes change places: those with the bit kDistance of the first one with those without it
// of the second.
template <int kDistance>
struct LowLanes {
  static constexpr int lane(int i) { return (i & kDistance) == 0 ? i : i - kDistance + static_cast<int>(kWidth); }
};
template <int kDistance>
struct HighLanes {
  static constexpr int lane(int i) { return (i & kDistance) == 0 ? i + kDistance : i + static_cast<int>(kWidth); }
};

// rows[i] lane j <-> rows[j] lane i: in every round, lanes a distance apart change places between rows as far apart.
template <int kDistance = 1>
DEEPBLAS_INLINE void transposeSquare(Floats (&rows)[kWidth]) {
  if constexpr (kDistance < kWidth) {
#pragma GCC unroll 16
    for (int64_t i = 0; i < kWidth; ++i) {
      if ((i & kDistance) != 0) continue;
      const Floats a = rows[i], b = rows[i + kDistance];
      rows[i] = shuffled<LowLanes<kDistance>>(a, b);
      rows[i + kDistance] = shuffled<HighLanes<kDistance>>(a, b);
    }
    transposeSquare<2 * kDistance>(rows);
  }
}

// Of a comparison's result: all bits of a lane are set, or none.
DEEPBLAS_INLINE bool anyLane(Ints mask) {
#if defined(__AVX512F__)
  return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask) != 0;
#elif defined(__AVX2__)
  return _mm256_movemask_ps((__m256)mask) != 0;
#elif defined(__SSE2__)
  return _mm_movemask_ps((__m128)mask) != 0;
#else
  return vmaxvq_u32((uint32x4_t)mask) != 0;
#endif
}

DEEPBLAS_INLINE float sumOfLanes(Floats value) {
  float sum = 0;
  for (int64_t lane = 0; lane < kWidth; ++lane) sum += value[lane];
  return sum;
}
DEEPBLAS_INLINE float largestLane(Floats value) {
  float largest = value[0];
  for (int64_t lane = 1; lane < kWidth; ++lane) largest = value[lane] > largest ? value[lane] : largest;
  return largest;
}

DEEPBLAS_INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
