// Timing loops and the few helpers that all modes of deepblas_floor share.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "core/arena.h"
#include "core/random.h"

namespace deepblas {
namespace floor {

// Seconds that one call of `body` takes: called until `seconds` have passed, the clock read only between blocks of calls
// that grow, so that reading it costs nothing. The first call is not counted.
template <typename Body>
double secondsPerCall(double seconds, Body body) {
  using Clock = std::chrono::steady_clock;
  body();
  double total = 0;
  int64_t calls = 0, block = 1;
  while (total < seconds) {
    const auto start = Clock::now();
    for (int64_t i = 0; i < block; ++i) body();
    const double taken = std::chrono::duration<double>(Clock::now() - start).count();
    total += taken;
    calls += block;
    if (taken < 1e-3) block *= 2;
  }
  return total / static_cast<double>(calls);
}

// Of several short runs the fastest: for choosing between ways, where a disturbance must not decide. What takes longer
// than all runs together is called twice.
template <typename Body>
double fastest(double seconds, Body body) {
  constexpr int kRuns = 5;
  double best = secondsPerCall(seconds / kRuns, body);
  for (int i = 1; i < kRuns && best < seconds; ++i) best = std::min(best, secondsPerCall(seconds / kRuns, body));
  return best;
}

// Numbers of a matrix, uniform in (-scale, scale).
class Floats {
 public:
  Floats(int64_t count, uint64_t seed, double scale = 1) : arena_(static_cast<size_t>(count) * sizeof(float)) {
    if (scale > 0) fillUniform(data(), count, {seed, 0}, -scale, scale);
  }
  float* data() const { return arena_.as<float>(); }

 private:
  Arena arena_;
};

}  // namespace floor
}  // namespace deepblas
