// Runs many steps of many small members: groups of them side by side in the lanes of vectors, and what does not fill a group
// by itself. Nothing of it is seen outside: a member's bits are those that it has alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "program/executor.h"
#include "program/lane_group.h"

namespace deepblas {

// Chosen: where they are faster. The others are for tests.
enum class LaneUse : int32_t { Chosen, Never, Always };

class Lanes {
 public:
  // Steps of a group that follow one another before the next group has its turn: its members stay in a core's cache.
  static constexpr int64_t kMostSteps = 16;

  Lanes(Executor& executor, const Plan& plan, LaneUse use);

  // Whether a run of so many members goes by lanes.
  bool wanted(int64_t members) const;

  // Forms groups of these members; until close(), their parameters and states are here alone.
  void open(const std::vector<int64_t>& members);
  bool isOpen() const { return open_; }
  const std::vector<int64_t>& members() const { return members_; }  // in the order of their positions
  // The members' arenas become what they are after the last step.
  void show();
  void close();

  // A member whose loss was not finite: its place in the list that was opened.
  struct Failed {
    int64_t step, position;
  };
  using StepOf = std::function<MemberStep(int64_t step, int64_t position)>;
  // So many steps of each member, of no rows where it takes no part. Failures in the order in which steps one by one would
  // have met them; a member that fails leaves its group, its arenas being those of its last good step.
  std::vector<Failed> run(int64_t steps, const StepOf& stepOf);

  size_t bytes() const;

 private:
  void runGroup(size_t group, int64_t steps, const StepOf& stepOf);
  void runAlone(size_t position, int64_t steps, const StepOf& stepOf);
  size_t tasks() const { return used_ + (members_.size() - firstAlone_); }

  Executor& executor_;
  LaneUse use_;
  std::shared_ptr<const LaneLayout> layout_;  // null where nothing is by lanes
  std::vector<std::unique_ptr<LaneGroup>> groups_;
  size_t used_ = 0;         // groups that are open
  size_t firstAlone_ = 0;   // position of the first member that no group has
  std::vector<int64_t> members_;
  bool open_ = false;
  std::vector<int64_t> failedAt_;  // [position]: the step, or -1
};

}  // namespace deepblas
