// How the calls of a program are grouped into regions: parts of a step that threads share without a pause between the
// calls. A function of the program and the batch's capacity alone, never of the number of threads.
#pragma once

#include <cstdint>
#include <vector>

#include "program/program.h"

namespace deepblas {

struct Region {
  using Kind = RegionKind;
  Kind kind;
  std::vector<int64_t> calls;  // positions in the program
  // Of Tiles: calls on elements that the calls complete; they follow each tile, in this order, on what it has completed.
  std::vector<int64_t> followers;
  int64_t rowBlock;            // rows of a block (Rows)
  double nanoseconds;          // a rough cost of one member's full batch on one core
};

std::vector<Region> makeRegions(const Program& program, int64_t rows);

// Whether this call stops a run whose loss is not finite, before any parameter changes.
bool isGate(const CallSpec& call);

}  // namespace deepblas
