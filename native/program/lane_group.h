// A group of members side by side: parameters, gradients and states of each in a lane of every vector, from open() to
// close(); in between, their arenas hold what was there at the last show() or before.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/arena.h"
#include "kernels/kernels.h"
#include "program/executor.h"
#include "program/lane_layout.h"

namespace deepblas {

class LaneGroup {
 public:
  LaneGroup(std::shared_ptr<const Program> program, std::shared_ptr<const LaneLayout> layout, BoundTensors& tensors);

  // Takes the members given into lanes, as many as an instruction set's vector has at most.
  void open(const int64_t* members, int64_t count);
  // One step of each lane: [lane], rows 0 for a lane that takes no part. The bits of the lanes whose loss is not finite are
  // set in the result: nothing after the gate has changed anything of theirs.
  uint32_t step(const MemberStep* steps);
  // Writes what the lanes hold into the members' arenas.
  void show() { show(~uint32_t{0}); }
  // Writes back a member's last parameters and states, and leaves its lane empty.
  void drop(int64_t lane);
  void close();

  int64_t count() const { return count_; }
  size_t bytes() const { return memory_.bytes() + calls_.capacity() * sizeof(Prepared); }

 private:
  struct StepNumber {
    int argument;
    int64_t column;
  };
  // Without the memory of a group: filled in place, so that a step allocates nothing.
  struct Prepared {
    const LaneKernel* kernel;
    bool gates;
    bool byTheWay;  // the call before does it too
    View own[kMaximumArguments];
    const View* views[kMaximumArguments];
    const View* members[kMaximumArguments][kMostLanes];
    double numbers[kMaximumArguments][kMostLanes];
    std::vector<StepNumber> stepNumbers;
    std::vector<std::pair<int, int64_t>> ofMembers;  // argument, tensor
    const Expression* expression;
  };
  // Memory of every member that is taken into lanes.
  struct Held {
    Memory memory;
    float* lanes;
  };

  void prepareCall(const CallSpec& spec);
  void prepareLoad(int64_t tensor);
  View laneView(int64_t tensor) const;
  float* laneArena(Storage storage, int64_t slot) const;
  void show(uint32_t lanes);
  void countRows();
  LaneCall callOf(const Prepared& call);

  std::shared_ptr<const Program> program_;
  std::shared_ptr<const LaneLayout> layout_;
  BoundTensors& tensors_;
  const KernelSet& kernels_;
  Arena memory_;
  std::vector<Held> held_;
  std::vector<Prepared> calls_;  // loads first
  int64_t members_[kMostLanes] = {};
  int64_t count_ = 0;
  uint32_t open_ = 0;  // lanes that hold a member
  // Of the running step.
  int32_t laneRows_[kMostLanes] = {}, active_[kMostLanes] = {}, notFinite_[kMostLanes] = {};
  int64_t rows_ = 0;
  bool even_ = false;
};

}  // namespace deepblas
