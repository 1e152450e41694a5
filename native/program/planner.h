// The regions of a step, and where each workspace tensor lies: tensors whose lives do not overlap share bytes,
// and what a call writes in place of what it is the last to read has its bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "program/program.h"
#include "program/regions.h"

namespace deepblas {

struct Plan {
  int64_t rows;                  // capacity of a batch
  int64_t bytes;                 // of one member's workspace
  std::vector<int64_t> offsets;  // per tensor, in bytes; -1 for tensors that live elsewhere
  bool keepsAll;
  std::vector<Region> regions;
};

// keepAll: nothing is shared, so every tensor can be read after the step (trace, checks) and calls may run in the order
// they were recorded in.
Plan makePlan(const Program& program, int64_t rows, bool keepAll);

}  // namespace deepblas
