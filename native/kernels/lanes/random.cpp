// Random numbers of members side by side: every lane draws by its member's own seed, stream and step, so a block of four
// words of each is made at once.
#include "kernels/lanes/lane.h"
#include "kernels/vector/philox.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

// Calls use(row, column, number) for every element, with the numbers that the lanes' members draw for it.
template <typename Use>
DEEPBLAS_INLINE void forDrawn(const LaneCall& call, int seedAt, int streamAt, int stepAt, int64_t columns, bool normal,
                              Use use) {
  Bits low = {}, high = {}, stream = {}, step = {};
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    const uint64_t seed = wholeOf(call.numbers[seedAt][lane], 0x1p64);
    low[lane] = static_cast<uint32_t>(seed);
    high[lane] = static_cast<uint32_t>(seed >> 32);
    stream[lane] = static_cast<uint32_t>(wholeOf(call.numbers[streamAt][lane], 0x1p32));
    step[lane] = static_cast<uint32_t>(wholeOf(call.numbers[stepAt][lane], 0x1p32));
  }
  Bits words[4] = {};
  int64_t element = 0;
  for (int64_t r = 0; r < call.rows; ++r) {
    for (int64_t c = 0; c < columns; ++c, ++element) {
      if (element % 4 == 0) {
        const uint64_t block = static_cast<uint64_t>(element / 4);
        Counters counters = {Bits{} + static_cast<uint32_t>(block), Bits{} + static_cast<uint32_t>(block >> 32), stream, step};
        philoxRounds(counters, low, high);
        words[0] = counters.c0;
        words[1] = counters.c1;
        words[2] = counters.c2;
        words[3] = counters.c3;
      }
      const Floats number = drawn(words[element % 4], normal);
      use(r, c, number);
    }
  }
}

// A vector is never passed through a call: what is used is stored by what is made part of the loop.
#define DEEPBLAS_USE __attribute__((always_inline))

void laneRandom(const LaneCall& call) {
  namespace arg = at::random;
  const View& output = *call.views[arg::output];
  const bool normal = static_cast<Distribution>(static_cast<int>(call.numbers[arg::kind][0])) == Distribution::Normal;
  forDrawn(call, arg::seed, arg::stream, arg::step, output.columns, normal,
           [&](int64_t r, int64_t c, Floats number) DEEPBLAS_USE { store(laneAt(output, r, c), number); });
}

void laneDropout(const LaneCall& call) {
  namespace arg = at::dropout;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x];
  const View* chance = call.views[arg::chance];
  const Floats rate = laneNumber(call, arg::rate), kept = -rate + 1.0f;
  forDrawn(call, arg::seed, arg::stream, arg::step, output.columns, false,
           [&](int64_t r, int64_t c, Floats number) DEEPBLAS_USE {
             if (chance != nullptr) store(laneAt(*chance, r, c), number);
             store(laneAt(output, r, c), select(number < rate, Floats{}, load(laneAt(x, r, c)) / kept));
           });
}

void laneDropoutBackward(const LaneCall& call) {
  namespace arg = at::dropoutBackward;
  const View &to = *call.views[arg::inputGradient], &from = *call.views[arg::outputGradient];
  const View& chance = *call.views[arg::chance];
  const Floats rate = laneNumber(call, arg::rate), kept = -rate + 1.0f;
  for (int64_t r = 0; r < call.rows; ++r)
    for (int64_t c = 0; c < to.columns; ++c)
      store(laneAt(to, r, c), select(load(laneAt(chance, r, c)) < rate, Floats{}, load(laneAt(from, r, c)) / kept));
}

}  // namespace

void registerLaneRandom(KernelSet& set) {
  set.lanes[static_cast<int>(KernelId::Random)] = {laneRandom};
  set.lanes[static_cast<int>(KernelId::Dropout)] = {laneDropout};
  set.lanes[static_cast<int>(KernelId::DropoutBackward)] = {laneDropoutBackward};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
