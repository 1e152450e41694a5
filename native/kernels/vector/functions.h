// Vectorised exp, log1p, tanh, sigmoid, sine, cosine and the normal distribution. Polynomials were fitted at Chebyshev nodes
// (docs/math/functions.md states the fits and the measured errors). Plain arithmetic only, so the same instruction set
// gives the same bits on every processor.
#pragma once

#include "kernels/vector/simd.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

DEEPBLAS_INLINE Floats nearestInteger(Floats value) {
  const float shift = 12582912.0f;  // 1.5 * 2^23: adding it leaves no fraction bits
  return (value + shift) - shift;
}

// 2^exponent for whole exponents -126..127.
DEEPBLAS_INLINE Floats powerOfTwo(Floats exponent) { return (Floats)((Bits)(truncate(exponent) + 127) << 23); }

// 1 / value for values of 2^-100..2^100, of several vectors in lock step: a guess from the bits, 12 % off, and three of
// Newton's steps, each of which squares the error. A division takes a processor as long as thirty multiplications.
template <int kVectors>
DEEPBLAS_INLINE void reciprocals(Floats (&result)[kVectors], const Floats (&value)[kVectors]) {
  Floats missing[kVectors];
#pragma GCC unroll 4
  for (int k = 0; k < kVectors; ++k) result[k] = (Floats)(0x7ef311c7u - (Bits)value[k]);
#pragma GCC unroll 4
  for (int k = 0; k < kVectors; ++k) result[k] *= 2.0f - value[k] * result[k];
#pragma GCC unroll 4
  for (int k = 0; k < kVectors; ++k) result[k] *= 2.0f - value[k] * result[k];
#pragma GCC unroll 4
  for (int k = 0; k < kVectors; ++k) missing[k] = fma(-value[k], result[k], broadcast(1.0f));
#pragma GCC unroll 4
  for (int k = 0; k < kVectors; ++k) result[k] = fma(result[k], missing[k], result[k]);
}

DEEPBLAS_INLINE Floats reciprocal(Floats value) {
  const Floats values[1] = {value};
  Floats result[1];
  reciprocals<1>(result, values);
  return result[0];
}

// e^value: 0 below -87.3 (where float32 turns denormal), infinity above 88.72.
DEEPBLAS_INLINE Floats exponential(Floats value) {
  const Floats bounded = atMost(atLeast(value, -87.33654f), 88.72283f);
  const Floats whole = nearestInteger(bounded * 1.44269504f);
  Floats rest = fma(whole, broadcast(-0.693359375f), bounded);
  rest = fma(whole, broadcast(2.12194440e-4f), rest);
  Floats series = broadcast(1.990044402e-4f);
  series = fma(series, rest, broadcast(1.393454499e-3f));
  series = fma(series, rest, broadcast(8.333297446e-3f));
  series = fma(series, rest, broadcast(4.166645557e-2f));
  series = fma(series, rest, broadcast(1.666666716e-1f));
  series = fma(series, rest, broadcast(0.5f));
  const Floats result = fma(series, rest * rest, rest) + 1.0f;
  // Two factors: 2^128 does not exist, and e^88.7 needs it.
  const Floats half = nearestInteger(whole * 0.5f);
  const Floats scaled = result * powerOfTwo(half) * powerOfTwo(whole - half);
  return select(value < -87.33654f, Floats{}, select(value > 88.72283f, broadcast(__builtin_inff()), scaled));
}

