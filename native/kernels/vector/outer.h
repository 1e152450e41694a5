// Sums of products of columns with columns: C(o, i) = sum over r of G(r, o) X(r, i), with the lanes along i. For the
// weight gradient of a layer of few outputs, of which one register tile holds all: X, the larger operand by far, is then
// read once. Each result is one accumulator that takes the rows in order, whatever tile it is part of.
#pragma once

#include "kernels/vector/bytes.h"
#include "kernels/vector/panel.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
// Not in a namespace without a name: the files that use these share one copy of each.

template <typename Element>
struct OuterWork {
  const float* g;  // element (r, o) stands at g[r * gStride + o]
  int64_t gStride;
  const Element* x;
  int64_t xStride;
  float scale;  // of bytes
  int64_t rows;
  float* c;
  int64_t cStride;
  bool first;     // C is made; else added to
  int64_t lanes;  // of the last vector that exist
};

// Outputs of a tile of so many vectors. With AVX-512 a factor need not be held: the multiplication broadcasts it.
template <int kVectors>
constexpr int outerOutputs() {
#if defined(__AVX512F__)
  return kVectors == 1 ? 26 : tileRows<kMaximumVectors>();
#else
  return tileRows<kVectors>();
#endif
}

// Outputs of a tile whose last vector is not full: where its loads are dear, such tiles are kept few and low.
template <int kVectors>
constexpr int partialOutputs() {
  return kMaskedLoadsAreFree || outerOutputs<kVectors>() < 4 ? outerOutputs<kVectors>() : 4;
}

// Fewer outputs have no time for it.
constexpr int kOuterPrefetches = 3;

template <int kOutputs, int kVectors, bool kPartial, typename Element>
__attribute__((noinline)) void outerTile(const OuterWork<Element>& work) {
  // Copies: a store may change what a reference stands for.
  const float *g = work.g, scale = work.scale;
  const Element* x = work.x;
  float* c = work.c;
  const int64_t gStride = work.gStride, xStride = work.xStride, cStride = work.cStride, lanes = work.lanes;
  Floats sum[kOutputs][kVectors];
#pragma GCC unroll 26
  for (int o = 0; o < kOutputs; ++o)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const float* from = c + o * cStride + v * kWidth;
      sum[o][v] = work.first ? Floats{} : kPartial && v == kVectors - 1 ? loadFirst(from, lanes) : load(from);
    }
  for (int64_t rows = work.rows; rows > 0; --rows) {
    Floats row[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      row[v] = kPartial && v == kVectors - 1 ? loadFirstScaled(x + v * kWidth, lanes, scale)
                                             : loadScaled(x + v * kWidth, scale);
    }
    // X is read down its columns: no hardware prefetcher follows, and the next tiles want what stands beside this one.
    if constexpr (kOutputs >= kOuterPrefetches) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) __builtin_prefetch(x + (kVectors + 1 + v) * kWidth);
    }
#pragma GCC unroll 26
    for (int o = 0; o < kOutputs; ++o) {
      const Floats factor = broadcast(g[o]);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sum[o][v] = fma(factor, row[v], sum[o][v]);
    }
    g += gStride;
    x += xStride;
  }
#pragma GCC unroll 26
  for (int o = 0; o < kOutputs; ++o)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      float* to = c + o * cStride + v * kWidth;
      kPartial && v == kVectors - 1 ? storeFirst(to, sum[o][v], lanes) : store(to, sum[o][v]);
    }
}

template <int kOutputs, int kVectors, bool kPartial, typename Element>
DEEPBLAS_INLINE void outerOf(int64_t outputs, const OuterWork<Element>& work) {
  if constexpr (kOutputs > 0) {
    if (outputs == kOutputs) return outerTile<kOutputs, kVectors, kPartial>(work);
    outerOf<kOutputs - 1, kVectors, kPartial>(outputs, work);
  }
}

// All outputs, of so many vectors of inputs: in tiles of about as many outputs each.
template <int kVectors, typename Element>
DEEPBLAS_INLINE void outerPanel(int64_t outputs, OuterWork<Element> work) {
  const bool partial = kMaskedLoadsAreFree || work.lanes < kWidth;
  const int64_t most = partial ? partialOutputs<kVectors>() : outerOutputs<kVectors>();
  for (int64_t tiles = (outputs + most - 1) / most; tiles > 0; --tiles) {
    const int64_t here = (outputs + tiles - 1) / tiles;
    if (partial) {
      outerOf<partialOutputs<kVectors>(), kVectors, true>(here, work);
    } else {
      outerOf<outerOutputs<kVectors>(), kVectors, false>(here, work);
    }
    outputs -= here;
    work.g += here;
    work.c += here * work.cStride;
  }
}

// Vectors of inputs in a tile: one, where a tile then holds twice as many outputs as a wide one. A few rows are over
// before that many sums are stored.
DEEPBLAS_INLINE int64_t outerVectors(int64_t outputs, int64_t rows) {
  constexpr int kWide = outerOutputs<kMaximumVectors>();
  return outerOutputs<1>() > 2 * kWide && outputs > 2 * kWide && rows >= 16 ? 1 : kMaximumVectors;
}

// C of so many outputs and inputs; work.lanes need not be set.
template <typename Element>
void outerProduct(int64_t outputs, int64_t inputs, const OuterWork<Element>& work) {
  // Rows of a tile, so that the cache lines that it reads stay until the tiles beside it have used them up. What comes
  // from memory comes fastest in the order in which it stands there.
  const int64_t rowBlock = outputs < kOuterPrefetches || work.rows > 2048 ? 32 : kRegisters == 32 ? 256 : 64;
  const int64_t panel = outerVectors(outputs, work.rows) * kWidth;
  for (int64_t r = 0; r < work.rows; r += rowBlock) {
    for (int64_t input = 0; input < inputs; input += panel) {
      const PanelShape shape = panelShape(panel, inputs - input);
      OuterWork<Element> here = work;
      here.g += r * work.gStride;
      here.x += r * work.xStride + input;
      here.rows = smaller(rowBlock, work.rows - r);
      here.c += input;
      here.first = work.first && r == 0;
      here.lanes = shape.lastLanes;
      switch (shape.vectors) {
        case 1: outerPanel<1>(outputs, here); break;
        case 2: outerPanel<2>(outputs, here); break;
        case 3: outerPanel<3>(outputs, here); break;
        default:
          if constexpr (kMaximumVectors == 4) outerPanel<4>(outputs, here);
      }
    }
  }
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
