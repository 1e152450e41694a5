// Philox 4x32-10 (core/random.h) on vectors of blocks, and what its words are drawn as.
#pragma once

#include "kernels/vector/functions.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

typedef uint64_t Pairs __attribute__((vector_size(kWidth * 4)));

// The products of the even lanes, in full.
DEEPBLAS_INLINE Pairs multiplyEven(Bits a, Bits b) {
#if defined(__AVX512F__)
  return (Pairs)_mm512_maskz_mul_epu32((__mmask8)0xff, (__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (Pairs)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
  return (Pairs)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
  return ((Pairs)a & 0xffffffffu) * ((Pairs)b & 0xffffffffu);
#endif
}

DEEPBLAS_INLINE void multiply(uint32_t factor, Bits value, Bits& high, Bits& low) {
  const Bits factors = Bits{} + factor;
  const Pairs even = multiplyEven(value, factors), odd = multiplyEven((Bits)((Pairs)value >> 32), factors);
  const uint64_t upper = 0xffffffff00000000u;
  high = (Bits)((even >> 32) | (odd & upper));
  low = (Bits)((even & ~upper) | (odd << 32));
}

// The four words of a block, in every lane.
struct Counters {
  Bits c0, c1, c2, c3;
};

// Key: one for all lanes, or one in every lane.
template <typename Key>
DEEPBLAS_INLINE void philoxRounds(Counters& c, Key k0, Key k1) {
  for (int round = 0; round < 10; ++round) {
    Bits high0, low0, high1, low1;
    multiply(0xD2511F53u, c.c0, high0, low0);
    multiply(0xCD9E8D57u, c.c2, high1, low1);
    c.c0 = high1 ^ c.c1 ^ k0;
    c.c2 = high0 ^ c.c3 ^ k1;
    c.c1 = low1;
    c.c3 = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

// The quantile function of the normal distribution by way of the inverse error function, in the single-precision form of
// Giles ("Approximating the erfinv function", 2010); uniform lies in (0, 1).
DEEPBLAS_INLINE Floats normalQuantile(Floats uniform) {
  const Floats x = uniform * 2.0f - 1.0f;
  const Floats w = -logarithm((1.0f - x) * (1.0f + x));
  const Floats near = w - 2.5f, far = squareRoot(w) - 3.0f;
  Floats p = broadcast(2.81022636e-08f), q = broadcast(-0.000200214257f);
  const float central[] = {3.43273939e-07f, -3.5233877e-06f, -4.39150654e-06f, 0.00021858087f,
                           -0.00125372503f, -0.00417768164f, 0.246640727f,     1.50140941f};
  const float tail[] = {0.000100950558f, 0.00134934322f, -0.00367342844f, 0.00573950773f,
                        -0.0076224613f,  0.00943887047f, 1.00167406f,     2.83297682f};
  for (int i = 0; i < 8; ++i) {
    p = fma(p, near, broadcast(central[i]));
    q = fma(q, far, broadcast(tail[i]));
  }
  return select(w < 5.0f, p, q) * x * 1.41421356f;
}

// A step table may hold any number: one that is not of [0, limit) counts as 0.
DEEPBLAS_INLINE uint64_t wholeOf(double number, double limit) {
  return number >= 0 && number < limit ? static_cast<uint64_t>(number) : 0;
}

// A word as a number of the distribution.
DEEPBLAS_INLINE Floats drawn(Bits word, bool normal) {
  const Floats uniform = toFloats((Ints)(word >> 8));
  return normal ? normalQuantile((uniform + 0.5f) * 0x1p-24f) : uniform * 0x1p-24f;
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
