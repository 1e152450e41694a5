// Runs many steps of small members: groups of them side by side in the lanes of vectors, and what does not fill a group, or
// has no version for lanes, by itself, several steps at a time. Nothing of it is seen outside: a member's bits are those that
// it has alone.
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
  // Steps of a group, or of a member by itself, that follow one another before the next has its turn: what they touch stays in
  // a core's cache, and threads meet that much less often.
  static constexpr int64_t kMostSteps = 16;

  Lanes(Executor& executor, const Plan& plan, LaneUse use);

  // Whether so many members run here rather than step by step, all of them at once.
  bool wanted(int64_t members) const { return inGroups(members) || byThemselves(members); }

  // Forms groups of these members, where that is faster; until close(), parameters and states of a group are here alone.
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
  bool inGroups(int64_t members) const;
  bool byThemselves(int64_t members) const;
  void runGroup(size_t group, int64_t steps, const StepOf& stepOf);
  void runAlone(size_t position, int64_t steps, const StepOf& stepOf);
  size_t tasks() const { return used_ + (members_.size() - firstAlone_); }

  Executor& executor_;
  LaneUse use_;
  bool serves_ = false;  // whether any members may run here
  std::shared_ptr<const LaneLayout> layout_;  // null where nothing is by lanes
  std::vector<std::unique_ptr<LaneGroup>> groups_;
  size_t used_ = 0;         // groups that are open
  size_t firstAlone_ = 0;   // position of the first member that no group has
  std::vector<int64_t> members_;
  bool open_ = false;
  std::vector<int64_t> failedAt_;  // [position]: the step, or -1
  std::vector<char> left_;         // [position]: whether a member by itself has failed since open()
};

// Members run by lanes for as long as this is there, however what runs ends.
class LanesOpen {
 public:
  LanesOpen(Lanes& lanes, const std::vector<int64_t>& members, bool allowed) : lanes_(lanes) {
    if (allowed && lanes_.wanted(static_cast<int64_t>(members.size()))) lanes_.open(members);
  }
  ~LanesOpen() {
    if (lanes_.isOpen()) lanes_.close();
  }
  LanesOpen(const LanesOpen&) = delete;
  LanesOpen& operator=(const LanesOpen&) = delete;

 private:
  Lanes& lanes_;
};

}  // namespace deepblas