// Natural logarithm of a normal, positive value; NaN and infinity stay what they are.
DEEPBLAS_INLINE Floats logarithm(Floats value) {
  const Ints exponentBits = (Ints)((Bits)value - 0x3f3504f3u) & (int32_t)0xff800000;  // mantissa into [sqrt 1/2, sqrt 2)
  const Floats exponent = toFloats(exponentBits >> 23);
  const Floats f = (Floats)((Bits)value - (Bits)exponentBits) - 1.0f;
  Floats series = broadcast(7.149752975e-2f);
  series = fma(series, f, broadcast(-1.157120094e-1f));
  series = fma(series, f, broadcast(1.166151166e-1f));
  series = fma(series, f, broadcast(-1.241105050e-1f));
  series = fma(series, f, broadcast(1.424993575e-1f));
  series = fma(series, f, broadcast(-1.666848063e-1f));
  series = fma(series, f, broadcast(2.000070810e-1f));
  series = fma(series, f, broadcast(-2.499998957e-1f));
  series = fma(series, f, broadcast(3.333333135e-1f));
  const Floats square = f * f;
  Floats result = series * square * f;
  result = fma(exponent, broadcast(-2.12194440e-4f), result);
  result = fma(square, broadcast(-0.5f), result) + f;
  return select(value <= 3.402823466e38f, fma(exponent, broadcast(0.693359375f), result), value);
}

// log(1 + value) for value in 0..1, exact to the last bits near 0 too.
DEEPBLAS_INLINE Floats logarithmOfOnePlus(Floats value) {
  const Floats sum = 1.0f + value;
  const Floats lost = value - (sum - 1.0f);
  return logarithm(sum) + lost / sum;
}

DEEPBLAS_INLINE Floats sigmoid(Floats value) { return 1.0f / (1.0f + exponential(-value)); }

DEEPBLAS_INLINE Floats hyperbolicTangent(Floats value) {
  const Floats magnitude = absolute(value);
  const Floats square = value * value;
  Floats series = broadcast(-6.053697318e-3f);
  series = fma(series, square, broadcast(2.096818760e-2f));
  series = fma(series, square, broadcast(-5.384498835e-2f));
  series = fma(series, square, broadcast(1.333273351e-1f));
  series = fma(series, square, broadcast(-3.333332837e-1f));
  const Floats small = fma(series * square, value, value);
  const Floats large = 1.0f - 2.0f / (exponential(magnitude + magnitude) + 1.0f);
  return select(magnitude < 0.625f, small, withSignOf(large, value));
}

// An angle less whole quarter turns: rest = angle - quarters * pi / 2, |rest| <= 0.787.
struct Quadrant {
  Floats rest;
  Ints quarters;  // right in the last two bits
};

// Up to here the number of quarter turns has at most 13 bits; times the 11 bits of a part of pi / 2 it is exact.
constexpr float kSmallAngle = 10000.0f;

// The same for one finite angle of at least that size (Payne and Hanek, 1983). Of 2 / pi only the 96 bits matter that
// neither make whole turns nor lie below the result's precision.
DEEPBLAS_INLINE float restOfLargeAngle(float angle, int32_t& quarters) {
  static const uint32_t kTwoOverPi[] = {0,          0xa2f9836e, 0x4e441529, 0xfc2757d1,
                                        0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};
  uint32_t bits;
  __builtin_memcpy(&bits, &angle, sizeof bits);
  const uint64_t mantissa = (bits & 0x7fffffu) | 0x800000u;
  const uint32_t first = ((bits >> 23) & 255u) - 120u, word = first / 32, shift = first % 32;
  const auto wordOf = [&](uint32_t i) {
    return (((static_cast<uint64_t>(kTwoOverPi[word + i]) << 32) | kTwoOverPi[word + i + 1]) << shift) >> 32;
  };
  // Quarter turns in units of 2^-62, whole turns left out by the width of the number.
  const uint64_t turns = mantissa * ((wordOf(0) << 32) | wordOf(1)) + ((mantissa * wordOf(2)) >> 32);
  const uint64_t whole = (turns + (uint64_t{1} << 61)) >> 62;
  const double rest = static_cast<double>(static_cast<int64_t>(turns - (whole << 62))) * 0x1.921fb54442d18p-62;
  const bool negative = (bits >> 31) != 0;
  quarters = static_cast<int32_t>(negative ? 4 - whole : whole);
  return static_cast<float>(negative ? -rest : rest);
}

