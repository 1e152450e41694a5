// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): a number is a function of seed,
// stream and position alone. There is no state to share between threads, and a run resumes at any position.
#pragma once

#include <cstdint>

namespace deepblas {

struct RandomKey {
  uint64_t seed;
  uint32_t stream;
  uint32_t substream = 0;
};

// Four words for block `block` of a stream: counter = (block low, block high, stream, substream), key = seed.
struct RandomBlock {
  uint32_t word[4];
};
RandomBlock philox(const RandomKey& key, uint64_t block);

// Values of consecutive positions from 0 on.
void fillUniform(float* to, int64_t count, const RandomKey& key, double low, double high);
void fillNormal(float* to, int64_t count, const RandomKey& key, double mean, double standardDeviation);

// The quantile function of the standard normal distribution (Wichura's AS 241), for 0 < p < 1.
double normalQuantile(double p);

}  // namespace deepblas
