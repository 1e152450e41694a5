// Whether a program can run with members side by side in the lanes of vectors, and where the tensors of such a group lie.
// A function of the program and the batch's capacity alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "program/planner.h"
#include "program/program.h"

namespace deepblas {

struct LaneLayout {
  static constexpr double kMostShare = 0.85;
  int64_t rows = 0;  // capacity of a batch
  // Label of the first call that has no version for lanes; empty where all have.
  std::string against;
  // Whether calls change arenas; without that it is a pass, which only reads parameters.
  bool changes = false;
  // Whether the arenas are small enough to be looked at; what follows is empty where they are not.
  bool small = false;
  // What a step of a full group takes, as a share of what its members' steps take one by one.
  double share = 1;
  bool pays() const { return share <= kMostShare; }
  // In steps of members one by one.
  int64_t groupCost() const;

  // Elements of the arenas that are not padding, in order: they have no gaps in lane form.
  struct Run {
    int64_t from, to, count;
  };
  std::vector<Run> runs;
  int64_t arenaElements = 0;  // of one lane

  // Per tensor: its first byte in the workspace, or its first element in an arena; and, in an arena, how many it has.
  struct Place {
    int64_t offset = -1, elements = 0;
  };
  std::vector<Place> places;
  int64_t workspaceBytes = 0;
  // Tensors of data that calls read as they are bound: they are put into lane form before every step.
  std::vector<int64_t> loads;
  // Calls in the order in which they run: positions in the program. With `next`, the position of a call that it does too.
  struct Step {
    int64_t call, next = -1;
  };
  std::vector<Step> steps;

  bool serves() const { return small && against.empty(); }
};

// Vectors from one row of a tensor in the workspace to the next: an odd number, since rows a power of two apart would all fall
// into the same few cache sets.
int64_t laneStride(const TensorSpec& spec);

// Whether an argument of a call is each member's own, in the layout that it has alone.
bool isOfMember(const Program& program, const CallSpec& call, int argument);

// A transposed weight, which is never made: lanes read the weight as it lies.
bool isUnused(const CallSpec& call, int argument);

std::shared_ptr<const LaneLayout> makeLaneLayout(const Program& program, const Plan& plan);

}  // namespace deepblas
