// The register tile of bfloat16 products: float32 sums of products of pairs.
//
// What the instruction vdpbf16ps computes for a lane, a pair (a0, a1), a pair (b0, b1) and a sum, is
// fma(a0, b0, fma(a1, b1, sum)): the second product first, each step rounded to the nearest float32, denormal operands and
// results zero (Intel 64 Architectures Software Developer's Manual, VDPBF16PS; a test holds it to that). A product of two
// bfloat16 numbers is exact in float32, so the baseline's multiplication and addition round once too, and the same source
// gives the same bits on every instruction set. Only where a product by itself is denormal or larger than float32 holds
// does the baseline differ, which has no fused step.
#pragma once

#include "kernels/vector/bfloat16_round.h"
#include "kernels/vector/panel.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
// Not in a namespace without a name: the files that use these share one copy of each.

// A product of kRows rows of factors with one panel of lanes; partial sums are kept in C between blocks of the depth.
struct PairWork {
  const uint16_t* a;  // word (row, pair) at a[row * aRow + pair * aPair]
  int64_t aRow, aPair;
  const uint16_t* aSingle;  // the numbers of an odd last step, aSingleRow from one row to the next; null where there is none
  int64_t aSingleRow;
  const uint16_t* b;  // words of a pair side by side, bPair from one pair to the next; an odd last step has single numbers
  int64_t bPair;
  int64_t pairs;
  float* c[kMaximumVectors];  // by vector, where its first row stands
  int64_t cStride;
  int64_t lastLanes;  // lanes of the last vector that exist in C
  bool first, last;
  const float* bias;  // added at the last block; null where there is none
  float* preActivation;  // null where it is not wanted
  int64_t preActivationStride;
  bool relu;
};

template <int kRows, int kVectors>
DEEPBLAS_INLINE void loadSums(Accumulators<kRows, kVectors>& tile, const PairWork& work) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const float* from = work.c[v] + r * work.cStride;
      tile.sum[r][v] = v < kVectors - 1 ? load(from) : loadLast(from, work.lastLanes);
    }
}

// Bias, pre-activation and rectifier of a vector of sums that have been stored. Not within the tiles, whose code would be half
// as much again.
__attribute__((noinline)) void finishStored(const PairWork& work, int64_t rows, int64_t v, int64_t lanes) {
  const Floats bias = work.bias ? loadLast(work.bias + v * kWidth, lanes) : Floats{};
  float* c = work.c[v];
  float* preActivation = work.preActivation ? work.preActivation + v * kWidth : nullptr;
  for (int64_t r = 0; r < rows; ++r) {
    Floats sum = loadLast(c, lanes);
    if (work.bias) sum += bias;
    if (preActivation) {
      storeLast(preActivation, sum, lanes);
      preActivation += work.preActivationStride;
    }
    storeLast(c, work.relu ? atLeast(sum, 0.0f) : sum, lanes);
    c += work.cStride;
  }
}

template <int kRows, int kVectors>
DEEPBLAS_INLINE void finish(Accumulators<kRows, kVectors>& tile, const PairWork& work) {
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    const int64_t lanes = v < kVectors - 1 ? kWidth : work.lastLanes;
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) storeLast(work.c[v] + r * work.cStride, tile.sum[r][v], lanes);
  }
  if (!work.last || !(work.bias || work.preActivation || work.relu)) return;
  for (int v = 0; v < kVectors; ++v) finishStored(work, kRows, v, v < kVectors - 1 ? kWidth : work.lastLanes);
}

// ---- emulated ------------------------------------------------------------------------------------------------------

// One half of every word of the lanes with the same half of every row's word.
template <int kRows, int kVectors, bool kUpper>
DEEPBLAS_INLINE void addHalves(Accumulators<kRows, kVectors>& tile, const uint32_t (&word)[kRows],
                               const Bits (&lanes)[kVectors]) {
  Floats half[kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) half[v] = (Floats)(kUpper ? lanes[v] & 0xffff0000u : lanes[v] << 16);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    const Floats factor = (Floats)(Bits)broadcastInt(static_cast<int32_t>(kUpper ? word[r] & 0xffff0000u : word[r] << 16));
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) tile.sum[r][v] = fma(factor, half[v], tile.sum[r][v]);
  }
}

struct Emulated {
  // Rows of a tile at most. More would save a few loads beside twice as many additions.
  template <int kVectors>
  static constexpr int rows() {
    return kVectors == 1 ? 8 : kVectors == 2 ? 6 : 4;
  }

