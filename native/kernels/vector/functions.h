// Vectorised exp, log1p, tanh, sigmoid and the normal distribution. Polynomials were fitted at Chebyshev nodes
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

// 1 / value for values of 2^-100..2^100: a guess from the bits, 12 % off, and three of Newton's steps, each of which
// squares the error. A division takes a processor as long as thirty multiplications.
DEEPBLAS_INLINE Floats reciprocal(Floats value) {
  Floats guess = (Floats)(0x7ef311c7u - (Bits)value);
  guess *= 2.0f - value * guess;
  guess *= 2.0f - value * guess;
  const Floats missing = fma(-value, guess, broadcast(1.0f));
  return fma(guess, missing, guess);
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
