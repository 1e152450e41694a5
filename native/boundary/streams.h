// One random stream per purpose (Philox's third counter word); the fourth counts what the purpose repeats over:
// parameters for initial weights, epochs for the shuffle.
#pragma once

#include <cstdint>

namespace deepblas {

constexpr uint32_t kInitialWeightsStream = 1;
constexpr uint32_t kShuffleStream = 2;

}  // namespace deepblas
