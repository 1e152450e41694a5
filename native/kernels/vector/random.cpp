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

struct Source {
  uint64_t seed;
  uint32_t stream, step;
  Source(double seedNumber, double streamNumber, double stepNumber)
      : seed(wholeOf(seedNumber, 0x1p64)),
        stream(static_cast<uint32_t>(wholeOf(streamNumber, 0x1p32))),
        step(static_cast<uint32_t>(wholeOf(stepNumber, 0x1p32))) {}
};

// Elements [begin, end) of the tensor to consecutive places.
void fillRange(const Source& source, bool normal, float* to, int64_t begin, int64_t end) {
  for (int64_t first = begin / 4 * 4; first < end; first += kGroup) {
    Bits words[4];
    philox(source.seed, source.stream, source.step, static_cast<uint64_t>(first / 4), words);
    alignas(64) float edge[kGroup];
    const bool whole = first >= begin && first + kGroup <= end;
    float* values = whole ? to + (first - begin) : edge;
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) store(values + i * kWidth, drawn(words[i], normal));
    if (whole) continue;
    const int64_t from = first < begin ? begin : first, until = smaller(end, first + kGroup);
    for (int64_t e = from; e < until; ++e) to[e - begin] = edge[e - first];
  }
}

void random(const Call& call, const Tile& tile) {
  namespace arg = at::random;
  const View& output = *call.views[arg::output];
  const Source source(call.numbers[arg::seed], call.numbers[arg::stream], call.numbers[arg::step]);
  const bool normal = static_cast<Distribution>(static_cast<int>(call.numbers[arg::kind])) == Distribution::Normal;
  const int64_t columns = output.columns;
  if (contiguous(output))
    return fillRange(source, normal, rowOf(output, tile.firstBegin), tile.firstBegin * columns, tile.firstEnd * columns);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r)
    fillRange(source, normal, rowOf(output, r), r * columns, (r + 1) * columns);
}

// Both ways: what is kept grows, so that the expectation stays.
void keepByChance(float* to, const float* from, const float* chance, int64_t count, float rate) {
  const Floats kept = broadcast(-rate + 1.0f);
  for (int64_t i = 0; i < count; i += kWidth) {
    const int64_t lanes = smaller(kWidth, count - i);
    const Floats value = select(loadFirst(chance + i, lanes) < rate, Floats{}, loadFirst(from + i, lanes) / kept);
    storeFirst(to + i, value, lanes);
  }
}

// Numbers are drawn and used while they are in the first-level cache.
constexpr int64_t kDrawn = 1024;

void dropout(const Call& call, const Tile& tile) {
  namespace arg = at::dropout;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x];
  const View* chance = call.views[arg::chance];
  const Source source(call.numbers[arg::seed], call.numbers[arg::stream], call.numbers[arg::step]);
  const float rate = static_cast<float>(call.numbers[arg::rate]);
  const bool one = contiguous(output) && contiguous(x) && (chance == nullptr || contiguous(*chance));
  const Runs runs = runsOf(tile, output.columns, one);
  alignas(64) float buffer[kDrawn];
  for (int64_t run = runs.begin; run < runs.end; ++run) {
    const int64_t row = tile.firstBegin + run, first = row * output.columns;
    for (int64_t at = 0; at < runs.width; at += kDrawn) {
      const int64_t count = smaller(kDrawn, runs.width - at);
      float* drawn = chance == nullptr ? buffer : rowOf(*chance, row) + at;
      fillRange(source, false, drawn, first + at, first + at + count);
      keepByChance(rowOf(output, row) + at, rowOf(x, row) + at, drawn, count, rate);
    }
  }
}

void dropoutBackward(const Call& call, const Tile& tile) {
  namespace arg = at::dropoutBackward;
  const View &to = *call.views[arg::inputGradient], &from = *call.views[arg::outputGradient];
  const View& chance = *call.views[arg::chance];
  const float rate = static_cast<float>(call.numbers[arg::rate]);
  const Runs runs = runsOf(tile, to.columns, contiguous(to) && contiguous(from) && contiguous(chance));
  for (int64_t run = runs.begin; run < runs.end; ++run) {
    const int64_t row = tile.firstBegin + run;
    keepByChance(rowOf(to, row), rowOf(from, row), rowOf(chance, row), runs.width, rate);
  }
}

// Fisher and Yates' shuffle from the inside out: the number of a new place goes to one of the places so far, drawn by the word
// of that number, and what stood there comes to the new one. The bias of a 32-bit multiply is below count / 2^32.
void shuffle(int32_t* to, int64_t count, const RandomKey& key) {
  for (int64_t first = 0; first < count; first += kGroup) {
    Bits made[4];
    philox(key.seed, key.stream, key.substream, static_cast<uint64_t>(first / 4), made);
    uint32_t words[kGroup];
    __builtin_memcpy(words, made, sizeof words);
    const int64_t here = smaller(kGroup, count - first);
    for (int64_t i = 0; i < here; ++i) {
      const int64_t position = first + i;
      const uint64_t other = (static_cast<uint64_t>(words[i]) * static_cast<uint64_t>(position + 1)) >> 32;
      to[position] = static_cast<int32_t>(position);
      const int32_t moved = to[other];
      to[other] = to[position];
      to[position] = moved;
    }
  }
}

}  // namespace

void registerRandom(KernelSet& set) {
  set.shuffle = shuffle;
  set[KernelId::Random] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::random::output]->columns); }, random,
      [](const Call& call) { return call.rows * (5.0 + 0.8 * call.views[at::random::output]->columns); }};
  set[KernelId::Dropout] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::dropout::output]->columns); }, dropout,
      [](const Call& call) { return call.rows * (5.0 + 0.9 * call.views[at::dropout::output]->columns); }};
  set[KernelId::DropoutBackward] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::dropoutBackward::chance]->columns); },
      dropoutBackward,
      [](const Call& call) { return call.rows * (2.0 + 0.1 * call.views[at::dropoutBackward::chance]->columns); }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
