// Made from native/boundary/streams.json by scripts/generate-boundary.mjs: change the table, not this file.
#pragma once

#include <stdint.h>

namespace deepblas {

constexpr uint32_t kInitialWeightsStream = 1;  // Initial weights, a substream a parameter.
constexpr uint32_t kShuffleStream = 2;  // Order of the rows of an epoch of `fit`, a substream an epoch.

}  // namespace deepblas
