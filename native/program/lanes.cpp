#include "program/lanes.h"

#include <algorithm>

#include "core/thread_pool.h"

namespace deepblas {

namespace {

int64_t roundUpDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace

Lanes::Lanes(Executor& executor, const Plan& plan, LaneUse use) : executor_(executor), use_(use) {
  const int64_t lanes = activeKernels().laneCount, members = executor_.members();
  // One member has nobody beside it, and most programs run for one.
  if (use_ == LaneUse::Never || (use_ == LaneUse::Chosen && members == 1) || plan.keepsAll) return;
  // Members that share their parameters would each take them along.
  if (executor_.tensors().bindings().parameters.memberStride == 0 && members > 1) return;
  serves_ = true;
  failedAt_.resize(static_cast<size_t>(members));
  left_.resize(static_cast<size_t>(members));
  const auto layout = makeLaneLayout(executor_.program(), plan);
  if (!layout->serves() || (use_ == LaneUse::Chosen && !layout->pays())) return;
  layout_ = layout;
  if (!inGroups(members)) {
    layout_.reset();
    return;
  }
  // Here, so that what they hold is known from the beginning.
  for (int64_t first = 0; first < members; first += lanes)
    groups_.push_back(std::make_unique<LaneGroup>(executor_.shared(), layout_, executor_.tensors()));
}

size_t Lanes::bytes() const {
  size_t total = 0;
  for (const auto& group : groups_) total += group->bytes();
  return total;
}

bool Lanes::inGroups(int64_t members) const {
  if (layout_ == nullptr || members == 0) return false;
  if (use_ == LaneUse::Always) return true;
  const int64_t lanes = activeKernels().laneCount, threads = ThreadPool::instance().threads();
  const int64_t groups = members / lanes, alone = members % lanes;
  const int64_t cost = layout_->groupCost(), rest = std::min(cost, alone);
  return roundUpDivide(groups, threads) * cost + roundUpDivide(rest, threads) < roundUpDivide(members, threads);
}

bool Lanes::byThemselves(int64_t members) const { return serves_ && executor_.stepsMembersWhole(members); }

void Lanes::open(const std::vector<int64_t>& members) {
  const size_t lanes = static_cast<size_t>(activeKernels().laneCount);
  members_ = members;
  const size_t count = members.size();
  std::fill(left_.begin(), left_.end(), 0);
  const bool groups = inGroups(static_cast<int64_t>(count));
  used_ = groups ? count / lanes : 0;
  const size_t rest = count % lanes;
  if (groups && rest > 0 && (use_ == LaneUse::Always || static_cast<int64_t>(rest) > layout_->groupCost())) ++used_;
  firstAlone_ = std::min(used_ * lanes, count);
  open_ = true;
  ThreadPool::instance().run(static_cast<int64_t>(used_), [&](int64_t group) {
    const size_t first = static_cast<size_t>(group) * lanes;
    groups_[static_cast<size_t>(group)]->open(members_.data() + first, static_cast<int64_t>(std::min(lanes, count - first)));
  });
}

void Lanes::show() {
  ThreadPool::instance().run(static_cast<int64_t>(used_), [&](int64_t group) { groups_[static_cast<size_t>(group)]->show(); });
}

void Lanes::close() {
  ThreadPool::instance().run(static_cast<int64_t>(used_), [&](int64_t group) { groups_[static_cast<size_t>(group)]->close(); });
  used_ = 0;
  open_ = false;
}

void Lanes::runGroup(size_t group, int64_t steps, const StepOf& stepOf) {
  LaneGroup& of = *groups_[group];
  const int64_t first = static_cast<int64_t>(group) * activeKernels().laneCount;
  MemberStep lanes[kMostLanes];
  for (int64_t step = 0; step < steps; ++step) {
    for (int64_t lane = 0; lane < of.count(); ++lane) lanes[lane] = stepOf(step, first + lane);
    const uint32_t failed = of.step(lanes);
    for (int64_t lane = 0; failed >> lane != 0; ++lane) {
      if ((failed >> lane & 1) == 0) continue;
      failedAt_[static_cast<size_t>(first + lane)] = step;
      of.drop(lane);
    }
  }
}

void Lanes::runAlone(size_t position, int64_t steps, const StepOf& stepOf) {
  for (int64_t step = 0; step < steps && left_[position] == 0; ++step) {
    const MemberStep one = stepOf(step, static_cast<int64_t>(position));
    if (one.rows == 0 || executor_.stepAlone(one)) continue;
    failedAt_[position] = step;
    left_[position] = 1;
  }
}

std::vector<Lanes::Failed> Lanes::run(int64_t steps, const StepOf& stepOf) {
  std::fill(failedAt_.begin(), failedAt_.end(), -1);
  ThreadPool::instance().run(static_cast<int64_t>(tasks()), [&](int64_t task) {
    const size_t at = static_cast<size_t>(task);
    at < used_ ? runGroup(at, steps, stepOf) : runAlone(firstAlone_ + at - used_, steps, stepOf);
  });
  std::vector<Failed> failed;
  for (size_t position = 0; position < members_.size(); ++position)
    if (failedAt_[position] >= 0) failed.push_back({failedAt_[position], static_cast<int64_t>(position)});
  std::stable_sort(failed.begin(), failed.end(), [](const Failed& a, const Failed& b) { return a.step < b.step; });
  return failed;
}

}  // namespace deepblas