  template <int kRows, int kVectors>
  static __attribute__((noinline)) void run(const PairWork& work) {
    Accumulators<kRows, kVectors> tile;
    if (work.first) clear(tile);
    else loadSums(tile, work);
    const uint16_t *a = work.a, *b = work.b;
    uint32_t word[kRows];
    Bits lanes[kVectors];
    for (int64_t pair = 0; pair < work.pairs; ++pair) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) word[r] = *reinterpret_cast<const Word*>(a + r * work.aRow);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) lanes[v] = loadBits(b + v * 2 * kWidth);
      addHalves<kRows, kVectors, true>(tile, word, lanes);
      addHalves<kRows, kVectors, false>(tile, word, lanes);
      a += work.aPair;
      b += work.bPair;
    }
    if (work.aSingle) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) word[r] = work.aSingle[r * work.aSingleRow];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) lanes[v] = loadHalves(b + v * kWidth);
      addHalves<kRows, kVectors, false>(tile, word, lanes);
    }
    finish(tile, work);
  }
};

// ---- by the instruction --------------------------------------------------------------------------------------------

// In a build for AVX-512 itself, not in the tests' emulation of it; the processor is asked before it runs.
#if defined(__AVX512BW__)
#define DEEPBLAS_BFLOAT16_INSTRUCTION 1

// A pair in every lane.
DEEPBLAS_INLINE __m512i pairInEveryLane(uint32_t word) {
  __m512i factor = _mm512_set1_epi32(static_cast<int32_t>(word));
#if defined(__clang__) && __clang_major__ < 18
  // Clang 17 aborts where it would let the instruction read the word from memory itself.
  asm("" : "+v"(factor));
#endif
  return factor;
}

struct ByInstruction {
  template <int kVectors>
  static constexpr int rows() {
    return tileRows<kVectors>();
  }

  template <int kRows, int kVectors>
  static __attribute__((noinline, target("avx512bf16"))) void run(const PairWork& work) {
    Accumulators<kRows, kVectors> tile;
    if (work.first) clear(tile);
    else loadSums(tile, work);
    const uint16_t *a = work.a, *b = work.b;
    const int64_t aRow = work.aRow, aPair = work.aPair, bPair = work.bPair;
    for (int64_t pair = work.pairs; pair > 0; --pair) {
      __m512bh lanes[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) lanes[v] = (__m512bh)loadBits(b + v * 2 * kWidth);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const __m512bh factor = (__m512bh)pairInEveryLane(*reinterpret_cast<const Word*>(a + r * aRow));
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v)
          tile.sum[r][v] = (Floats)_mm512_dpbf16_ps((__m512)tile.sum[r][v], factor, lanes[v]);
      }
      a += aPair;
      b += bPair;
    }
    if (work.aSingle) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const __m512bh factor = (__m512bh)pairInEveryLane(work.aSingle[r * work.aSingleRow]);
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v)
          tile.sum[r][v] = (Floats)_mm512_dpbf16_ps((__m512)tile.sum[r][v], factor, (__m512bh)loadHalves(b + v * kWidth));
      }
    }
    finish(tile, work);
  }
};
#endif

// ---- panels ----------------------------------------------------------------------------------------------------------

template <typename Form, int kRows, int kVectors>
void runPairRemainder(int64_t rows, const PairWork& work) {
  if constexpr (kRows > 0) {
    if (rows == kRows) return Form::template run<kRows, kVectors>(work);
    runPairRemainder<Form, kRows - 1, kVectors>(rows, work);
  }
}

template <typename Form, int kVectors>
void runPairRows(int64_t rows, PairWork work) {
  constexpr int kRows = Form::template rows<kVectors>();
  while (rows > 0) {
    // All of about the same height: a low one at the end would wait for its operands.
    const int64_t tiles = (rows + kRows - 1) / kRows, height = (rows + tiles - 1) / tiles;
    runPairRemainder<Form, kRows, kVectors>(height, work);
    work.a += height * work.aRow;
    if (work.aSingle) work.aSingle += height * work.aSingleRow;
    for (int v = 0; v < kVectors; ++v) work.c[v] += height * work.cStride;
    if (work.preActivation) work.preActivation += height * work.preActivationStride;
    rows -= height;
  }
}

template <typename Form>
DEEPBLAS_INLINE void runPairPanel(int64_t vectors, int64_t rows, const PairWork& work) {
  switch (vectors) {
    case 1: return runPairRows<Form, 1>(rows, work);
    case 2: return runPairRows<Form, 2>(rows, work);
    case 3: return runPairRows<Form, 3>(rows, work);
    default:
      if constexpr (kMaximumVectors == 4) return runPairRows<Form, 4>(rows, work);
  }
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
