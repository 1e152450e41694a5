// Numbers of 8 significant bits: the upper half of a float32, rounded to the nearest, ties to even. A denormal number counts
// as zero, as it does in the products; a NaN stays one. Two of them lie in one 32-bit word, the first in the lower half.
#pragma once

#include "kernels/vector/simd.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

typedef uint16_t Halves __attribute__((vector_size(kWidth * 2)));
typedef uint16_t UnalignedHalves __attribute__((vector_size(kWidth * 2), aligned(2), may_alias));
typedef uint32_t UnalignedBits __attribute__((vector_size(kWidth * 4), aligned(2), may_alias));
typedef uint32_t Word __attribute__((aligned(2), may_alias));

DEEPBLAS_INLINE Bits loadBits(const uint16_t* from) { return *reinterpret_cast<const UnalignedBits*>(from); }
DEEPBLAS_INLINE void storeBits(uint16_t* to, Bits value) { *reinterpret_cast<UnalignedBits*>(to) = value; }
// Each in the lower half of a word whose upper half is zero.
DEEPBLAS_INLINE Bits loadHalves(const uint16_t* from) {
  return __builtin_convertvector(*reinterpret_cast<const UnalignedHalves*>(from), Bits);
}
DEEPBLAS_INLINE void storeHalves(uint16_t* to, Bits value) {
  *reinterpret_cast<UnalignedHalves*>(to) = __builtin_convertvector(value, Halves);
}

// In the upper half of each word; what the lower half holds means nothing.
DEEPBLAS_INLINE Bits roundedToBfloat16(Floats value) {
  const Bits bits = (Bits)value, magnitude = bits & 0x7fffffffu;
  const Bits nearest = bits + 0x7fffu + (bits >> 16 & 1u);
  const Ints isNaN = (Ints)magnitude > 0x7f800000, isDenormal = (Ints)magnitude < 0x00800000;
  const Bits finite = isDenormal ? bits & 0x80000000u : nearest;
  return isNaN ? bits | 0x00400000u : finite;
}

// The words of two rows: of each lane the first row's number below, the second row's above.
DEEPBLAS_INLINE Bits pairOf(Floats first, Floats second) {
  return (roundedToBfloat16(first) >> 16) | (roundedToBfloat16(second) & 0xffff0000u);
}
DEEPBLAS_INLINE Bits halfOf(Floats value) { return roundedToBfloat16(value) >> 16; }

// lanes of the row that exist, from 0 to kWidth; the others are zero.
DEEPBLAS_INLINE Floats loadUpTo(const float* from, int64_t lanes) {
  return lanes >= kWidth ? load(from) : lanes <= 0 ? Floats{} : loadFirst(from, lanes);
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
