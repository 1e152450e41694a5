// Random numbers of a batch by Philox 4x32-10 (core/random.h): element e of a tensor is word e % 4 of block e / 4 of the
// stream (stream, step), so it depends neither on threads nor on how rows are cut.
#include "boundary/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/philox.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kGroup = 4 * kWidth;  // words made at once: a block a lane

// Lane i of the first beside lane i of the second: the lower half of the lanes, or the upper one.
template <int kHalf, int kLanes>
struct Interleaved {
  static constexpr int lane(int i) { return kHalf * kLanes / 2 + i / 2 + i % 2 * kLanes; }
};
template <int kHalf, typename Vector>
DEEPBLAS_INLINE Vector interleave(Vector a, Vector b) {
  return shuffled<Interleaved<kHalf, static_cast<int>(sizeof(Vector) / sizeof(a[0]))>>(a, b);
}

// Two of the four vectors that make the words of the blocks in order.
template <int kHalf>
DEEPBLAS_INLINE void interleaveWords(Bits c0, Bits c1, Bits c2, Bits c3, Bits (&words)[4]) {
  const Pairs first = (Pairs)interleave<kHalf>(c0, c1), second = (Pairs)interleave<kHalf>(c2, c3);
  words[2 * kHalf] = (Bits)interleave<0>(first, second);
  words[2 * kHalf + 1] = (Bits)interleave<1>(first, second);
}

// The words of kWidth blocks from `first` on, in order.
DEEPBLAS_INLINE void philox(uint64_t seed, uint32_t stream, uint32_t step, uint64_t first, Bits (&words)[4]) {
  Bits low = {}, high = {};
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    low[lane] = static_cast<uint32_t>(first + static_cast<uint64_t>(lane));
    high[lane] = static_cast<uint32_t>((first + static_cast<uint64_t>(lane)) >> 32);
  }
  Counters counters = {low, high, Bits{} + stream, Bits{} + step};
  philoxRounds(counters, static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32));
  interleaveWords<0>(counters.c0, counters.c1, counters.c2, counters.c3, words);
  interleaveWords<1>(counters.c0, counters.c1, counters.c2, counters.c3, words);
}

// Elements [begin, end) of the tensor to consecutive places.
void fillRange(const Call& call, float* to, int64_t begin, int64_t end) {
  namespace arg = at::random;
  const uint64_t seed = wholeOf(call.numbers[arg::seed], 0x1p64);
  const uint32_t stream = static_cast<uint32_t>(wholeOf(call.numbers[arg::stream], 0x1p32));
  const uint32_t step = static_cast<uint32_t>(wholeOf(call.numbers[arg::step], 0x1p32));
  const bool normal = static_cast<Distribution>(static_cast<int>(call.numbers[arg::kind])) == Distribution::Normal;
  for (int64_t first = begin / 4 * 4; first < end; first += kGroup) {
    Bits words[4];
    philox(seed, stream, step, static_cast<uint64_t>(first / 4), words);
    alignas(64) float edge[kGroup];
    const bool whole = first >= begin && first + kGroup <= end;
    float* values = whole ? to + (first - begin) : edge;
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      store(values + i * kWidth, drawn(words[i], normal));
    }
    if (whole) continue;
    const int64_t from = first < begin ? begin : first, until = smaller(end, first + kGroup);
    for (int64_t e = from; e < until; ++e) to[e - begin] = edge[e - first];
  }
}

void random(const Call& call, const Tile& tile) {
  const View& output = *call.views[at::random::output];
  const int64_t columns = output.columns;
  if (contiguous(output))
    return fillRange(call, rowOf(output, tile.firstBegin), tile.firstBegin * columns, tile.firstEnd * columns);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r)
    fillRange(call, rowOf(output, r), r * columns, (r + 1) * columns);
}

}  // namespace

void registerRandom(KernelSet& set) {
  set[KernelId::Random] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::random::output]->columns); }, random,
      [](const Call& call) { return call.rows * (5.0 + 0.8 * call.views[at::random::output]->columns); }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
