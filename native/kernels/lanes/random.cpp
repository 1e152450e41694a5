// Random numbers of members side by side: every lane draws by its member's own seed, stream and step, so a block of four
// words of each is made at once.
#include "kernels/lanes/lane.h"
#include "kernels/vector/philox.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

void laneRandom(const LaneCall& call) {
  namespace arg = at::random;
  const View& output = *call.views[arg::output];
  Bits low = {}, high = {}, stream = {}, step = {};
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    const uint64_t seed = wholeOf(call.numbers[arg::seed][lane], 0x1p64);
    low[lane] = static_cast<uint32_t>(seed);
    high[lane] = static_cast<uint32_t>(seed >> 32);
    stream[lane] = static_cast<uint32_t>(wholeOf(call.numbers[arg::stream][lane], 0x1p32));
    step[lane] = static_cast<uint32_t>(wholeOf(call.numbers[arg::step][lane], 0x1p32));
  }
  const bool normal = static_cast<Distribution>(static_cast<int>(call.numbers[arg::kind][0])) == Distribution::Normal;
  Bits words[4] = {};
  int64_t element = 0;
  for (int64_t r = 0; r < call.rows; ++r) {
    for (int64_t c = 0; c < output.columns; ++c, ++element) {
      if (element % 4 == 0) {
        const uint64_t block = static_cast<uint64_t>(element / 4);
        Counters counters = {Bits{} + static_cast<uint32_t>(block), Bits{} + static_cast<uint32_t>(block >> 32), stream, step};
        philoxRounds(counters, low, high);
        words[0] = counters.c0;
        words[1] = counters.c1;
        words[2] = counters.c2;
        words[3] = counters.c3;
      }
      store(laneAt(output, r, c), drawn(words[element % 4], normal));
    }
  }
}

}  // namespace

void registerLaneRandom(KernelSet& set) { set.lanes[static_cast<int>(KernelId::Random)] = {laneRandom}; }

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
