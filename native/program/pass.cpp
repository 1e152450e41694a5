#include "program/pass.h"

#include <algorithm>

#include "core/error.h"
#include "program/regions.h"

namespace deepblas {

namespace {

// A pass goes on with the next batch where a loss is not finite; lanes would leave the member behind.
bool hasGate(const Program& program) { return std::any_of(program.calls().begin(), program.calls().end(), isGate); }

}  // namespace

Pass::Pass(std::shared_ptr<const Program> program, std::shared_ptr<const Plan> plan, Bindings bindings,
           std::vector<int64_t> rows, std::vector<double> numbers, LaneUse lanes)
    : executor_(std::move(program), plan, std::move(bindings), static_cast<int64_t>(rows.size())),
      lanes_(executor_, *plan, hasGate(executor_.program()) ? LaneUse::Never : lanes),
      batch_(plan->rows),
      rows_(std::move(rows)),
      numbers_(std::move(numbers)),
      steps_(rows_.size()) {
  executor_.tensors().requireRows(rows_);
  if (numbers_.empty()) requireNoSteps(executor_.program());
  require(static_cast<int64_t>(numbers_.size()) >= executor_.members() * executor_.program().stepNumbers(),
          "a pass without its numbers");
}

MemberStep Pass::stepOf(int64_t member, int64_t first) const {
  return {member, first, std::max<int64_t>(0, std::min(batch_, rows_[member] - first)), nullptr,
          numbers_.data() + member * executor_.program().stepNumbers()};
}

bool Pass::runByLanes(const std::vector<int64_t>& active, int64_t longest, const std::atomic<bool>& cancelled) {
  const LanesOpen open(lanes_, active, true);
  for (int64_t first = 0; first < longest; first += Lanes::kMostSteps * batch_) {
    if (cancelled.load(std::memory_order_relaxed)) return false;
    const int64_t batches = std::min(Lanes::kMostSteps, (longest - first + batch_ - 1) / batch_);
    lanes_.run(batches, [&](int64_t step, int64_t position) {
      return stepOf(lanes_.members()[static_cast<size_t>(position)], first + step * batch_);
    });
  }
  return true;
}

bool Pass::run(const std::vector<int64_t>& active, const std::atomic<bool>& cancelled, ArrivingRows* arriving) {
  executor_.tensors().clearAccumulators();
  int64_t longest = 0;
  for (int64_t member : active) longest = std::max(longest, rows_[member]);
  if (arriving == nullptr && lanes_.wanted(static_cast<int64_t>(active.size())))
    return runByLanes(active, longest, cancelled);
  for (int64_t first = 0; first < longest; first += batch_) {
    if (arriving != nullptr) arriving->waitFor(std::min(first + batch_, longest));
    if (cancelled.load(std::memory_order_relaxed)) return false;
    int64_t count = 0;
    for (int64_t member : active) {
      if (first >= rows_[member]) continue;
      steps_[count++] = stepOf(member, first);
    }
    executor_.step(steps_.data(), count);
  }
  return true;
}

}  // namespace deepblas