DEEPBLAS_INLINE Quadrant quadrantOf(Floats angle) {
  const Ints small = absolute(angle) <= kSmallAngle;
  const Floats bounded = select(small, angle, Floats{});
  const Floats quarters = nearestInteger(bounded * 0.636619772f);
  // pi / 2 in five parts. The first two differences are exact; what rounding takes from the others is put back at the end.
  const Floats third = broadcast(-0x1.444p-24f), fourth = broadcast(-0x1.68cp-39f);
  Floats rest = fma(quarters, broadcast(-0x1.92p+0f), bounded);
  rest = fma(quarters, broadcast(-0x1.fb4p-12f), rest);
  const Floats nearer = fma(quarters, third, rest);
  const Floats nearest = fma(quarters, fourth, nearer);
  const Floats lost = fma(quarters, third, rest - nearer) + fma(quarters, fourth, nearer - nearest);
  Quadrant result = {nearest + fma(quarters, broadcast(-0x1.1a6264p-54f), lost), truncate(quarters)};
  if (anyLane(~small)) {
    for (int64_t lane = 0; lane < kWidth; ++lane) {
      const float one = angle[lane];
      if (small[lane]) continue;
      int32_t of = 0;
      // Neither infinity nor NaN has an angle.
      result.rest[lane] = one - one == 0.0f ? restOfLargeAngle(one, of) : __builtin_nanf("");
      result.quarters[lane] = of;
    }
  }
  return result;
}

// The sine of an angle and so many quarter turns more.
DEEPBLAS_INLINE Floats sineOf(Floats angle, int32_t more) {
  const Quadrant quadrant = quadrantOf(angle);
  const Floats rest = quadrant.rest, square = rest * rest;
  Floats odd = broadcast(-1.958686282e-4f);
  odd = fma(odd, square, broadcast(8.332743503e-3f));
  odd = fma(odd, square, broadcast(-1.666666464e-1f));
  odd = fma(odd * square, rest, rest);
  Floats even = broadcast(2.454691186e-5f);
  even = fma(even, square, broadcast(-1.388829826e-3f));
  even = fma(even, square, broadcast(4.166666463e-2f));
  even = fma(even * square, square, fma(square, broadcast(-0.5f), broadcast(1.0f)));
  const Ints quarters = quadrant.quarters + more;
  const Floats result = select((quarters & 1) != 0, even, odd);
  return (Floats)((Bits)result ^ ((Bits)(quarters & 2) << 30));
}

DEEPBLAS_INLINE Floats sine(Floats angle) { return sineOf(angle, 0); }
DEEPBLAS_INLINE Floats cosine(Floats angle) { return sineOf(angle, 1); }

// The standard normal distribution function, and by the way its density.
struct Normal {
  Floats distribution;
  Floats density;
};
DEEPBLAS_INLINE Normal standardNormal(Floats value) {
  // erfc(t) = e^(-t^2) * p(w), w = 1 / (1 + t / 2): keeps its relative accuracy far out in the tail.
  const Floats t = absolute(value) * 0.707106781f;
  const Floats w = 1.0f / (1.0f + 0.5f * t);
  Floats series = broadcast(-4.676148668e-2f);
  series = fma(series, w, broadcast(2.212749124e-1f));
  series = fma(series, w, broadcast(-3.472745717e-1f));
  series = fma(series, w, broadcast(1.041517183e-1f));
  series = fma(series, w, broadcast(1.068594679e-1f));
  series = fma(series, w, broadcast(1.373072714e-1f));
  series = fma(series, w, broadcast(2.634685636e-1f));
  series = fma(series, w, broadcast(2.784970105e-1f));
  series = fma(series, w, broadcast(2.824952602e-1f));
  series = fma(series, w, broadcast(-1.815825090e-5f));
  const Floats bell = exponential(value * value * -0.5f);
  const Floats tail = 0.5f * bell * series;
  return {select(value < 0.0f, tail, 1.0f - tail), bell * 0.398942280f};
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
